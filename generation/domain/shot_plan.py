"""What a shot asks for, and the exact plan decided before any credit is taken.

``plan()`` is pure: everything that an engine would otherwise round, clip or ignore silently is decided here or refused.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass

from generation.domain.engine_spec import Easing, EngineSpec, Framing, Mode, Move, Profile
from generation.domain.geometry import Box


@dataclass(frozen=True)
class MatteRef:
    """The product's outline as drawn or corrected by the user: a grey picture of the photo's size, white = product."""

    sha256: str
    name: str


@dataclass(frozen=True)
class ImageRef:
    """A cleaned photo: hash of its bytes, its name in the storage, size in pixels, and where the product is."""

    sha256: str
    name: str
    width: int
    height: int
    subject: Box | None = None
    matte: MatteRef | None = None


@dataclass(frozen=True)
class ShotRequest:
    """One shot as the desk wants it. ``frames`` counts at ``fps`` and includes the handles of dissolves.

    ``prompt`` says in English what is seen, for engines that read; it must be given where there is no photo.
    ``profile``: "" for the engine's default.
    """

    image: ImageRef | None
    move: Move
    framing: Framing
    strength: float  # 0..1, share of the engine's tasteful maximum
    frames: int
    fps: int
    width: int
    height: int
    seed: int
    last_image: ImageRef | None = None
    easing: Easing = Easing.SMOOTH
    prompt: str = ""
    profile: str = ""


@dataclass(frozen=True)
class ShotPlan:
    """Exactly what will be filmed. Two equal plans give the same frames; ``key`` names the clip by its content."""

    engine: str
    engine_version: str
    weights: str
    mode: Mode
    image: ImageRef | None
    last_image: ImageRef | None
    move: Move
    framing: Framing
    strength: float
    easing: Easing
    prompt: str
    profile: str
    frames: int
    fps: int
    width: int
    height: int
    seed: int

    @property
    def key(self) -> str:
        """SHA-256 over (asset, shot plan, engine, weights, seed); the storage name of a file does not count."""
        content = asdict(self)
        for image in (content["image"], content["last_image"]):
            if image is not None:
                del image["name"]
                if image["matte"] is not None:
                    del image["matte"]["name"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def duration_ms(self) -> int:
        return round(self.frames * 1000 / self.fps)

    @property
    def photo(self) -> ImageRef:
        """The photo that the shot starts from. Raises ``PlanRefused`` for a shot from text."""
        if self.image is None:
            raise PlanRefused(f"{self.engine} films from a photo: add one to this shot")
        return self.image

    @property
    def images(self) -> tuple[ImageRef, ...]:
        return tuple(image for image in (self.image, self.last_image) if image is not None)


class PlanRefused(ValueError):
    """The engine cannot film this shot; the message says what to change."""


def plan(spec: EngineSpec, request: ShotRequest) -> ShotPlan:
    """Decide every number of a shot for one engine, or raise ``PlanRefused``."""
    mode = _mode(spec, request)
    _check(spec, request)
    profile = profile_of(spec, request.profile)
    width, height = _size(profile.sizes or spec.sizes, request.width, request.height)
    needed = -(-request.frames * spec.fps // request.fps)  # whole frames at the engine's own rate, rounded up
    frames = spec.frame_offset - (-max(needed - spec.frame_offset, 0) // spec.frame_step) * spec.frame_step
    if frames * 1000 > spec.max_ms * spec.fps:
        raise PlanRefused(
            f"{spec.id} films at most {spec.max_ms / 1000:g} s in one shot, this one needs "
            f"{frames / spec.fps:.2f} s: choose a shorter shot or another engine"
        )
    return ShotPlan(
        engine=spec.id,
        engine_version=spec.version,
        weights=spec.weights,
        mode=mode,
        image=request.image,
        last_image=request.last_image,
        move=request.move,
        framing=request.framing,
        strength=round(request.strength, 4),
        easing=request.easing,
        prompt=request.prompt.strip(),
        profile=profile.name,
        frames=frames,
        fps=spec.fps,
        width=width,
        height=height,
        seed=request.seed,
    )


def profile_of(spec: EngineSpec, name: str) -> Profile:
    """The profile of that name, the default for "". Raises ``PlanRefused``."""
    for profile in spec.profiles:
        if name in ("", profile.name):
            return profile
    known = ", ".join(profile.name for profile in spec.profiles)
    raise PlanRefused(f"{spec.id} has no profile {name!r}: choose one of {known}")


def _mode(spec: EngineSpec, request: ShotRequest) -> Mode:
    if request.image is None and request.last_image is not None:
        raise PlanRefused("a last image needs a first one: add the photo that the shot starts from")
    mode = Mode.TEXT if request.image is None else Mode.FIRST
    if request.last_image is not None:
        mode = Mode.FIRST_LAST
    if mode not in spec.modes:
        raise PlanRefused(f"{spec.id} {REFUSALS[mode]}")
    if mode is Mode.TEXT and not request.prompt.strip():
        raise PlanRefused("a shot without a photo needs a text that says what is seen: add one, or a photo")
    return mode


REFUSALS = {
    Mode.TEXT: "cannot film from text alone: add a photo",
    Mode.FIRST: "cannot film from a first picture alone: add the last one",
    Mode.FIRST_LAST: "cannot end on a given picture: leave the last image out",
}


def _size(sizes: tuple[tuple[int, int], ...], width: int, height: int) -> tuple[int, int]:
    """The engine's own size that is nearest in shape, of those of one shape the largest; as asked where it has none."""
    if not sizes:
        return width, height
    wanted = math.log(width / height)
    return min(sizes, key=lambda size: (round(abs(math.log(size[0] / size[1]) - wanted), 3), -size[0] * size[1]))


def _check(spec: EngineSpec, request: ShotRequest) -> None:
    if request.move not in spec.moves:
        known = ", ".join(sorted(spec.moves))
        raise PlanRefused(f"{spec.id} has no move {request.move.value!r}: choose one of {known}")
    _check_prompt(spec, request.prompt.strip())
    if request.frames < 1:
        raise PlanRefused(f"a shot needs at least one frame, not {request.frames}")
    if not 0.0 <= request.strength <= 1.0:
        raise PlanRefused(f"strength is a share from 0 to 1, not {request.strength}")
    multiple = 1 if spec.sizes else spec.size_multiple
    for side in (request.width, request.height):
        if side < 64 or side % multiple:
            raise PlanRefused(f"{spec.id} needs sides of at least 64 in steps of {multiple}, not {side}")
    if not spec.sizes and request.width * request.height > spec.max_pixels:
        raise PlanRefused(f"{spec.id} films at most {spec.max_pixels} pixels, not {request.width}x{request.height}")


def _check_prompt(spec: EngineSpec, prompt: str) -> None:
    """What an engine cannot read it would drop without a word."""
    if 0 < spec.prompt_chars < len(prompt):
        raise PlanRefused(f"{spec.id} reads {spec.prompt_chars} characters, this text has {len(prompt)}: shorten it")
    if not spec.reads_chinese and any("\u2e80" <= character <= "\uffef" for character in prompt):
        raise PlanRefused(f"{spec.id} reads English only: write the text of this shot in English")
