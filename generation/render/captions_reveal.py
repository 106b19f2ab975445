"""Sprites of which only a part is shown, growing with the voice: karaoke, typewriter. Still region blits only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from generation.domain.layout import even_down, even_up
from generation.render.stage import Cue
from generation.render.yuv import RGBA, Frame, Layer, blit, layer


@dataclass(frozen=True)
class Window:
    """A part of a sprite, in its pixels, shown from frame ``start`` on.

    Until frame ``full`` its right edge moves from ``left`` to ``right``; with ``full`` at ``start`` it is there at once.
    """

    start: float
    full: float
    left: float
    right: float
    top: float
    bottom: float
    foot: float = 0.0  # where a cursor stands beside it

    def reached(self, at: int) -> float:
        """How far to the right it is open at a frame; the frame counts as its middle."""
        moment = at + 0.5
        if moment < self.start:
            return self.left
        if moment >= self.full:
            return self.right
        return self.left + (self.right - self.left) * (moment - self.start) / (self.full - self.start)


@dataclass(frozen=True)
class RevealCue(Cue):
    """Shows its windows. It fades at most: what moves as a whole cannot be cut out of a picture at rest."""

    windows: Sequence[Window] = ()
    caret: RGBA | None = None  # a cursor that stands where the writing has got to

    @cached_property
    def _whole(self) -> Layer:
        return layer(self.picture)

    @cached_property
    def _cursor(self) -> Layer | None:
        return None if self.caret is None else layer(self.caret)

    def draw(self, frame: Frame, at: int) -> None:
        if not self.start <= at < self.end:
            return
        opacity = self.pose(at).opacity
        for window in self.windows:
            left, right = even_down(window.left), even_up(window.reached(at))
            if window.reached(at) > window.left:
                top, bottom = even_down(window.top), even_up(window.bottom)
                blit(frame, _part(self._whole, left, right, top, bottom), self.x + left, self.y + top, opacity)
        self._draw_cursor(frame, at, opacity)

    def _draw_cursor(self, frame: Frame, at: int, opacity: float) -> None:
        """It blinks once it has nothing more to write."""
        cursor = self._cursor
        if cursor is None or not self.windows:
            return
        written = [window for window in self.windows if at + 0.5 >= window.start]
        last = written[-1] if written else replace(self.windows[0], right=self.windows[0].left)
        done = len(written) == len(self.windows)
        if done and int((at - last.start) / (0.4 * self.fps)) % 2:
            return
        x, y = even_down(self.x + last.right), even_down(self.y + last.foot - cursor.height)
        blit(frame, cursor, x, y, opacity)


def _part(whole: Layer, left: int, right: int, top: int, bottom: int) -> Layer:
    left, top = max(left, 0), max(top, 0)
    rows, columns = slice(top, bottom), slice(left, right)
    half_rows, half_columns = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
    return Layer(
        luma=whole.luma[rows, columns],
        chroma=whole.chroma[:, half_rows, half_columns],
        keep=whole.keep[rows, columns],
        keep_chroma=whole.keep_chroma[half_rows, half_columns],
    )
