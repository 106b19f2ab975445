"""What text stands on: plates, bars, notes of paper, marker strokes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generation.domain.contrast import RGB
from generation.render.paint import Mask, lay, rounded, soft
from generation.render.yuv import RGBA

ASCENT = 0.88  # of the size: a Chinese character stands from 0.88 above the base line ...
DESCENT = 0.12  # ... to 0.12 below it
PLATES = ("", "block", "lines", "bar", "paper", "marker", "word")
_ROUNDNESS = {"bar": 0.08, "paper": 0.04, "word": 0.18}  # corners, of the size
_RULE = (150, 178, 205)


@dataclass(frozen=True)
class Row:
    """One line: left end of its ink, its base line, its width with the plate."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class _Rect:
    left: int
    top: int
    width: int
    height: int


def draw_plates(
    sheet: RGBA,
    rows: Sequence[Row],
    pixels: int,
    pad: tuple[int, int],
    plate: str,
    fill: RGB,
    opacity: float,
    strip: RGB | None,
) -> None:
    """Lay the plate of this kind under where the rows will be drawn, in place."""
    if not plate:
        return
    if plate == "marker":
        lay(sheet, _shape(sheet, _markers(rows, pixels, pad[0]), pixels * 0.06), fill, opacity)
        return
    boxes = [_box(row, pixels, pad) for row in rows]
    rects = boxes if plate == "lines" else [_around(boxes)]
    shape = _shape(sheet, rects, _ROUNDNESS.get(plate, 0.26) * pixels)
    lay(sheet, soft(shape, pixels * 0.09, 0, pixels * 0.05), (0, 0, 0), 0.36 if plate == "paper" else 0.28)
    # The shadow shows only around the plate, so that a see-through plate keeps its own tone.
    sheet *= (1 - shape)[:, :, None]
    lay(sheet, shape, fill, opacity)
    if plate == "paper":
        lay(sheet, np.minimum(_shape(sheet, _rules(rects[0], rows, pixels), 0), shape), _RULE, 0.5)
    if strip is not None:
        edge = _Rect(rects[0].left, rects[0].top, round(pixels * 0.2), rects[0].height)
        lay(sheet, np.minimum(_shape(sheet, [edge], 0), shape), strip)


def _rules(paper: _Rect, rows: Sequence[Row], pixels: int) -> list[_Rect]:
    """The lines of a writing pad."""
    thick = max(round(pixels * 0.03), 1)
    return [_Rect(paper.left, round(row.y + pixels * 0.2), paper.width, thick) for row in rows]


def _markers(rows: Sequence[Row], pixels: int, across: int) -> list[_Rect]:
    """A felt pen drawn over the lower half of each line."""
    return [
        _Rect(round(row.x - across), round(row.y - pixels * 0.56), round(row.width), round(pixels * 0.70))
        for row in rows
    ]


def _box(row: Row, pixels: int, pad: tuple[int, int]) -> _Rect:
    across, down = pad
    top = round(row.y - pixels * ASCENT - down)
    bottom = round(row.y + pixels * DESCENT + down)
    return _Rect(round(row.x - across), top, round(row.width), bottom - top)


def _around(boxes: Sequence[_Rect]) -> _Rect:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.left + box.width for box in boxes), max(box.top + box.height for box in boxes)
    return _Rect(left, top, right - left, bottom - top)


def _shape(sheet: RGBA, rects: Sequence[_Rect], radius: float) -> Mask:
    shape = np.zeros(sheet.shape[:2], np.float32)
    for rect in rects:
        part = shape[max(rect.top, 0) : rect.top + rect.height, max(rect.left, 0) : rect.left + rect.width]
        np.maximum(part, rounded(rect.width, rect.height, radius)[: part.shape[0], : part.shape[1]], out=part)
    return shape
