"""A caption in pieces that are never broken inside, and what a line break before each of them costs the reader.

Sources of the rules: GB/T 15834-2011 (5.1: no mark of pause, closing quotation mark or bracket starts a line, no opening
one ends a line; dashes and ellipses are not broken) and W3C "Requirements for Chinese Text Layout" 3.1.7 to 3.1.9.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from generation.domain.captions_clusters import KEYCAP, clusters, is_pictograph

Words = Callable[[str], Sequence[str]]  # a phrase -> its words; put together they are the phrase again

CLOSING = frozenset("，。！？；：、）》」』】〉〕〗”’％%…·・‧～—–,.!?;:)]}")
OPENING = frozenset("（《「『【〈〔〖“‘¥￥$€£#([{")
# Without a dictionary: a line that starts with one of these was cut inside a word or phrase ...
PARTICLES = frozenset("的了着过吗呢吧啊呀们地得么个")
# ... and one of these usually starts a new one.
STARTERS = frozenset("这那每一就也都只不没还再才让把给用为和与但而是在从到要能会可更又我你他她它")
NUMERALS = frozenset("一二两三四五六七八九十百千万半几每")
# Counting words that stay with their number; longer ones first.
_UNITS = "毫升|小时|分钟|厘米|毫米|公斤|千克|毫安|英寸|" + "|".join(
    "种倍款元块分秒天日周月年个件只杯盒包瓶袋支片条双套次步层度克斤升米折万千百号码位人颗粒滴口"
)
_COUNTED = frozenset(unit for unit in _UNITS.split("|") if len(unit) == 1)
_ATOM = re.compile(
    rf"[¥￥$€£]?\d(?:[\d.,:/×x-]*\d)?(?:\s?(?:[%％℃°]|[A-Za-z]{{1,4}}(?![A-Za-z])|{_UNITS}))?"
    r"(?!\ufe0f?\u20e3)"  # a keycap such as 1️⃣ is a picture, not a number
    r"|[A-Za-z\u00c0-\u058f\u1e00-\u1fff][A-Za-z0-9\u00c0-\u058f\u0300-\u036f\u1e00-\u1fff'’&+.-]*(?!\ufe0f?\u20e3)"
    r"|—{2}|…{2}|\s+"
)
_NUMBER = re.compile(r"[¥￥$€£]?\d")


class Hurt(float, Enum):
    """How much a break between two pieces hurts the reader."""

    PHRASE = 0.0  # the script says so
    PAUSE = 0.1  # after punctuation
    WORD = 0.2  # between words
    SOFT = 0.4  # where a new phrase probably starts
    INSIDE = 1.0  # perhaps inside a word
    TORN = 4.0  # surely inside a word or phrase


@dataclass(frozen=True)
class Atom:
    """A piece of text that is never broken inside. ``hurt``: what a break before it costs; ``gap``: space before it."""

    text: str
    hurt: Hurt
    gap: str = ""


def atoms(text: str, words: Words | None = None) -> tuple[Atom, ...]:
    """Cut a text (with ``|`` breaks) into unbreakable pieces; ``words`` tells where its words begin."""
    found: list[Atom] = []
    for phrase in text.split("|"):
        bare_phrase = phrase.strip()
        known = None if words is None else _known(words(bare_phrase))
        for index, (at, piece) in enumerate(_glued(_pieces(bare_phrase))):
            bare = piece.strip()
            before = found[-1].text if found else ""
            spaced = before != "" and _spaced(before[-1], bare[0], new_phrase=index == 0, written=piece != bare)
            told = None if known is None else known.get(at + len(piece) - len(bare), Hurt.TORN)
            hurt = Hurt.PHRASE if index == 0 else _hurt(before, bare, spaced=spaced, told=told)
            found.append(Atom(bare, hurt, " " if spaced else ""))
    return tuple(found)


def join(pieces: Sequence[Atom]) -> str:
    """One line of text."""
    return "".join((piece.gap if index else "") + piece.text for index, piece in enumerate(pieces))


def key_spans(line: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of what a highlighting style colours: prices and numbers with their units."""
    numbers = [(at, piece.rstrip()) for at, piece in _pieces(line) if _NUMBER.match(piece) and KEYCAP not in piece]
    return tuple((at, at + len(number)) for at, number in numbers)


def word_spans(line: str, words: Words | None = None) -> tuple[tuple[int, int], ...]:
    """(start, end) of the words of a line as a voice would stress them; marks and spaces lie between them."""
    heads = None if words is None else _known(words(line))
    spans: list[tuple[int, int]] = []
    for at, piece in _pieces(line):
        if not any(char.isalnum() for char in piece):
            continue
        touches = bool(spans) and spans[-1][1] == at
        joined = touches and (piece in PARTICLES or (heads is not None and at not in heads))
        start = spans.pop()[0] if joined else at
        spans.append((start, at + len(piece.rstrip())))
    return tuple(spans)


def is_wide(char: str) -> bool:
    """Chinese characters, kana, hangul and full-width signs."""
    return "\u2e80" <= char <= "\uffef" and not ("\uff61" <= char <= "\uffdc" or "\ufe00" <= char <= "\ufe0f")


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """(offset, piece): numbers, Latin words, spaces, and everything else by grapheme cluster."""
    at = 0
    while at < len(text):
        match = _ATOM.match(text, at)
        piece = match.group() if match else clusters(text[at : at + 40])[0]
        yield at, piece
        at += len(piece)


def _glued(pieces: Iterator[tuple[int, str]]) -> list[tuple[int, str]]:
    """Closing punctuation behind and opening punctuation before what it belongs to. A leading space stays."""
    found: list[tuple[int, str]] = []
    space = ""
    for at, piece in pieces:
        if piece.isspace():
            space = " "
            continue
        closing = piece[0] in CLOSING and not space
        if found and (closing or (found[-1][1][-1] in OPENING and not space)):
            found[-1] = (found[-1][0], found[-1][1] + piece)
        else:
            found.append((at, space + piece))
        space = ""
    return found


def _known(words: Sequence[str]) -> dict[int, Hurt]:
    """Offset of each word -> what a break before it costs, as far as words tell.

    A single character between longer words leans on one of them, and words do not tell on which.
    """
    found, at = {}, 0
    for before, word in pairwise(["", *words]):
        single = min(len(before), len(word)) < 2
        found[at] = Hurt.SOFT if single and word[0] not in STARTERS else Hurt.WORD
        at += len(word)
    return found


def _spaced(before: str, after: str, *, new_phrase: bool, written: bool) -> bool:
    """Two phrases on one line are told apart by a space, as in Chinese subtitles, unless punctuation does it already."""
    if new_phrase:
        return before not in CLOSING or not is_wide(before)
    return written and not (is_wide(before) and is_wide(after))


def _hurt(before: str, after: str, *, spaced: bool, told: Hurt | None) -> Hurt:
    """What a line break between two pieces of one phrase costs. ``told``: what a dictionary says, if there is one."""
    if before[-1] in "，。！？；：、,.!?;:…—":
        return Hurt.PAUSE
    if is_pictograph(clusters(after)[0]):
        return Hurt.WORD if spaced else Hurt.TORN  # a picture belongs to what it comments on
    if is_pictograph(clusters(before)[-1]):
        return Hurt.PAUSE
    if after[0] in PARTICLES or (before[-1] in NUMERALS and after[0] in _COUNTED):
        return Hurt.TORN
    return _hurt_between_words(before, after, spaced=spaced, told=told)


def _hurt_between_words(before: str, after: str, *, spaced: bool, told: Hurt | None) -> Hurt:
    if spaced:
        return Hurt.INSIDE if before[-1].isdigit() else Hurt.WORD  # "30 seconds"
    if after[0] in OPENING or before[-1] in CLOSING or before[-1] in "的了":
        return Hurt.WORD
    if told is not None:
        return told
    return Hurt.SOFT if after[0] in STARTERS else Hurt.INSIDE
