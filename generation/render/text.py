"""Lines of text as premultiplied RGBA: fill, stroke, soft shadow, plates, coloured key words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generation.domain.layout import even_up
from generation.render.fonts import Weight, font
from generation.render.paint import Mask, blank, lay, rounded, soft
from generation.render.palette import RGB
from generation.render.yuv import RGBA

Spans = Sequence[tuple[int, int]]
_STROKE_COLOUR = (18, 14, 12)
_ASCENT = 0.88  # of the size: a Chinese character stands from 0.88 above the base line ...
_DESCENT = 0.12  # ... to 0.12 below it
_DROP = 0.14  # how much further the tails of g or $ reach
_TAILS = frozenset("gjpqyQ$@(){}[]|,;/")


@dataclass(frozen=True)
class TextLook:
    """How text is drawn; all lengths in pixels of the target picture. ``plate`` as in ``CaptionStyle``."""

    weight: Weight
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

    @property
    def pad(self) -> tuple[int, int]:
        """(across, down) between text and plate."""
        return (round(self.pixels * 0.40), round(self.pixels * 0.24)) if self.plate else (0, 0)

    @property
    def rim(self) -> int:
        """What stroke and shadow need around everything."""
        blur = self.pixels * 0.22 if self.shadow or self.plate else self.pixels * _DROP
        return self.stroke + round(blur) + 2


def text_width(text: str, look: TextLook) -> float:
    """Width of one line's ink with stroke and plate, without the soft rim.

    Ink, not type metrics: the right half of a full-width ？ is empty, and a line centred with it looks crooked.
    """
    left, _, right, _ = _ink(font(look.weight, look.pixels), text)
    return right - left + 2 * (look.stroke + look.pad[0])


def advance_width(text: str, look: TextLook) -> float:
    """Like ``text_width``, by type metrics: never much less, and a hundred times quicker. For trying out line breaks."""
    return font(look.weight, look.pixels).getlength(text) + 2 * (look.stroke + look.pad[0])


def visible_size(lines: Sequence[str], look: TextLook) -> tuple[int, int]:
    """(width, height) of what has to lie inside the safe box: glyphs, stroke and plate, not the soft rim."""
    width = max(text_width(line, look) for line in lines)
    height = look.pixels * (1 + (len(lines) - 1) * _pitch(look)) + 2 * (look.stroke + look.pad[1])
    tail = 0 if look.plate or _TAILS.isdisjoint(lines[-1]) else look.pixels * _DROP
    return even_up(width), even_up(height + tail)


def draw_text(lines: Sequence[str], look: TextLook, keys: Sequence[Spans] = ()) -> RGBA:
    """A sheet of ``visible_size`` plus ``look.rim`` on every side (rounded to even)."""
    rim = even_up(look.rim)
    wide, high = visible_size(lines, look)
    sheet = blank(wide + 2 * rim, high + 2 * rim)
    origins = _origins(lines, look, wide, rim)
    _plates(sheet, lines, look, origins)
    body = _mask(sheet, lines, look, origins, stroke=look.stroke)
    if look.shadow:
        lay(
            sheet, np.minimum(soft(body, look.pixels * 0.075, 0, look.pixels * 0.045) * 1.15, 1), (0, 0, 0), look.shadow
        )
    if look.stroke:
        lay(sheet, body, _STROKE_COLOUR)
    letters = _mask(sheet, lines, look, origins)
    if look.key_fill is not None and any(keys):
        keyed = _mask(sheet, lines, look, origins, only=keys)
        lay(sheet, keyed, look.key_fill)
        letters = np.maximum(letters - keyed, 0)  # else a rim of the other colour would show round the key words
    lay(sheet, letters, look.fill)
    return sheet


def glyph_boxes(text: str, weight: Weight, pixels: int) -> tuple[tuple[int, int], ...]:
    """(width, height) of the ink of each drawn character, in pixels."""
    face = font(weight, pixels)
    boxes = (_ink(face, char) for char in text if not char.isspace())
    return tuple((right - left, bottom - top) for left, top, right, bottom in boxes)


def _pitch(look: TextLook) -> float:
    return 1.62 if look.plate == "lines" else look.line_height


def _origins(lines: Sequence[str], look: TextLook, wide: int, rim: int) -> list[tuple[float, float]]:
    """Left end of each line's ink, on its base line."""
    top = rim + look.stroke + look.pad[1] + look.pixels * _ASCENT
    left = rim + look.stroke + look.pad[0]
    return [
        (left + look.align * (wide - text_width(line, look)), top + index * look.pixels * _pitch(look))
        for index, line in enumerate(lines)
    ]


@lru_cache(maxsize=4096)
def _ink(face: ImageFont.FreeTypeFont, text: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is really drawn, from the pen's start on the base line.

    Pillow's own ``getbbox`` counts the pen's way too: a flat 一 would be as tall as it stands above the base line.
    """
    mask, (x, y) = face.getmask2(text, mode="L", anchor="ls")
    left, top, right, bottom = mask.getbbox() or (0, 0, 0, 0)
    return x + left, y + top, x + right, y + bottom


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
    pen, face = ImageDraw.Draw(image), font(look.weight, look.pixels)
    for index, (line, (x, y)) in enumerate(zip(lines, origins, strict=True)):
        first = x - _ink(face, line)[0]
        for start, end in [(0, len(line))] if only is None else only[index]:
            pen.text(
                (first + face.getlength(line[:start]), y),
                line[start:end],
                255,
                face,
                anchor="ls",
                stroke_width=stroke,
                stroke_fill=255,
            )
    return np.asarray(image, np.float32) / 255


def _plates(sheet: RGBA, lines: Sequence[str], look: TextLook, origins: Sequence[tuple[float, float]]) -> None:
    if not look.plate:
        return
    across, down = look.pad
    boxes = [
        (
            x - across,
            y - look.pixels * _ASCENT - down,
            x - across + text_width(line, look),
            y + look.pixels * _DESCENT + down,
        )
        for line, (x, y) in zip(lines, origins, strict=True)
    ]
    if look.plate == "block":
        boxes = [
            (min(box[0] for box in boxes), boxes[0][1], max(box[2] for box in boxes), boxes[-1][3]),
        ]
    shape = np.zeros(sheet.shape[:2], np.float32)
    for left, top, right, bottom in boxes:
        x, y, width, height = round(left), round(top), round(right - left), round(bottom - top)
        part = shape[y : y + height, x : x + width]
        np.maximum(part, rounded(width, height, look.pixels * 0.26)[: part.shape[0], : part.shape[1]], out=part)
    lay(sheet, soft(shape, look.pixels * 0.09, 0, look.pixels * 0.05), (0, 0, 0), 0.28)
    # The shadow shows only around the plate, so that a see-through plate keeps its own tone.
    sheet *= (1 - shape)[:, :, None]
    lay(sheet, shape, look.plate_fill, look.plate_opacity)
