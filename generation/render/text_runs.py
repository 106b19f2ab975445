"""A line of text as runs that are drawn alike: letters of one size, or one emoji; and where their ink lies."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageFont

from generation.domain.captions_atoms import key_spans
from generation.domain.captions_clusters import clusters, is_pictograph
from generation.render.emoji import ADVANCE, SYMBOLS, TOP, drawable_emoji
from generation.render.fonts import Face, characters, font

HOP = (1.0, -0.5, 0.4, -1.0)  # how letters dance, in turn


@dataclass(frozen=True)
class Letters:
    """What decides where letters stand: ``grown`` is the size of numbers and prices beside the other letters."""

    face: Face
    pixels: int
    grown: float = 1.0
    hop: float = 0.0  # of the size


@dataclass(frozen=True)
class Run:
    """``start`` is its first character in the line, ``x`` the pen's way from the line's start, ``rise`` up from its base."""

    text: str
    start: int
    x: float
    width: float
    pixels: int
    rise: float
    picture: bool


@dataclass(frozen=True)
class Extent:
    """Where ink lies, from the pen's start on the base line; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float


@lru_cache(maxsize=4096)
def runs(line: str, letters: Letters) -> tuple[Run, ...]:
    found: list[Run] = []
    x = 0.0
    for start, text, pixels, picture in _alike(line, letters):
        width = pixels * ADVANCE if picture else font(letters.face, pixels).getlength(text)
        rise = letters.hop * pixels * HOP[len(found) % len(HOP)] if not text.isspace() else 0.0
        found.append(Run(text, start, x, width, pixels, rise, picture))
        x += width
    return tuple(found)


def advance(line: str, letters: Letters) -> float:
    """The pen's way over the line."""
    return sum(run.width for run in runs(line, letters))


def pen_at(line: str, letters: Letters, index: int) -> float:
    """The pen's way up to a character of the line."""
    for run in runs(line, letters):
        if index < run.start + len(run.text):
            if run.picture or index <= run.start:
                return run.x
            return run.x + font(letters.face, run.pixels).getlength(run.text[: index - run.start])
    return advance(line, letters)


@lru_cache(maxsize=4096)
def extent(line: str, letters: Letters) -> Extent:
    """What is really drawn of a line."""
    boxes = [_run_ink(run, letters.face) for run in runs(line, letters) if not run.text.isspace()]
    if not boxes:
        return Extent(0, 0, 0, 0)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Extent(min(lefts), min(tops), max(rights), max(bottoms))


@lru_cache(maxsize=4096)
def ink(face: ImageFont.FreeTypeFont, text: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is really drawn, from the pen's start on the base line.

    Pillow's own ``getbbox`` counts the pen's way too: a flat 一 would be as tall as it stands above the base line.
    """
    mask, (x, y) = face.getmask2(text, mode="L", anchor="ls")
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    return x + left, y + top, x + right, y + bottom


def is_picture(cluster: str, face: Face) -> bool:
    """True for what is drawn in colour: it says so itself, or the face has no such letter."""
    if is_pictograph(cluster) or cluster[0] in SYMBOLS:
        return True
    return ord(cluster[0]) > 0xFF and ord(cluster[0]) not in characters(face) and bool(drawable_emoji(cluster))


def _alike(line: str, letters: Letters) -> list[tuple[int, str, int, bool]]:
    """(start, text, pixels, picture) of what can be drawn in one go."""
    keyed = {at for start, end in (key_spans(line) if letters.grown != 1 else ()) for at in range(start, end)}
    found: list[tuple[int, str, int, bool]] = []
    at = 0
    for cluster in clusters(line):
        pixels = round(letters.pixels * letters.grown) if at in keyed else letters.pixels
        picture = is_picture(cluster, letters.face)
        if found and not picture and not letters.hop and found[-1][2:] == (pixels, False):
            start, text, _, _ = found[-1]
            found[-1] = (start, text + cluster, pixels, False)
        else:
            found.append((at, cluster, pixels, picture))
        at += len(cluster)
    return found


def _run_ink(run: Run, face: Face) -> tuple[float, float, float, float]:
    if run.picture:
        return run.x, -TOP * run.pixels - run.rise, run.x + run.width, (1 - TOP) * run.pixels - run.rise
    left, top, right, bottom = ink(font(face, run.pixels), run.text)
    return run.x + left, top - run.rise, run.x + right, bottom - run.rise
