"""What an engine can do, what a shot asks for, and the exact plan decided before any credit is taken.

``plan()`` is pure: everything that an engine would otherwise round, clip or ignore silently is decided here or refused.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from generation.domain.geometry import Box


class Move(StrEnum):
    """Camera moves, named as on a film set."""

    STATIC = "static"
    PUSH = "push"
    PULL = "pull"
    TRUCK_LEFT = "truck_left"
    TRUCK_RIGHT = "truck_right"
    PEDESTAL_UP = "pedestal_up"
    PEDESTAL_DOWN = "pedestal_down"
    ORBIT = "orbit"
    HANDHELD = "handheld"


class Framing(StrEnum):
    CLOSE = "close"
    MEDIUM = "medium"
    WIDE = "wide"


@dataclass(frozen=True)
class ImageRef:
    """A cleaned photo: hash of its bytes, its name in the storage, size in pixels, and where the product is."""

    sha256: str
    name: str
    width: int
    height: int
    subject: Box | None = None


@dataclass(frozen=True)
class EngineSpec:
    """What an engine can do. ``frame_step``: it makes ``k * frame_step + frame_offset`` frames (Wan: 4k+1)."""

    id: str
    version: str
    weights: str  # hash or name of the weights; "none" for an engine without
    title_zh: str
    title_en: str
    moves: frozenset[Move]
    fps: int
    frame_step: int
    frame_offset: int
    max_ms: int
    size_multiple: int
    max_pixels: int
    takes_last_image: bool = False
    needs_gpu: bool = False
    licence: str = "Apache-2.0"


@dataclass(frozen=True)
class ShotRequest:
    """One shot as the desk wants it. ``frames`` counts at ``fps`` and includes the handles of dissolves."""

    image: ImageRef
    move: Move
    framing: Framing
    strength: float  # 0..1, share of the engine's tasteful maximum
    frames: int
    fps: int
    width: int
    height: int
    seed: int
    last_image: ImageRef | None = None


@dataclass(frozen=True)
class ShotPlan:
    """Exactly what will be filmed. Two equal plans give the same frames; ``key`` names the clip by its content."""

    engine: str
    engine_version: str
    weights: str
    image: ImageRef
    last_image: ImageRef | None
    move: Move
    framing: Framing
    strength: float
    frames: int
    fps: int
    width: int
    height: int
    seed: int

    @property
    def key(self) -> str:
        """SHA-256 over (asset, shot plan, engine, weights, seed); the storage name of a photo does not count."""
        content = asdict(self)
        for image in (content["image"], content["last_image"]):
            if image is not None:
                del image["name"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def duration_ms(self) -> int:
        return round(self.frames * 1000 / self.fps)


class PlanRefused(ValueError):
    """The engine cannot film this shot; the message says what to change."""


def plan(spec: EngineSpec, request: ShotRequest) -> ShotPlan:
    """Decide every number of a shot for one engine, or raise ``PlanRefused``."""
    _check(spec, request)
    needed = -(-request.frames * spec.fps // request.fps)  # whole frames at the engine's own rate, rounded up
    steps = -(-max(needed - spec.frame_offset, 0) // spec.frame_step)
    frames = steps * spec.frame_step + spec.frame_offset
    if frames * 1000 > spec.max_ms * spec.fps:
        raise PlanRefused(
            f"{spec.id} films at most {spec.max_ms / 1000:g} s in one shot, this one needs "
            f"{frames / spec.fps:.2f} s: choose a shorter shot or another engine"
        )
    return ShotPlan(
        engine=spec.id,
        engine_version=spec.version,
        weights=spec.weights,
        image=request.image,
        last_image=request.last_image,
        move=request.move,
        framing=request.framing,
        strength=round(request.strength, 4),
        frames=frames,
        fps=spec.fps,
        width=request.width,
        height=request.height,
        seed=request.seed,
    )


def _check(spec: EngineSpec, request: ShotRequest) -> None:
    if request.move not in spec.moves:
        known = ", ".join(sorted(spec.moves))
        raise PlanRefused(f"{spec.id} has no move {request.move.value!r}: choose one of {known}")
    if request.frames < 1:
        raise PlanRefused(f"a shot needs at least one frame, not {request.frames}")
    if not 0.0 <= request.strength <= 1.0:
        raise PlanRefused(f"strength is a share from 0 to 1, not {request.strength}")
    for side in (request.width, request.height):
        if side < 64 or side % spec.size_multiple:
            raise PlanRefused(f"{spec.id} needs sides of at least 64 in steps of {spec.size_multiple}, not {side}")
    if request.width * request.height > spec.max_pixels:
        raise PlanRefused(f"{spec.id} films at most {spec.max_pixels} pixels, not {request.width}x{request.height}")
    if request.last_image is not None and not spec.takes_last_image:
        raise PlanRefused(f"{spec.id} cannot end on a given picture: leave the last image out")
