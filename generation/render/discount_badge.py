"""The discount badge: a scalloped seal, slightly turned, with one or two words in it."""

import math

from generation.domain.layout import even_up
from generation.domain.timeline import Overlay
from generation.render.fonts import Weight, drawable
from generation.render.paint import blank, disc, lay, polygon, put, soft, turned
from generation.render.sprites import Pen, Piece, Sprite
from generation.render.text import TextLook, draw_text, visible_size
from generation.render.yuv import RGBA

SIDE, SCALLOPS, DEPTH, TURN = 320, 22, 0.045, 8.0
LARGE, SMALL = 104, 40
RING, RING_WIDTH = 0.885, 3.5  # of the radius; px at the design size
INK = 0.38  # of a line's height that its letters reach above and below its middle


def discount_badge(overlay: Overlay, pen: Pen) -> Sprite:
    """``text`` with at most one break, the last part large; ``second_text`` small below. Raises ``MissingGlyph``."""
    side = even_up(pen.px(SIDE))
    rim = even_up(pen.px(30))
    sheet = turned(_seal(overlay, pen, side, rim), TURN)
    x, y = (-(sheet.shape[1] - side) // 4 * 2, -(sheet.shape[0] - side) // 4 * 2)
    return Sprite(side, side, (Piece(sheet, x, y, enter="stamp", enter_s=0.36, pulse=0.035),))


def _seal(overlay: Overlay, pen: Pen, side: int, rim: int) -> RGBA:
    whole, radius = side + 2 * rim, side / 2
    angles = [2 * math.pi * step / 720 for step in range(720)]
    reach = [radius * (1 - DEPTH + DEPTH * math.cos(SCALLOPS * angle)) for angle in angles]
    middle = whole / 2
    edge = [(middle + r * math.cos(a), middle + r * math.sin(a)) for r, a in zip(reach, angles, strict=True)]
    shape = polygon(whole, whole, edge)
    sheet = blank(whole, whole)
    lay(sheet, soft(shape, pen.px(10), 0, pen.px(7)), (0, 0, 0), 0.36)
    lay(sheet, shape, pen.colours.accent)
    outer, inside = (disc(whole, whole, middle, middle, radius * RING - inset) for inset in (0.0, pen.px(RING_WIDTH)))
    inner = outer - inside
    lay(sheet, inner, pen.colours.on_accent, 0.85)
    _lines(sheet, overlay, pen, side)
    return sheet


def _lines(sheet: RGBA, overlay: Overlay, pen: Pen, side: int) -> None:
    """Small words above, the large one in the middle, small ones below."""
    *above, large = [part.strip() for part in overlay.text.split("|") if part.strip()]
    rows = [(" ".join(above), SMALL), (large, LARGE), (overlay.second_text.replace("|", " "), SMALL)]
    rows = [(text, size) for text, size in rows if text]
    reach = side / 2 * RING - pen.px(RING_WIDTH + 9)
    gap, room = pen.px(4), [1.7 * reach] * len(rows)
    for _ in range(3):  # a smaller line lies nearer the middle, where there is more room for it
        drawn = [_fitted(text, size, pen, wide) for (text, size), wide in zip(rows, room, strict=True)]
        top = (sheet.shape[0] - sum(height for _, _, height, _ in drawn) - gap * (len(drawn) - 1)) / 2
        tops = [top + sum(height + gap for _, _, height, _ in drawn[:number]) for number in range(len(drawn))]
        middles = [at + height / 2 - sheet.shape[0] / 2 for at, (_, _, height, _) in zip(tops, drawn, strict=True)]
        room = [
            2 * math.sqrt(max(reach**2 - (abs(at) + INK * height) ** 2, (reach * 0.3) ** 2))
            for at, (_, _, height, _) in zip(middles, drawn, strict=True)
        ]
    for y, (picture, width, _, rim) in zip(tops, drawn, strict=True):
        put(sheet, picture, round((sheet.shape[1] - width) / 2) - rim, round(y) - rim)


def _fitted(text: str, size: int, pen: Pen, widest: float) -> tuple[RGBA, int, int, int]:
    """(sheet, width, height, rim) of a line that stays inside the ring."""
    clean, _ = drawable(text)
    pixels = max(round(pen.px(size)), 4)
    while True:
        look = TextLook(Weight.BOLD, pixels, pen.colours.on_accent)
        width, height = visible_size([clean], look)
        if width <= widest or pixels <= 8:
            return draw_text([clean], look), width, height, even_up(look.rim)
        pixels -= max(pixels // 20, 1)
