"""Softboxes: rectangular lights with a smooth, noise-free response.

Nothing here is sampled at random. Diffuse light sums a fixed grid of patches, and a rough
reflection blurs the softbox's outline in closed form, so the pictures come out without grain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.vec import Vec3, column, cross, dot, normalize, smoothstep


@dataclass(frozen=True)
class SoftBox:
    """A light of the given full width and height that looks at `target`."""

    center: Vec3
    width: float
    height: float
    radiance: float
    color: Vec3 = (1.0, 1.0, 1.0)
    target: Vec3 = (0.0, 0.45, 0.0)

    def axes(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Center, half-width vector, half-height vector and facing direction."""
        center = column(self.center)
        facing = normalize(column(self.target) - center)
        up = column((0.0, 1.0, 0.0) if abs(float(facing[1])) < 0.95 else (0.0, 0.0, -1.0))
        side = normalize(cross(facing, up))
        upright = normalize(cross(side, facing))
        return center, side * (self.width / 2), upright * (self.height / 2), facing

    def emitted(self) -> Tensor:
        return column(self.color) * self.radiance

    def patches(self, count: int) -> list[Tensor]:
        """Centers of evenly spread patches (a Hammersley set: no two share a row or column)."""
        center, side, upright, _ = self.axes()
        found = []
        for i in range(count):
            a = (i + 0.5) / count
            b, scale, k = 0.0, 0.5, i
            while k:
                b, scale, k = b + scale * (k & 1), scale / 2, k >> 1
            b += 0.5 / count
            found.append(center + side * (2 * a - 1) + upright * (2 * b - 1))
        return found

    def irradiance_from(self, patch: Tensor, point: Tensor, normal: Tensor, count: int) -> Tensor:
        """Light one of `count` patches sends to each point (one value per point)."""
        facing = self.axes()[3]
        away = patch - point
        squared = dot(away, away)
        ray = away * squared.rsqrt()
        cosines = dot(ray, normal).clamp_min(0.0) * dot(-ray, facing.expand_as(ray)).clamp_min(0.0)
        area = self.width * self.height / count
        return cosines * (area * self.radiance / torch.pi) / squared

    def diffuse(self, point: Tensor, normal: Tensor, count: int = 9) -> Tensor:
        total = torch.zeros_like(point[0])
        for patch in self.patches(count):
            total = total + self.irradiance_from(patch, point, normal, count)
        return total

    def mirrored(self, point: Tensor, ray: Tensor, spread: Tensor) -> Tensor:
        """Share of a reflection lobe of angular width `spread` that this softbox fills."""
        center, side, upright, facing = self.axes()
        slant = dot(ray, facing.expand_as(ray))
        reach = dot(center - point, facing.expand_as(ray)) / slant.clamp_max(-1e-3)
        offset = point + ray * reach - center
        blur = (spread * reach.clamp_min(0.0)).clamp_min(0.012)
        share = torch.ones_like(reach)
        for half in (side, upright):
            length = float(dot(half, half).sqrt())
            along = dot(offset, (half / length).expand_as(offset))
            edge = torch.erf((length - along) / blur) + torch.erf((length + along) / blur)
            # The cloth of a softbox is brightest near its lamp, in the middle.
            hot = 1.0 - 0.28 * (along / length).clamp(-1.0, 1.0) ** 2
            share = share * 0.5 * edge * hot
        seen = (slant < -1e-3) & (reach > 0.0)
        # Seen edge-on a softbox gives nothing; a gradual end avoids a hard line there.
        return torch.where(seen, share * smoothstep(0.02, 0.3, -slant), torch.zeros_like(share))


def studio_rig(rim: float = 1.0, side: float = 76.0) -> tuple[SoftBox, ...]:
    """Large key on the left, tall strips at both sides, a wide overhead light.

    `side` is the strips' angle from the camera: on an upright cylinder their reflections show
    at half of it, so a label that reaches far around needs strips further back. The strips hang
    down past the edge of the table, otherwise a high camera would not see them mirrored.
    """
    x, z = 2.8 * math.sin(math.radians(side)), 2.8 * math.cos(math.radians(side))
    return (
        SoftBox((-2.2, 2.6, 2.0), 1.5, 1.5, 19.0, (1.0, 0.975, 0.94)),
        SoftBox((x, 0.6, z), 0.55, 3.4, 11.0 * rim, (0.95, 0.975, 1.0)),
        SoftBox((-x, 0.6, z - 0.25), 0.4, 3.4, 12.0 * rim),
        SoftBox((0.0, 3.6, 0.4), 3.6, 3.0, 1.5, target=(0.0, 0.0, 0.2)),
    )
