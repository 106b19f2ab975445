"""Small real footage for the cutting room: pans over a photo, clips of one grey, and a short ad made of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from PIL import Image

from generation.domain.cut_order import ClipFile, CutOrder, Quality
from generation.domain.geometry import Box
from generation.domain.timeline import (
    Canvas,
    EndCard,
    MusicBed,
    Overlay,
    OverlayKind,
    Timeline,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_rules import handles, media_frames
from generation.ffmpeg import ClipWriter
from generation.render.yuv import Frame, solid

SMALL = Canvas(216, 384)
PROVIDER = "001191110102MAD55U9H0F10002"  # an example code from the guide: its form is right
PHOTO = "f0" * 32
SUBJECT = Box(0.2, 0.3, 0.8, 0.65)


def write_clip(
    path: Path, count: int, picture: Callable[[int], Frame], *, fps: int = 30, subject: Box | None = None
) -> ClipFile:
    first = picture(0)
    with ClipWriter(path, first.width, first.height, fps) as writer:
        for index in range(count):
            writer.write(picture(index).planar)
    return ClipFile(path, count, fps, first.width, first.height, subject)


def grey(luma: int, width: int = 216, height: int = 384) -> Frame:
    frame = Frame(width, height)
    frame.luma[:], frame.chroma[:] = luma, 128
    return frame


def coffee_pan(width: int, height: int, count: int, left: float) -> Callable[[int], Frame]:
    """A slow move over scikit-image's coffee photo, starting at ``left`` (share of its width)."""
    photo = skimage.data.coffee().astype(np.float32) / 255
    scale = height / photo.shape[0] * 1.15

    def picture(index: int) -> Frame:
        moved = 0.06 * index / count
        x, y = (left + moved) * photo.shape[1] * scale, 0.05 * height
        shift = np.array([[scale, 0, -x], [0, scale, -y]])
        rgb = cv2.warpAffine(photo, shift, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return solid(np.dstack([rgb.clip(0, 1), np.ones((height, width), np.float32)]))

    return picture


def small_timeline(canvas: Canvas = SMALL) -> Timeline:
    """Two shots with a hard cut, a third after a dissolve, an end card after another; 5.5 s."""
    card = EndCard("一口下去|都醒了", "山野咖啡", "¥66", "¥99", "送滤纸", "点击下单", "card.png", PHOTO)
    bare = (
        TimelineShot("a", "hook", "a" * 64, 0, 36),
        TimelineShot("b", "reveal", "b" * 64, 0, 40, Transition.DISSOLVE, 8),
        TimelineShot("c", "offer", "c" * 64, 0, 40, Transition.DISSOLVE, 8),
        TimelineShot("end", "cta", "", 0, 49, card=card),
    )
    shots = tuple(replace(shot, source_start=head) for shot, (head, _) in zip(bare, handles(bare), strict=True))
    overlays = (
        Overlay("c1", OverlayKind.CAPTION, 0, 36, "早上起不来|这杯帮你醒"),
        Overlay("c2", OverlayKind.CAPTION, 36, 76, "30秒|一杯好咖啡", style="highlight"),
        Overlay("c3", OverlayKind.CAPTION, 76, 116, "现在下单", style="boxed"),
        Overlay("p", OverlayKind.PRICE_TAG, 76, 116, "¥66", second_text="¥99"),
        Overlay("m", OverlayKind.BRAND_MARK, 0, 116, "山野咖啡"),
    )
    return Timeline("t", "zh", "ember", canvas, shots, overlays, MusicBed("warm", 104, 5))


def small_order(**changes: object) -> CutOrder:
    order = CutOrder(small_timeline(), "9:16", Quality.PREVIEW, PROVIDER, "ad_0123456789")
    return replace(order, **changes)  # type: ignore[arg-type]


def film(folder: Path, timeline: Timeline) -> dict[str, ClipFile]:
    """A clip for every filmed shot, just long enough."""
    return {
        shot.clip: write_clip(
            folder / f"{shot.id}.mp4",
            media_frames(shot),
            coffee_pan(timeline.canvas.width, timeline.canvas.height, media_frames(shot), 0.15 + 0.1 * number),
            subject=SUBJECT,
        )
        for number, shot in enumerate(timeline.shots)
        if shot.clip
    }


def save_photo(folder: Path) -> Path:
    path = folder / "card.png"
    Image.fromarray(skimage.data.coffee()).save(path)
    return path
