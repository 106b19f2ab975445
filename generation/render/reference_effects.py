"""Transitions, ramps and shared shots for the reference renderer: RGB in floating point, NumPy and Pillow only.

The numbers of each transition come from ``generation.domain.transitions``; no pixel work is shared with the fast renderer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from moviepy import VideoClip
from numpy.typing import NDArray
from PIL import Image

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, even, reframe
from generation.domain.layout_places import inset, split
from generation.domain.timeline import Canvas, Composition, TimelineShot, Transition
from generation.domain.transitions import Aim, step, uncovered
from generation.errors import CutRefused
from generation.render.composition import divider, inset_frame
from generation.render.transitions import LEAK_STRENGTH, SMEARS, leak_sheet
from generation.render.yuv import RGBA, Bytes

Rgb = NDArray[Any]  # float64, height x width x 3, 0..255


@dataclass(frozen=True)
class Side:
    """A film with its handles: its shot starts at frame ``start`` of the ad, the film ``head`` frames before."""

    film: VideoClip
    start: int
    head: int

    def at(self, frame: int, fps: int) -> Rgb:
        picture: Bytes = self.film.get_frame((frame - self.start + self.head + 0.5) / fps)
        return picture.astype(np.float64)


def joint(shot: TimelineShot, before: Side, after: Side, aims: tuple[Aim, Aim] | None, canvas: Canvas) -> VideoClip:
    """The stretch of the ad during which a transition is seen; lies over both shots."""
    frames, fps = shot.transition_frames, canvas.fps
    first = after.start - frames // 2

    def picture(t: float) -> Bytes:
        index = int(t * fps)
        return _bytes(_joined(shot.transition, index, frames, first + index, before, after, aims, canvas))

    return VideoClip(picture, duration=frames / fps).with_start(first / fps)


def _joined(
    kind: Transition,
    index: int,
    frames: int,
    at: int,
    before: Side,
    after: Side,
    aims: tuple[Aim, Aim] | None,
    canvas: Canvas,
) -> Rgb:
    now, fps = step(kind, index, frames), canvas.fps
    side = after if now.share >= 1 else before
    if kind is Transition.WHIP:
        return _turned(side.at(at, fps), now.shift, now.blur)
    if kind is Transition.MATCH_CUT and aims is not None:
        return _warped(side.at(at, fps), *aims[int(now.share)].at(now.meeting))
    one, other = before.at(at, fps), after.at(at, fps)
    if kind is Transition.PUSH:
        x = even(now.shift * canvas.width)
        return _blurred(np.concatenate([one, other], axis=1)[:, x : x + canvas.width], now.blur)
    if kind is Transition.ZOOM:
        one, other = _zoomed(one, now.scale_before, now.smear), _zoomed(other, now.scale_after, now.smear)
    mixed: Rgb = one * (1 - now.share) + other * now.share
    if now.light > 0:
        sheet = leak_sheet(canvas)
        x = even(now.light_at * canvas.width - sheet.shape[1] / 2)
        mixed = over(mixed, sheet, x, 0, LEAK_STRENGTH * now.light)
    return mixed


def two_clips(
    shot: TimelineShot,
    films: tuple[VideoClip, VideoClip],
    clips: Mapping[str, ClipFile],
    staging: "Stage",
    head: int,
    moments: Sequence[float],
) -> VideoClip:
    """A shot that two clips share; a picture in the picture stands at rest. Raises ``CutRefused`` where it needs a fill."""
    second, fps = shot.second, staging.canvas.fps
    if second is None:
        raise CutRefused(f"shot {shot.id!r} has one clip only")

    def picture(t: float) -> Bytes:
        index = int(t * fps)
        one = at_moment(films[0], shot.source_start + moments[index], fps).astype(np.float64)
        other = at_moment(films[1], second.source_start + moments[index], fps).astype(np.float64)
        share = uncovered(index - head, shot.duration)
        return _bytes(_composed(second.how, (one, other), (clips[shot.clip], clips[second.clip]), staging, share))

    return VideoClip(picture, duration=len(moments) / fps)


@dataclass(frozen=True)
class Stage:
    """What a composition needs to know of the staging."""

    canvas: Canvas
    safe: Box


def _composed(
    how: Composition, pictures: tuple[Rgb, Rgb], clips: tuple[ClipFile, ClipFile], staging: Stage, share: float
) -> Rgb:
    canvas, (one, other) = staging.canvas, pictures
    if how is Composition.BEFORE_AFTER:
        x = even(share * canvas.width)
        out = np.concatenate([other[:, :x], one[:, x:]], axis=1)
        line = divider(canvas)
        return over(out, line, x - line.shape[1] // 4 * 2, 0) if 0 < x < canvas.width else out
    if how is Composition.PICTURE_IN_PICTURE:
        product = None
        if clips[0].subject is not None:
            whole = reframe(clips[0].width, clips[0].height, canvas, clips[0].subject)
            product = whole.shown(clips[0].subject, clips[0].width, clips[0].height)
        box = inset(canvas, staging.safe, product)
        frame, rim, mask = inset_frame(box, canvas)
        out = over(one, frame, box.x - rim, box.y - rim)
        part = out[box.y : box.bottom, box.x : box.right]
        part += (_laid(other, clips[1], box) - part) * mask[:, :, None]
        return out
    out = np.full_like(one, 255.0)
    for picture, clip, box in zip(pictures, clips, split(how, canvas), strict=True):
        out[box.y : box.bottom, box.x : box.right] = _laid(picture, clip, box)
    return out


def _laid(picture: Rgb, clip: ClipFile, box: PixelBox) -> Rgb:
    how = reframe(clip.width, clip.height, Canvas(box.width, box.height), clip.subject)
    if not how.fills:
        raise CutRefused("the reference renderer makes no blurred fill: give it clips whose product fits")
    window = how.window
    part = picture[window.y : window.bottom, window.x : window.right]
    if part.shape[:2] == (box.height, box.width):
        return part.copy()
    shrinks = box.width * box.height < window.width * window.height
    return _resized(part, box.width, box.height, Image.Resampling.BOX if shrinks else Image.Resampling.BICUBIC)


def at_moment(film: VideoClip, moment: float, fps: int) -> Bytes:
    """A picture between two frames: both, weighted by their distance."""
    whole = int(moment)
    low: Rgb = film.get_frame((whole + 0.5) / fps).astype(np.float64)
    if moment == whole:
        return _bytes(low)
    high: Rgb = film.get_frame((whole + 1.5) / fps).astype(np.float64)
    return _bytes(low + (high - low) * (moment - whole))


def over(below: Rgb, sheet: RGBA, x: int, y: int, opacity: float = 1.0) -> Rgb:
    """Premultiplied RGBA (0..1) laid over a copy; what sticks out is cut off."""
    height, width = below.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + sheet.shape[1], width), min(y + sheet.shape[0], height)
    out = below.copy()
    if left < right and top < bottom:
        part = sheet[top - y : bottom - y, left - x : right - x].astype(np.float64) * opacity
        out[top:bottom, left:right] = out[top:bottom, left:right] * (1 - part[:, :, 3:]) + 255 * part[:, :, :3]
    return out


def _turned(picture: Rgb, shift: float, blur: float) -> Rgb:
    width = picture.shape[1]
    columns = np.arange(-width, 2 * width) + even(abs(shift) * width) * (1 if shift > 0 else -1)
    columns %= 2 * width  # a picture and its mirror image, for ever
    beyond = picture[:, np.where(columns < width, columns, 2 * width - 1 - columns)]
    return _averaged(beyond, round(blur * width))[:, width : 2 * width]


def _blurred(picture: Rgb, blur: float) -> Rgb:
    return _averaged(picture, round(blur * picture.shape[1]))


def _averaged(picture: Rgb, length: int) -> Rgb:
    """Each point the mean of ``length`` points along its row."""
    if length <= 1:
        return picture
    reach = (length | 1) // 2
    padded = np.pad(picture, ((0, 0), (reach + 1, reach), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=1)
    blurred: Rgb = (sums[:, 2 * reach + 1 :] - sums[:, : -2 * reach - 1]) / (2 * reach + 1)
    return blurred


def _zoomed(picture: Rgb, scale: float, smear: float) -> Rgb:
    height, width = picture.shape[:2]
    scales = [scale, *(scale * smear**by for by in SMEARS)] if smear > 1.002 else [scale]
    moved = [_warped(picture, each, (1 - each) * width / 2, (1 - each) * height / 2) for each in scales]
    mean: Rgb = np.mean(moved, axis=0)
    return mean


def _warped(picture: Rgb, scale: float, x: float, y: float) -> Rgb:
    height, width = picture.shape[:2]
    padded = np.pad(picture, ((height, height), (width, width), (0, 0)), mode="symmetric")
    # Pillow asks where in the source each output point lies, counted from corners.
    matrix = (1 / scale, 0, width - x / scale, 0, 1 / scale, height - y / scale)
    bands = [
        np.asarray(
            Image.fromarray(padded[:, :, band].astype(np.float32)).transform(
                (width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
            )
        )
        for band in range(3)
    ]
    return np.stack(bands, axis=2).astype(np.float64)


def _resized(picture: Rgb, width: int, height: int, how: Image.Resampling) -> Rgb:
    bands = [
        np.asarray(Image.fromarray(picture[:, :, band].astype(np.float32)).resize((width, height), how))
        for band in range(3)
    ]
    return np.stack(bands, axis=2).astype(np.float64)


def _bytes(picture: Rgb) -> Bytes:
    rounded: Bytes = np.rint(picture).clip(0, 255).astype(np.uint8)
    return rounded
