"""The NORTHMUG travel mug: powder-coated body, brushed steel lid with a carry loop."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.labels import Label, Line, Rule
from studio.model import Finish, Model, Surface, around_axis
from studio.shapes import arch, carve, disc, rounded_box2, smooth_min, tapered
from studio.vec import hash01, srgb

_STEEL = Finish(srgb("c9c8c4"), 0.2, metal=1.0, grain=1.0)
_RUBBER = Finish(srgb("1b1c1c"), 0.5)


def _steel_tint(surface: Surface, p: Tensor, lines: Tensor) -> None:
    """Fine turning marks: each ring reflects a little more or less than its neighbour."""
    marks = hash01(lines.floor(), torch.zeros_like(lines))
    shade = 0.93 + 0.1 * marks
    surface.albedo = torch.where(surface.metal > 0.5, surface.albedo * shade, surface.albedo)


class MugBody(Model):
    """The body, with a steel foot and neck; `hollow` shows the inside when the lid is off."""

    lower = (-0.225, 0.0, -0.225)
    upper = (0.225, 0.83, 0.225)

    def __init__(self, color: str = "1d4a37", hollow: bool = False) -> None:
        self.hollow = hollow
        self.finishes = (Finish(srgb(color), 0.36), _STEEL, _STEEL, _RUBBER)
        marks = (
            Rule(0.045, 0.085, 0.005),
            Line("NORTHMUG", 0.04, 0.033, bold=True, spacing=0.004),
            Line("480ml", 0.029, -0.028, spacing=0.003),
        )
        self.label = Label(0.36, 0.22, marks, ink="efe9da")

    def parts(self, p: Tensor) -> Tensor:
        q, y = torch.hypot(p[0], p[2]), p[1]
        body = tapered(q, y, 0.172, 0.216, 0.045, 0.735, 0.016)
        foot = disc(q, y, 0.166, 0.0, 0.06, 0.006)
        neck = disc(q, y, 0.196, 0.72, 0.76, 0.004)
        if self.hollow:
            throat = disc(q, y, 0.178, 0.6, 0.9, 0.005)
            neck = smooth_min(neck, disc(q, y, 0.186, 0.74, 0.815, 0.004), 0.012)
            thread = rounded_box2(q - 0.187, (y - 0.789), 0.004, 0.006, 0.003)
            inside = tapered(q, y, 0.15, 0.178, 0.15, 0.75, 0.03)
            neck = carve(torch.minimum(neck, thread), torch.minimum(inside, throat))
            body = carve(body, inside - 0.004)
            lining = carve(tapered(q, y, 0.155, 0.183, 0.145, 0.755, 0.03), inside)
            return torch.stack((body, foot, torch.minimum(neck, lining), body + 1.0))
        gasket = disc(q, y, 0.188, 0.75, 0.78, 0.004)
        return torch.stack((body, foot, neck, gasket))

    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        part = self.parts(p).argmin(0)
        found = Surface.of(self.finishes, part, normal, around_axis(p))
        _steel_tint(found, p, p[1] * 900.0)
        # The print sits on the front, a bit above the middle, wrapped around the body.
        around = torch.atan2(p[0], p[2]) * torch.hypot(p[0], p[2])
        front = (part == 0) & (p[2] > 0)
        found.albedo, _ = self.label.apply(found.albedo, around, p[1] - 0.46, front)
        return found


class MugLid(Model):
    """Brushed lid with a grip groove and a loop; it stands on y = 0 with its lower rim."""

    lower = (-0.215, 0.0, -0.215)
    upper = (0.215, 0.335, 0.215)

    def __init__(self) -> None:
        loop = Finish(srgb("1d1f1f"), 0.38)
        self.finishes = (_STEEL, loop, Finish(srgb("b8b6b0"), 0.15, metal=1.0), _RUBBER)

    def parts(self, p: Tensor) -> Tensor:
        q, y = torch.hypot(p[0], p[2]), p[1]
        shell = tapered(q, y, 0.207, 0.196, 0.0, 0.185, 0.02)
        groove = rounded_box2(q - 0.207, y - 0.045, 0.008, 0.005, 0.002)
        well = disc(q, y, 0.158, 0.172, 0.3, 0.006)
        shell = carve(carve(shell, groove), well)
        loop = arch(p[0], y - 0.165, p[2], 0.138, 0.15, 0.085, 0.013, 0.034)
        pins = torch.hypot(y - 0.208, p[2]) - 0.013
        pins = torch.maximum(pins, (p[0].abs() - 0.14).abs() - 0.016)
        return torch.stack((shell, loop, pins, shell + 1.0))

    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        part = self.parts(p).argmin(0)
        found = Surface.of(self.finishes, part, normal, around_axis(p))
        flat = normal[1].abs() > 0.8
        rings = torch.where(flat, torch.hypot(p[0], p[2]) * 900.0, p[1] * 900.0)
        _steel_tint(found, p, rings)
        found.grain = torch.where(part == 2, 0.0, found.grain)
        return found
