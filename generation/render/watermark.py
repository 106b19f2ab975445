"""The brand's logo over the pictures, quiet in a corner of the safe box. It gives way to the AI label."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from generation.domain.brand import Corner
from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, Zone, even, even_up, safe_pixels, scaled, zone
from generation.domain.timeline import Canvas, Timeline
from generation.errors import MediaMissing
from generation.render.photo import read_logo
from generation.render.stage import Cue

LARGEST = (220, 84)  # px at the design size
GAP = 20


def watermark_cue(
    timeline: Timeline, canvas: Canvas, safe: Box, label: PixelBox, files: Mapping[str, Path]
) -> Cue | None:
    """From the first frame to the end card; None without a watermark. Raises ``MediaMissing`` and ``MediaBroken``."""
    brand = timeline.brand
    last = timeline.shots[-1]
    end = timeline.duration - (last.duration if last.card is not None else 0)
    if brand is None or brand.watermark is None or end < 1:
        return None
    if brand.logo_sha256 not in files:
        raise MediaMissing("the brand's logo is not at hand: upload it again")
    logo = read_logo(brand.logo_sha256, files)
    scale = min(scaled(LARGEST[0], canvas) / logo.shape[1], scaled(LARGEST[1], canvas) / logo.shape[0])
    size = (max(even(logo.shape[1] * scale), 2), max(even(logo.shape[0] * scale), 2))
    sheet = np.clip(cv2.resize(logo, size, interpolation=cv2.INTER_AREA), 0, 1) * np.float32(
        brand.watermark.opacity / 100
    )
    box = _clear_of(_corner(brand.watermark.corner, size, canvas, safe), label, canvas)
    return Cue(np.ascontiguousarray(sheet), box.x, box.y, 0, end, canvas.fps, enter="fade", leave="fade")


def _corner(corner: str, size: tuple[int, int], canvas: Canvas, safe: Box) -> PixelBox:
    inside = safe_pixels(canvas, safe)
    left = corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)
    top = corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT)
    x = inside.x if left else inside.right - size[0]
    # Above the captions in the lower corners: they are as wide as the safe box.
    y = inside.y if top else zone(Zone.CAPTION, canvas, safe).y - size[1] - scaled(GAP, canvas)
    return PixelBox(even_up(x), even_up(y), *size)


def _clear_of(box: PixelBox, label: PixelBox, canvas: Canvas) -> PixelBox:
    """Below the label where the two would meet, or above it in the lower half."""
    gap = scaled(GAP, canvas)
    apart = (
        box.right + gap <= label.x
        or label.right + gap <= box.x
        or box.bottom + gap <= label.y
        or label.bottom + gap <= box.y
    )
    if apart:
        return box
    below = label.bottom + gap
    y = below if below + box.height <= canvas.height * 0.5 else label.y - gap - box.height
    return PixelBox(box.x, even_up(max(y, 0)), box.width, box.height)
