"""Tiny ads of one shot or a few, over clips whose every frame is known by its lightness."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.timeline import Canvas, Overlay, Timeline, TimelineShot
from generation.domain.timeline_rules import handles
from generation.render.yuv import Frame
from tests.generation.footage import grey, write_clip

TINY = Canvas(64, 112)
LEFT, RIGHT = Box(0.1, 0.3, 0.4, 0.6), Box(0.6, 0.4, 0.9, 0.7)


def dark_and_light_clips(folder: Path) -> dict[str, ClipFile]:
    """Frame n of "dark" has luma 40 + n, of "light" 140 + n."""
    return {
        name: write_clip(folder / f"{name}.mp4", 90, _brighter(first), subject=subject)
        for name, first, subject in (("dark", 40, LEFT), ("light", 140, RIGHT))
    }


def _brighter(first: int) -> Callable[[int], Frame]:
    return lambda index: grey(first + index, 64, 112)


def ad(*shots: TimelineShot, canvas: Canvas = TINY, overlays: tuple[Overlay, ...] = ()) -> Timeline:
    placed = tuple(
        replace(
            shot,
            source_start=head if shot.clip else 0,
            second=None if shot.second is None else replace(shot.second, source_start=head),
        )
        for shot, (head, _) in zip(shots, handles(shots), strict=True)
    )
    return Timeline("t", "zh", "ember", canvas, placed, overlays, None)
