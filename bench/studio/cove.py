"""The infinity cove: a floor that bends up into a back wall, with baked light.

The light that reaches the cove (including the products' soft shadows) is worked out once on a
grid and looked up afterwards. That is what makes area shadows smooth at a bearable cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.lights import SoftBox
from studio.march import Distance, gradient, visibility
from studio.vec import Vec3, column, dot, mix, normalize, smoothstep

_BACK = 2.6  # distance of the wall behind the product
_BEND = 1.7  # radius of the curve between floor and wall
_REACH = 6.0  # half extent of the baked grid
_DENSE = 4.2  # how strongly grid lines crowd around the product
_GRID = 360
_PATCHES = 40
_BATCH = 1 << 15  # grid points lit at once


@dataclass(frozen=True)
class Backdrop:
    color: Vec3
    # A spotlight on the wall behind the product separates it from the backdrop.
    glow: float = 0.45
    glow_height: float = 0.55
    glow_size: float = 1.5
    # Share of mirror-like floor reflection (0: paper, 0.1: acrylic).
    gloss: float = 0.0


def intersect(origin: Tensor, ray: Tensor) -> Tensor:
    """Distance to the cove from inside it, or infinity for rays that leave the set."""
    infinite = torch.full_like(ray[0], float("inf"))
    turn = _BEND - _BACK  # z where the floor starts to bend
    down = ray[1].clamp_max(-1e-6)
    floor = -origin[1] / down
    on_floor = (ray[1] < -1e-6) & (origin[2] + ray[2] * floor >= turn)

    oy, oz = origin[1] - _BEND, origin[2] - turn
    a = (ray[1] * ray[1] + ray[2] * ray[2]).clamp_min(1e-7)
    b = oy * ray[1] + oz * ray[2]
    c = oy * oy + oz * oz - _BEND * _BEND
    # Sideways rays run along the bend; the limit keeps their far end a sane number.
    curve = ((-b + (b * b - a * c).clamp_min(0.0).sqrt()) / a).clamp_max(50.0)
    cy, cz = origin[1] + ray[1] * curve, origin[2] + ray[2] * curve
    on_curve = (cy <= _BEND) & (cz <= turn) & (curve > 0)

    wall = (-_BACK - origin[2]) / ray[2].clamp_max(-1e-6)
    on_wall = (ray[2] < -1e-6) & (origin[1] + ray[1] * wall > _BEND)
    result = torch.where(on_wall, wall, infinite)
    result = torch.where(on_curve, curve, result)
    return torch.where(on_floor, floor, result)


def unroll(point: Tensor) -> Tensor:
    """Length along the floor, the bend and the wall: 0 below the product, growing backwards."""
    turn = _BEND - _BACK
    angle = torch.atan2(turn - point[2], (_BEND - point[1]).clamp_min(1e-6))
    on_bend = -turn + _BEND * angle.clamp(0.0, math.pi / 2)
    on_wall = -turn + _BEND * math.pi / 2 + point[1] - _BEND
    result = torch.where(point[1] > _BEND, on_wall, on_bend)
    return torch.where(point[2] >= turn, -point[2], result)


def _roll(length: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Inverse of `unroll`: height, depth and the normal's y and z for each length."""
    turn = _BEND - _BACK
    arc = _BEND * math.pi / 2
    angle = ((length + turn) / _BEND).clamp(0.0, math.pi / 2)
    over = (length + turn - arc).clamp_min(0.0)
    y = _BEND * (1 - angle.cos()) + over
    z = torch.where(length + turn < 0.0, -length, turn - _BEND * angle.sin())
    return y, z, angle.cos(), angle.sin()


def _out_from_under(distance: Distance, point: Tensor, normal: Tensor) -> Tensor:
    """Move points below a product to its rim.

    The grid is coarser than the picture. Were the dark points below a product in it, they would
    bleed out past its edge as a row of dots.
    """
    raised = point + normal * 0.012
    gap = distance(raised)
    aside = gradient(distance, raised)
    aside = normalize(aside - dot(aside, normal) * normal)
    return point + aside * (0.006 - gap).clamp(0.0, 0.4)


class Cove:
    def __init__(self, backdrop: Backdrop) -> None:
        self.backdrop = backdrop
        self.albedo = column(backdrop.color)
        self.light = torch.ones(3, _GRID, _GRID)

    def bake(self, lights: tuple[SoftBox, ...], distance: Distance, lower: Tensor, upper: Tensor) -> float:
        """Fill the light grid. Returns the open-floor brightness it was scaled by."""
        lines = torch.linspace(-1, 1, _GRID)
        spaced = _REACH * torch.sinh(_DENSE * lines) / math.sinh(_DENSE)
        y, z, ny, nz = (v[:, None].expand(_GRID, _GRID).reshape(-1) for v in _roll(spaced))
        x = spaced[None, :].expand(_GRID, _GRID).reshape(-1)
        point = torch.stack((x, y, z))
        normal = torch.stack((torch.zeros_like(x), ny, nz))
        point = _out_from_under(distance, point, normal)
        start = point + normal * 2e-3
        total = torch.zeros_like(point)
        open_floor = 0.0
        center = column((0.0, 0.0, 0.0))
        upward = column((0.0, 1.0, 0.0))
        for light in lights:
            share = torch.zeros_like(x)
            for patch in light.patches(_PATCHES):
                sent = light.irradiance_from(patch, point, normal, _PATCHES)
                for first in range(0, x.numel(), _BATCH):
                    part = slice(first, first + _BATCH)
                    seen = visibility(distance, start[:, part], patch, lower, upper, 14.0)
                    share[part] += sent[part] * seen
                open_floor += float(light.irradiance_from(patch, center, upward, _PATCHES))
            total += share * column(light.color)
        # Bounced light keeps shadows from going dead; it fades where the product touches down.
        height = distance(point + normal * 0.03).clamp_min(0.0)
        under = 0.35 + 0.65 * smoothstep(0.0, 0.03, height)
        total = total / open_floor + 0.10 * under
        # Hidden spots are only ever met by reflections, which would show them as black holes.
        hidden = distance(point + normal * 0.012) < -0.004
        total = torch.where(hidden, torch.full_like(total, 0.3), total)
        aside = x / self.backdrop.glow_size
        above = (y - self.backdrop.glow_height) / self.backdrop.glow_size
        glow = torch.exp(-(aside * aside + above * above)) * nz.clamp_min(0.0)
        self.light = (total + self.backdrop.glow * glow).reshape(3, _GRID, _GRID)
        return open_floor

    def shade(self, point: Tensor) -> Tensor:
        """Outgoing light of the cove at points that lie on it."""
        scale = math.sinh(_DENSE) / _REACH
        # The strips stand further out than the picture reaches. Their hot spots on the paper would
        # show up as specks in reflections, so the paper goes on as it is at this distance.
        aside = point[0].clamp(-1.6, 1.6)
        column_at = torch.asinh(aside * scale) / _DENSE
        row_at = torch.asinh(unroll(point) * scale) / _DENSE
        return self.albedo * self._lookup(row_at, column_at)

    def _lookup(self, row: Tensor, col: Tensor) -> Tensor:
        r = ((row.clamp(-1, 1) + 1) * 0.5 * (_GRID - 1)).clamp(0, _GRID - 1.001)
        c = ((col.clamp(-1, 1) + 1) * 0.5 * (_GRID - 1)).clamp(0, _GRID - 1.001)
        r0, c0 = r.floor(), c.floor()
        fr, fc = r - r0, c - c0
        flat = self.light.reshape(3, -1)
        at = (r0 * _GRID + c0).long()
        upper = mix(flat[:, at], flat[:, at + 1], fc)
        lower = mix(flat[:, at + _GRID], flat[:, at + _GRID + 1], fc)
        return mix(upper, lower, fr)
