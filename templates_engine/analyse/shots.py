"""Where one shot gives way to the next.

Hard cuts by PySceneDetect's adaptive detector (a change that stands out from the changes around it); fades and
dissolves, which it cannot see, by ``fades``. ``transnet`` does both at once with a network, better and much slower.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

import cv2
import numpy as np

from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.fades import Stack, alike, fades
from templates_engine.analyse.footage import Frame
from templates_engine.domain.analysis import Transition

if TYPE_CHECKING:
    from scenedetect.detectors import AdaptiveDetector

TINY = (48, 27)  # pixels, width x height: the size that TransNetV2 was trained on
FLASH_MS = 200  # two changes so close, with the same picture before and after, are a flash and no shot
SAME = 0.9
SHORTEST_MS = 120
RATE = Fraction(30)


@dataclass(frozen=True)
class Border:
    """The first moment of a new shot; of a fade, its middle."""

    at_ms: int
    transition: Transition


class Cutter(Protocol):
    """Sees every frame, then says where shots begin. ``name`` with its version, for the record."""

    name: str

    def see(self, frame: Frame) -> None: ...

    def borders(self) -> tuple[Border, ...]: ...


class Tiny:
    """Every frame very small, with its time: what is left of a video to look for fades in."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.pictures: list[Any] = []

    def add(self, frame: Frame) -> None:
        self.times.append(frame.at_ms)
        self.pictures.append(cv2.resize(frame.small, TINY, interpolation=cv2.INTER_AREA))

    def stack(self) -> Stack:
        """frames x 27 x 48 x 3, uint8, BGR."""
        return np.stack(self.pictures)


class AdaptiveCuts:
    """The default: needs no weights. Raises ToolMissing without PySceneDetect."""

    def __init__(self) -> None:
        self.name = f"scenedetect {_version()} adaptive + own fades"
        self._tiny = Tiny()
        self._detector = _detector()
        self._found: list[int] = []

    def see(self, frame: Frame) -> None:
        from scenedetect import FrameTimecode

        number = len(self._tiny.times)
        self._tiny.add(frame)
        cuts = self._detector.process_frame(FrameTimecode(number, fps=RATE), frame.small)
        self._found += [cut.frame_num for cut in cuts]

    def borders(self) -> tuple[Border, ...]:
        times, stack = self._tiny.times, self._tiny.stack()
        reaches = fades(stack, times)
        cuts = [cut for cut in self._found if not any(reach.begins <= cut <= reach.ends + 1 for reach in reaches)]
        cuts = _without_flashes(cuts, times, stack)
        found = [Border(times[cut], Transition.CUT) for cut in cuts]
        found += [Border(reach.middle_ms, Transition.FADE) for reach in reaches]
        return spaced(found)


def spaced(found: Iterable[Border]) -> tuple[Border, ...]:
    """In order of time; of two that are too close to be two, the first, and none at the very beginning."""
    kept: list[Border] = []
    for border in sorted(found, key=lambda border: border.at_ms):
        if border.at_ms - (kept[-1].at_ms if kept else 0) >= SHORTEST_MS:
            kept.append(border)
    return tuple(kept)


def _without_flashes(cuts: list[int], times: list[int], stack: Stack) -> list[int]:
    kept, index = [], 0
    while index < len(cuts):
        here, after = cuts[index], cuts[index + 1] if index + 1 < len(cuts) else None
        if after is not None and times[after] - times[here] <= FLASH_MS and alike(stack[here - 1], stack[after]) > SAME:
            index += 2
            continue
        kept.append(here)
        index += 1
    return kept


def _detector() -> "AdaptiveDetector":
    from scenedetect.detectors import AdaptiveDetector

    return AdaptiveDetector(min_scene_len=1)


def _version() -> str:
    try:
        import scenedetect  # noqa: F401
    except ImportError as error:
        raise ToolMissing("镜头检测未安装 finding shots needs PySceneDetect: pip install 'hitsmith[learn]'") from error
    return version("scenedetect-headless")
