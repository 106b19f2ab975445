"""What is said in an ad: spoken lines as files, each with its place on the timeline and the moments of its words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

AS_RECORDED = 100  # per cent of tempo


@dataclass(frozen=True)
class Word:
    """A word, or a Chinese phrase of a few characters, from frame ``start`` up to ``end`` of the whole timeline."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class VoiceLine:
    """One spoken line: ``shot`` is the id of the shot in which it begins, ``start`` a frame of the timeline.

    ``frames`` is how long it is heard, after ``tempo`` (per cent of the recording's own, 100 = as recorded) has been
    applied; ``file`` is a storage name and ``sha256`` its content.
    """

    id: str
    text: str
    shot: str
    start: int
    frames: int
    file: str
    sha256: str
    tempo: int = AS_RECORDED
    words: tuple[Word, ...] = ()

    @property
    def end(self) -> int:
        return self.start + self.frames


@dataclass(frozen=True)
class Voice:
    """All lines in the order in which they are heard; no two at once. ``by`` names the voice, for the hand-over."""

    lines: tuple[VoiceLine, ...]
    by: str = ""


def words_of(text: str, start: int, frames: int) -> tuple[Word, ...]:
    """Word times by weight, where nobody measured them: Chinese by character, Latin words by their letters.

    The shares are rounded at their *boundaries*, so that words touch and the last one ends with the line. Pauses after
    punctuation belong to the word before it.
    """
    pieces = _pieces(text)
    if not pieces or frames <= 0:
        return ()
    weights = [_weight(piece) for piece in pieces]
    total, heard, edges = sum(weights), 0.0, [start]
    for weight in weights:
        heard += weight
        edges.append(start + round(frames * heard / total))
    return tuple(
        Word(piece, first, last) for piece, (first, last) in zip(pieces, pairwise(edges), strict=True) if last > first
    )


def moved(line: VoiceLine, start: int) -> VoiceLine:
    """The same line at another moment."""
    return replace(line, start=start, words=later(line.words, start - line.start))


def later(words: Sequence[Word], by: int) -> tuple[Word, ...]:
    """The same words ``by`` frames later, or earlier."""
    return tuple(replace(word, start=word.start + by, end=word.end + by) for word in words)


def _pieces(text: str) -> list[str]:
    """Latin words whole, other letters one by one; punctuation and spaces cling to what stands before them."""
    found: list[str] = []
    inside = False
    for char in text:
        latin = (char.isascii() and char.isalnum()) or (inside and char in "'’-%")
        if latin and inside:
            found[-1] += char
        elif char.isalnum():
            found.append(char)
        elif found:
            found[-1] += char
        inside = latin
    return [piece.strip() for piece in found]


def _weight(piece: str) -> float:
    letters = sum(char.isalnum() for char in piece)
    spoken = 1.0 if not piece[0].isascii() else 0.4 + 0.28 * letters * (2.2 if piece[0].isdigit() else 1.0)
    pause = 0.8 if set(piece) & set("。！？.!?…") else 0.45 if set(piece) & set("，、；：,;:") else 0.0
    return spoken + pause


def overlapping(lines: Sequence[VoiceLine]) -> tuple[VoiceLine, VoiceLine] | None:
    """The first two neighbours that speak at once."""
    in_time = sorted(lines, key=lambda line: line.start)
    return next(((one, other) for one, other in pairwise(in_time) if other.start < one.end), None)
