"""What the middle of the picture can carry beside a price tag: drawn pieces that enter one after the other, and their place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generation.domain.contrast import RGB
from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, PixelBox, even, even_up, scaled
from generation.domain.layout_places import Places, place_among
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.render.fonts import Weight, drawable
from generation.render.paint import blank, lay, rounded, soft
from generation.render.palette import Theme
from generation.render.stage import ENTER_S, LEAVE_S, Cue
from generation.render.text import TextLook, draw_text, visible_size
from generation.render.yuv import RGBA

FITS = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)  # of the design size, tried in turn
SMALLEST_ORNAMENT = 0.76  # below it the small line of a rating is not read
# Of a product's box, by an ornament: a badge may touch a corner, where hardly anything is, a logo stands beside it.
MOST_COVERED = 0.03
MOST_COVERED_BY = {OverlayKind.DISCOUNT_BADGE: 0.045, OverlayKind.LOGO_STING: 0.01}


@dataclass(frozen=True)
class Piece:
    """A sheet at even ``x``, ``y`` from the sprite's top left corner; ``lives_s`` 0: until the overlay ends."""

    picture: RGBA
    x: int
    y: int
    delay_s: float = 0.0
    enter: str = "pop"
    enter_s: float = ENTER_S
    leave: str = "fade"
    leave_s: float = LEAVE_S
    lives_s: float = 0.0
    pulse: float = 0.0


@dataclass(frozen=True)
class Sprite:
    """Pieces that belong together; the size counts for placing, soft rims do not."""

    width: int
    height: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Pen:
    """What a sprite is drawn with; ``fit`` <= 1 shrinks all of it alike."""

    colours: Theme
    canvas: Canvas
    lang: str
    files: Mapping[str, Path]
    fit: float = 1.0

    def px(self, size: float) -> float:
        """Pixels for a length at the design size."""
        return scaled(size * self.fit, self.canvas)

    def text(self, text: str, weight: Weight, size: float, fill: RGB) -> tuple[RGBA, int, int, int]:
        """One line: (sheet, its rim, width and height of what counts). Raises ``MissingGlyph``."""
        clean, _ = drawable(text.replace("|", " "), weight)
        look = TextLook(weight, max(round(self.px(size)), 1), fill)
        width, height = visible_size([clean], look)
        return draw_text([clean], look), even_up(look.rim), width, height

    def panel(self, width: int, height: int, colour: RGB, radius: float, opacity: float = 0.97) -> tuple[RGBA, int]:
        """(a rounded plate with its soft shadow, how far the shadow reaches beyond it)."""
        rim = even_up(self.px(36))
        shape = rounded(width + 2 * rim, height + 2 * rim, radius, rim)
        sheet = blank(width + 2 * rim, height + 2 * rim)
        lay(sheet, soft(shape, self.px(11), 0, self.px(7)), (0, 0, 0), 0.34)
        sheet *= (1 - shape)[:, :, None]
        lay(sheet, shape, colour, opacity)
        return sheet, rim


Draw = Callable[[Overlay, Pen], Sprite]


def sprite_cues(
    draw: Draw,
    overlay: Overlay,
    pen: Pen,
    safe: Box,
    places: Places,
    products: Sequence[PixelBox],
    taken: Sequence[PixelBox],
) -> tuple[list[Cue], PixelBox]:
    """The sprite as large as it finds room beside the products and what is ``taken``: (cues, its place).

    One that is optional stands beside the products, but for a corner of them, or not at all.

    Raises ``LayoutImpossible``, ``MissingGlyph``, ``MediaMissing``, ``MediaBroken``.
    """
    refused: LayoutImpossible | None = None
    what = f"{overlay.kind.replace('_', ' ')} {overlay.id!r}"
    most = MOST_COVERED_BY.get(overlay.kind, MOST_COVERED)
    for fit in (one for one in FITS if one >= SMALLEST_ORNAMENT or not overlay.optional):
        sprite = draw(overlay, replace(pen, fit=fit))
        size = (sprite.width, sprite.height)
        try:
            box = place_among(what, size, pen.canvas, safe, places=places, products=products, taken=taken)
        except LayoutImpossible as error:
            refused = error
            continue
        if overlay.optional and any(box.shared(product) > most * _area(product) for product in products):
            refused = LayoutImpossible(f"{what} finds no place beside the product: leave it out")
            continue
        return [_cue(piece, overlay, box, pen.canvas.fps) for piece in sprite.pieces], box
    raise refused or LayoutImpossible(what)


def _area(box: PixelBox) -> int:
    return box.width * box.height


def _cue(piece: Piece, overlay: Overlay, box: PixelBox, fps: int) -> Cue:
    start = min(overlay.start + round(piece.delay_s * fps), overlay.end - 1)
    end = min(start + round(piece.lives_s * fps), overlay.end) if piece.lives_s else overlay.end
    return Cue(
        piece.picture, even(box.x + piece.x), even(box.y + piece.y), start, max(end, start + 1), fps,
        piece.enter, piece.leave, piece.enter_s, piece.leave_s, piece.pulse,
    )  # fmt: skip
