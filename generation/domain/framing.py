"""How a photo is framed for a canvas: where the camera is aimed, and how many photo pixels the canvas is wide.

Rules: the product is never cut off in a medium or wide shot, whatever the camera does; a photo is never enlarged by
more than ``MOST_ENLARGED`` while there is more of it to show; the background is continued beyond the photo's edge
only as far as needed, and freely only where its edges are plain enough that nobody will see it.
"""

import math
from dataclasses import dataclass

from generation.domain.camera import View, apply, core, inverse, reach
from generation.domain.engine_spec import Framing
from generation.domain.geometry import WHOLE, Box

MOST_ENLARGED = 2.2
MARGIN = 0.06  # air around the product, share of its own size
CUT_ALREADY = 0.012  # nearer than that to the photo's edge, the product is cut by the photo itself ...
GIVE = 0.08  # ... and losing so much of the photo more on that side shows nothing new
OPTICAL_MIDDLE = 0.47  # things look centred a little above the middle
# On an upright canvas captions and the platform's own buttons take the lower part: the product stands above them.
UPRIGHT, UPRIGHT_MIDDLE = 1.5, 0.415
# How much of the canvas the product fills, in width and in height.
FILLS = {Framing.CLOSE: (0.86, 0.74), Framing.MEDIUM: (0.74, 0.56), Framing.WIDE: (0.50, 0.42)}


@dataclass(frozen=True)
class Photo:
    """Size in pixels; where the product is (``None``: anywhere); whether the sides/top and bottom have plain edges."""

    width: int
    height: int
    subject: Box | None
    plain_sides: bool
    plain_ends: bool


@dataclass(frozen=True)
class Aim:
    """Photo pixels: the point that the camera looks at, and the width of the canvas where ``View.zoom`` is 1."""

    x: float
    y: float
    width: float


def compose(
    photo: Photo,
    framing: Framing,
    canvas_width: int,
    views: tuple[View, ...],
    aspect: float,
    backdrop: tuple[View, ...] = (),
) -> Aim:
    """Aim the camera that will move along ``views``. ``aspect``: height / width of the canvas.

    ``backdrop``: what it sees of a background farther away than the product, where that is known to move less.
    """
    if framing is Framing.EXACT:
        return Aim(photo.width / 2, photo.height / 2, float(photo.width))
    around, kept = reach((*views, *backdrop), aspect), core(views, aspect)
    product = _pixels(photo.subject or WHOLE, photo)
    shown = _shown(product, photo)
    whole = max(shown.width / kept.width, shown.height / kept.height)  # narrower would cut the product
    width = _width(photo, framing, product, whole, around, aspect)
    enlarged = canvas_width / MOST_ENLARGED / min(view.zoom for view in views)
    width = max(width, min(enlarged, max(photo.width, photo.height / aspect)))
    must = None if framing is Framing.CLOSE else shown
    x, y = product.centre
    return Aim(
        x=_aim(x, width, photo.width, _across(around), _across(kept), None if must is None else _across(must)),
        y=_aim(
            y + (0.5 - _middle(aspect)) * aspect * width,
            width,
            photo.height,
            _down(around),
            _down(kept),
            None if must is None else _down(must),
        ),
        width=width,
    )


def _middle(aspect: float) -> float:
    return UPRIGHT_MIDDLE if aspect >= UPRIGHT else OPTICAL_MIDDLE


def in_photo(box: Box, aim: Aim) -> Box:
    """From canvas widths around the aim to photo pixels."""
    return Box(
        aim.x + box.x0 * aim.width, aim.y + box.y0 * aim.width, aim.x + box.x1 * aim.width, aim.y + box.y1 * aim.width
    )


def on_canvas(subject: Box, photo: Photo, aim: Aim, views: tuple[View, ...], aspect: float) -> Box | None:
    """Everywhere the product is during the whole move, in fractions of the canvas; ``None`` if never."""
    box = _pixels(subject, photo)
    xs, ys = [], []
    for view in views:
        back = inverse(view.matrix())
        for x, y in ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)):
            u, v = apply(back, (x - aim.x) / aim.width, (y - aim.y) / aim.width)
            xs.append(min(max(u + 0.5, 0.0), 1.0))
            ys.append(min(max(v / aspect + 0.5, 0.0), 1.0))
    if min(xs) < max(xs) and min(ys) < max(ys):
        return Box(min(xs), min(ys), max(xs), max(ys))
    return None


def _width(photo: Photo, framing: Framing, product: Box, whole: float, around: Box, aspect: float) -> float:
    fill_width, fill_height = FILLS[framing]
    wish = max(product.width / fill_width, product.height / fill_height / aspect)
    fits = {"sides": photo.width / around.width, "ends": photo.height / around.height}
    inside = min(fits.values())  # wider, and the camera sees beyond an edge of the photo
    if framing is Framing.CLOSE:
        return min(wish, inside)
    plain = {"sides": photo.plain_sides, "ends": photo.plain_ends}
    unseen = min((fits[edge] for edge in fits if not plain[edge]), default=math.inf)  # ... beyond one that is not plain
    if framing is Framing.WIDE:
        wish = max(min(wish, max(photo.width, photo.height / aspect)), inside)
    return max(min(wish, unseen), whole)


def _shown(product: Box, photo: Photo) -> Box:
    """What must stay in the picture: the product with its margin, less where the photo itself cuts the product."""

    def sides(low: float, high: float, size: int) -> tuple[float, float]:
        air, give = MARGIN * (high - low), min(GIVE * size, 0.25 * (high - low))
        near = CUT_ALREADY * size
        return (
            low + give if low <= near else max(low - air, 0.0),
            high - give if high >= size - near else min(high + air, float(size)),
        )

    x0, x1 = sides(product.x0, product.x1, photo.width)
    y0, y1 = sides(product.y0, product.y1, photo.height)
    return Box(x0, y0, x1, y1)


def _aim(
    wanted: float,
    width: float,
    size: int,
    around: tuple[float, float],
    kept: tuple[float, float],
    must: tuple[float, float] | None,
) -> float:
    """Along one axis: as wanted, but within the photo where there is room, and with ``must`` in the picture always."""
    aim = _between(wanted, -around[0] * width, size - around[1] * width)
    return aim if must is None else _between(aim, must[1] - kept[1] * width, must[0] - kept[0] * width)


def _between(value: float, one: float, other: float) -> float:
    return min(max(value, min(one, other)), max(one, other))


def _across(box: Box) -> tuple[float, float]:
    return box.x0, box.x1


def _down(box: Box) -> tuple[float, float]:
    return box.y0, box.y1


def _pixels(box: Box, photo: Photo) -> Box:
    return Box(box.x0 * photo.width, box.y0 * photo.height, box.x1 * photo.width, box.y1 * photo.height)
