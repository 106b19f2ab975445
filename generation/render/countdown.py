"""The countdown: how many days are left, or the last day, on tiles like those of a flip clock.

A film is watched on days that nobody knows, so nothing ticks in it: it tells a day, or the days left on the day for which it
was ordered.
"""

from datetime import date

from generation.domain.contrast import RGB
from generation.domain.layout import even, even_up
from generation.domain.timeline import Overlay
from generation.render.fonts import Weight
from generation.render.paint import lay, put, rounded
from generation.render.sprites import Pen, Piece, Sprite
from generation.render.yuv import RGBA

TITLE, TILE, WORD = 44, 84, 46
PAD, GAP = 30, 14
TILE_DELAY_S, TILE_STEP_S = 0.12, 0.10
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
TILE_COLOUR: RGB = (34, 30, 30)


def countdown(overlay: Overlay, pen: Pen) -> Sprite:
    """``text`` above the tiles. ``MissingGlyph`` for what cannot be drawn."""
    title = pen.text(overlay.text, Weight.BOLD, TITLE, pen.colours.on_accent)
    parts = [_part(text, pen, tile=tile) for text, tile in _parts(overlay, pen.lang)]
    pad, gap = even(pen.px(PAD)), even(pen.px(GAP))
    across = sum(width for _, width, _, _ in parts) + gap * (len(parts) - 1)
    tall = max(height for _, _, height, _ in parts)
    width = even_up(max(across, title[2]) + 2 * pad)
    height = even_up(title[3] + gap + tall + 2 * pad)
    panel, rim = pen.panel(width, height, pen.colours.accent, pen.px(30))
    put(panel, title[0], rim + (width - title[2]) // 2 - title[1], rim + pad - title[1])
    pieces, x = [Piece(panel, -rim, -rim, enter_s=0.33)], (width - across) / 2
    for number, (picture, wide, high, own_rim) in enumerate(parts):
        y = pad + title[3] + gap + (tall - high) / 2
        delay = TILE_DELAY_S + TILE_STEP_S * number
        pieces.append(Piece(picture, even(x) - own_rim, even(y) - own_rim, delay_s=delay, enter="rise"))
        x += wide + gap
    return Sprite(width, height, tuple(pieces))


def _parts(overlay: Overlay, lang: str) -> list[tuple[str, bool]]:
    """(text, whether it stands on a tile)."""
    last, english = date.fromisoformat(overlay.ends_on), lang.startswith("en")
    if overlay.counted_from:
        left = (last - date.fromisoformat(overlay.counted_from)).days
        if left == 0:
            return [("today only", False)] if english else [("仅限今天", False)]
        if english:
            return [(str(left), True), ("day left" if left == 1 else "days left", False)]
        return [("仅剩", False), (str(left), True), ("天", False)]
    ending = [(overlay.second_text, False)] if overlay.second_text else []
    if english:
        return [("ends", False), (MONTHS[last.month - 1], True), (str(last.day), True), *ending]
    return [
        (str(last.month), True),
        ("月", False),
        (str(last.day), True),
        ("日", False),
        *(ending or [("截止", False)]),
    ]


def _part(text: str, pen: Pen, *, tile: bool) -> tuple[RGBA, int, int, int]:
    """(sheet, width, height, rim)."""
    if not tile:
        picture, rim, width, height = pen.text(text, Weight.BOLD, WORD, pen.colours.on_accent)
        return picture, width, height, rim
    picture, own, width, height = pen.text(text, Weight.BOLD, TILE, (255, 255, 255))
    wide, high = even_up(width + pen.px(44)), even_up(height + pen.px(26))
    sheet, rim = pen.panel(wide, high, TILE_COLOUR, pen.px(16), 1.0)
    fold = max(round(pen.px(3)), 1)
    put(sheet, picture, rim + (wide - width) // 2 - own, rim + (high - height) // 2 - own)
    middle = rim + high // 2
    lay(sheet[middle : middle + fold, rim : rim + wide], rounded(wide, fold, 0), (0, 0, 0), 0.5)
    return sheet, wide, high, rim
