"""The logo sting: the brand's mark lands in the middle of the picture and sends a ring outwards."""

import cv2
import numpy as np

from generation.domain.layout import even_up
from generation.domain.timeline import Overlay
from generation.render.fonts import Weight
from generation.render.paint import blank, disc, lay, put
from generation.render.photo import plate_under, read_logo
from generation.render.sprites import Pen, Piece, Sprite
from generation.render.yuv import RGBA

LOGO, NAME = (460, 240), 96
PAD = 52
RING, RING_S = 10, 0.6


def logo_sting(overlay: Overlay, pen: Pen) -> Sprite:
    """The picture of the logo, or without one the name. Raises ``MediaMissing``, ``MediaBroken``, ``MissingGlyph``."""
    mark, rim, wide, high = _mark(overlay, pen)
    pad = even_up(pen.px(PAD))
    width, height = even_up(wide + 2 * pad), even_up(high + 2 * pad)
    colour = (plate_under(mark, pen.colours.panel) if overlay.image_sha256 else None) or pen.colours.panel
    panel, edge = pen.panel(width, height, colour, pen.px(48))
    put(panel, mark, edge + (width - wide) // 2 - rim, edge + (height - high) // 2 - rim)
    ring = _ring(even_up(max(width, height) * 1.04), pen)
    side = ring.shape[0]
    return Sprite(
        width,
        height,
        (
            Piece(ring, -(side - width) // 4 * 2, -(side - height) // 4 * 2, delay_s=0.1, enter="none", leave="stamp",
                  leave_s=RING_S, lives_s=RING_S),
            Piece(panel, -edge, -edge, enter="stamp", enter_s=0.4),
        ),
    )  # fmt: skip


def _mark(overlay: Overlay, pen: Pen) -> tuple[RGBA, int, int, int]:
    """(sheet, rim, width, height)."""
    if not overlay.image_sha256:
        return pen.text(overlay.text, Weight.BOLD, NAME, pen.colours.ink)
    picture = read_logo(overlay.image_sha256, pen.files)
    scale = min(pen.px(LOGO[0]) / picture.shape[1], pen.px(LOGO[1]) / picture.shape[0])
    size = (even_up(picture.shape[1] * scale), even_up(picture.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.clip(cv2.resize(picture, size, interpolation=how), 0, 1), 0, size[0], size[1]


def _ring(side: int, pen: Pen) -> RGBA:
    middle, radius = side / 2, side / 2 - 2
    sheet = blank(side, side)
    outer, inner = (disc(side, side, middle, middle, reach) for reach in (radius, radius - pen.px(RING)))
    lay(sheet, outer - inner, pen.colours.bright, 0.9)
    return sheet
