"""The visible AI label (GB 45438-2025 5.4): which sprite, where, how long, and its measured glyphs.

Both elements (who: AI, what: 生成) in one text, every glyph at least 5 % of the picture's short side, from the first
frame on, for at least 2 s. We read the 5 % strictly: the ink of the smallest glyph, not the size of the type.
"""

import math
from dataclasses import dataclass

from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, Zone, even_up, place
from generation.domain.timeline import Canvas
from generation.errors import CutRefused
from generation.render.fonts import Weight, drawable
from generation.render.stage import Cue
from generation.render.text import TextLook, draw_text, glyph_boxes, visible_size

MIN_GLYPH_SHARE = 0.05
SHOWN_S = 3.0
PLATE = (12, 12, 16)
PLATE_OPACITY = 0.74


@dataclass(frozen=True)
class Label:
    """``box`` is the plate without its soft rim; ``smallest_glyph`` is the least ink height in pixels."""

    text: str
    cue: Cue
    box: PixelBox
    pixels: int
    smallest_glyph: int
    required_glyph: int
    solid_until: int  # first frame at which it has begun to fade


def ai_label(text: str, frames: int, canvas: Canvas, safe: Box) -> Label:
    """The label of an ad of so many frames. Raises ``CutRefused``, ``MissingGlyph``, ``LayoutImpossible``."""
    drawable(text)
    if not _letters(text):
        raise CutRefused(f"the AI label {text!r} has no letters that can be measured: write it as AI生成")
    required = math.ceil(MIN_GLYPH_SHARE * min(canvas.width, canvas.height))
    pixels = _size(text, required)
    look = TextLook(Weight.BOLD, pixels, (255, 255, 255), plate="block", plate_fill=PLATE, plate_opacity=PLATE_OPACITY)
    box = place(Zone.LABEL, *visible_size([text], look), canvas, safe)
    rim = even_up(look.rim)
    end = min(round(SHOWN_S * canvas.fps), frames)
    cue = Cue(draw_text([text], look), box.x - rim, box.y - rim, 0, end, canvas.fps, enter="none")
    return Label(text, cue, box, pixels, _smallest(text, pixels), required, end - math.ceil(cue.leave_s * canvas.fps))


def _size(text: str, required: int) -> int:
    """Smallest type size whose every glyph is tall enough; flat ones (— or 一) cannot be and do not count."""
    pixels = required
    while _smallest(text, pixels) < required:
        pixels += 1
    return pixels


def _smallest(text: str, pixels: int) -> int:
    return min(height for _, height in glyph_boxes(_letters(text), Weight.BOLD, pixels))


def _letters(text: str) -> str:
    """Those whose height says how large the type is."""
    return "".join(char for char in text if char.isalnum() and char != "一")
