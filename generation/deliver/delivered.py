"""What leaves the cutting room: a file with everything that was read back from it, or why there is none."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.deliver.check import Check
from generation.deliver.marks import Facts
from generation.deliver.shape import FilmShape, Proved
from generation.errors import GenerationError


@dataclass(frozen=True)
class Delivered:
    """A file that passed every check. ``checks``: name -> passed, measured, expected; ``timings``: seconds of each step.

    ``label``: what was proved of its marks, and for each platform that takes its shape whether it takes the file. The
    timings of shapes that were made together are those of all of them.
    """

    video: Path
    poster: Path
    contact_sheet: Path
    sha256: str
    width: int
    height: int
    frames: int
    fps: int
    checks: dict[str, Facts]
    label: Facts
    notes: tuple[str, ...]
    timings: dict[str, float]


Ended = Delivered | GenerationError


def whole(made: Mapping[str, Ended]) -> dict[str, Delivered]:
    """All of them, or the first error."""
    found = {}
    for aspect, one in made.items():
        if isinstance(one, GenerationError):
            raise one
        found[aspect] = one
    return found


def delivered(shape: FilmShape, proved: Proved, clock: "Clock") -> Delivered:
    canvas = shape.staging.canvas
    return Delivered(
        video=shape.video,
        poster=shape.folder / "poster.jpg",
        contact_sheet=shape.folder / "contact.jpg",
        sha256=proved.sha256,
        width=canvas.width,
        height=canvas.height,
        frames=shape.order.timeline.duration,
        fps=canvas.fps,
        checks={check.name: _facts(check) for check in proved.checks},
        label=proved.facts,
        notes=proved.notes,
        timings=dict(clock.laps),
    )


def _facts(check: Check) -> Facts:
    return {"passed": check.passed, "measured": check.measured, "expected": check.expected}


class Clock:
    def __init__(self) -> None:
        self._last = time.perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = round(now - self._last, 3), now
