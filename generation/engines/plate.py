"""The plate: the photo as the camera will see it, prepared once, from which every frame is sampled.

It holds everything that the camera sees on its way and a little more, at ``DENSITY`` times the resolution of the
frames, so that quick linear sampling at sub-pixel positions neither blurs nor shimmers. It is kept as luma and
half-size chroma (BT.709, limited range): a frame is then sampled straight into the encoder's planes and no frame's
colours are converted.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.camera import View
from generation.domain.framing import Aim
from generation.domain.geometry import WHOLE, Box
from generation.engines.edges import LOW_WIDTH, Edges, Pads, Picture, continued

Image = NDArray[Any]  # uint8
Matrix3 = NDArray[Any]  # float64, 3 x 3

# The golden ratio: with a plain one, all samples of a row would fall between two pixels at once and then on pixels at
# once, and fine texture would pulse while the camera moves.
DENSITY = 1.618
ROOM = 3.0  # plate pixels around what the camera sees, for the sampling
CRISP = 0.3  # how much edges are raised, against the softness of enlarging and sampling
_KR, _KB = 0.2126, 0.0722
_TO_YUV = np.array(
    [  # from B, G, R, 1, all 0..255 (ITU-R BT.709-6)
        [219 / 255 * _KB, 219 / 255 * (1 - _KR - _KB), 219 / 255 * _KR, 16],
        [112 / 255, -112 / 255 * (1 - _KR - _KB) / (1 - _KB), -112 / 255 * _KR / (1 - _KB), 128],
        [-112 / 255 * _KB / (1 - _KR), -112 / 255 * (1 - _KR - _KB) / (1 - _KR), 112 / 255, 128],
    ],
    np.float32,
)


@dataclass(frozen=True)
class Plate:
    """``scale``: plate pixels per photo pixel, across and down; ``origin``: the plate's corner in photo pixels."""

    luma: Image
    chroma: tuple[Image, Image]
    origin: tuple[float, float]
    scale: tuple[float, float]

    def sample(self, aim: Aim, view: View, out: Image, width: int, height: int) -> None:
        """Fill ``out`` (I420 planes, height * 3/2 x width) with what the camera sees."""
        to_plate = self._matrix(aim, view, width, height)
        flat = out.reshape(-1)
        size = width * height
        warp_plane(self.luma, to_plate, 1.0, (0.5, 0.5), flat[:size].reshape(height, width))
        for index, plane in enumerate(self.chroma):
            part = flat[size + index * size // 4 : size + (index + 1) * size // 4]
            # H.264's chroma samples sit on the left luma pixel and half-way between two rows.
            warp_plane(plane, to_plate, 2.0, (0.5, 1.0), part.reshape(height // 2, width // 2))

    def _matrix(self, aim: Aim, view: View, width: int, height: int) -> Matrix3:
        """From points of the canvas to points of the plate, both in pixels counted from the corner."""
        to_canvas_widths = np.array([[1 / width, 0, -0.5], [0, 1 / width, -0.5 * height / width], [0, 0, 1]])
        to_photo = np.array([[aim.width, 0, aim.x], [0, aim.width, aim.y], [0, 0, 1]])
        (left, top), (across, down) = self.origin, self.scale
        to_plate = np.array([[across, 0, -left * across], [0, down, -top * down], [0, 0, 1]])
        return to_plate @ to_photo @ np.array(view.matrix()).reshape(3, 3) @ to_canvas_widths


def warp_plane(plane: Image, matrix: Matrix3, step: float, at: tuple[float, float], out: Image) -> None:
    """``step``: luma pixels per pixel of this plane; ``at``: where in luma pixels its first sample lies."""
    to_point = np.array([[step, 0, at[0]], [0, step, at[1]], [0, 0, 1]])
    to_index = np.array([[1 / step, 0, -0.5], [0, 1 / step, -0.5], [0, 0, 1]])
    height, width = out.shape
    cv2.warpPerspective(
        plane,
        to_index @ matrix @ to_point,
        (width, height),
        dst=out,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )


def make_plate(photo: Image, aim: Aim, seen: Box, subject: Box | None, edges: Edges, canvas_width: int) -> Plate:
    """``seen``: all that the camera sees, photo pixels, also beyond the photo; ``subject``: fractions of the photo."""
    height, width = photo.shape[:2]
    scale = DENSITY * canvas_width / aim.width
    room = ROOM / scale
    x0, y0 = max(int(seen.x0 - room), 0), max(int(seen.y0 - room), 0)
    x1, y1 = min(int(seen.x1 + room) + 1, width), min(int(seen.y1 + room) + 1, height)
    part = scaled(photo[y0:y1, x0:x1], scale)
    across, down = part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)
    beyond = ((x0 - seen.x0) * across, (y0 - seen.y0) * down, (seen.x1 - x1) * across, (seen.y1 - y1) * down)
    pads = Pads(*(int(np.ceil(pixels + ROOM)) if pixels > 0.5 else 0 for pixels in beyond))
    if pads:
        product = _within(subject or WHOLE, (width, height), (x0, y0, x1, y1))
        part = continued(part, pads, product, edges, unit=max(DENSITY * canvas_width / LOW_WIDTH, 1.0))
    origin = (x0 - pads.left / across, y0 - pads.top / down)
    return Plate(*planes(part), origin=origin, scale=(across, down))


def _within(box: Box, size: tuple[int, int], part: tuple[int, int, int, int]) -> Box:
    """From fractions of a photo of ``size`` to fractions of its ``part`` (left, top, right, bottom in pixels)."""
    (width, height), (x0, y0, x1, y1) = size, part
    return Box(
        (box.x0 * width - x0) / (x1 - x0),
        (box.y0 * height - y0) / (y1 - y0),
        (box.x1 * width - x0) / (x1 - x0),
        (box.y1 * height - y0) / (y1 - y0),
    )


def scaled(part: Image, scale: float) -> Picture:
    """Enlarged or made smaller, and a little crisper; 0..255."""
    size = (max(round(part.shape[1] * scale), 2), max(round(part.shape[0] * scale), 2))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(part, size, interpolation=how).astype(np.float32)
    radius = max(scale, DENSITY) * 0.7
    return np.clip(picture + CRISP * (picture - cv2.GaussianBlur(picture, (0, 0), radius)), 0, 255)


def planes(picture: Picture) -> tuple[Image, tuple[Image, Image]]:
    """Luma and half-size chroma; sides made even."""
    height, width = picture.shape[:2]
    picture = cv2.copyMakeBorder(picture, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    half = cv2.resize(picture, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA)
    blue, red = (dithered(cv2.transform(half, _TO_YUV[row : row + 1])) for row in (1, 2))
    return dithered(cv2.transform(picture, _TO_YUV[:1])), (blue, red)


def dithered(values: Picture) -> Image:
    """Rounded up or down by chance, in proportion: plain rounding makes visible steps in a smooth wall."""
    chance = np.random.default_rng(0).random(values.shape[:2], np.float32)
    return np.clip(np.floor(values.reshape(values.shape[:2]) + chance), 0, 255).astype(np.uint8)
