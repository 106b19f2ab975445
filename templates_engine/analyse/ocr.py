"""Reading text in pictures: PP-OCR's small models (Chinese and English) through RapidOCR and ONNX Runtime.

The models lie in the wheel; nothing is loaded from anywhere else.
"""

import logging
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

import cv2
import numpy as np

from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.footage import Picture

LONGEST_SIDE = 640  # pixels of the picture in which lines are looked for
LEVEL = 0.12  # slope: a line of a caption is level
READ_AT = 48  # pixels: the reader's own height of a line
ROOM = 0.06  # around a line, share of its height
THREADS = 2


@dataclass(frozen=True)
class Place:
    """Left, top, right, bottom of a line of text in shares of the frame."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlap(self, other: "Place") -> float:
        """Common area over joint area, 0..1."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        common = max(across, 0.0) * max(down, 0.0)
        return common / max(self._area + other._area - common, 1e-9)

    @property
    def _area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


class Reader(Protocol):
    """``name`` with its version, for the record."""

    name: str

    def find(self, picture: Picture) -> tuple[Place, ...]:
        """The level lines of text."""
        ...

    def read(self, picture: Picture, place: Place) -> tuple[str, float]:
        """What a line says, and how sure that is, 0..1."""
        ...


class RapidReader:
    """Raises ToolMissing where the packages are not installed."""

    def __init__(self) -> None:
        if find_spec("rapidocr") is None or find_spec("onnxruntime") is None:
            raise ToolMissing("字幕识别未安装 reading captions needs RapidOCR: pip install 'hitsmith[learn]'")
        self.name = f"rapidocr {version('rapidocr')}"

    def find(self, picture: Picture) -> tuple[Place, ...]:
        shrink = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else picture
        found = _engine()(small, use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return ()
        return tuple(_place(np.asarray(box), small) for box in found.boxes if _is_level(np.asarray(box)))

    def read(self, picture: Picture, place: Place) -> tuple[str, float]:
        crop = _cut(picture, place)
        scale = READ_AT / crop.shape[0]
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        line = cv2.resize(crop, (max(round(crop.shape[1] * scale), 8), READ_AT), interpolation=how)
        found = _engine()(line, use_det=False, use_cls=False, use_rec=True)
        return (str(found.txts[0]).strip(), float(found.scores[0])) if found.txts else ("", 0.0)


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime"
    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.limit_type": "max",  # its default enlarges every picture to 736 pixels
            "Det.limit_side_len": LONGEST_SIDE,
            f"{threads}.intra_op_num_threads": THREADS,
            f"{threads}.inter_op_num_threads": 1,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return engine


def _place(box: Any, picture: Picture) -> Place:
    height, width = picture.shape[:2]
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return Place(float(left) / width, float(top) / height, float(right) / width, float(bottom) / height)


def _is_level(box: Any) -> bool:
    """``box``: 4 x 2, clockwise from the top left corner."""
    across, down = box[1] - box[0], box[3] - box[0]
    return bool(abs(across[1]) <= LEVEL * max(abs(across[0]), 1) and abs(down[0]) <= 2 * LEVEL * max(abs(down[1]), 1))


def _cut(picture: Picture, place: Place) -> Picture:
    height, width = picture.shape[:2]
    room = ROOM * place.height * height
    left, right = max(int(place.left * width - room), 0), min(int(place.right * width + room) + 1, width)
    top, bottom = max(int(place.top * height - room), 0), min(int(place.bottom * height + room) + 1, height)
    return picture[top : max(bottom, top + 2), left : max(right, left + 2)]
