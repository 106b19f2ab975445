"""One shot on one canvas: a clip alone, or two of them side by side, one in the other, one after the other."""

from collections.abc import Mapping
from functools import cached_property

import cv2
import numpy as np

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, even, even_up, reframe, scaled
from generation.domain.layout_places import inset, split
from generation.domain.timeline import Canvas, Composition, TimelineShot
from generation.domain.transitions import uncovered
from generation.render.paint import Mask, blank, disc, lay, polygon, rounded, soft
from generation.render.source import Reframer
from generation.render.stage import ease_out
from generation.render.yuv import RGBA, Frame, Layer, blit, layer, paste

ENTER_S = 0.4
INSET_RADIUS, INSET_RIM = 26, 8  # at the design size
HANDLE, LINE = 46, 5  # radius of the wipe's knob, width of its line
WHITE = 235  # luma


def subject_on(canvas: Canvas, clip: ClipFile | None) -> PixelBox | None:
    """Where the product of a clip that fills a canvas comes to lie, if its engine could say."""
    if clip is None or clip.subject is None:
        return None
    return reframe(clip.width, clip.height, canvas, clip.subject).shown(clip.subject, clip.width, clip.height)


class Laying:
    """Lays the pictures of one shot onto one canvas."""

    def __init__(self, shot: TimelineShot, canvas: Canvas, clips: Mapping[str, ClipFile], safe: Box) -> None:
        self._shot, self._canvas = shot, canvas
        first = clips[shot.clip]
        second = None if shot.second is None else clips[shot.second.clip]
        how = None if shot.second is None else shot.second.how
        whole = PixelBox(0, 0, canvas.width, canvas.height)
        self._boxes = (whole, whole)
        if how in (Composition.SIDE_BY_SIDE, Composition.STACKED):
            self._boxes = split(how, canvas)
        elif how is Composition.PICTURE_IN_PICTURE:
            self._boxes = (whole, inset(canvas, safe, subject_on(canvas, first)))
        self._first, self._second = (
            None if clip is None else _reframer(clip, box)
            for clip, box in zip((first, second), self._boxes, strict=True)
        )

    def alone(self, first: Frame, at: int) -> Frame:
        """May be the very picture that was given. ``at``: frame of the shot, negative inside its head handle."""
        return first if self._first is None else self._first(first, at)

    def together(self, first: Frame, second: Frame, at: int) -> Frame:
        """``at`` as in ``alone``."""
        if self._shot.second is None or self._first is None or self._second is None:
            raise ValueError("this shot has one clip only")
        one, other = self._first(first, at), self._second(second, at)
        how = self._shot.second.how
        if how is Composition.PICTURE_IN_PICTURE:
            return self._inset(one, other, at)
        if how is Composition.BEFORE_AFTER:
            return self._wiped(one, other, uncovered(at, self._shot.duration))
        out = Frame(self._canvas.width, self._canvas.height)
        out.luma[:], out.chroma[:] = WHITE, 128
        for picture, box in zip((one, other), self._boxes, strict=True):
            paste(out, picture, box.x, box.y)
        return out

    def _inset(self, one: Frame, other: Frame, at: int) -> Frame:
        """The small picture rises in; never on the shared decoded picture."""
        share = min(max((at + 1) / (ENTER_S * self._canvas.fps), 0.0), 1.0)
        out, box = one.copy(), self._boxes[1]
        if share <= 0:
            return out
        y = box.y + even((1 - ease_out(share)) * box.height * 0.16)
        frame, rim, mask = self._frame
        opacity = min(1.0, share * 1.6)
        blit(out, frame, box.x - rim, y - rim, opacity)
        blit(out, _cut_out(other, mask), box.x, y, opacity)
        return out

    def _wiped(self, one: Frame, other: Frame, share: float) -> Frame:
        x = even(share * self._canvas.width)
        out = one.copy()
        out.luma[:, :x], out.chroma[:, :, : x // 2] = other.luma[:, :x], other.chroma[:, :, : x // 2]
        if 0 < x < self._canvas.width:
            blit(out, self._divider, x - self._divider.width // 4 * 2, 0)
        return out

    @cached_property
    def _divider(self) -> Layer:
        return layer(divider(self._canvas))

    @cached_property
    def _frame(self) -> tuple[Layer, int, Layer]:
        """(rim and shadow, their reach, the mask as a black layer whose alpha it is)."""
        sheet, rim, mask = inset_frame(self._boxes[1], self._canvas)
        return layer(sheet), rim, layer(np.dstack([np.zeros((*mask.shape, 3), np.float32), mask]))


def _cut_out(picture: Frame, mask: Layer) -> Layer:
    """The picture inside the mask: its planes are multiplied, so no colour is converted."""
    luma = cv2.multiply(picture.luma, 255 - mask.keep, scale=1 / 255)
    chroma = [cv2.multiply(plane, 255 - mask.keep_chroma, scale=1 / 255) for plane in picture.chroma]
    return Layer(luma, np.stack(chroma), mask.keep, mask.keep_chroma)


def divider(canvas: Canvas) -> RGBA:
    """The line between before and after with its round knob; its middle is the edge."""
    radius, thick = scaled(HANDLE, canvas), max(scaled(LINE, canvas), 2.0)
    width = even_up(2 * radius + 16)
    sheet = blank(width, canvas.height)
    middle, knee = width / 2, canvas.height * 0.5
    left, right = middle - thick / 2, middle + thick / 2
    corners = [(left, 0.0), (right, 0.0), (right, float(canvas.height)), (left, float(canvas.height))]
    line = polygon(width, canvas.height, corners)
    knob = disc(width, canvas.height, middle, knee, radius)
    shape = np.maximum(line, knob)
    lay(sheet, soft(shape, radius * 0.16), (0, 0, 0), 0.35)
    lay(sheet, shape, (255, 255, 255))
    for side in (-1, 1):
        tip, back, up = middle + side * radius * 0.66, middle + side * radius * 0.24, radius * 0.34
        lay(sheet, polygon(width, canvas.height, [(tip, knee), (back, knee - up), (back, knee + up)]), (60, 56, 52))
    return sheet


def inset_frame(box: PixelBox, canvas: Canvas) -> tuple[RGBA, int, Mask]:
    """(white rim and soft shadow of a picture in the picture, how far they reach beyond it, its round corners)."""
    rim, border = even_up(scaled(44, canvas)), scaled(INSET_RIM, canvas)
    width, height = box.width + 2 * rim, box.height + 2 * rim
    shape = rounded(width, height, scaled(INSET_RADIUS, canvas) + border, round(rim - border))
    sheet = blank(width, height)
    lay(sheet, soft(shape, scaled(14, canvas), 0, scaled(8, canvas)), (0, 0, 0), 0.42)
    lay(sheet, shape, (255, 255, 255))
    return sheet, rim, rounded(box.width, box.height, scaled(INSET_RADIUS, canvas))


def _reframer(clip: ClipFile, box: PixelBox) -> Reframer:
    return Reframer(reframe(clip.width, clip.height, Canvas(box.width, box.height), clip.subject))
