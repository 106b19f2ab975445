"""Short finished films as the cutting room leaves them, made without a whole cut."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from generation.deliver.aac import Aac
from generation.deliver.aigc import KEY, aigc_value
from generation.deliver.encode import Encoder
from generation.deliver.safe_zones import safe_zone
from generation.domain.cut_order import Quality
from generation.domain.timeline import Canvas
from generation.render.label import ai_label
from generation.render.yuv import Frame
from tests.generation.footage import PROVIDER, grey

AIGC = aigc_value(PROVIDER, "ad_0123456789", "abc")


def finished(
    path: Path,
    canvas: Canvas = Canvas(540, 960),  # noqa: B008  (frozen)
    *,
    frames: int = 75,
    labelled: bool = True,
    metadata: str = AIGC,
    touch: Callable[[Frame, int], None] | None = None,
    sound: Aac | None = None,
) -> Path:
    """Grey pictures with a moving bar, the label over them, a soft tone (or ``sound``) beside them."""
    label = ai_label("AI生成", frames, canvas, safe_zone("9:16").box)
    times = np.arange(frames * 48_000 // canvas.fps) / 48_000
    tone = np.repeat(0.1 * np.sin(2 * np.pi * 220 * times)[:, None], 2, axis=1).astype(np.float32)
    with Encoder(path, canvas, Quality.PREVIEW, sound or Aac(tone), {KEY: metadata} if metadata else {}) as encoder:
        for at in range(frames):
            picture = grey(120, canvas.width, canvas.height)
            picture.luma[:, at * 4 % canvas.width : at * 4 % canvas.width + 8] = 180
            if labelled:
                label.cue.draw(picture, at)
            if touch is not None:
                touch(picture, at)
            encoder.write(picture)
    return path
