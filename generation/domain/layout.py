"""Where things stand on a canvas: one layout per aspect ratio, everything inside the platform's safe box.

Pixel boxes have even corners and even sides, because a 4:2:0 picture has one colour sample for 2 x 2 pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from generation.domain.geometry import Box
from generation.domain.timeline import Canvas

ASPECTS = {"9:16": (9, 16), "1:1": (1, 1), "16:9": (16, 9), "3:4": (3, 4), "4:5": (4, 5)}
DESIGN_SIDE = 1080  # all type sizes are drawn for this short side and scaled with it

MAX_ENLARGE = 1.5  # beyond its size on its own canvas; a clip enlarged further looks soft on a phone
SUBJECT_AIR = 0.06  # of the subject's own size, kept free on either side of it when there is fill anyway
CLEAR_MARGIN = 1.2  # fill is at least a sixth of the picture
SUBJECT_UNKNOWN = Box(0.08, 0.18, 0.92, 0.82)  # an engine that cannot say frames the product about here


class LayoutImpossible(ValueError):
    """Something does not fit into its place; the message says what and by how much."""


@dataclass(frozen=True)
class PixelBox:
    """``x``, ``y`` of the top left corner, ``width``, ``height``; all even."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def contains(self, other: "PixelBox") -> bool:
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom

    def shared(self, other: "PixelBox") -> int:
        """Pixels that lie in both."""
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(across, 0) * max(down, 0)

    def overlaps(self, other: "PixelBox") -> bool:
        return self.shared(other) > 0


class Zone(StrEnum):
    LABEL = "label"
    BRAND_MARK = "brand_mark"
    PRICE_TAG = "price_tag"
    CAPTION = "caption"


# Zone -> its part of the safe box, and the corner it leans to (0 left/top, 1 right/bottom). The parts are disjoint.
_ZONES = {
    Zone.LABEL: (Box(0.0, 0.0, 0.5, 0.14), (0.0, 0.0)),
    Zone.BRAND_MARK: (Box(0.5, 0.0, 1.0, 0.14), (1.0, 0.0)),
    Zone.PRICE_TAG: (Box(0.0, 0.16, 1.0, 0.72), (0.0, 0.0)),
    Zone.CAPTION: (Box(0.0, 0.74, 1.0, 1.0), (0.5, 1.0)),
}
# A caption is centred on the picture, not on a lopsided safe box, as long as that costs little width.
_CENTRED_SHARE = 0.85


def canvas_for(aspect: str, master: Canvas) -> Canvas:
    """The canvas of another aspect with the master's short side (1080 -> 1080x1920, 1080x1080, 1920x1080 ...)."""
    if aspect not in ASPECTS:
        raise LayoutImpossible(f"aspect {aspect!r} is unknown: choose one of {', '.join(ASPECTS)}")
    across, down = ASPECTS[aspect]
    short = min(master.width, master.height)
    unit = short / min(across, down)
    return Canvas(even(across * unit), even(down * unit), master.fps)


def scaled(pixels: float, canvas: Canvas) -> float:
    """A length drawn for a short side of 1080 pixels, on this canvas."""
    return pixels * min(canvas.width, canvas.height) / DESIGN_SIDE


def safe_pixels(canvas: Canvas, safe: Box) -> PixelBox:
    """The safe box in pixels, rounded inwards."""
    left, top = even_up(safe.x0 * canvas.width), even_up(safe.y0 * canvas.height)
    right, bottom = even_down(safe.x1 * canvas.width), even_down(safe.y1 * canvas.height)
    return PixelBox(left, top, right - left, bottom - top)


def zone(kind: Zone, canvas: Canvas, safe: Box) -> PixelBox:
    """The part of the safe box that belongs to one kind of overlay."""
    whole = safe_pixels(canvas, safe)
    part, _ = _ZONES[kind]
    left, top = even_up(whole.x + part.x0 * whole.width), even_up(whole.y + part.y0 * whole.height)
    right = even_down(whole.x + part.x1 * whole.width)
    bottom = even_down(whole.y + part.y1 * whole.height)
    if kind is Zone.CAPTION:
        left, right = _centred(left, right, canvas.width)
    return PixelBox(left, top, right - left, bottom - top)


def place(kind: Zone, width: int, height: int, canvas: Canvas, safe: Box) -> PixelBox:
    """Put something of this size into its zone. Raises ``LayoutImpossible`` when it is larger than the zone."""
    home = zone(kind, canvas, safe)
    width, height = even_up(width), even_up(height)
    if width > home.width or height > home.height:
        raise LayoutImpossible(
            f"{kind} of {width}x{height} does not fit into its {home.width}x{home.height} on a "
            f"{canvas.width}x{canvas.height} picture: use a shorter text"
        )
    lean_x, lean_y = _ZONES[kind][1]
    x = even_down(home.x + lean_x * (home.width - width))
    y = even_down(home.y + lean_y * (home.height - height))
    return PixelBox(x, y, width, height)


_PLACES_BESIDE = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.5), (1.0, 0.5))


def place_beside(
    kind: Zone, width: int, height: int, canvas: Canvas, safe: Box, products: Sequence[PixelBox]
) -> PixelBox:
    """Like ``place``, but at that edge of the zone where it covers the least of ``products``."""
    home = zone(kind, canvas, safe)
    first = place(kind, width, height, canvas, safe)
    room_x, room_y = home.width - first.width, home.height - first.height
    places = [
        PixelBox(even_down(home.x + across * room_x), even_down(home.y + down * room_y), first.width, first.height)
        for across, down in _PLACES_BESIDE
    ]
    return min(places, key=lambda box: sum(box.shared(product) for product in products))


@dataclass(frozen=True)
class Reframe:
    """``window`` of the clip is scaled into ``target`` on the canvas; what ``target`` leaves free is a blurred fill."""

    window: PixelBox
    target: PixelBox
    canvas: Canvas

    @property
    def fills(self) -> bool:
        """True when nothing of the canvas is left for the blurred fill."""
        return (self.target.width, self.target.height) == (self.canvas.width, self.canvas.height)

    def shown(self, box: Box, width: int, height: int) -> PixelBox:
        """Where a box of the clip (fractions of its ``width`` x ``height`` pixels) comes to lie on the canvas."""
        scale = self.target.width / self.window.width

        def across(x: float) -> int:
            return even(self.target.x + (x * width - self.window.x) * scale)

        def down(y: float) -> int:
            return even(self.target.y + (y * height - self.window.y) * scale)

        return PixelBox(across(box.x0), down(box.y0), across(box.x1) - across(box.x0), down(box.y1) - down(box.y0))

    @property
    def identical(self) -> bool:
        return self.fills and (self.window.width, self.window.height) == (self.target.width, self.target.height)


def reframe(width: int, height: int, canvas: Canvas, subject: Box | None) -> Reframe:
    """Lay a clip of width x height pixels into a canvas so that the whole subject stays in the picture.

    It cuts the clip along its longer way only: as far as the canvas asks for, but never into the subject, and never
    so far that the clip would be enlarged more than ``MAX_ENLARGE`` times more than on its own canvas.
    """
    box = subject or SUBJECT_UNKNOWN
    enlarged = MAX_ENLARGE * max(min(canvas.width, canvas.height) / min(width, height), 1.0)
    if width * canvas.height > height * canvas.width:  # the clip is too wide: cut its sides
        wanted, least = height * canvas.width / canvas.height, canvas.width / enlarged
        x, kept = _window(width, wanted, (box.x0, box.x1), least)
        window = PixelBox(x, 0, kept, even_down(height))
    else:
        wanted, least = width * canvas.height / canvas.width, canvas.height / enlarged
        y, kept = _window(height, wanted, (box.y0, box.y1), least)
        window = PixelBox(0, y, even_down(width), kept)
    return Reframe(window, _fit(window, canvas), canvas)


def _window(length: int, wanted: float, subject: tuple[float, float], least: float) -> tuple[int, int]:
    """(start, kept) along one axis of ``length`` pixels. ``wanted`` fills the canvas; the subject must fit in."""
    low, high = subject
    needed = max((high - low) * length, min(least, length))
    if needed <= wanted + 2:
        kept = min(even(wanted), even_down(length))
    else:
        # Not a thin strip of fill, which looks like a mistake: either none or a clear margin.
        roomy = max(needed * (1 + 2 * SUBJECT_AIR), wanted * CLEAR_MARGIN)
        kept = min(even_up(roomy), even_down(length))
    middle = (low + high) / 2 * length
    return even_down(min(max(middle - kept / 2, 0), length - kept)), kept


def _fit(window: PixelBox, canvas: Canvas) -> PixelBox:
    scale = min(canvas.width / window.width, canvas.height / window.height)
    width, height = even(window.width * scale), even(window.height * scale)
    # Rounding to even pixels must not leave a line of blurred fill at the border.
    width = canvas.width if canvas.width - width <= 2 else width
    height = canvas.height if canvas.height - height <= 2 else height
    return PixelBox(even_down((canvas.width - width) / 2), even_down((canvas.height - height) / 2), width, height)


def _centred(left: int, right: int, width: int) -> tuple[int, int]:
    reach = min(width / 2 - left, right - width / 2)
    if 2 * reach < _CENTRED_SHARE * (right - left):
        return left, right
    return even_up(width / 2 - reach), even_down(width / 2 + reach)


def even(value: float) -> int:
    """The nearest even whole number."""
    return 2 * round(value / 2)


def even_up(value: float) -> int:
    return 2 * -int(-value // 2)


def even_down(value: float) -> int:
    return 2 * int(value // 2)
