"""How a caption is broken into pages and lines, and how long each page stands.

Rules: a phrase break ``|`` of the script wins; no line starts with closing punctuation or a particle, none ends with
opening punctuation; a number stays with its sign and unit; a line of Chinese never holds a single character; two lines at
most, of about the same length. How wide a text is drawn is the renderer's business: it passes a ``measure`` function, and
a ``words`` function that knows the language's words.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from generation.domain.captions_atoms import CLOSING, OPENING, Atom, Hurt, Words, atoms, is_wide, join, key_spans

__all__ = [
    "CLOSING",
    "OPENING",
    "Atom",
    "CaptionTooLong",
    "Hurt",
    "Measure",
    "Page",
    "atoms",
    "break_lines",
    "join",
    "key_spans",
    "pages",
    "reading_weight",
    "share_time",
]

Measure = Callable[[str], float]  # text -> drawn width, in any unit
DROPPED_AT_END = "，。、；："  # Chinese captions let the line break speak
ONE_LINE_WEIGHT = 65  # reading weight up to which two phrases share a line
MOST_LINES = 2
_EVENNESS = 1.0  # what pages of uneven length cost, beside the hurt of their breaks


class CaptionTooLong(ValueError):
    """The text cannot be set; the message names it and says what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(f"the caption {text!r} is too long for its place and time: shorten it or add a break |")
        self.text = text


@dataclass(frozen=True)
class Page:
    """What is shown at one time: one or two lines."""

    lines: tuple[str, ...]
    weight: int  # reading effort


def break_lines(pieces: Sequence[Atom], measure: Measure, width: float, *, worst: Hurt = Hurt.TORN) -> tuple[str, ...]:
    """One or two lines no wider than ``width``, or () when that is impossible.

    A text of two phrases takes two lines even where one would do, unless it is very short: two phrases run together
    on one line read as one. ``worst`` is the most hurtful break allowed.
    """
    return _Setting(pieces, measure, width).page(0, len(pieces), worst)[1]


def pages(
    text: str, measure: Measure, width: float, *, most: int, worst: Hurt = Hurt.TORN, words: Words | None = None
) -> tuple[Page, ...]:
    """Set a caption on at most ``most`` pages of one or two lines; the gentlest breaks win over fewer pages.

    Raises ``CaptionTooLong`` when that needs a break worse than ``worst``.
    """
    setting = _Setting(atoms(text, words), measure, width)
    if not setting.pieces:
        return (Page(("",), 1),)
    # Two lines a page; what is dropped at their ends is not a tenth. Tells a hopeless text in no time.
    if measure(join(setting.pieces)) <= 2.2 * width * most:
        for allowed in sorted({piece.hurt for piece in setting.pieces}):
            found = setting.pages(allowed) if allowed <= worst else ()
            if found and len(found) <= most:
                return found
    raise CaptionTooLong(text.replace("|", ""))


@dataclass
class _Setting:
    """One text on lines of one width; widths that were measured are kept."""

    pieces: Sequence[Atom]
    measure: Measure
    width: float
    _lines: dict[tuple[int, int], tuple[str, float]] = field(default_factory=dict)
    _phrases: list[int] = field(init=False)  # how many phrases begin before each piece

    def __post_init__(self) -> None:
        self._phrases = [0, *accumulate(piece.hurt is Hurt.PHRASE for piece in self.pieces)]

    def line(self, start: int, end: int) -> tuple[str, float]:
        """The text of these pieces as a line, and its width."""
        known = self._lines.get((start, end))
        if known is None:
            shown = join(self.pieces[start:end]).rstrip(DROPPED_AT_END)
            known = self._lines[start, end] = (shown, self.measure(shown))
        return known

    def page(self, start: int, end: int, worst: Hurt) -> tuple[float, tuple[str, ...]]:
        """(cost, lines) of a page with these pieces; no lines when it cannot be."""
        whole, wide = self.line(start, end)
        phrased = self._phrases[end] > self._phrases[start + 1] and reading_weight(whole) > ONE_LINE_WEIGHT
        two = self._two_lines(start, end, Hurt.PHRASE) if phrased else (0.0, ())
        if not two[1] and wide <= self.width and self._keeps(start, end, worst):
            return 0.0, (whole,)
        return two if two[1] else self._two_lines(start, end, worst)

    def _two_lines(self, start: int, end: int, worst: Hurt) -> tuple[float, tuple[str, ...]]:
        """The gentlest, most balanced pair of lines."""
        best: tuple[float, tuple[str, ...]] = (float("inf"), ())
        for at in range(start + 1, end):
            first, one = self.line(start, at)
            if one > self.width:
                break
            if self.pieces[at].hurt > worst or not (self._keeps(start, at, worst) and self._keeps(at, end, worst)):
                continue
            second, other = self.line(at, end)
            if other <= self.width and not (_orphan(first) or _orphan(second)):
                best = min(best, (self.pieces[at].hurt + abs(one - other) / self.width, (first, second)))
        return best

    def _keeps(self, start: int, end: int, worst: Hurt) -> bool:
        """Whether a line leaves the script's breaks alone: two phrases share it whole, or not at all."""
        if worst is Hurt.TORN or self._phrases[end] == self._phrases[start + 1]:
            return True
        ends_whole = end == len(self.pieces) or self.pieces[end].hurt is Hurt.PHRASE
        return self.pieces[start].hurt is Hurt.PHRASE and ends_whole

    def pages(self, worst: Hurt) -> tuple[Page, ...]:
        """As few pages as possible, then the gentlest and most even ones. () when impossible.

        Dynamic programming from the end: the best way to set the pieces from ``start`` on does not depend on what is before.
        """
        count = len(self.pieces)
        total = reading_weight(join(self.pieces))
        best: list[tuple[int, float, tuple[Page, ...]] | None] = [None] * count + [(0, 0.0, ())]
        for start in range(count - 1, -1, -1):
            if start and not _turns(self.pieces[start].hurt, worst):
                continue
            for end, cost, page in self._pages_from(start, worst):
                rest = best[end]
                if rest is None:
                    continue
                cost += rest[1] + (_turn_cost(self.pieces[end].hurt) if end < count else 0.0)
                cost += _EVENNESS * (page.weight / total) ** 2
                best[start] = min(best[start] or (count + 1, 0.0, ()), (1 + rest[0], cost, (page, *rest[2])), key=_rank)
        whole = best[0]
        return () if whole is None else whole[2]

    def _pages_from(self, start: int, worst: Hurt) -> Iterator[tuple[int, float, Page]]:
        """(end, cost, page) of every page that can begin here."""
        count = len(self.pieces)
        for end in range(start + 1, count + 1):
            if end < count and not _turns(self.pieces[end].hurt, worst):
                continue
            # What is dropped at line ends and the gap between lines are all that a page may save.
            if self.line(start, end)[1] > 2.2 * self.width:
                return
            cost, lines = self.page(start, end, worst)
            alone = (start, end) == (0, count) and len(lines) == 1 and lines[0] != ""
            if lines and (alone or not any(_orphan(line) for line in lines)):
                yield end, cost, Page(lines, reading_weight(join(self.pieces[start:end])))


def _turns(hurt: Hurt, worst: Hurt) -> bool:
    """Whether a page may turn here. Inside a phrase a new page hurts more than a new line, so it needs more leave."""
    return hurt <= min(worst, Hurt.PAUSE) or hurt < worst or worst is Hurt.TORN


def _turn_cost(hurt: Hurt) -> float:
    return hurt if hurt <= Hurt.PAUSE else 2 * hurt + 0.3


def _rank(choice: tuple[int, float, tuple[Page, ...]]) -> tuple[int, float]:
    return choice[:2]


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
    wide = sum(1 for char in text if is_wide(char))
    return max(10 * wide + 3 * (len(text) - wide), 1)


def _orphan(line: str) -> bool:
    """A single Chinese character, or a line of which nothing is left."""
    letters = [char for char in line if char.isalnum()]
    return line == "" or (len(letters) == 1 and is_wide(letters[0]))
