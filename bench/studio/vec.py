"""Vector helpers for the studio renderer.

Points and directions are stored as (3, N) tensors, one row per axis, because the distance
functions work axis by axis and contiguous rows keep them in the processor's cache.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

Vec3 = tuple[float, float, float]


def column(value: Vec3) -> Tensor:
    """A (3, 1) tensor that broadcasts against (3, N)."""
    return torch.tensor(value, dtype=torch.float32).reshape(3, 1)


def dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(0)


def normalize(a: Tensor) -> Tensor:
    return a / dot(a, a).sqrt().clamp_min(1e-9)


def cross(a: Tensor, b: Tensor) -> Tensor:
    return torch.stack(
        (
            a[1] * b[2] - a[2] * b[1],
            a[2] * b[0] - a[0] * b[2],
            a[0] * b[1] - a[1] * b[0],
        )
    )


def reflect(direction: Tensor, normal: Tensor) -> Tensor:
    return direction - 2.0 * dot(direction, normal) * normal


def refract(direction: Tensor, normal: Tensor, ratio: float) -> tuple[Tensor, Tensor]:
    """Snell refraction. Returns the direction and a mask of rays that pass through."""
    cosine = -dot(direction, normal)
    k = 1.0 - ratio * ratio * (1.0 - cosine * cosine)
    bent = ratio * direction + (ratio * cosine - k.clamp_min(0.0).sqrt()) * normal
    return normalize(bent), k > 0.0


def smoothstep(low: float, high: float, x: Tensor) -> Tensor:
    t = ((x - low) / (high - low)).clamp(0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def mix(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    return a + (b - a) * weight


def srgb(code: str) -> Vec3:
    """Linear light of a hex colour such as "1f4a38"."""
    values = [int(code[i : i + 2], 16) / 255.0 for i in (0, 2, 4)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def rotation(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Tensor:
    """Local-to-world matrix: roll about z, then pitch about x, then yaw about y (degrees)."""
    y, x, z = (math.radians(v) for v in (yaw, pitch, roll))
    about_y = torch.tensor([[math.cos(y), 0.0, math.sin(y)], [0.0, 1.0, 0.0], [-math.sin(y), 0.0, math.cos(y)]])
    about_x = torch.tensor([[1.0, 0.0, 0.0], [0.0, math.cos(x), -math.sin(x)], [0.0, math.sin(x), math.cos(x)]])
    about_z = torch.tensor([[math.cos(z), -math.sin(z), 0.0], [math.sin(z), math.cos(z), 0.0], [0.0, 0.0, 1.0]])
    return about_y @ about_x @ about_z


def hash01(a: Tensor, b: Tensor) -> Tensor:
    """A repeatable pseudo-random value in [0, 1) for integer-valued cell coordinates."""
    x = torch.sin(a * 12.9898 + b * 78.233) * 4375.85
    return x - x.floor()
