"""The price tag: a slightly turned label with a punched hole, the price large, the list price struck through."""

from collections.abc import Sequence

from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, PixelBox, Zone, even_down, even_up, place_beside, scaled
from generation.domain.timeline import Canvas, Overlay
from generation.render.fonts import Weight, drawable
from generation.render.label import SHOWN_S
from generation.render.paint import blank, disc, lay, polygon, put, rounded, soft, turned
from generation.render.palette import Theme
from generation.render.stage import Cue
from generation.render.text import TextLook, draw_text, text_width
from generation.render.yuv import RGBA

TURN = 3.0  # degrees
SIZE, SMALLEST, SMALLEST_IN_CORNER = 96, 56, 60


def price_tag_cue(
    overlay: Overlay, colours: Theme, canvas: Canvas, safe: Box, products: Sequence[PixelBox] = ()
) -> Cue:
    """Beside the ``products`` that are in the picture meanwhile, as far as there is room.

    Raises ``LayoutImpossible``, ``MissingGlyph``.
    """
    price, _ = drawable(overlay.text.replace("|", " "))
    list_price, _ = drawable(overlay.second_text.replace("|", " "), Weight.MEDIUM)
    # The AI label's corner is never over the product; once the label has gone, it is the price tag's.
    label_gone = overlay.start >= SHOWN_S * canvas.fps
    homes = [(Zone.LABEL, SMALLEST_IN_CORNER)] if label_gone else []
    for home, smallest in [*homes, (Zone.PRICE_TAG, SMALLEST)]:
        for size in range(SIZE, smallest - 1, -4):
            picture = turned(draw_price_tag(price, list_price, round(scaled(size, canvas)), colours), TURN)
            try:
                box = place_beside(home, picture.shape[1], picture.shape[0], canvas, safe, products)
            except LayoutImpossible:
                continue
            return Cue(picture, box.x, box.y, overlay.start, overlay.end, canvas.fps, enter="pop", enter_s=0.33)
    raise LayoutImpossible(f"the price tag {price!r} is too long: use a shorter price text")


def draw_price_tag(price: str, list_price: str, pixels: int, colours: Theme) -> RGBA:
    """Upright; even sides, with room for its shadow."""
    big = TextLook(Weight.BOLD, pixels, colours.on_accent)
    small = TextLook(Weight.MEDIUM, round(pixels * 0.46), colours.on_accent)
    rim, height = even_up(pixels * 0.16), even_up(pixels * 1.46)
    nose = height * 0.42  # the slanted end with the hole
    gap = pixels * 0.26 if list_price else 0
    wide = even_up(nose + pixels * 0.2 + text_width(price, big) + gap + _width(list_price, small) + pixels * 0.42)
    sheet = blank(wide + 2 * rim, height + 2 * rim)
    full_height, full_width = sheet.shape[:2]
    body = rounded(full_width, full_height, pixels * 0.2, rim)
    slant = [(0.0, 0.0), (rim + nose, 0.0), (rim, full_height * 0.5 - pixels * 0.12)]
    for points in (slant, [(x, full_height - y) for x, y in slant]):
        body *= 1 - polygon(full_width, full_height, points)
    hole = disc(full_width, full_height, rim + nose * 0.78, full_height / 2, pixels * 0.105)
    body *= 1 - hole
    lay(sheet, soft(body, pixels * 0.09, 0, pixels * 0.05), (0, 0, 0), 0.35)
    lay(sheet, body, colours.accent)
    left = even_down(rim + nose + pixels * 0.2)
    _text(sheet, price, big, left, full_height / 2)
    if list_price:
        left += even_down(text_width(price, big) + gap)
        _text(sheet, list_price, small, left, full_height / 2 + pixels * 0.14)
        strike(sheet, left, round(text_width(list_price, small)), full_height / 2 + pixels * 0.14, small)
    return sheet


def strike(sheet: RGBA, left: int, width: int, middle: float, look: TextLook) -> None:
    """A line through a list price."""
    thick = max(round(look.pixels * 0.075), 2)
    reach = round(look.pixels * 0.1)
    top = round(middle - thick / 2 + look.pixels * 0.02)
    part = sheet[top : top + thick, left - reach : left + width + reach]
    lay(part, rounded(part.shape[1], part.shape[0], thick / 2), look.fill)


def _text(sheet: RGBA, text: str, look: TextLook, left: int, middle: float) -> None:
    """Draw one line with its digits centred on ``middle``."""
    drawn = draw_text([text], look)
    rim = even_up(look.rim)
    # Digits and capitals stand 0.73 of the size above the base line, which lies at 0.88 of the line box.
    top = round(middle - look.pixels * (0.88 - 0.73 / 2)) - rim
    put(sheet, drawn, left - rim, top)


def _width(text: str, look: TextLook) -> float:
    return text_width(text, look) if text else 0.0
