"""Where the gallery gets what it shows: product photos, a logo, and clips filmed from the photos."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from PIL import Image

from generation.domain.contrast import RGB
from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.timeline import Canvas
from generation.errors import CutRefused
from generation.ffmpeg import ClipWriter
from generation.gallery.products import PRODUCTS, product_photo
from generation.render.fonts import Weight
from generation.render.paint import blank, disc, lay, put
from generation.render.text import TextLook, draw_text
from generation.render.yuv import RGBA, Bytes, solid
from generation.subject import find_subject

MASTER = Canvas(432, 768)
PICTURES = (".jpg", ".jpeg", ".png")
TAKES = ("A", "B", "C")  # one clip of each photo
TAKE_FRAMES = 64
NEARER = 0.07  # how much larger a photo is at the end of its clip
MIDDLE = Box(0.25, 0.25, 0.75, 0.75)
LOGO_INK: RGB = (38, 84, 76)


class Studio:
    """Photos and clips at hand in ``folder``; each is made when it is first asked for. ``master``: size of the clips."""

    def __init__(self, folder: Path, photos: Sequence[Callable[[], Bytes]], master: Canvas) -> None:
        self._folder, self._photos, self.master = folder, photos, master

    @cached_property
    def photos(self) -> tuple[Bytes, ...]:
        """height x width x 3, RGB: three of them."""
        return tuple(photo() for photo in self._photos)

    @cached_property
    def clips(self) -> Mapping[str, ClipFile]:
        """A slow move towards each photo, on the gallery's upright canvas."""
        return {name: self._filmed(name, photo) for name, photo in zip(TAKES, self.photos, strict=True)}

    @cached_property
    def pictures(self) -> Mapping[str, Path]:
        """SHA-256 of their content -> the first photo and the logo, as ``PHOTO`` and ``LOGO`` name them."""
        return {
            PHOTO: self._saved("photo", Image.fromarray(self.photos[0])),
            LOGO: self._saved("logo", Image.fromarray(_logo())),
        }

    def _saved(self, name: str, image: Image.Image) -> Path:
        path = self._folder / f"{name}.png"
        image.save(path)
        return path

    def _filmed(self, name: str, photo: Bytes) -> ClipFile:
        path, canvas = self._folder / f"{name}.mp4", self.master
        photo = _reduced(photo, canvas)
        with ClipWriter(path, canvas.width, canvas.height, canvas.fps) as writer:
            for index in range(TAKE_FRAMES):
                writer.write(solid(_seen(photo, 1 + NEARER * index / TAKE_FRAMES, canvas)).planar)
        return ClipFile(path, TAKE_FRAMES, canvas.fps, canvas.width, canvas.height, _subject(photo, canvas))


# Storage knows files by their hash; those of the gallery live for one run, so their names are enough.
PHOTO, LOGO = (hashlib.sha256(name.encode()).hexdigest() for name in ("gallery photo", "gallery logo"))


@contextmanager
def opened(photos: Path | None = None, master: Canvas = MASTER) -> Iterator[Studio]:
    """A studio with three photos of a folder, or with drawn products. Raises ``CutRefused`` for a folder without any."""
    makers: list[Callable[[], Bytes]] = [_drawn(index) for index in range(len(TAKES))]
    if photos is not None:
        found = sorted(path for path in photos.glob("*") if path.suffix.lower() in PICTURES)
        if not found:
            raise CutRefused(f"{photos} holds no photo (jpg, png): name a folder of product photos")
        makers = [_read(found[index * len(found) // len(TAKES)]) for index in range(len(TAKES))]
    with TemporaryDirectory(prefix="gallery-") as folder:
        yield Studio(Path(folder), makers, master)


def _drawn(index: int) -> Callable[[], Bytes]:
    return lambda: product_photo(PRODUCTS[index])


def _read(path: Path) -> Callable[[], Bytes]:
    def photo() -> Bytes:
        try:
            with Image.open(path) as image:
                return np.asarray(image.convert("RGB"))
        except OSError as error:
            raise CutRefused(f"{path.name} is not a photo that can be read: leave it out of the folder") from error

    return photo


def _reduced(photo: Bytes, canvas: Canvas) -> Bytes:
    """No larger than its clip needs: linear sampling of a larger one would shimmer."""
    size, _, _ = _placed(photo, 1 + NEARER, canvas)
    if size >= 1:
        return photo
    wide, high = (round(side * size) for side in (photo.shape[1], photo.shape[0]))
    return cv2.resize(photo, (wide, high), interpolation=cv2.INTER_AREA)


def _placed(photo: Bytes, scale: float, canvas: Canvas) -> tuple[float, float, float]:
    """(pixels of the canvas for one of the photo, x and y of its corner): it fills the canvas, its middle stays."""
    high, wide = photo.shape[:2]
    size = max(canvas.width / wide, canvas.height / high) * scale
    return size, (canvas.width - size * wide) / 2, (canvas.height - size * high) / 2


def _seen(photo: Bytes, scale: float, canvas: Canvas) -> RGBA:
    size, x, y = _placed(photo, scale, canvas)
    reduced = photo.astype(np.float32) / 255
    matrix = np.array([[size, 0, x + (size - 1) / 2], [0, size, y + (size - 1) / 2]])
    seen = cv2.warpAffine(reduced, matrix, (canvas.width, canvas.height), flags=cv2.INTER_LINEAR)
    return np.dstack([seen, np.ones(seen.shape[:2], np.float32)])


def _subject(photo: Bytes, canvas: Canvas) -> Box:
    """Where the product is during the whole clip; in the middle of a photo that does not tell."""
    found = find_subject(np.ascontiguousarray(photo[:, :, ::-1])) or MIDDLE
    high, wide = photo.shape[:2]
    boxes = []
    for scale in (1.0, 1 + NEARER):
        size, x, y = _placed(photo, scale, canvas)
        ends = [(x + size * at * wide) / canvas.width for at in (found.x0, found.x1)]
        levels = [(y + size * at * high) / canvas.height for at in (found.y0, found.y1)]
        (x0, x1), (y0, y1) = ([min(max(at, 0.0), 1.0) for at in pair] for pair in (ends, levels))
        boxes.append(Box(x0, y0, x1, y1))
    return boxes[0].union(boxes[1])


def _logo() -> Bytes:
    """A sign beside a name, on nothing: height x width x 4."""
    name = draw_text(["MUYU"], TextLook(Weight.BOLD, 150, LOGO_INK))
    high = int(name.shape[0])
    sheet = blank(high + name.shape[1], high)
    radius = high * 0.30
    ring = disc(sheet.shape[1], high, high / 2, high / 2, radius) - disc(
        sheet.shape[1], high, high / 2, high / 2, radius * 0.72
    )
    lay(sheet, ring, LOGO_INK)
    lay(sheet, disc(sheet.shape[1], high, high / 2, high / 2 + radius * 0.2, radius * 0.4), LOGO_INK)
    put(sheet, name, round(high * 0.86), 0)
    straight = np.divide(
        sheet[:, :, :3], sheet[:, :, 3:], out=np.zeros_like(sheet[:, :, :3]), where=sheet[:, :, 3:] > 0
    )
    drawn: Bytes = np.rint(np.dstack([straight, sheet[:, :, 3]]).clip(0, 1) * 255).astype(np.uint8)
    return drawn
