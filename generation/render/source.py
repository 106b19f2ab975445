"""Pictures of a filmed clip at the timeline's own rate and on its canvas."""

from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np

from generation.domain.cut_order import ClipFile
from generation.domain.layout import PixelBox, Reframe
from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.render.yuv import Bytes, Frame, cropped, mix, paste, resized

FILL_SHRINK = 12  # the fill is made at 1/12 size: a blur needs no more
FILL_BLUR = 1 / 22  # sigma in shares of the short side


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
    """The part ``how.window`` of a frame, scaled onto its canvas; what it leaves free continues its border colours."""
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
    out = _fill(picture, target, how.canvas.width, how.canvas.height)
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


def _fill(picture: Frame, target: PixelBox, width: int, height: int) -> Frame:
    """The picture's own border colours, blurred and continued outwards: over a plain backdrop nobody sees the seam."""
    size, part = (_small(width), _small(height)), (_small(target.width), _small(target.height))
    small, out = resized(picture, *part), Frame(*size)
    left, top = ((whole - own) // 2 for whole, own in zip(size, part, strict=True))
    sigma = FILL_BLUR * min(size)
    planes = zip((small.luma, *small.chroma), (out.luma, *out.chroma), (1, 2, 2), strict=True)
    for plane, continued, step in planes:
        across, down = left // step, top // step
        cv2.copyMakeBorder(plane, down, down, across, across, cv2.BORDER_REPLICATE, dst=continued)
        cv2.GaussianBlur(continued, (0, 0), sigma / step, dst=continued, borderType=cv2.BORDER_REPLICATE)
    return resized(out, width, height)


def _small(side: int) -> int:
    """In fours, so that the fill on either side has whole chroma samples."""
    return max(4 * round(side / FILL_SHRINK / 4), 8)
