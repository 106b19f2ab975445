"""One picture of an ad that is not filmed yet: a caption over a photo, and the end card beside it."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from generation.deliver.safe_zones import safe_zone
from generation.domain.captions import CaptionTooLong
from generation.domain.layout import LayoutImpossible
from generation.domain.timeline import Timeline, TimelineInvalid
from generation.domain.timeline_rules import validate
from generation.errors import CutRefused, MediaBroken
from generation.render.stage import draw_all
from generation.render.staging import stage_ad
from generation.render.yuv import Frame, solid, to_rgb

GAP = 24
PAPER = (250, 246, 239)


def preview_png(timeline: Timeline, files: Mapping[str, Path], photo: Path | None) -> bytes:
    """PNG of both, at the timeline's own size. Raises ``CutRefused``, ``MediaMissing``, ``MediaBroken``."""
    try:
        validate(timeline)
        staging = stage_ad(timeline, "9:16", safe_zone("9:16").box, files)
    except (TimelineInvalid, CaptionTooLong, LayoutImpossible) as error:
        raise CutRefused(str(error)) from error
    canvas = staging.canvas
    scene = _scene(photo, canvas.width, canvas.height)
    draw_all(scene, staging.cues, timeline.shots[0].duration * 2 // 3)
    pictures = [to_rgb(scene)]
    if staging.card is not None:
        card = staging.card.frame(timeline.shots[-1].duration - 1)
        pictures.append(to_rgb(card))
    sheet = Image.new("RGB", (len(pictures) * (canvas.width + GAP) - GAP, canvas.height), PAPER)
    for index, picture in enumerate(pictures):
        sheet.paste(Image.fromarray(picture), (index * (canvas.width + GAP), 0))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _scene(photo: Path | None, width: int, height: int) -> Frame:
    """The photo filling the picture, or a calm gradient where there is none. Raises ``MediaBroken``."""
    sheet = np.ones((height, width, 4), np.float32)
    if photo is not None:
        try:
            with Image.open(photo) as opened:
                filled = ImageOps.fit(opened.convert("RGB"), (width, height), Image.Resampling.LANCZOS)
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise MediaBroken("the photo of the preview cannot be read: upload it again") from error
        sheet[:, :, :3] = np.asarray(filled, np.float32) / 255
    else:
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        sheet[:, :, :3] = (
            np.array([0.62, 0.55, 0.47], np.float32) * (1 - down) + np.array([0.30, 0.25, 0.22], np.float32) * down
        )
    return solid(sheet)
