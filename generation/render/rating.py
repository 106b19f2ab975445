"""A rating: the figure, five stars filled as far as it goes, and whose it is with how many people gave one."""

import math

from generation.domain.contrast import RGB
from generation.domain.layout import even, even_up
from generation.domain.timeline import Overlay
from generation.render.fonts import Weight
from generation.render.paint import blank, lay, polygon, put
from generation.render.sprites import Pen, Piece, Sprite
from generation.render.yuv import RGBA

STARS = 5
VALUE, STAR, EVIDENCE = 92, 52, 36
PAD, GAP = 30, 18
GOLD: RGB = (247, 172, 20)
EMPTY: RGB = (222, 216, 208)
STAR_DELAY_S, STAR_STEP_S = 0.14, 0.07
INNER = 0.47  # of a star's outer radius


def rating(overlay: Overlay, pen: Pen) -> Sprite:
    """Raises ``MissingGlyph``."""
    value, value_rim, value_width, value_height = pen.text(overlay.text, Weight.BOLD, VALUE, pen.colours.ink)
    told, told_rim, told_width, told_height = pen.text(
        evidence(overlay, pen.lang), Weight.MEDIUM, EVIDENCE, pen.colours.muted
    )
    pad, gap, side = even(pen.px(PAD)), even(pen.px(GAP)), even_up(pen.px(STAR))
    top = even_up(max(value_height, side))
    row = value_width + gap + STARS * side
    width = even_up(max(row, told_width) + 2 * pad)
    height = even_up(top + gap // 2 + told_height + 2 * pad)
    panel, rim = pen.panel(width, height, pen.colours.panel, pen.px(30))
    left = even((width - row) / 2)
    put(panel, value, rim + left - value_rim, rim + pad + (top - value_height) // 2 - value_rim)
    put(panel, told, rim + (width - told_width) // 2 - told_rim, rim + pad + top + gap // 2 - told_rim)
    pieces = [Piece(panel, -rim, -rim, enter="rise", enter_s=0.33)]
    for number in range(STARS):
        share = min(max(float(overlay.text) - number, 0.0), 1.0)
        x = left + value_width + gap + number * side
        delay = STAR_DELAY_S + STAR_STEP_S * number
        pieces.append(Piece(_star(side, share), even(x), even(pad + (top - side) / 2), delay_s=delay))
    return Sprite(width, height, tuple(pieces))


def evidence(overlay: Overlay, lang: str) -> str:
    """Whose rating it is and how many people gave one."""
    return f"{overlay.source} · {overlay.count:,} " + ("ratings" if lang.startswith("en") else "条评价")


def _star(side: int, share: float) -> RGBA:
    """Filled from the left as far as ``share``."""
    radius, middle = side * 0.47, side / 2
    turns = [math.pi * (step / STARS - 0.5) for step in range(2 * STARS)]
    reach = [radius * (INNER if step % 2 else 1.0) for step in range(2 * STARS)]
    points = [(middle + r * math.cos(a), middle * 1.04 + r * math.sin(a)) for r, a in zip(reach, turns, strict=True)]
    shape = polygon(side, side, points)
    sheet = blank(side, side)
    lay(sheet, shape, EMPTY)
    edge = round(middle - radius + 2 * radius * share)
    filled = shape.copy()
    filled[:, edge:] = 0
    lay(sheet, filled, GOLD)
    return sheet
