"""A photo on a panel with round corners and a soft shadow, slowly coming nearer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from generation.domain.contrast import RGB, contrast
from generation.domain.layout import PixelBox, even, scaled
from generation.domain.timeline import Canvas
from generation.errors import MediaBroken, MediaMissing
from generation.render.paint import Mask, blank, lay, rounded, soft
from generation.render.palette import Theme
from generation.render.stage import Cue, ease_out
from generation.render.yuv import RGBA, Bytes, Frame, Layer, blit, layer, solid

ENTER_S = 0.5
NEARER = 0.05  # how much larger the photo is at the end
EMPTY = 0.03  # alpha up to which nothing is seen
LEAST_CONTRAST = 1.9  # of a logo against what it stands on; below it gets a plate
PLATES: tuple[RGB, ...] = ((255, 255, 255), (24, 24, 28))
CROP_AT_MOST = 0.25  # of the longer side; a photo that would lose more is shown whole on the panel


@dataclass(frozen=True)
class Photo:
    """``sheet`` fills the panel ``box``; ``cue`` is the same with its shadow, for the entrance."""

    sheet: RGBA
    box: PixelBox
    mask: Mask
    shadow: Layer
    shadow_at: tuple[int, int]
    cue: Cue
    frames: int
    fps: int

    def draw(self, frame: Frame, at: int) -> None:
        if at < round(ENTER_S * self.fps):
            self.cue.draw(frame, at)
            return
        blit(frame, self.shadow, *self.shadow_at)
        settled = at / self.fps - ENTER_S
        share = settled / max(self.frames / self.fps - ENTER_S, 0.1)
        blit(frame, self._nearer(1 + NEARER * ease_out(min(share, 1.0))), self.box.x, self.box.y)

    def _nearer(self, scale: float) -> Layer:
        """The photo warped inside its fixed panel: planes are moved, so no colour is converted again."""
        planes = self._planes
        luma = _zoomed(planes.luma, scale)
        chroma = np.stack([_zoomed(plane, scale) for plane in planes.chroma])
        keep, keep_chroma = self._keep
        return Layer(
            cv2.multiply(luma, 255 - keep, scale=1 / 255),
            np.stack([cv2.multiply(plane, 255 - keep_chroma, scale=1 / 255) for plane in chroma]),
            keep,
            keep_chroma,
        )

    @cached_property
    def _planes(self) -> Frame:
        return solid(self.sheet)

    @cached_property
    def _keep(self) -> tuple[Bytes, Bytes]:
        cut = layer(np.dstack([np.zeros((*self.mask.shape, 3), np.float32), self.mask]))
        return cut.keep, cut.keep_chroma


def hang_photo(picture: RGBA, box: PixelBox, frames: int, canvas: Canvas, colours: Theme) -> Photo:
    """Prepare a picture for the panel ``box`` during so many frames."""
    sheet = _on_panel(picture, box, colours)
    mask = rounded(box.width, box.height, scaled(44, canvas))
    rim = even(scaled(60, canvas))
    full = np.pad(mask, rim)
    shadow = blank(full.shape[1], full.shape[0])
    lay(shadow, soft(full, scaled(22, canvas), 0, scaled(16, canvas)), (20, 10, 6), 0.30)
    with_shadow = shadow.copy()
    part = with_shadow[rim:-rim, rim:-rim]
    part *= 1 - mask[:, :, None]
    part += sheet * mask[:, :, None]
    cue = Cue(with_shadow, box.x - rim, box.y - rim, 0, frames, canvas.fps, "grow", "none", ENTER_S)
    return Photo(sheet, box, mask, layer(shadow), (box.x - rim, box.y - rim), cue, frames, canvas.fps)


def read_picture(sha256: str, files: Mapping[str, Path]) -> RGBA:
    """A cleaned picture as premultiplied RGBA. Raises ``MediaMissing``, ``MediaBroken``."""
    if sha256 not in files:
        raise MediaMissing(f"the picture {sha256[:12]} of the end card is not at hand: upload it again")
    try:
        with Image.open(files[sha256]) as image:
            rgba = np.asarray(image.convert("RGBA"), np.float32) / 255
    except OSError as error:
        raise MediaBroken(f"the picture {sha256[:12]} of the end card cannot be read: upload it again") from error
    rgba[:, :, :3] *= rgba[:, :, 3:]
    return rgba


def read_logo(sha256: str, files: Mapping[str, Path]) -> RGBA:
    """A logo without the empty margin that files often have: it is sized and aligned by what is seen."""
    picture = read_picture(sha256, files)
    rows, columns = (np.flatnonzero((picture[:, :, 3] > EMPTY).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return picture
    return np.ascontiguousarray(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def plate_under(logo: RGBA, ground: RGB) -> RGB | None:
    """The colour of the plate that a logo needs on this ground; None where most of it stands out by itself."""
    solid_parts = logo[logo[:, :, 3] > 0.5]
    if not len(solid_parts):
        return None
    mean = 255 * (solid_parts[:, :3] / solid_parts[:, 3:]).mean(axis=0)
    colour = (round(float(mean[0])), round(float(mean[1])), round(float(mean[2])))
    if contrast(colour, ground) >= LEAST_CONTRAST:
        return None
    return max(PLATES, key=lambda plate: contrast(colour, plate))


def _on_panel(picture: RGBA, box: PixelBox, colours: Theme) -> RGBA:
    """Fill the panel: cropped when little is lost, else whole before a blurred copy of itself."""
    height, width = picture.shape[:2]
    cover = max(box.width / width, box.height / height)
    lost = 1 - (box.width * box.height) / (width * height * cover * cover)
    scale = cover if lost <= CROP_AT_MOST else min(box.width / width, box.height / height)
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    drawn = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    drawn = np.clip(drawn, 0, 1)
    ground = blank(box.width, box.height)
    lay(ground, np.ones((box.height, box.width), np.float32), colours.panel)
    if lost > CROP_AT_MOST:
        ground = _continued(drawn, ground)
    x, y = (box.width - size[0]) // 2, (box.height - size[1]) // 2
    inside = drawn[max(-y, 0) : max(-y, 0) + box.height, max(-x, 0) : max(-x, 0) + box.width]
    part = ground[max(y, 0) : max(y, 0) + inside.shape[0], max(x, 0) : max(x, 0) + inside.shape[1]]
    part *= 1 - inside[:, :, 3:]
    part += inside
    return ground


def _continued(drawn: RGBA, ground: RGBA) -> RGBA:
    """An enlarged, strongly blurred copy behind a photo that is shown whole."""
    small = cv2.resize(drawn, (48, 48), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 7)
    size = (ground.shape[1], ground.shape[0])
    large = np.clip(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    return ground * (1 - large[:, :, 3:]) + large


def _zoomed(plane: Bytes, scale: float) -> Bytes:
    height, width = plane.shape
    matrix = np.array([[scale, 0, (1 - scale) * (width - 1) / 2], [0, scale, (1 - scale) * (height - 1) / 2]])
    return cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
