"""Where in a line, as it was typed, the words stand that a guard objects to."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from templates_engine.domain.folding import Disguises, fold


@dataclass(frozen=True)
class Piece:
    """A stretch of a line; ``marked`` where a guard objects to it."""

    text: str
    marked: bool


def pieces(text: str, words: Sequence[str], disguises: Disguises) -> tuple[Piece, ...]:
    """``text`` cut so that ``words`` (as folded by the guards) are pieces of their own; joined, they are ``text`` again."""
    marks = [False] * len(text)
    for word in words:
        for start, end in spans(text, word, disguises):
            marks[start:end] = [True] * (end - start)
    return tuple(_cut(text, marks))


def spans(text: str, word: str, disguises: Disguises) -> Iterator[tuple[int, int]]:
    """(start, end) of every place of ``word``; of a disguised one the shortest stretch that reads as it."""
    if not word.strip():
        return
    at = 0
    while (found := _next(text, word, at, disguises)) is not None:
        yield found
        at = found[1]


def _next(text: str, word: str, at: int, disguises: Disguises) -> tuple[int, int] | None:
    plain, wanted = _small(text), _small(word)
    start = plain.find(wanted, at)
    direct = (start, start + len(wanted)) if start >= 0 else None
    rest = text[at:]
    if wanted not in _read(rest, disguises):
        return direct
    end = next((end for end in range(1, len(rest) + 1) if wanted in _read(rest[:end], disguises)), len(rest))
    if direct is not None and direct[0] < at + end:
        return direct
    first = next((first for first in range(end - 1, -1, -1) if wanted in _read(rest[first:end], disguises)), 0)
    return at + first, at + end


def _read(text: str, disguises: Disguises) -> str:
    return fold(text, disguises)


def _small(text: str) -> str:
    """Lower case and half width, character by character, so that places stay the same."""
    found = (unicodedata.normalize("NFKC", mark).lower() for mark in text)
    return "".join(small if len(small) == 1 else mark for small, mark in zip(found, text, strict=True))


def _cut(text: str, marks: Sequence[bool]) -> Iterator[Piece]:
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[start]:
            yield Piece(text[start:place], marks[start])
            start = place
