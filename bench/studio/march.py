"""Sphere tracing: find surfaces, their normals, and how much light they are cut off from."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from studio.vec import dot, normalize

Distance = Callable[[Tensor], Tensor]

_CORNERS = ((1.0, -1.0, -1.0), (-1.0, -1.0, 1.0), (-1.0, 1.0, -1.0), (1.0, 1.0, 1.0))


def clip_box(origin: Tensor, direction: Tensor, lower: Tensor, upper: Tensor) -> tuple[Tensor, Tensor]:
    """Where each ray enters and leaves an axis-aligned box (entry > exit: it misses)."""
    safe = torch.where(direction.abs() < 1e-8, torch.full_like(direction, 1e-8), direction)
    a = (lower - origin) / safe
    b = (upper - origin) / safe
    near = torch.minimum(a, b).amax(0).clamp_min(0.0)
    return near, torch.maximum(a, b).amin(0)


def trace(
    distance: Distance,
    origin: Tensor,
    direction: Tensor,
    near: Tensor,
    far: Tensor,
    steps: int = 90,
    tolerance: float = 1.5e-4,
) -> Tensor:
    """Distance along each ray to the first surface, or infinity."""
    result = torch.full_like(near, float("inf"))
    index = (near < far).nonzero().squeeze(1)
    o, d, t, end = origin[:, index], direction[:, index], near[index], far[index]
    for _ in range(steps):
        if index.numel() == 0:
            break
        gap = distance(o + d * t)
        hit = gap < tolerance
        result[index[hit]] = t[hit]
        t = t + gap * 0.95
        alive = ~hit & (t < end)
        # Dropping finished rays costs a copy, so it waits until enough of them are finished.
        if int(alive.sum()) < 0.8 * alive.numel() or bool(hit.any()):
            index, t, end = index[alive], t[alive], end[alive]
            o, d = o[:, alive], d[:, alive]
    return result


def gradient(distance: Distance, point: Tensor, step: float = 6e-4) -> Tensor:
    """Outward normal from four distance samples at the corners of a small tetrahedron."""
    total = torch.zeros_like(point)
    for corner in _CORNERS:
        offset = torch.tensor(corner).reshape(3, 1)
        total = total + offset * distance(point + offset * step)
    return normalize(total)


def visibility(
    distance: Distance,
    point: Tensor,
    target: Tensor,
    lower: Tensor,
    upper: Tensor,
    hardness: float,
    steps: int = 28,
) -> Tensor:
    """How much of a small light patch at `target` is seen: 0 blocked, 1 open.

    A near miss counts as a partial block, so few light patches already give a smooth shadow.
    """
    away = target - point
    reach = dot(away, away).sqrt()
    d = away / reach
    # Near misses just outside the bounding box must still darken, hence the margin.
    near, far = clip_box(point, d, lower - 0.05, upper + 0.05)
    result = torch.ones_like(reach)
    index = (near < far).nonzero().squeeze(1)
    if index.numel() == 0:
        return result
    o, d, end = point[:, index], d[:, index], torch.minimum(far, reach)[index]
    t = near[index].clamp_min(2e-3)
    seen = torch.ones_like(t)
    for _ in range(steps):
        gap = distance(o + d * t)
        seen = torch.minimum(seen, 0.5 + 0.5 * hardness * gap / t)
        t = t + gap.clamp(6e-3, 0.2)
        alive = (seen > 0.0) & (t < end)
        if int(alive.sum()) < 0.7 * alive.numel():
            result[index] = seen
            index, seen, t, end = index[alive], seen[alive], t[alive], end[alive]
            o, d = o[:, alive], d[:, alive]
            if index.numel() == 0:
                break
    result[index] = seen
    result = result.clamp(0.0, 1.0)
    return result * result * (3.0 - 2.0 * result)


def openness(distance: Distance, point: Tensor, normal: Tensor, toward: Tensor) -> Tensor:
    """Share of light arriving from around `toward`, from a few distance probes.

    On a convex body every probe is at least as far from the surface as its height above the
    tangent plane, so only real obstacles (a collar, a strap, a second product) darken it.
    """
    probe = normalize(normal + toward)
    rise = dot(probe, normal).clamp_min(0.15)
    total = torch.ones_like(rise)
    for reach, weight in ((0.015, 0.2), (0.04, 0.28), (0.1, 0.28), (0.24, 0.24)):
        gap = distance(point + probe * reach + normal * 1e-3)
        total = total - weight * (1.0 - gap / (reach * rise)).clamp(0.0, 1.0)
    return total.clamp_min(0.0)
