"""Pictures of a filmed clip at the timeline's own rate and on its canvas."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import cv2
import numpy as np

from generation.domain.cut_order import ClipFile
from generation.domain.layout import PixelBox, Reframe
from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.render.paint import blank, lay, soft
from generation.render.yuv import Bytes, Frame, Layer, blit, cropped, layer, mix, paste, resized

FILL_DARKER = 0.55  # the blurred fill steps back behind the picture
SHADOW, SHADOW_REACH = 0.6, 0.025
FILL_SHRINK = 12  # it is made at 1/12 size: a blur needs no more


def clip_frames(clip: ClipFile, start: int, count: int, fps: int) -> Iterator[Frame]:
    """Timeline frames ``start`` .. ``start + count`` of a clip, as filmed. Raises ``MediaBroken`` when it is too short.

    A clip with another frame rate is resampled: two neighbours are blended by their distance in time.
    """
    if clip.fps == fps:
        yield from _exactly(clip, start, count)
        return
    wanted = [min(index * clip.fps / fps, clip.frames - 1) for index in range(start, start + count)]
    index = int(wanted[0])
    decoded = _decoded(clip, index)
    here, after = next(decoded, None), next(decoded, None)
    for position in wanted:
        while index < int(position):
            here, after, index = after, next(decoded, None), index + 1
        if here is None:
            raise _too_short(clip, index)
        out = here.copy()
        if after is not None and position > index:
            mix(out, after, position - index)
        yield out


def reframed(frame: Frame, how: Reframe) -> Frame:
    """The part ``how.window`` of a frame, scaled onto its canvas; what it leaves free becomes a dark blurred fill."""
    if how.identical:
        window = how.window
        if (window.width, window.height) == (frame.width, frame.height):
            return frame
        return cropped(frame, window.x, window.y, window.width, window.height)
    window, target = how.window, how.target
    picture = cropped(frame, window.x, window.y, window.width, window.height)
    if (window.width, window.height) != (target.width, target.height):
        picture = resized(picture, target.width, target.height)
    if how.fills:
        return picture
    out = _fill(picture, how.canvas.width, how.canvas.height)
    blit(out, _shadow(target, how.canvas.width, how.canvas.height), 0, 0)
    paste(out, picture, target.x, target.y)
    return out


def _exactly(clip: ClipFile, start: int, count: int) -> Iterator[Frame]:
    given = 0
    for frame in islice(_decoded(clip, start), count):
        yield frame
        given += 1
    if given < count:
        raise _too_short(clip, start + given)


def _decoded(clip: ClipFile, start: int) -> Iterator[Frame]:
    """The clip's own frames from number ``start`` on."""
    with opened(clip.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index, picture in enumerate(container.decode(stream)):
            if index < start:
                continue
            if picture.format.name != "yuv420p" or (picture.width, picture.height) != (clip.width, clip.height):
                raise MediaBroken(
                    f"{clip.path.name} holds {picture.width}x{picture.height} {picture.format.name}, not "
                    f"{clip.width}x{clip.height} yuv420p: film the shot again"
                )
            planes: Bytes = np.ascontiguousarray(picture.to_ndarray())
            yield Frame(clip.width, clip.height, planes.reshape(-1))


def _too_short(clip: ClipFile, frame: int) -> MediaBroken:
    return MediaBroken(f"{clip.path.name} has no frame {frame}: film the shot again with its handles")


def _fill(picture: Frame, width: int, height: int) -> Frame:
    """The picture enlarged until it covers the canvas, blurred and darkened."""
    small = resized(picture, _small(picture.width), _small(picture.height))
    for plane in (small.luma, *small.chroma):
        cv2.GaussianBlur(plane, (0, 0), max(plane.shape) / 18, dst=plane, borderType=cv2.BORDER_REPLICATE)
    small.luma[:] = cv2.convertScaleAbs(small.luma, alpha=FILL_DARKER, beta=16 * (1 - FILL_DARKER))
    scale = max(width / small.width, height / small.height)
    large = resized(small, 2 * round(small.width * scale / 2), 2 * round(small.height * scale / 2))
    x, y = (large.width - width) // 4 * 2, (large.height - height) // 4 * 2
    return cropped(large, max(x, 0), max(y, 0), width, height)


@lru_cache(maxsize=8)
def _shadow(target: PixelBox, width: int, height: int) -> Layer:
    """Soft darkness around the picture lifts it off its fill."""
    mask = np.zeros((height, width), np.float32)
    mask[target.y : target.bottom, target.x : target.right] = 1
    rgba = blank(width, height)
    lay(rgba, soft(mask, min(width, height) * SHADOW_REACH), (0, 0, 0), SHADOW)
    return layer(rgba)


def _small(side: int) -> int:
    return max(2 * round(side / FILL_SHRINK / 2), 8)
