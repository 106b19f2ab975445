"""What every engine is: a thing that films a plan into a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from generation.domain.engine_spec import EngineSpec
from generation.domain.geometry import Box
from generation.domain.shot_plan import ShotPlan
from generation.watch import Watch


@dataclass(frozen=True)
class Filmed:
    """What came out. ``subject``: everywhere the product is in the clip, in fractions of the frame, if known.

    ``facts``: what the engine measured and which of its switches had an effect; plain JSON values, for the record.
    """

    frames: int
    width: int
    height: int
    fps: int
    subject: Box | None
    facts: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    @property
    def spec(self) -> EngineSpec: ...

    def missing(self) -> list[str]:
        """What keeps the engine from filming on this machine, each with how to mend it. Quick: loads nothing."""

    def load(self) -> None:
        """Make ready to film: load weights once per process. Raises ``WeightsMissing``."""

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        """Film exactly ``plan`` into ``out``: an MP4 of H.264, yuv420p, BT.709, constant rate, ``plan.frames`` frames.

        ``images``: SHA-256 of each photo of the plan -> its file. Equal plans must give equal frames. Call
        ``watch.step`` at least every half second and let what it raises pass. Raises ``GenerationError``.
        """


class ContinuationEngine(Engine, Protocol):
    """An engine whose ``spec.tail_frames`` is not 0: it goes on from a stretch of film and so keeps its motion."""

    def film_on(self, plan: ShotPlan, tail: Sequence[NDArray[Any]], out: Path, watch: Watch) -> Filmed:
        """As ``film``, going on from the last ``spec.tail_frames`` frames of a clip (RGB, uint8, of the plan's size).

        The first frame of ``out`` shows what the tail's last frame shows, as with a photo: the cut leaves it out.
        Raises ``GenerationError``.
        """
