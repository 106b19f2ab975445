"""Lines of text as premultiplied RGBA: fill, strokes, glow, soft shadow, plates, coloured key words, emoji."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from generation.domain.contrast import RGB
from generation.domain.layout import even_up
from generation.render.emoji import TOP, emoji
from generation.render.fonts import Face, font
from generation.render.paint import Mask, blank, lay, put, soft
from generation.render.text_plates import ASCENT, DESCENT, Row, draw_plates
from generation.render.text_runs import Letters, advance, extent, ink, pen_at, runs
from generation.render.yuv import RGBA

Spans = Sequence[tuple[int, int]]
STROKE_COLOUR = (18, 14, 12)
# (across, down) between text and plate, of the size; a word's plate must not cover its neighbours
_PADS = {"bar": (0.62, 0.24), "paper": (0.56, 0.34), "word": (0.10, 0.12)}


@dataclass(frozen=True)
class TextLook:
    """How text is drawn; all lengths in pixels of the target picture. ``plate`` as in ``CaptionStyle``."""

    weight: Face
    pixels: int
    fill: RGB
    stroke: int = 0
    shadow: float = 0.0
    key_fill: RGB | None = None
    plate: str = ""
    plate_fill: RGB = (0, 0, 0)
    plate_opacity: float = 1.0
    line_height: float = 1.24
    align: float = 0.5  # 0 left, 0.5 centred, 1 right
    fill_low: RGB | None = None  # the fill runs down to this colour
    stroke_fill: RGB = STROKE_COLOUR
    halo: int = 0  # a second stroke round the first
    halo_fill: RGB = (255, 255, 255)
    glow: float = 0.0  # opacity of a light round the letters
    glow_fill: RGB = (255, 255, 255)
    grown: float = 1.0  # size of numbers and prices beside the rest
    bold: int = 0  # what a thin face is thickened by on every side
    hop: float = 0.0  # how far letters dance up and down, of their size
    strip_fill: RGB | None = None  # the coloured edge of a plate

    @property
    def letters(self) -> Letters:
        return Letters(self.weight, self.pixels, self.grown, self.hop)

    @property
    def pad(self) -> tuple[int, int]:
        """(across, down) between text and plate."""
        if self.plate in ("", "marker"):
            return (round(self.pixels * 0.12), 0) if self.plate else (0, 0)
        across, down = _PADS.get(self.plate, (0.40, 0.24))
        return round(self.pixels * across), round(self.pixels * down)

    @property
    def edge(self) -> int:
        """What strokes add to a letter on every side."""
        return self.stroke + self.halo + self.bold

    @property
    def rim(self) -> int:
        """What strokes, glow and shadow need around everything."""
        blur = 0.22 if self.shadow or self.plate else 0.14
        return self.edge + round(self.pixels * max(blur, 0.62 if self.glow else 0)) + 2


def text_width(text: str, look: TextLook) -> float:
    """Width of one line's ink with stroke and plate, without the soft rim.

    Ink, not type metrics: the right half of a full-width ？ is empty, and a line centred with it looks crooked.
    """
    box = extent(text, look.letters)
    return box.right - box.left + 2 * (look.edge + look.pad[0])


def advance_width(text: str, look: TextLook) -> float:
    """Like ``text_width``, by type metrics: never much less, and a hundred times quicker. For trying out line breaks."""
    return advance(text, look.letters) + 2 * (look.edge + look.pad[0])


def visible_size(lines: Sequence[str], look: TextLook) -> tuple[int, int]:
    """(width, height) of what has to lie inside the safe box: glyphs, stroke and plate, not the soft rim."""
    width = max(text_width(line, look) for line in lines)
    head, tail = _overhang(lines, look)
    height = look.pixels * (1 + (len(lines) - 1) * pitch(look)) + 2 * (look.edge + look.pad[1])
    return even_up(width), even_up(height + head + tail)


def draw_text(
    lines: Sequence[str], look: TextLook, keys: Sequence[Spans] = (), *, plate: bool = True, letters: bool = True
) -> RGBA:
    """A sheet of ``visible_size`` plus ``look.rim`` on every side (rounded to even), not to be written into.

    Without its plate, or without its letters, the rest stands where it would stand in the whole.
    """
    return _drawn(tuple(lines), look, tuple(tuple(spans) for spans in keys), plate, letters)


@lru_cache(maxsize=16)  # some 2 MB each: the ads of a batch say the same things again and again
def _drawn(lines: tuple[str, ...], look: TextLook, keys: tuple[Spans, ...], plate: bool, letters: bool) -> RGBA:  # noqa: FBT001
    rim = even_up(look.rim)
    wide, high = visible_size(lines, look)
    sheet = blank(wide + 2 * rim, high + 2 * rim)
    origins = line_origins(lines, look)
    if plate:
        rows = [Row(x, y, text_width(line, look)) for line, (x, y) in zip(lines, origins, strict=True)]
        draw_plates(
            sheet, rows, look.pixels, look.pad, look.plate, look.plate_fill, look.plate_opacity, look.strip_fill
        )
    if letters:
        _write(sheet, lines, look, origins, keys)
    sheet.flags.writeable = False
    return sheet


def _write(
    sheet: RGBA,
    lines: Sequence[str],
    look: TextLook,
    origins: Sequence[tuple[float, float]],
    keys: Sequence[Spans],
) -> None:
    """From the back to the front: glow, shadow, strokes, letters, emoji."""
    body = _mask(sheet, lines, look, origins, stroke=look.edge)
    if look.glow:
        for sigma, share in ((0.30, 0.6), (0.12, 0.8), (0.05, 0.8)):
            lay(sheet, np.minimum(soft(body, look.pixels * sigma) * 1.6, 1), look.glow_fill, look.glow * share)
    if look.shadow:
        cast = np.minimum(soft(body, look.pixels * 0.075, 0, look.pixels * 0.045) * 1.15, 1)
        lay(sheet, cast, (0, 0, 0), look.shadow)
    if look.halo:
        lay(sheet, body, look.halo_fill)
    if look.stroke:
        inner = _mask(sheet, lines, look, origins, stroke=look.stroke + look.bold) if look.halo else body
        lay(sheet, inner, look.stroke_fill)
    letters = _mask(sheet, lines, look, origins, stroke=look.bold)
    if look.key_fill is not None and any(keys):
        keyed = _mask(sheet, lines, look, origins, stroke=look.bold, only=keys)
        lay(sheet, keyed, look.key_fill)
        letters = np.maximum(letters - keyed, 0)  # else a rim of the other colour would show round the key words
    _pour(sheet, letters, look, origins)
    _emoji(sheet, lines, look, origins)


def line_origins(lines: Sequence[str], look: TextLook) -> list[tuple[float, float]]:
    """Left end of each line's ink, on its base line, in the sheet of ``draw_text``."""
    rim, wide = even_up(look.rim), visible_size(lines, look)[0]
    top = rim + look.edge + look.pad[1] + look.pixels * ASCENT + _overhang(lines, look)[0]
    left = rim + look.edge + look.pad[0]
    return [
        (left + look.align * (wide - text_width(line, look)), top + index * look.pixels * pitch(look))
        for index, line in enumerate(lines)
    ]


def sign_x(lines: Sequence[str], look: TextLook, row: int, index: int) -> float:
    """Where a character of a line begins, in the sheet of ``draw_text``."""
    first = line_origins(lines, look)[row][0] - extent(lines[row], look.letters).left
    return first + pen_at(lines[row], look.letters, index)


def letter_mask(lines: Sequence[str], look: TextLook) -> Mask:
    """Where the letters themselves are, without strokes and emoji, in the sheet of ``draw_text``; not to be written into."""
    return _letters(tuple(lines), look)


@lru_cache(maxsize=16)
def _letters(lines: tuple[str, ...], look: TextLook) -> Mask:
    rim = even_up(look.rim)
    wide, high = visible_size(lines, look)
    mask = _mask(blank(wide + 2 * rim, high + 2 * rim), lines, look, line_origins(lines, look), stroke=look.bold)
    mask.flags.writeable = False
    return mask


def glyph_boxes(text: str, weight: Face, pixels: int) -> tuple[tuple[int, int], ...]:
    """(width, height) of the ink of each drawn character, in pixels."""
    face = font(weight, pixels)
    boxes = (ink(face, char) for char in text if not char.isspace())
    return tuple((right - left, bottom - top) for left, top, right, bottom in boxes)


def pitch(look: TextLook) -> float:
    """From base line to base line, of the size."""
    return 1.62 if look.plate == "lines" else look.line_height + 2 * look.hop


def _overhang(lines: Sequence[str], look: TextLook) -> tuple[float, float]:
    """What grown or dancing letters and the tails of g or $ need above and below; plates have room for it."""
    head = max(-extent(lines[0], look.letters).top - ASCENT * look.pixels, 0.0)
    tail = max(extent(lines[-1], look.letters).bottom - DESCENT * look.pixels, 0.0)
    return head, max(tail - look.pad[1] * 0.7, 0.0)


def _mask(
    sheet: RGBA,
    lines: Sequence[str],
    look: TextLook,
    origins: Sequence[tuple[float, float]],
    *,
    stroke: int = 0,
    only: Sequence[Spans] | None = None,
) -> Mask:
    image = Image.new("L", (sheet.shape[1], sheet.shape[0]))
    pen = ImageDraw.Draw(image)
    for index, (line, (x, y)) in enumerate(zip(lines, origins, strict=True)):
        first = x - extent(line, look.letters).left
        for run in runs(line, look.letters):
            if run.picture:
                continue
            face = font(look.weight, run.pixels)
            for start, end in [(0, len(line))] if only is None else only[index]:
                low, high = max(start - run.start, 0), min(end - run.start, len(run.text))
                if low < high:
                    at = (first + run.x + face.getlength(run.text[:low]), y - run.rise)
                    pen.text(at, run.text[low:high], 255, face, anchor="ls", stroke_width=stroke, stroke_fill=255)
    return np.asarray(image, np.float32) / 255


def _pour(sheet: RGBA, letters: Mask, look: TextLook, origins: Sequence[tuple[float, float]]) -> None:
    """The fill, line by line from its colour at the top down to its colour at the bottom."""
    if look.fill_low is None:
        lay(sheet, letters, look.fill)
        return
    rows = np.arange(sheet.shape[0], dtype=np.float32)
    share = np.zeros_like(rows)
    for _, y in origins:
        own = (rows - (y - 0.74 * look.pixels)) / (0.74 * look.pixels)
        share = np.where(rows >= y - 1.0 * look.pixels, np.clip(own, 0, 1), share)
    high, low = np.array(look.fill, np.float32), np.array(look.fill_low, np.float32)
    colour = (high + share[:, None] * (low - high)) / 255
    sheet *= 1 - letters[:, :, None]
    sheet[:, :, :3] += letters[:, :, None] * colour[:, None, :]
    sheet[:, :, 3] += letters


def _emoji(sheet: RGBA, lines: Sequence[str], look: TextLook, origins: Sequence[tuple[float, float]]) -> None:
    for line, (x, y) in zip(lines, origins, strict=True):
        first = x - extent(line, look.letters).left
        for run in runs(line, look.letters):
            if run.picture:
                picture = emoji(run.text, run.pixels)
                left = first + run.x + (run.width - picture.shape[1]) / 2
                put(sheet, picture, round(left), round(y - TOP * run.pixels - run.rise))
