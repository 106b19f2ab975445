"""Looks at every composed picture while it is in memory: black, flat or frozen stretches, and flicker.

Flicker is lightness that leaps and leaps back, as a broken clip or a drifting exposure makes it, outside the places where the
plan has a cut or a transition. A single leap is a cut that nobody planned: worth a note, but footage may have one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation.render.yuv import Bytes, Frame

SHRINK = 8
BLACK_BELOW = 22.0  # mean luma; 16 is black
FLAT_BELOW = 1.2  # standard deviation of luma
FROZEN_BELOW = 0.02  # mean difference to the picture at which standing still began
PATIENCE_S = {"black": 0.2, "flat": 0.2, "frozen": 1.5}
LEAP = 12.0  # steps of mean luma between two pictures
BACK_WITHIN_S = 0.4


@dataclass(frozen=True)
class Finding:
    """Frames ``start`` up to ``end`` show a fault of this kind."""

    kind: str
    start: int
    end: int

    def __str__(self) -> str:
        name = f"{self.kind} picture" if self.kind in PATIENCE_S else self.kind
        return f"{name} from frame {self.start} to {self.end}"


@dataclass
class Inspector:
    """``still_from``: from this frame on the picture may stand still (the end card); ``stills``: other such stretches.

    ``cuts``: [start, end) of frames at which the plan lets the lightness leap.
    """

    fps: int
    still_from: int
    stills: Sequence[tuple[int, int]] = ()
    cuts: Sequence[tuple[int, int]] = ()
    findings: list[Finding] = field(default_factory=list)
    _since: dict[str, int] = field(default_factory=dict)
    _anchor: NDArray[Any] | None = None
    _light: float | None = None
    _leaps: list[tuple[int, float]] = field(default_factory=list)  # frame, steps of luma

    def look(self, at: int, frame: Frame) -> None:
        small = _thumbnail(frame.luma)
        light = float(small.mean())
        self._watch_light(at, light)
        self._note("black", at, found=light < BLACK_BELOW)
        self._note("flat", at, found=float(small.std()) < FLAT_BELOW)
        moved = self._anchor is None or float(np.abs(small - self._anchor).mean()) >= FROZEN_BELOW
        self._note("frozen", at, found=not moved and not self._may_stand(at))
        if moved:
            self._anchor = small

    def _may_stand(self, at: int) -> bool:
        return at >= self.still_from or any(start <= at < end for start, end in self.stills)

    def _watch_light(self, at: int, light: float) -> None:
        leap, self._light = light - (light if self._light is None else self._light), light
        if abs(leap) >= LEAP and not any(start <= at < end for start, end in self.cuts):
            self._leaps.append((at, leap))

    def _flicker(self) -> list[Finding]:
        """A leap that is undone, at least by half, shortly after; every other one is an unplanned cut."""
        found: list[Finding] = []
        index = 0
        while index < len(self._leaps):
            at, leap = self._leaps[index]
            after, back = self._leaps[index + 1] if index + 1 < len(self._leaps) else (at, 0.0)
            flickers = leap * back < 0 and abs(back) >= abs(leap) / 2 and after - at <= BACK_WITHIN_S * self.fps
            found.append(Finding("flicker", at, after) if flickers else Finding("unplanned cut", at, at + 1))
            index += 2 if flickers else 1
        return found

    def close(self, frames: int) -> tuple[Finding, ...]:
        """All findings, when ``frames`` pictures have been seen."""
        for kind in PATIENCE_S:
            self._note(kind, frames, found=False)
        return tuple(sorted([*self.findings, *self._flicker()], key=lambda finding: finding.start))

    def _note(self, kind: str, at: int, *, found: bool) -> None:
        if found:
            self._since.setdefault(kind, at)
            return
        start = self._since.pop(kind, at)
        if at - start >= PATIENCE_S[kind] * self.fps:
            self.findings.append(Finding(kind, start, at))


def _thumbnail(luma: Bytes) -> NDArray[Any]:
    """Every eighth sample of every eighth row: enough to see black or standing still, and nearly free."""
    return luma[::SHRINK, ::SHRINK].astype(np.float32)
