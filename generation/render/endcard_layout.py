"""Where the parts of an end card stand: photo above text on upright canvases, beside it on wide ones; or text alone."""

from dataclasses import dataclass
from enum import StrEnum

from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, even, even_down, safe_pixels, scaled
from generation.domain.timeline import Canvas

WIDE = 1.3  # width / height from which on photo and text always stand side by side ...
SQUARE = 0.95  # ... and from which on they do where the text is not made small by it
PHOTO_SHAPE = (0.72, 1.7)  # width / height of the panel follows the photo between these
LARGEST, SMALLEST = 1.35, 0.6  # of the rows' design size
LEAST_BESIDE = 0.8  # on a square canvas: below this the photo stands above


class Stance(StrEnum):
    ABOVE = "above"  # the photo above the text
    BESIDE = "beside"
    ALONE = "alone"  # no photo: the text in the middle


@dataclass(frozen=True)
class Setting:
    """A stance to try, with the largest and the smallest fit of the rows."""

    stance: Stance
    largest: float
    smallest: float = SMALLEST


def settings_for(canvas: Canvas, *, photo: bool, words_first: bool) -> tuple[Setting, ...]:
    """The ways in which a card may stand on this canvas, the best first."""
    if not photo:
        return (Setting(Stance.ALONE, LARGEST),)
    if is_wide(canvas):
        return (Setting(Stance.BESIDE, LARGEST),)
    above = Setting(Stance.ABOVE, LARGEST if words_first else 1.0)
    if canvas.width >= SQUARE * canvas.height:
        return Setting(Stance.BESIDE, 1.1 if words_first else 1.0, LEAST_BESIDE), above
    return (above,)


@dataclass(frozen=True)
class CardLayout:
    """``photo`` may leave the safe box, it is a picture; ``text`` may not. ``align``: 0 left, 0.5 centred."""

    photo: PixelBox
    text: PixelBox
    align: float


def is_wide(canvas: Canvas) -> bool:
    return canvas.width >= WIDE * canvas.height


def text_width(canvas: Canvas, safe: Box, stance: Stance) -> int:
    """What rows of text may fill."""
    return lay_out(canvas, safe, scaled(400, canvas), 1.0, 0, stance).text.width


def lay_out(canvas: Canvas, safe: Box, text_height: float, shape: float, gap: float, stance: Stance) -> CardLayout:
    """Give the text the height it needs and the photo the rest.

    ``shape``: width / height of the photo; ``gap``: pixels between photo and text.
    """
    shape = min(max(shape, PHOTO_SHAPE[0]), PHOTO_SHAPE[1])
    if stance is Stance.ALONE:
        return _alone(canvas, safe, text_height)
    if stance is Stance.BESIDE:
        return _side_by_side(canvas, safe, text_height, shape)
    return _stacked(canvas, safe, text_height, shape, gap)


def _alone(canvas: Canvas, safe: Box, text_height: float) -> CardLayout:
    """``photo`` is then where the text is: the light of the ground falls there."""
    inside = safe_pixels(canvas, safe)
    reach = min(canvas.width / 2 - inside.x, inside.right - canvas.width / 2)
    top = min(canvas.height * 0.48, inside.y + inside.height / 2) - text_height / 2
    y = even(min(max(top, inside.y), max(inside.bottom - text_height, inside.y)))
    text = PixelBox(even(canvas.width / 2 - reach), y, even(2 * reach), even(text_height))
    return CardLayout(text, text, 0.5)


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
    part, gap = (0.46, 84) if is_wide(canvas) else (0.45, 52)
    width, height = _inscribed((inside.width * part, inside.height * 0.92), shape)
    middle = inside.y + inside.height / 2
    photo = PixelBox(even(inside.x + (inside.width * part - width) / 2), even(middle - height / 2), width, height)
    left = even(inside.x + inside.width * part + scaled(gap, canvas))
    top = even(middle - min(text_height, inside.height) / 2)
    return CardLayout(photo, PixelBox(left, top, inside.right - left, even(text_height)), 0.0)


def _inscribed(room: tuple[float, float], shape: float) -> tuple[int, int]:
    width = min(room[0], room[1] * shape)
    return even(width), even(width / shape)
