"""How each transition moves: pure numbers per frame, so that two renderers make the same thing from one description.

Nothing starts or stops with a jerk: speeds are continuous, across the cut too. Blur is what a shutter open for half of each
frame would see.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from generation.domain.layout import PixelBox
from generation.domain.timeline import WITHOUT_HANDLES, Canvas, Transition

WHIP_TRAVEL = 0.85  # widths that the camera turns on either side of the cut; below one, so one mirrored copy is enough
WHIP_SHUTTER = 1.0  # a whip is remembered for its blur
SHUTTER = 0.5
ZOOM_RATIO, ZOOM_SHUTTER = 1.8, 0.9
ZOOM_FADE = (0.36, 0.64)  # the part of the time in which one picture turns into the other: longer, it is a double image
LEAK_FROM, LEAK_WAY = -0.25, 1.5  # widths: the glare's middle starts beside the picture and ends beyond it
# (zh, en), wherever a person reads of one
NAMES: Mapping[Transition, tuple[str, str]] = {
    Transition.CUT: ("硬切", "Cut"),
    Transition.DISSOLVE: ("叠化", "Dissolve"),
    Transition.PUSH: ("推移", "Push"),
    Transition.ZOOM: ("穿越", "Zoom through"),
    Transition.LIGHT_LEAK: ("漏光", "Light leak"),
    Transition.WHIP: ("甩镜", "Whip"),
    Transition.MATCH_CUT: ("匹配剪辑", "Match cut"),
}
LARGEST_MEETING = 2.0  # a product enlarged further for a match cut looks soft


@dataclass(frozen=True)
class Step:
    """One frame of a transition.

    ``share``: how much of the next picture shows. ``shift``: widths that the view has turned to the right; ``blur``: widths
    that it turns while the shutter is open. ``scale_before``, ``scale_after``: about the middle; ``smear``: the ratio by
    which scale changes meanwhile. ``light``: strength of a glare whose middle is at ``light_at`` widths. ``meeting``: how
    far the products have come towards the place where they meet.
    """

    share: float
    shift: float = 0.0
    blur: float = 0.0
    scale_before: float = 1.0
    scale_after: float = 1.0
    smear: float = 1.0
    light: float = 0.0
    light_at: float = 0.0
    meeting: float = 0.0


def step(kind: Transition, index: int, frames: int) -> Step:
    """Frame ``index`` (from 0) of a transition of so many frames, taken in the middle of the frame's time."""
    at = (index + 0.5) / frames
    if kind is Transition.WHIP:
        return _whip(at, frames)
    if kind is Transition.MATCH_CUT:
        return Step(float(at > 0.5), meeting=glide(1 - abs(2 * at - 1)))
    if kind is Transition.PUSH:
        return Step(at, shift=glide(at), blur=SHUTTER * _glide_speed(at) / frames)
    if kind is Transition.ZOOM:
        return _zoom(at, frames)
    if kind is Transition.LIGHT_LEAK:
        light = math.sin(math.pi * at) ** 2
        return Step(glide(at), light=light, light_at=LEAK_FROM + LEAK_WAY * at)
    return Step(at)


def shows_both(kind: Transition) -> bool:
    """Whether both pictures are seen at once."""
    return kind not in WITHOUT_HANDLES


def glide(at: float) -> float:
    """0..1 without a jerk at either end (Perlin, "Improving noise", 2002: speed and its change start at 0)."""
    return at**3 * (at * (6 * at - 15) + 10)


def _glide_speed(at: float) -> float:
    return 30 * at**2 * (1 - at) ** 2


def _whip(at: float, frames: int) -> Step:
    """The view turns ever faster, the cut comes at the highest speed, and the next picture comes to rest."""
    near = 1 - abs(2 * at - 1)  # 0 at rest, 1 on the cut
    turned = WHIP_TRAVEL * near**3
    blur = WHIP_SHUTTER * WHIP_TRAVEL * 3 * near**2 * 2 / frames
    return Step(float(at > 0.5), shift=turned if at < 0.5 else -turned, blur=blur)


def _zoom(at: float, frames: int) -> Step:
    low, high = ZOOM_FADE
    share = glide(min(max((at - low) / (high - low), 0), 1))
    gone = glide(at)
    smear = ZOOM_RATIO ** (ZOOM_SHUTTER * _glide_speed(at) / frames)
    return Step(share, scale_before=ZOOM_RATIO**gone, scale_after=ZOOM_RATIO ** (gone - 1), smear=smear)


@dataclass(frozen=True)
class Aim:
    """Brings the middle ``of`` a product to ``to`` (pixels) while it is enlarged ``scale`` times."""

    of: tuple[float, float]
    to: tuple[float, float]
    scale: float

    def at(self, meeting: float) -> tuple[float, float, float]:
        """(scale, x, y): a point p of the picture comes to lie at scale * p + (x, y)."""
        scale = self.scale**meeting
        x, y = (start + (end - start) * meeting - scale * start for start, end in zip(self.of, self.to, strict=True))
        return scale, x, y


def meet(before: PixelBox, after: PixelBox, canvas: Canvas) -> tuple[Aim, Aim]:
    """Where and how large two products meet on the cut: halfway, and enlarged until both pictures cover the canvas."""
    centres = [(box.x + box.width / 2, box.y + box.height / 2) for box in (before, after)]
    to = ((centres[0][0] + centres[1][0]) / 2, (centres[0][1] + centres[1][1]) / 2)
    sizes = [math.sqrt(max(box.width * box.height, 1)) for box in (before, after)]
    scales = [max(sizes) / size for size in sizes]
    needed = max(_covering(of, to, canvas) / scale for of, scale in zip(centres, scales, strict=True))
    more = max(1.0, min(needed, LARGEST_MEETING / max(scales)))
    first, second = (Aim(of, to, min(scale * more, LARGEST_MEETING)) for of, scale in zip(centres, scales, strict=True))
    return first, second


def _covering(of: tuple[float, float], to: tuple[float, float], canvas: Canvas) -> float:
    """The least scale at which a picture moved from ``of`` to ``to`` leaves no border free."""
    needed = 1.0
    for start, end, side in ((of[0], to[0], canvas.width), (of[1], to[1], canvas.height)):
        for before, after in ((start, end), (side - start, side - end)):
            needed = max(needed, after / before if before > 0 else LARGEST_MEETING)
    return needed


WIPE_HOLD = 0.2  # of a shot: the first clip is seen alone as long as the second at the end


def uncovered(at: int, frames: int) -> float:
    """How much of the second clip a before/after wipe shows at frame ``at`` of a shot; handles count outwards."""
    share = ((at + 0.5) / frames - WIPE_HOLD) / (1 - 2 * WIPE_HOLD)
    return glide(min(max(share, 0.0), 1.0))
