"""The cover image of a film on a platform: its poster at the platform's size, with a title where the buttons leave room.

A poster carries the AI label, drawn for its own shape. So a cover is made from the poster of the same aspect and only scaled:
the label keeps its share of the short side, which the law counts.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from generation.deliver.platforms import CoverSize, Platform
from generation.domain.captions import CaptionTooLong
from generation.domain.layout import ASPECTS, LayoutImpossible, Zone, place
from generation.domain.timeline import Canvas
from generation.errors import CutRefused, MediaBroken
from generation.render.fonts import Weight, drawable
from generation.render.text import TextLook, draw_text, visible_size
from generation.render.yuv import blit, layer, solid, to_rgb

LARGEST_TYPE, SMALLEST_TYPE = 0.1, 0.045  # of the short side
MOST_LINES = 2
QUALITIES = (92, 85, 75, 60)  # tried in turn until the platform's limit is kept
SIDE_TOLERANCE = 0.015


@dataclass(frozen=True)
class Cover:
    """``known``: whether the size is the platform's figure, or only the poster's own."""

    jpeg: bytes
    width: int
    height: int
    known: bool


def cover(platform: Platform, aspect: str, poster: Path, title: str = "") -> Cover:
    """JPEG; ``|`` in the title breaks its line.

    Raises ``CutRefused`` for an aspect, title or poster that does not fit (``MissingGlyph`` for a character that we cannot
    draw), ``MediaBroken`` for a poster that cannot be read.
    """
    asked = _size(platform, aspect)
    picture = _poster(poster, aspect)
    width, height = asked.size or picture.size
    picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if title.strip("| "):
        picture = _titled(picture, title, platform, aspect)
    return Cover(_jpeg(picture, asked), width, height, known=asked.size is not None)


def _size(platform: Platform, aspect: str) -> CoverSize:
    for asked in platform.covers:
        if asked.aspect == aspect:
            return asked
    known = ", ".join(asked.aspect for asked in platform.covers)
    raise CutRefused(f"a cover on {platform.en} is {known}, not {aspect}: cut the ad in that shape too")


def _poster(path: Path, aspect: str) -> Image.Image:
    try:
        with Image.open(path, formats=["JPEG", "PNG"]) as opened:
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError) as error:
        raise MediaBroken(f"the poster {path.name} cannot be read: cut the ad again") from error
    across, down = ASPECTS[aspect]
    if abs(picture.width / picture.height / (across / down) - 1) > SIDE_TOLERANCE:
        raise CutRefused(
            f"a poster of {picture.width}x{picture.height} gives no {aspect} cover: take that of the {aspect} film"
        )
    return picture


def _titled(picture: Image.Image, title: str, platform: Platform, aspect: str) -> Image.Image:
    """White with a dark edge, in the lower part of the safe box."""
    canvas = Canvas(picture.width, picture.height)
    lines = [line.strip() for line in drawable(title)[0].split("|") if line.strip()]
    if len(lines) > MOST_LINES:
        raise CutRefused(f"a cover's title has at most {MOST_LINES} lines, this one has {len(lines)}: shorten it")
    look, box = _fitting(lines, canvas, platform, aspect)
    sheet = np.dstack([np.asarray(picture, np.float32) / 255, np.ones((canvas.height, canvas.width), np.float32)])
    frame = solid(np.ascontiguousarray(sheet))
    rim = look.rim + look.rim % 2
    blit(frame, layer(draw_text(lines, look)), box[0] - rim, box[1] - rim)
    return Image.fromarray(to_rgb(frame))


def _fitting(lines: list[str], canvas: Canvas, platform: Platform, aspect: str) -> tuple[TextLook, tuple[int, int]]:
    short, safe = min(canvas.width, canvas.height), platform.zone(aspect).box
    for share in np.linspace(LARGEST_TYPE, SMALLEST_TYPE, 12):
        pixels = round(short * float(share))
        look = TextLook(Weight.BOLD, pixels, (255, 255, 255), stroke=max(pixels // 14, 2), stroke_fill=(20, 18, 16))
        try:
            box = place(Zone.CAPTION, *visible_size(lines, look), canvas, safe)
        except (LayoutImpossible, CaptionTooLong):
            continue
        return look, (box.x, box.y)
    raise CutRefused(
        f"the cover's title {lines[0]!r} does not fit beside {platform.en}'s buttons: shorten it, or break it with |"
    )


def _jpeg(picture: Image.Image, asked: CoverSize) -> bytes:
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if asked.most_bytes is None or len(out.getvalue()) <= asked.most_bytes:
            return out.getvalue()
    raise CutRefused(
        f"the cover has {len(out.getvalue())} bytes, at most {asked.most_bytes} are taken: choose a calmer picture"
    )
