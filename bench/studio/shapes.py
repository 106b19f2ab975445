"""Signed distance functions the products are put together from.

All of them are exact or slightly too small, never too large, so that sphere tracing cannot
step through a thin wall.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def rounded_box2(x: Tensor, y: Tensor, half_x: float, half_y: float, radius: float) -> Tensor:
    """Rectangle with rounded corners, centred on the origin of the plane."""
    qx = x.abs() - (half_x - radius)
    qy = y.abs() - (half_y - radius)
    outside = torch.hypot(qx.clamp_min(0.0), qy.clamp_min(0.0))
    return outside + torch.maximum(qx, qy).clamp_max(0.0) - radius


def disc(q: Tensor, y: Tensor, radius: float, low: float, high: float, edge: float) -> Tensor:
    """Upright cylinder from `low` to `high` with rounded rims; `q` is the distance to the axis."""
    return rounded_box2(q, y - 0.5 * (low + high), radius, 0.5 * (high - low), edge)


def tapered(q: Tensor, y: Tensor, bottom: float, top: float, low: float, high: float, edge: float) -> Tensor:
    """Upright cone frustum with rounded rims."""
    slope = (top - bottom) / (high - low)
    shift = slope * (y - low).clamp(0.0, high - low)
    # A sheared cylinder stretches distances by at most this factor.
    return disc(q - shift, y, bottom, low, high, edge) / math.sqrt(1.0 + slope * slope)


def extrude(flat: Tensor, depth: Tensor, half: float, edge: float) -> Tensor:
    """Give a flat shape a thickness, with rounded edges."""
    a = flat + edge
    b = depth.abs() - (half - edge)
    outside = torch.hypot(a.clamp_min(0.0), b.clamp_min(0.0))
    return outside + torch.maximum(a, b).clamp_max(0.0) - edge


def arch(
    x: Tensor,
    y: Tensor,
    z: Tensor,
    half_x: float,
    half_y: float,
    bend: float,
    thick: float,
    width: float,
) -> Tensor:
    """The upper half of a bent band: a handle or a strap standing on y = 0."""
    outline = rounded_box2(x, y, half_x, half_y, bend).abs() - thick
    band = extrude(outline, z, width, min(thick, width) * 0.8)
    return torch.maximum(band, -y)


def smooth_min(a: Tensor, b: Tensor, k: float) -> Tensor:
    """Union with a fillet of about `k`."""
    h = (k - (a - b).abs()).clamp_min(0.0) / k
    return torch.minimum(a, b) - h * h * (k * 0.25)


def carve(solid: Tensor, hole: Tensor) -> Tensor:
    return torch.maximum(solid, -hole)
