"""Looks at every composed picture while it is in memory: black, flat or frozen stretches."""

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


@dataclass(frozen=True)
class Finding:
    """Frames ``start`` up to ``end`` show a fault of this kind."""

    kind: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.kind} picture from frame {self.start} to {self.end}"


@dataclass
class Inspector:
    """``still_from``: from this frame on the picture may stand still (the end card)."""

    fps: int
    still_from: int
    findings: list[Finding] = field(default_factory=list)
    _since: dict[str, int] = field(default_factory=dict)
    _anchor: NDArray[Any] | None = None

    def look(self, at: int, frame: Frame) -> None:
        small = _thumbnail(frame.luma)
        self._note("black", at, found=float(small.mean()) < BLACK_BELOW)
        self._note("flat", at, found=float(small.std()) < FLAT_BELOW)
        moved = self._anchor is None or float(np.abs(small - self._anchor).mean()) >= FROZEN_BELOW
        self._note("frozen", at, found=not moved and at < self.still_from)
        if moved:
            self._anchor = small

    def close(self, frames: int) -> tuple[Finding, ...]:
        """All findings, when ``frames`` pictures have been seen."""
        for kind in PATIENCE_S:
            self._note(kind, frames, found=False)
        return tuple(sorted(self.findings, key=lambda finding: finding.start))

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
