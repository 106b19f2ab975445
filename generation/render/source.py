"""Pictures of a filmed clip at the timeline's own rate and on its canvas."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain, pairwise
from typing import Any

import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from generation.domain.cut_order import ClipFile
from generation.domain.layout import PixelBox, Reframe, even_down, even_up
from generation.domain.timeline import Canvas
from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.render.paint import blank, lay, soft
from generation.render.yuv import Frame, Layer, blit, cropped, layer, mix, paste, resized

FILL_SHRINK = 12  # the fill is made at 1/12 size: a blur needs no more
FILL_EVERY = 2  # pictures
FILL_BLUR = 1 / 22  # sigma in shares of the short side
FAR_BLUR = 2.2  # how much more a continued backdrop is blurred at the border of the canvas
FEATHER = 0.06  # of the picture's short side, over which it passes into its continued backdrop
PLAIN_CHANGE = 190  # luma steps up and down along a border: a backdrop with its horizon stays below
Weights = NDArray[Any]  # float32, height x width, 0..1
# Of a picture that cannot be continued: its mean colours, a little darker. Darker or sharper looks like two black bars.
COVER_LIGHT, COVER_BLUR, COVER_SHRINK = 0.9, 1 / 5, 2
SHADOW, SHADOW_REACH = 0.25, 0.025
LEAP = 30  # pictures: our clips have a key picture every 60, so that from here on a leap is worth its while


def clip_frames(clip: ClipFile, start: int, count: int, fps: int) -> Iterator[Frame]:
    """Timeline frames ``start`` .. ``start + count`` of a clip, as filmed. Raises ``MediaBroken`` when it is too short."""
    return clip_pictures(clip, [float(start + index) for index in range(count)], fps)


def clip_pictures(clip: ClipFile, moments: Sequence[float], fps: int) -> Iterator[Frame]:
    """The clip at ``moments`` that never go back, in frames of the timeline's rate. Raises ``MediaBroken``.

    Between two frames of the clip both are blended by their distance in time.
    """
    if clip.fps == fps and all(moment == int(moment) for moment in moments) and _rise(moments):
        yield from _exactly(clip, [int(moment) for moment in moments])
        return
    wanted = [min(moment * clip.fps / fps, clip.frames - 1) for moment in moments]
    index = int(wanted[0])
    decoded = _decoded(clip, range(index, clip.frames))
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


class Reframer:
    """Lays the pictures of one clip onto a canvas; how it fills what they leave free is decided on the first of them."""

    def __init__(self, how: Reframe) -> None:
        self._how = how
        self._plain: bool | None = None
        self._fill: Frame | None = None

    def __call__(self, frame: Frame, at: int = 0) -> Frame:
        """The part ``window`` of a frame, scaled to ``target``; round it its continued backdrop or a blurred copy.

        ``at``: which frame of its shot it is. The fill is of every ``FILL_EVERY``th, wherever a part of the ad begins.
        """
        window, target = self._how.window, self._how.target
        picture = frame
        if (window.width, window.height) != (frame.width, frame.height):
            picture = cropped(frame, window.x, window.y, window.width, window.height)
        if (window.width, window.height) != (target.width, target.height):
            picture = resized(picture, target.width, target.height)
        if self._how.fills:
            return picture
        out = self._filled(picture, at).copy()
        if self._plain:
            picture = picture.copy() if picture is frame else picture  # another canvas may be laid of the same frame
            _feather(picture, out, target)
        paste(out, picture, target.x, target.y)
        return out

    def _filled(self, picture: Frame, at: int) -> Frame:
        """The fill of this picture; it is so blurred that one does for ``FILL_EVERY`` pictures."""
        if self._plain is None:
            self._plain = has_plain_borders(picture, self._how.target, self._how.canvas)
        if self._fill is None or at % FILL_EVERY == 0:
            fill = _continued if self._plain else _covered
            self._fill = fill(picture, self._how.target, self._how.canvas)
        return self._fill


def has_plain_borders(picture: Frame, target: PixelBox, canvas: Canvas) -> bool:
    """Whether the two borders that meet the fill are a backdrop: their lightness changes little on the way along them."""
    small = resized(picture, _small(picture.width), _small(picture.height)).luma.astype(float)
    edges = (small[:, 0], small[:, -1]) if target.width < canvas.width else (small[0], small[-1])
    return max(float(np.abs(np.diff(edge)).sum()) for edge in edges) <= PLAIN_CHANGE


def _rise(moments: Sequence[float]) -> bool:
    """Whether no picture is shown twice: the caller may draw on each."""
    return all(before < after for before, after in pairwise(moments))


def _exactly(clip: ClipFile, numbers: Sequence[int]) -> Iterator[Frame]:
    given = 0
    for frame in _decoded(clip, numbers):
        yield frame
        given += 1
    if given < len(numbers):
        raise _too_short(clip, numbers[given])


def _decoded(clip: ClipFile, numbers: Iterable[int]) -> Iterator[Frame]:
    """The clip's own frames with these rising numbers, as far as it has them."""
    with opened(clip.path, blind=True) as container:
        reel = _Reel(container, clip.fps)
        for number in numbers:
            picture = reel.picture(number)
            if picture is None:
                return
            if picture.format.name != "yuv420p" or (picture.width, picture.height) != (clip.width, clip.height):
                raise MediaBroken(
                    f"{clip.path.name} holds {picture.width}x{picture.height} {picture.format.name}, not "
                    f"{clip.width}x{clip.height} yuv420p: film the shot again"
                )
            yield _frame(picture)


def _frame(picture: VideoFrame) -> Frame:
    """Its planes without the ends of their lines, copied once (PyAV's own way copies twice)."""
    frame = Frame(picture.width, picture.height)
    for plane, target in zip(picture.planes, (frame.luma, *frame.chroma), strict=True):
        lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        target[:] = lines[: target.shape[0], : target.shape[1]]
    return frame


class _Reel:
    """A clip's pictures by number, forwards only. A wide gap is leapt over, to the last key picture before its end."""

    def __init__(self, container: InputContainer, fps: int) -> None:
        self._container, self._fps, self._stream = container, fps, container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._pictures, self._next = container.decode(self._stream), 0  # the number of the next picture
        self._begin: int | None = None  # when picture 0 is shown: what files say of it is not always true

    def picture(self, number: int) -> VideoFrame | None:
        if number - self._next >= LEAP:
            self._leap(number)
        return self._read(number)

    def _read(self, number: int) -> VideoFrame | None:
        for picture in self._pictures:
            if self._next == 0:
                self._begin = picture.pts
            self._next += 1
            if self._next > number:
                return picture
        return None

    def _leap(self, number: int) -> None:
        """Numbers are counted from the first picture on, and told by time where the file was leapt into."""
        if self._next == 0:
            self._read(0)
        if self._begin is None:
            return
        tick = (self._stream.time_base or Fraction(1)) * self._fps
        self._to(self._begin + int(number / tick))
        first = next(self._pictures, None)
        if first is None or first.pts is None or round((first.pts - self._begin) * tick) > number:
            self._to(self._begin)  # its key pictures are not what they are said to be
            self._next = 0
            return
        self._next = round((first.pts - self._begin) * tick)
        self._pictures = chain([first], self._pictures)

    def _to(self, pts: int) -> None:
        self._container.seek(pts, stream=self._stream)
        self._pictures = self._container.decode(self._stream)


def _too_short(clip: ClipFile, frame: int) -> MediaBroken:
    return MediaBroken(f"{clip.path.name} has no frame {frame}: film the shot again with its handles")


def _continued(picture: Frame, target: PixelBox, canvas: Canvas) -> Frame:
    """The picture's own border colours, blurred and continued outwards: over a plain backdrop nobody sees the seam."""
    size, part = (_small(canvas.width), _small(canvas.height)), (_small(target.width), _small(target.height))
    small, out = resized(picture, *part), Frame(*size)
    left, top = ((whole - own) // 2 for whole, own in zip(size, part, strict=True))
    sigma = FILL_BLUR * min(size)
    planes = zip((small.luma, *small.chroma), (out.luma, *out.chroma), (1, 2, 2), strict=True)
    for plane, continued, step in planes:
        across, down = left // step, top // step
        cv2.copyMakeBorder(plane, down, down, across, across, cv2.BORDER_REPLICATE, dst=continued)
        cv2.GaussianBlur(continued, (0, 0), sigma / step, dst=continued, borderType=cv2.BORDER_REPLICATE)
        far = cv2.GaussianBlur(continued, (0, 0), FAR_BLUR * sigma / step, borderType=cv2.BORDER_REPLICATE)
        away = _away(continued.shape, left // step, top // step)
        cv2.blendLinear(continued, far, 1 - away, away, dst=continued)
    return resized(out, canvas.width, canvas.height)


def _away(shape: tuple[int, ...], left: int, top: int) -> Weights:
    """0 inside the picture and at its border, 1 at the border of the canvas: a shadow that is continued fades there."""
    far = np.zeros((shape[0], shape[1]), np.float32)
    for axis, free in ((0, top), (1, left)):
        if free > 0:
            place = np.arange(shape[axis], dtype=np.float32)
            beyond = np.maximum(free - place, place - (shape[axis] - 1 - free)) / free
            share = np.clip(beyond, 0, 1).astype(np.float32)
            np.maximum(far, share[:, None] if axis == 0 else share[None, :], out=far)
    return far


def _feather(picture: Frame, fill: Frame, target: PixelBox) -> None:
    """Let the picture's free borders pass into what lies round them, in place: no seam is seen."""
    reach = even_up(FEATHER * min(target.width, target.height))
    beside = target.width < fill.width
    for plane, below, step in zip((picture.luma, *picture.chroma), (fill.luma, *fill.chroma), (1, 2, 2), strict=True):
        y, x, wide = target.y // step, target.x // step, reach // step
        under = below[y : y + plane.shape[0], x : x + plane.shape[1]]
        own, lower = (plane, under) if beside else (plane.T, under.T)
        ramp = ((np.arange(wide, dtype=np.float32) + 0.5) / wide)[None, :]
        shares = np.repeat(ramp * ramp * (3 - 2 * ramp), own.shape[0], axis=0)
        for part, share in ((slice(0, wide), shares), (slice(own.shape[1] - wide, None), shares[:, ::-1])):
            share = np.ascontiguousarray(share)
            strip, behind = (np.ascontiguousarray(side[:, part]) for side in (own, lower))
            own[:, part] = cv2.blendLinear(strip, behind, share, 1 - share)


def _covered(picture: Frame, target: PixelBox, canvas: Canvas) -> Frame:
    """The picture enlarged over the whole canvas, blurred to its mean colours, with a soft shadow round its own place."""
    small = resized(picture, _small(picture.width / COVER_SHRINK), _small(picture.height / COVER_SHRINK))
    for plane in (small.luma, *small.chroma):
        cv2.GaussianBlur(plane, (0, 0), max(plane.shape) * COVER_BLUR, dst=plane, borderType=cv2.BORDER_REPLICATE)
    small.luma[:] = cv2.convertScaleAbs(small.luma, alpha=COVER_LIGHT, beta=16 * (1 - COVER_LIGHT))
    scale = max(canvas.width / small.width, canvas.height / small.height)
    large = resized(small, even_up(small.width * scale), even_up(small.height * scale))
    x, y = even_down((large.width - canvas.width) / 2), even_down((large.height - canvas.height) / 2)
    out = cropped(large, x, y, canvas.width, canvas.height)
    blit(out, _shadow(target, canvas), 0, 0)
    return out


@lru_cache(maxsize=8)
def _shadow(target: PixelBox, canvas: Canvas) -> Layer:
    mask = np.zeros((canvas.height, canvas.width), np.float32)
    mask[target.y : target.bottom, target.x : target.right] = 1
    sheet = blank(canvas.width, canvas.height)
    lay(sheet, soft(mask, min(canvas.width, canvas.height) * SHADOW_REACH), (0, 0, 0), SHADOW)
    return layer(sheet)


def _small(side: float) -> int:
    """In fours, so that the fill on either side has whole chroma samples."""
    return max(4 * round(side / FILL_SHRINK / 4), 8)
