"""Does the text on the product still read as in the photo? Optional: needs ``pip install 'hitsmith[ocr]'``.

The photo's lines are found once. In a frame nothing is searched: the place of each line is known from the product's
homography, is laid flat, and only read. A line counts only if the photo itself, brought to that very place and size and
laid flat again, is still read right: what nobody could read there does not speak against the clip.
"""

import logging
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generation.domain.geometry import Box
from generation.gate.align import Matrix3, through
from generation.gate.frames import Picture
from generation.gate.product import pixels
from generation.subject import read_photo

Quad = NDArray[Any]  # float32, 4 x 2: top left, top right, bottom right, bottom left

SURE = 0.9  # the reader's own confidence in a line of the photo
SHORTEST = 2  # letters
LEGIBLE = 15.0  # pixels: height of a line in the frame
LONGEST_SIDE = 1280  # pixels of the part of the photo in which text is looked for
ROOM = 0.15  # around a line, share of its height
ASIDE = 0.06  # share of a line's height
READ_AT = 48  # pixels: the reader's own height of a line


@dataclass(frozen=True)
class Line:
    """One line of text and its place, pixels of the photo's file; ``flat``: how wide and high it is, laid flat."""

    text: str
    place: Quad
    flat: tuple[int, int]
    crop: Picture


@dataclass(frozen=True)
class Reading:
    """What a frame gave for one line; ``agreement`` 0..1."""

    line: Line
    text: str
    agreement: float
    place: Quad  # pixels of the frame


def installed() -> bool:
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


@cache
def _reader() -> Any:
    """PP-OCR's small models through ONNX Runtime, on one core: the film worker has others to do its work."""
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime"
    reader = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            f"{threads}.intra_op_num_threads": 1,
            f"{threads}.inter_op_num_threads": 1,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return reader


def lines_of(photo: Path, box: Box) -> tuple[Line, ...]:
    """The lines within ``box`` of a photo that can be read for sure. Raises ``MediaBroken``."""
    return _lines(photo, photo.stat().st_mtime_ns if photo.is_file() else 0, box)


@lru_cache(maxsize=32)
def _lines(photo: Path, changed: int, box: Box) -> tuple[Line, ...]:
    picture = read_photo(photo)
    left, top, right, bottom = pixels(box, (picture.shape[1], picture.shape[0]))
    part = picture[top:bottom, left:right]
    shrink = min(LONGEST_SIDE / max(part.shape[:2]), 1.0)
    small = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else part
    found = _reader()(small, use_det=True, use_cls=False, use_rec=True)
    if found.boxes is None:
        return ()
    lines = []
    for quad, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if score >= SURE and len(plain(text)) >= SHORTEST:
            place = _roomy(np.asarray(quad, np.float32)) / shrink + np.array((left, top), np.float32)
            flat = _flat(place)
            line = Line(plain(text), place, flat, _laid_flat(picture, place, flat))
            lines += [line] if _same_however_cut(picture, line) else []
    return tuple(lines)


def _same_however_cut(picture: Picture, line: Line) -> bool:
    """Whether the reader says the same of the photo's line a little to its left and right: half a letter of the next word
    beside it would be read now and then."""
    across = (line.place[1] - line.place[0]) / line.flat[0] * ASIDE * line.flat[1]
    moved = (line.place + step * across for step in (-1, 0, 1))
    return all(_read(_laid_flat(picture, place.astype(np.float32), line.flat)) == line.text for place in moved)


def read(lines: tuple[Line, ...], frame: Picture, home: Matrix3) -> list[Reading]:
    """The lines as ``frame`` shows them. ``home``: from the photo's file to the frame, both in their full size."""
    readings = []
    for line in lines:
        place = through(home, line.place).astype(np.float32)
        height = _flat(place)[1]
        inside = (place > 2).all() and (place < np.array(frame.shape[1::-1]) - 3).all()
        if not inside or height < LEGIBLE or not _readable(line, place):
            continue
        text = _read(_laid_flat(frame, place, line.flat))
        readings.append(Reading(line, text, agreement(line.text, text), place))
    return readings


def total(readings: list[Reading]) -> float | None:
    """The agreement of a frame, long lines counting more; ``None`` where there was nothing to read."""
    letters = sum(len(reading.line.text) for reading in readings)
    return sum(len(reading.line.text) * reading.agreement for reading in readings) / letters if letters else None


def plain(text: str) -> str:
    """Letters, digits and characters only: a reader is never sure about dots and spaces."""
    return re.sub(r"[\W_]+", "", text).casefold()


def agreement(one: str, other: str) -> float:
    """1 for equal texts, 0 where nothing is in common: one minus Levenshtein's distance over the longer length."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, against in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != against))
    return 1.0 - row[-1] / max(len(one), len(other), 1)


def _readable(line: Line, place: Quad) -> bool:
    """Whether the photo's own line is read right as a frame can show it at best: as large, and as much askew."""
    height = _flat(place)[1]
    shrink = min(height / line.flat[1], 1.0)
    crop = cv2.resize(line.crop, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else line.crop
    corner = np.floor(place.min(0)) - 1
    size = np.ceil(place.max(0) - corner).astype(int) + 2
    there = cv2.getPerspectiveTransform(_corners((crop.shape[1], crop.shape[0])), (place - corner).astype(np.float32))
    shown = cv2.warpPerspective(crop, there, size.tolist(), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    flat = _laid_flat(shown, (place - corner).astype(np.float32), line.flat)
    return agreement(line.text, _read(flat)) == 1.0


def _read(crop: Picture) -> str:
    scale = READ_AT / crop.shape[0]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(round(crop.shape[1] * scale), 8), READ_AT)
    found = _reader()(cv2.resize(crop, size, interpolation=how), use_det=False, use_cls=False, use_rec=True)
    return plain(found.txts[0]) if found.txts else ""


def _flat(place: Quad) -> tuple[int, int]:
    wide = max(np.linalg.norm(place[1] - place[0]), np.linalg.norm(place[2] - place[3]))
    high = max(np.linalg.norm(place[3] - place[0]), np.linalg.norm(place[2] - place[1]))
    return max(round(float(wide)), 4), max(round(float(high)), 4)


def _laid_flat(picture: Picture, place: Quad, flat: tuple[int, int]) -> Picture:
    return cv2.warpPerspective(
        picture,
        cv2.getPerspectiveTransform(place, _corners(flat)),
        flat,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _corners(size: tuple[int, int]) -> Quad:
    width, height = size
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _roomy(quad: Quad) -> Quad:
    """A little larger on all sides: the finder cuts close."""
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    height = max(float(np.linalg.norm(down)), 1.0)
    step_x = ROOM * height * across / max(float(np.linalg.norm(across)), 1.0)
    step_y = ROOM * down
    return quad + np.array([-step_x - step_y, step_x - step_y, step_x + step_y, -step_x + step_y], np.float32)
