"""How a caption is broken into pages and lines, and how long each page stands.

Rules: a phrase break ``|`` of the script wins; no line starts with closing punctuation or a particle, none ends with
opening punctuation; a number stays with its sign and unit; a line of Chinese never holds a single character; two lines at
most, of about the same length. How wide a text is drawn is the renderer's business: it passes a ``measure`` function.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

Measure = Callable[[str], float]  # text -> drawn width, in any unit

CLOSING = frozenset("，。！？；：、）》」』】〉”’％%…·～,.!?;:)]}")
OPENING = frozenset("（《「『【〈“‘¥￥$€£#([{")
# Without a dictionary: a line that starts with one of these was cut inside a word or phrase ...
PARTICLES = frozenset("的了着过吗呢吧啊呀们地得么个")
# ... and one of these usually starts a new one.
STARTERS = frozenset("这那每一就也都只不没还再才让把给用为和与但而是在从到要能会可更又我你他她它")
DROPPED_AT_END = "，。、；："  # Chinese captions let the line break speak
# Counting words that stay with their number; longer ones first.
_UNITS = "毫升|小时|分钟|厘米|毫米|公斤|千克|毫安|英寸|" + "|".join(
    "种倍款元块分秒天日周月年个件只杯盒包瓶袋支片条双套次步层度克斤升米折万千百号码位人颗粒滴口"
)
_ATOM = re.compile(
    rf"[¥￥$€£]?\d(?:[\d.,:/×x-]*\d)?(?:\s?(?:[%％℃°]|[A-Za-z]{{1,4}}(?![A-Za-z])|{_UNITS}))?"
    r"|[A-Za-z][A-Za-z0-9'’&+.-]*"
    r"|\s+|."
)
ONE_LINE_WEIGHT = 65  # reading weight up to which two phrases share a line
_NUMBER = re.compile(r"[¥￥$€£]?\d")


class Hurt(float, Enum):
    """How much a break between two pieces hurts the reader."""

    PHRASE = 0.0  # the script says so
    PAUSE = 0.1  # after punctuation
    WORD = 0.2  # between words
    SOFT = 0.4  # where a new phrase probably starts
    INSIDE = 1.0  # perhaps inside a word
    TORN = 4.0  # surely inside a phrase


class CaptionTooLong(ValueError):
    """The text cannot be set; the message names it and says what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(f"the caption {text!r} is too long for its place and time: shorten it or add a break |")
        self.text = text


@dataclass(frozen=True)
class Atom:
    """A piece of text that is never broken inside. ``hurt``: what a break before it costs; ``gap``: space before it."""

    text: str
    hurt: Hurt
    gap: str = ""


@dataclass(frozen=True)
class Page:
    """What is shown at one time: one or two lines."""

    lines: tuple[str, ...]
    weight: int  # reading effort


def atoms(text: str) -> tuple[Atom, ...]:
    """Cut a text (with ``|`` breaks) into unbreakable pieces."""
    found: list[Atom] = []
    for phrase in text.split("|"):
        for index, piece in enumerate(_glue(_ATOM.findall(phrase.strip()))):
            bare = piece.strip()
            before = found[-1].text if found else ""
            spaced = before != "" and _spaced(before[-1], bare[0], new_phrase=index == 0, written=piece != bare)
            hurt = Hurt.PHRASE if index == 0 else _hurt(before, bare, spaced=spaced)
            found.append(Atom(bare, hurt, " " if spaced else ""))
    return tuple(found)


def _spaced(before: str, after: str, *, new_phrase: bool, written: bool) -> bool:
    """Two phrases on one line are told apart by a space, as in Chinese subtitles, unless punctuation does it already."""
    if new_phrase:
        return before not in CLOSING or not _is_wide(before)
    return written and not (_is_wide(before) and _is_wide(after))


def join(pieces: Sequence[Atom]) -> str:
    """One line of text."""
    return "".join((piece.gap if index else "") + piece.text for index, piece in enumerate(pieces))


def break_lines(pieces: Sequence[Atom], measure: Measure, width: float, *, worst: Hurt = Hurt.TORN) -> tuple[str, ...]:
    """One or two lines no wider than ``width``, or () when that is impossible.

    A text of two phrases takes two lines even where one would do, unless it is very short: two phrases run together
    on one line read as one. ``worst`` is the most hurtful break allowed.
    """
    whole = _shown(pieces)
    phrased = reading_weight(whole) > ONE_LINE_WEIGHT and any(piece.hurt is Hurt.PHRASE for piece in pieces[1:])
    two = _two_lines(pieces, measure, width, Hurt.PHRASE) if phrased else ()
    if not two and measure(whole) <= width:
        return (whole,)
    return two or _two_lines(pieces, measure, width, worst)


def _two_lines(pieces: Sequence[Atom], measure: Measure, width: float, worst: Hurt) -> tuple[str, ...]:
    """The gentlest, most balanced pair of lines, or ()."""
    best: tuple[float, tuple[str, ...]] = (float("inf"), ())
    for at in range(1, len(pieces)):
        lines = (_shown(pieces[:at]), _shown(pieces[at:]))
        wide = [measure(line) for line in lines]
        if pieces[at].hurt > worst or max(wide) > width or any(_orphan(line) for line in lines):
            continue
        cost = pieces[at].hurt + abs(wide[0] - wide[1]) / width
        best = min(best, (cost, lines))
    return best[1]


def pages(text: str, measure: Measure, width: float, *, most: int, worst: Hurt = Hurt.TORN) -> tuple[Page, ...]:
    """Set a caption on at most ``most`` pages of one or two lines; the gentlest breaks win over fewer pages.

    Raises ``CaptionTooLong`` when that needs a break worse than ``worst``.
    """
    pieces = atoms(text)
    for allowed in sorted(Hurt):
        found = _pages(pieces, measure, width, allowed, most) if allowed <= worst else ()
        if found:
            return found
    raise CaptionTooLong(text.replace("|", ""))


def _pages(pieces: Sequence[Atom], measure: Measure, width: float, worst: Hurt, most: int) -> tuple[Page, ...]:
    """As few pages as possible, split where it hurts least and nearest to the middle. () when impossible."""
    whole = join(pieces)
    if measure(whole) > 2.2 * width * most:  # two lines a page; what is dropped at their ends is not a tenth
        return ()
    lines = break_lines(pieces, measure, width, worst=worst)
    if lines:
        return (Page(lines, reading_weight(whole)),)
    middle = len(whole) / 2
    cuts = [at for at in range(1, len(pieces)) if pieces[at].hurt <= worst and most > 1]
    cuts.sort(key=lambda at: pieces[at].hurt + abs(len(join(pieces[:at])) - middle) / middle)
    for at in cuts[:3]:
        left = _pages(pieces[:at], measure, width, worst, most - 1)
        right = _pages(pieces[at:], measure, width, worst, most - len(left)) if left else ()
        if right and not any(_orphan(line) for page in (*left, *right) for line in page.lines):
            return (*left, *right)
    return ()


def share_time(weights: Sequence[int], frames: int, minimum: int) -> tuple[int, ...]:
    """Divide ``frames`` among pages by reading weight, none under ``minimum``; the shares add up exactly.

    Raises ``ValueError`` when there is not enough time for the minimum.
    """
    spare = frames - minimum * len(weights)
    if not weights or spare < 0:
        raise ValueError(f"{len(weights)} pages of at least {minimum} frames do not fit into {frames} frames")
    total, shared, passed = sum(weights), [], 0
    for index in range(len(weights)):
        upto = round(spare * sum(weights[: index + 1]) / total)
        shared.append(minimum + upto - passed)
        passed = upto
    return tuple(shared)


def reading_weight(text: str) -> int:
    """Effort of reading in tenths of a Chinese character: a Latin letter is about a third of one."""
    wide = sum(1 for char in text if _is_wide(char))
    return max(10 * wide + 3 * (len(text) - wide), 1)


def key_spans(line: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of what a highlighting style colours: prices and numbers with their units."""
    spans, at = [], 0
    for piece in _ATOM.findall(line):
        if _NUMBER.match(piece):
            spans.append((at, at + len(piece.rstrip())))
        at += len(piece)
    return tuple(spans)


def _glue(pieces: Sequence[str]) -> list[str]:
    """Put closing punctuation behind and opening punctuation before what it belongs to. A leading space stays."""
    found: list[str] = []
    space = ""
    for piece in pieces:
        if piece.isspace():
            space = " "
            continue
        closing = piece[0] in CLOSING and not space
        if found and (closing or (found[-1][-1] in OPENING and not space)):
            found[-1] += piece
        else:
            found.append(space + piece)
        space = ""
    return found


def _hurt(before: str, after: str, *, spaced: bool) -> Hurt:
    """What a line break between two pieces of one phrase costs."""
    if before[-1] in "，。！？；：、,.!?;:…":
        return Hurt.PAUSE
    if after[0] in PARTICLES:
        return Hurt.TORN
    if spaced:
        return Hurt.INSIDE if before[-1].isdigit() else Hurt.WORD  # "30 seconds"
    if after[0] in OPENING or before[-1] in CLOSING or before[-1] in "的了":
        return Hurt.WORD
    return Hurt.SOFT if after[0] in STARTERS else Hurt.INSIDE


def _shown(pieces: Sequence[Atom]) -> str:
    return join(pieces).rstrip(DROPPED_AT_END)


def _orphan(line: str) -> bool:
    letters = [char for char in line if char.isalnum()]
    return len(letters) == 1 and _is_wide(letters[0])


def _is_wide(char: str) -> bool:
    """Chinese characters, kana, hangul and full-width signs."""
    return "\u2e80" <= char <= "\uffef" and not "\uff61" <= char <= "\uffdc"
