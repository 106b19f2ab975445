"""Places for what shares the middle of the picture: a second clip and the overlays that come and go."""

from collections.abc import Sequence

from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, PixelBox, Zone, even, even_down, even_up, scaled, zone
from generation.domain.timeline import Canvas, Composition

Places = Sequence[tuple[float, float]]  # shares of the free room: 0 left/top, 1 right/bottom
RIGHT_FIRST: Places = ((1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.5), (0.0, 0.5))
LOW_FIRST: Places = ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0), (1.0, 0.5), (0.0, 0.5))
TOP_FIRST: Places = ((0.5, 0.0), (0.0, 0.0), (1.0, 0.0), (0.5, 1.0), (0.0, 1.0), (1.0, 1.0))
MIDDLE_FIRST: Places = ((0.5, 0.5), (0.5, 0.3), (0.5, 0.0), (0.5, 1.0))

INSET = (400, 500)  # of a picture in the picture, at the design size
SPLIT_GAP = 8


def place_among(
    what: str,
    size: tuple[int, int],
    canvas: Canvas,
    safe: Box,
    *,
    places: Places,
    products: Sequence[PixelBox] = (),
    taken: Sequence[PixelBox] = (),
) -> PixelBox:
    """The first of ``places`` that touches nothing ``taken`` and covers the least of ``products``.

    Raises ``LayoutImpossible`` naming ``what``.
    """
    home = zone(Zone.PRICE_TAG, canvas, safe)
    width, height = (even_up(side) for side in size)
    if width > home.width or height > home.height:
        raise LayoutImpossible(
            f"{what} of {width}x{height} does not fit into its {home.width}x{home.height} on a "
            f"{canvas.width}x{canvas.height} picture: use a shorter text"
        )
    room = (home.width - width, home.height - height)
    boxes = [
        PixelBox(even_down(home.x + across * room[0]), even_down(home.y + down * room[1]), width, height)
        for across, down in places
    ]
    free = [box for box in boxes if not any(box.overlaps(other) for other in taken)]
    if not free:
        raise LayoutImpossible(
            f"{what} finds no free place on a {canvas.width}x{canvas.height} picture beside what is shown at the same "
            "time: show them one after the other"
        )
    return min(free, key=lambda box: sum(box.shared(product) for product in products))


def split(how: Composition, canvas: Canvas) -> tuple[PixelBox, PixelBox]:
    """The two parts of a split picture, with a thin line free between them."""
    gap = max(even(scaled(SPLIT_GAP, canvas)), 2)
    if how is Composition.STACKED:
        top = even_down((canvas.height - gap) / 2)
        return PixelBox(0, 0, canvas.width, top), PixelBox(0, top + gap, canvas.width, canvas.height - top - gap)
    left = even_down((canvas.width - gap) / 2)
    return PixelBox(0, 0, left, canvas.height), PixelBox(left + gap, 0, canvas.width - left - gap, canvas.height)


def inset(canvas: Canvas, safe: Box, product: PixelBox | None) -> PixelBox:
    """Where a picture in the picture stands, away from the product of the large one."""
    home = zone(Zone.PRICE_TAG, canvas, safe)
    fit = min(1.0, home.width / scaled(INSET[0], canvas), home.height / scaled(INSET[1], canvas))
    size = (even_down(scaled(INSET[0], canvas) * fit), even_down(scaled(INSET[1], canvas) * fit))
    products = [] if product is None else [product]
    return place_among("picture in picture", size, canvas, safe, places=LOW_FIRST, products=products)
