"""Where the parts of an end card stand: stacked on upright canvases, side by side on wide ones."""

from dataclasses import dataclass

from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, even, even_down, safe_pixels, scaled
from generation.domain.timeline import Canvas

WIDE = 1.3  # width / height from which on photo and text stand side by side
PHOTO_SHAPE = (0.72, 1.7)  # width / height of the panel follows the photo between these


@dataclass(frozen=True)
class CardLayout:
    """``photo`` may leave the safe box, it is a picture; ``text`` may not. ``align``: 0 left, 0.5 centred."""

    photo: PixelBox
    text: PixelBox
    align: float


def is_wide(canvas: Canvas) -> bool:
    return canvas.width >= WIDE * canvas.height


def text_width(canvas: Canvas, safe: Box) -> int:
    """What rows of text may fill."""
    return lay_out(canvas, safe, scaled(400, canvas), 1.0, 0).text.width


def lay_out(canvas: Canvas, safe: Box, text_height: float, shape: float, gap: float) -> CardLayout:
    """Give the text the height it needs and the photo the rest.

    ``shape``: width / height of the photo; ``gap``: pixels between photo and text.
    """
    shape = min(max(shape, PHOTO_SHAPE[0]), PHOTO_SHAPE[1])
    if is_wide(canvas):
        return _side_by_side(canvas, safe, text_height, shape)
    return _stacked(canvas, safe, text_height, shape, gap)


def _stacked(canvas: Canvas, safe: Box, text_height: float, shape: float, gap: float) -> CardLayout:
    inside = safe_pixels(canvas, safe)
    reach = min(canvas.width / 2 - inside.x, inside.right - canvas.width / 2)
    top = even_down(inside.bottom - text_height)
    text = PixelBox(even(canvas.width / 2 - reach), top, even(2 * reach), inside.bottom - top)
    edge = min(inside.y, scaled(104, canvas))
    room = (canvas.width - 2 * scaled(72, canvas), max(text.y - gap - edge, scaled(40, canvas)))
    width, height = _inscribed(room, shape)
    # What a wide photo leaves free is shared above and below it.
    y = even(edge + (room[1] - height) * 0.7)
    return CardLayout(PixelBox(even((canvas.width - width) / 2), y, width, height), text, 0.5)


def _side_by_side(canvas: Canvas, safe: Box, text_height: float, shape: float) -> CardLayout:
    inside = safe_pixels(canvas, safe)
    width, height = _inscribed((inside.width * 0.46, inside.height * 0.92), shape)
    middle = inside.y + inside.height / 2
    photo = PixelBox(even(inside.x + (inside.width * 0.46 - width) / 2), even(middle - height / 2), width, height)
    left = even(inside.x + inside.width * 0.46 + scaled(84, canvas))
    top = even(middle - min(text_height, inside.height) / 2)
    return CardLayout(photo, PixelBox(left, top, inside.right - left, even(text_height)), 0.0)


def _inscribed(room: tuple[float, float], shape: float) -> tuple[int, int]:
    width = min(room[0], room[1] * shape)
    return even(width), even(width / shape)
