"""The MUYU serum: an amber glass bottle with a white label and a rubber dropper."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.labels import Label, Line, Rule
from studio.model import Finish, Model, Surface, around_axis
from studio.shapes import carve, disc, smooth_min, tapered
from studio.vec import normalize, srgb

_GLASS = Finish(srgb("5a2a08"), 0.04, glass=1.0)
_GOLD = Finish(srgb("e3b778"), 0.16, metal=1.0, grain=0.5)
_BULB = Finish(srgb("f3efe8"), 0.4)


def _dropper_head(q: Tensor, y: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
    """Collar from y = 0 to 0.115 with fine ribs, rubber bulb above it."""
    angle = torch.atan2(p[0], p[2])
    ribs = 0.0016 * torch.cos(angle * 60.0) * ((y - 0.055).abs() < 0.04)
    collar = disc(q, y, 0.098, 0.0, 0.115, 0.008) - ribs
    bulb = tapered(q, y, 0.068, 0.046, 0.10, 0.335, 0.044)
    bead = disc(q, y, 0.074, 0.112, 0.132, 0.009)
    return collar * 0.85, smooth_min(bulb, bead, 0.03)


class SerumBottle(Model):
    """The closed bottle, or the open one when `capped` is off."""

    lower = (-0.215, 0.0, -0.215)
    upper = (0.215, 0.98, 0.215)
    glass_part = 0
    absorption = (0.95, 3.9, 11.0)

    def __init__(self, capped: bool = True, bulb: str = "f3efe8") -> None:
        self.capped = capped
        self.finishes = (_GLASS, _GOLD, Finish(srgb(bulb), 0.4))
        marks = (
            Line("MUYU", 0.062, 0.085, bold=True, spacing=0.012),
            Line("木屿", 0.044, 0.018, spacing=0.012),
            Rule(0.06, -0.03, 0.003),
            Line("沁润精华液", 0.026, -0.066, spacing=0.004),
            Line("30 ml", 0.026, -0.122, spacing=0.002),
        )
        self.label = Label(0.312, 0.335, marks, ink="2b2a28", paper="f4f1ea", corner=0.012)

    def parts(self, p: Tensor) -> Tensor:
        q, y = torch.hypot(p[0], p[2]), p[1]
        body = disc(q, y, 0.205, 0.0, 0.545, 0.055)
        neck = disc(q, y, 0.082, 0.45, 0.655, 0.008)
        glass = smooth_min(body, neck, 0.09)
        if not self.capped:
            rim = disc(q, y, 0.09, 0.632, 0.656, 0.01)
            glass = smooth_min(glass, rim, 0.012)
            glass = carve(glass, disc(q, y, 0.056, 0.5, 0.8, 0.02))
            far = glass + 1.0
            return torch.stack((glass, far, far))
        collar, bulb = _dropper_head(q, y - 0.615, p)
        return torch.stack((glass, collar, bulb))

    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        part = self.parts(p).argmin(0)
        found = Surface.of(self.finishes, part, normal, around_axis(p))
        around = torch.atan2(p[0], p[2]) * 0.205
        front = (part == 0) & (p[2] > 0) & (torch.hypot(p[0], p[2]) > 0.2)
        found.albedo, paper = self.label.apply(found.albedo, around, p[1] - 0.275, front)
        found.glass = found.glass * (1.0 - paper)
        found.rough = torch.where(paper > 0.5, 0.45, found.rough)
        return found


class Dropper(Model):
    """The dropper on its own; its axis is y, with the pipette pointing down."""

    lower = (-0.105, -0.42, -0.105)
    upper = (0.105, 0.36, 0.105)
    glass_part = 0
    absorption = (0.3, 0.25, 0.3)

    def __init__(self, bulb: str = "f3efe8") -> None:
        self.finishes = (Finish(srgb("e8ecec"), 0.03, glass=1.0), _GOLD, Finish(srgb(bulb), 0.4))

    def parts(self, p: Tensor) -> Tensor:
        q, y = torch.hypot(p[0], p[2]), p[1]
        tube = disc(q, y, 0.024, -0.3, 0.02, 0.004)
        tip = tapered(q, y, 0.01, 0.024, -0.4, -0.29, 0.004)
        collar, bulb = _dropper_head(q, y, p)
        return torch.stack((smooth_min(tube, tip, 0.01), collar, bulb))

    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        part = self.parts(p).argmin(0)
        return Surface.of(self.finishes, part, normalize(normal), around_axis(p))
