"""The TONEBOX speaker: woven grille all around, rubber top and foot, a knob and a strap."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from studio.labels import Label, Line
from studio.model import Finish, Model, Surface, around_axis
from studio.shapes import arch, disc, extrude, rounded_box2
from studio.vec import hash01, normalize, srgb

_HALF_X, _HALF_Z, _CORNER = 0.3, 0.17, 0.125
_CELL = 0.0078  # one thread of the cloth


def _along_outline(x: Tensor, z: Tensor) -> Tensor:
    """Arc length around the rounded footprint, so the weave does not stretch at corners."""
    ax, az = x.abs(), z.abs()
    cx, cz = _HALF_X - _CORNER, _HALF_Z - _CORNER
    turn = torch.atan2((ax - cx).clamp_min(0.0), (az - cz).clamp_min(1e-6))
    length = ax.clamp_max(cx) + _CORNER * turn + (cz - az).clamp_min(0.0)
    return torch.where(x < 0.0, -length, length)


class Speaker(Model):
    """Parts: cloth, top panel, foot, knob, strap, studs, name plate, buttons."""

    lower = (-0.335, 0.0, -0.18)
    upper = (0.335, 1.0, 0.185)

    def __init__(self, cloth: str, thread: str, shell: str, strap: str) -> None:
        self.thread = srgb(thread)
        self.finishes = (
            Finish(srgb(cloth), 0.75, sheen=0.3),
            Finish(srgb(shell), 0.42),
            Finish(srgb(shell), 0.5),
            Finish(srgb("d8c9ad"), 0.2, metal=1.0, grain=1.0),
            Finish(srgb(strap), 0.48, sheen=0.08),
            Finish(srgb("d9c6a4"), 0.2, metal=1.0),
            Finish(srgb("d3c3a5"), 0.26, metal=1.0, grain=0.6),
            Finish(srgb("e8e2d6"), 0.4),
        )
        name = (Line("TONEBOX", 0.036, 0.001, bold=True, spacing=0.006),)
        self.name = Label(0.25, 0.06, name, ink="23211e")
        self.plus = Label(0.05, 0.05, (Line("+", 0.05, 0.0, bold=True),), ink="3a3733")

    def parts(self, p: Tensor) -> Tensor:
        x, y, z = p[0], p[1], p[2]
        outline = rounded_box2(x, z, _HALF_X, _HALF_Z, _CORNER)
        cloth = extrude(outline, y - 0.395, 0.355, 0.012)
        top = extrude(outline - 0.003, y - 0.765, 0.027, 0.022)
        foot = extrude(outline - 0.002, y - 0.025, 0.025, 0.014)
        kx = x - 0.15
        knob_q = torch.hypot(kx, z)
        ridge = 0.0014 * torch.cos(torch.atan2(kx, z) * 44.0) * ((y - 0.83).abs() < 0.02)
        knob = (disc(knob_q, y, 0.06, 0.78, 0.853, 0.008) - ridge) * 0.85
        strap = arch(x, y - 0.66, z, 0.317, 0.29, 0.17, 0.0085, 0.05)
        side = (x.abs() - 0.325).abs() - 0.008
        studs = torch.maximum(torch.hypot(y - 0.695, z) - 0.017, side)
        plate = extrude(rounded_box2(x, y - 0.17, 0.137, 0.036, 0.012), z - 0.17, 0.008, 0.003)
        buttons = torch.stack(
            [disc(torch.hypot(x - bx, z), y, 0.033, 0.78, 0.799, 0.006) for bx in (-0.16, -0.06)]
        ).amin(0)
        return torch.stack((cloth, top, foot, knob, strap, studs, plate, buttons))

    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        part = self.parts(p).argmin(0)
        turned = around_axis(torch.stack((p[0] - 0.15, p[1], p[2])))
        sideways = torch.tensor([[1.0], [0.0], [0.0]]).expand_as(p)
        tangent = torch.where(part == 6, sideways, turned)
        found = Surface.of(self.finishes, part, normal, tangent)
        self._weave(found, p, part == 0)
        self._stitch(found, p, part == 4)
        front = (part == 6) & (p[2] > 0.1)
        found.albedo, ink = self.name.apply(found.albedo, p[0], p[1] - 0.17, front)
        found.metal = found.metal * (1.0 - ink)
        return found

    def _weave(self, found: Surface, p: Tensor, cloth: Tensor) -> None:
        """Crossing threads: round bumps in a checkerboard, a few threads lighter than others."""
        u = _along_outline(p[0], p[2]) / _CELL
        v = p[1] / _CELL
        a, b = math.pi * u, math.pi * v
        bump = torch.cos(a) * torch.cos(b)
        height = 0.5 + 0.5 * bump.abs()
        melange = hash01((u + 0.5).floor(), (v + 0.5).floor())
        thread = torch.tensor(self.thread).reshape(3, 1)
        light = 0.12 + 0.4 * melange * melange
        mixed = found.albedo + (thread - found.albedo) * light
        shaded = mixed * (0.3 + 0.8 * height)
        found.albedo = torch.where(cloth, shaded, found.albedo)
        sign = torch.sign(bump)
        slope_u = -torch.sin(a) * torch.cos(b) * sign
        slope_v = -torch.cos(a) * torch.sin(b) * sign
        along = around_axis(p)
        tilt = along * slope_u + torch.tensor([[0.0], [1.0], [0.0]]) * slope_v
        bent = normalize(found.normal - tilt * 0.45)
        found.normal = torch.where(cloth, bent, found.normal)

    def _stitch(self, found: Surface, p: Tensor, strap: Tensor) -> None:
        """Two seams run along the strap, in a lighter yarn."""
        run = torch.where(p[1] > 0.9, p[0], p[1])
        seam = ((p[2].abs() - 0.038).abs() < 0.0022) & ((run / 0.018).frac().abs() < 0.68)
        yarn = torch.tensor(srgb("e9d6b4")).reshape(3, 1).expand_as(p)
        found.albedo = torch.where(strap & seam, yarn, found.albedo)
