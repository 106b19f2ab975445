"""What a product has to offer the renderer, and how it is placed in the set."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from studio.vec import Vec3, column, rotation


@dataclass(frozen=True)
class Finish:
    """The uniform material of one part."""

    color: Vec3
    rough: float
    metal: float = 0.0
    # Grain stretches metal highlights across the brushing marks.
    grain: float = 0.0
    # Sheen is the soft light edge of cloth.
    sheen: float = 0.0
    glass: float = 0.0


@dataclass
class Surface:
    """Material of N points: (3, N) colours and vectors, (N,) numbers."""

    albedo: Tensor
    rough: Tensor
    metal: Tensor
    grain: Tensor
    sheen: Tensor
    glass: Tensor
    normal: Tensor
    tangent: Tensor

    @staticmethod
    def of(finishes: Sequence[Finish], part: Tensor, normal: Tensor, tangent: Tensor) -> Surface:
        colors = torch.tensor([f.color for f in finishes]).T
        names = ("rough", "metal", "grain", "sheen", "glass")
        table = {n: torch.tensor([float(getattr(f, n)) for f in finishes])[part] for n in names}
        return Surface(albedo=colors[:, part], normal=normal, tangent=tangent, **table)

    def turned(self, matrix: Tensor) -> Surface:
        return replace(self, normal=matrix @ self.normal, tangent=matrix @ self.tangent)


class Model(ABC):
    """A product in its own coordinates: it stands on y = 0, its front faces +z."""

    lower: Vec3
    upper: Vec3
    # Index of the see-through part and what it absorbs per unit of length, if there is one.
    glass_part: int | None = None
    absorption: Vec3 = (0.0, 0.0, 0.0)

    @abstractmethod
    def parts(self, p: Tensor) -> Tensor:
        """Distance to every part: (K, N)."""

    @abstractmethod
    def surface(self, p: Tensor, normal: Tensor) -> Surface:
        """Material at points on the surface."""

    def distance(self, p: Tensor) -> Tensor:
        return self.parts(p).amin(0)


@dataclass(frozen=True)
class Item:
    """A model placed in the set."""

    model: Model
    at: Vec3 = (0.0, 0.0, 0.0)
    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0

    @property
    def matrix(self) -> Tensor:
        return rotation(self.yaw, self.pitch, self.roll)

    def local(self, p: Tensor) -> Tensor:
        return self.matrix.T @ (p - column(self.at))

    def distance(self, p: Tensor) -> Tensor:
        return self.model.distance(self.local(p))

    def bounds(self) -> tuple[Tensor, Tensor]:
        pairs = zip(self.model.lower, self.model.upper, strict=True)
        corners = torch.tensor(list(itertools.product(*pairs))).T
        placed = self.matrix @ corners + column(self.at)
        return placed.amin(1, keepdim=True), placed.amax(1, keepdim=True)


def around_axis(p: Tensor) -> Tensor:
    """Unit direction that runs around the y axis: the grain of lathe-turned metal."""
    q = torch.hypot(p[0], p[2]).clamp_min(1e-6)
    return torch.stack((p[2] / q, torch.zeros_like(q), -p[0] / q))
