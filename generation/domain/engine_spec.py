"""What an engine can do, and the words for it: moves, framings, speed curves, what a shot starts from, profiles."""

from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    """Camera moves, named as on a film set, and three moves of the product or the light in front of a still camera."""

    STATIC = "static"
    PUSH = "push"
    PULL = "pull"
    TRUCK_LEFT = "truck_left"
    TRUCK_RIGHT = "truck_right"
    PEDESTAL_UP = "pedestal_up"
    PEDESTAL_DOWN = "pedestal_down"
    ORBIT = "orbit"  # the seed picks the side
    ORBIT_LEFT = "orbit_left"
    ORBIT_RIGHT = "orbit_right"
    CRANE = "crane"
    HANDHELD = "handheld"
    RACK_ZOOM = "rack_zoom"
    TURN = "turn"  # of the product
    FLOAT = "float"  # of the product
    LIGHT_SWEEP = "light_sweep"


class Framing(StrEnum):
    """How large the product is shown; ``EXACT``: the canvas is the whole photo, as where a clip is continued."""

    CLOSE = "close"
    MEDIUM = "medium"
    WIDE = "wide"
    EXACT = "exact"


class Easing(StrEnum):
    """The speed curve of a move."""

    SMOOTH = "smooth"  # gathers speed, holds it, slows down
    LINEAR = "linear"
    PUNCH = "punch"  # most of the way at once, then a long settling: for fast templates
    SWELL = "swell"  # slow at first, arrives fast and stops softly


class Mode(StrEnum):
    """What a shot starts from."""

    TEXT = "text"
    FIRST = "first"
    FIRST_LAST = "first_last"


@dataclass(frozen=True)
class Profile:
    """One trade of quality for time. ``guidance`` 1 means without classifier-free guidance.

    ``sizes``: where this profile films in other sizes than the engine's own, such as smaller ones for a draft.
    """

    name: str
    steps: int
    guidance: float = 1.0
    vram_gb: float = 0.0
    sizes: tuple[tuple[int, int], ...] = ()


STANDARD = Profile("standard", steps=1)


@dataclass(frozen=True)
class EngineSpec:
    """What an engine can do. ``frame_step``: it makes ``k * frame_step + frame_offset`` frames (Wan: 4k+1).

    ``sizes``: the only (width, height) it films in, where it cannot film in any; the renderer scales them to the canvas.
    ``profiles``: the first is the default. ``prompt_chars``: the longest text it reads whole, 0: it reads none.
    ``tail_frames``: so many last frames of a clip it can go on from, 0: from a single picture only.
    """

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
    sizes: tuple[tuple[int, int], ...] = ()
    modes: frozenset[Mode] = frozenset({Mode.FIRST})
    profiles: tuple[Profile, ...] = (STANDARD,)
    needs_gpu: bool = False
    licence: str = "Apache-2.0"
    excluded_territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, where its licence does not hold
    prompt_chars: int = 0
    reads_chinese: bool = True
    tail_frames: int = 0
