"""The Showcase DiT: from a photo, a camera path and noise to the layers of the scene (see ``latents``).

A diffusion transformer after Peebles and Xie, "Scalable Diffusion Models with Transformers" (2023), with one adaLN
table for all blocks (Chen et al., "PixArt-alpha", 2023). Its tokens are patches of the noisy layers, each joined with
what a small convolutional encoder sees of the photo there, and one token per key pose. A convolutional decoder, fed by
the encoder's finer levels (Ronneberger et al., "U-Net", 2015), brings the tokens back to the size of the layers,
because outlines live in the fine levels. It predicts the clean layers; the pipeline turns that into a velocity.
"""

import math

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  (torch's own habit)

from generation.engines.showcase.latents import KEYS, LAYOUT, MOTION, Latents

POSE = 15  # numbers of a ``Pose``
POSE_SCALE = 10.0


class ShowcaseTransformer(ModelMixin, ConfigMixin):
    """``photo`` B x 3 x h x w in -1..1; ``poses`` B x KEYS x 15; ``move`` B; ``timestep`` B in 0..1 (1 = all noise)."""

    @register_to_config
    def __init__(
        self,
        dim: int = 256,
        depth: int = 8,
        heads: int = 4,
        moves: int = 16,
        channels: tuple[int, int, int] = (32, 64, 128),
        pose: int = POSE,
    ) -> None:
        super().__init__()
        self.eye = Eye(channels, dim)
        patch = 16 * LAYOUT + 64  # 4 x 4 of the layout, 8 x 8 of the outline
        self.enter = nn.Linear(patch, dim)
        self.enter_motion = nn.Linear(MOTION + pose, dim)
        self.key = nn.Parameter(torch.randn(KEYS, dim) * 0.02)
        self.clock = nn.Sequential(nn.Linear(256, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.kind = nn.Embedding(moves, dim)
        self.table = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.leave = nn.LayerNorm(dim)
        self.affine = nn.Linear(dim, MOTION)
        self.hand = Hand(channels, dim)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def see(self, photo: Tensor) -> "tuple[Tensor, ...]":
        """What the encoder makes of the photos; worked out once for all steps."""
        return self.eye(photo)

    def forward(
        self, noisy: Latents, timestep: Tensor, seen: "tuple[Tensor, ...]", poses: Tensor, move: Tensor
    ) -> Latents:
        batch, dim, rows, columns = seen[-1].shape
        grid = torch.cat((F.pixel_unshuffle(noisy.outline, 8), F.pixel_unshuffle(noisy.layout, 4)), 1)
        tokens = self.enter(grid.flatten(2).transpose(1, 2)) + seen[-1].flatten(2).transpose(1, 2)
        tokens = tokens + places(rows, columns, dim, tokens)
        keys = self.enter_motion(torch.cat((noisy.motion, poses * POSE_SCALE), -1)) + self.key
        when = self.clock(waves(timestep * 1000, 256).to(tokens.dtype)) + self.kind(move)
        table = self.table(when).view(batch, 6, dim)
        stream = torch.cat((tokens, keys), 1)
        for block in self.blocks:
            stream = block(stream, table)
        stream = self.leave(stream)
        ground = stream[:, : rows * columns].transpose(1, 2).reshape(batch, dim, rows, columns)
        outline, layout = self.hand(ground, seen, noisy)
        return Latents(outline, layout, self.affine(stream[:, rows * columns :]))


class Block(nn.Module):
    """Self-attention and a two-layer network, scaled, shifted and gated by time and move."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = (nn.LayerNorm(dim, elementwise_affine=False) for _ in range(2))
        self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.think = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(approximate="tanh"), nn.Linear(4 * dim, dim))
        self.table = nn.Parameter(torch.randn(6, dim) / dim**0.5)

    def forward(self, stream: Tensor, table: Tensor) -> Tensor:
        shift_a, scale_a, gate_a, shift_b, scale_b, gate_b = (table + self.table).chunk(6, 1)
        batch, count, dim = stream.shape
        x = self.before(stream) * (1 + scale_a) + shift_a
        q, k, v = self.qkv(x).view(batch, count, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, count, dim)
        stream = stream + gate_a * self.out(seen)
        return stream + gate_b * self.think(self.between(stream) * (1 + scale_b) + shift_b)


class Fold(nn.Module):
    """A residual pair of 3 x 3 convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.one, self.two = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.two(F.silu(self.one(F.silu(self.norm(x)))))


class Eye(nn.Module):
    """The photo at 1/2, 1/4, 1/8 and, for the tokens, 1/16 of its size."""

    def __init__(self, channels: tuple[int, int, int], dim: int) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.fine = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, fine, 3, padding=1), Fold(fine))
        self.middle = nn.Sequential(nn.SiLU(), nn.Conv2d(fine, middle, 4, 2, 1), Fold(middle))
        self.coarse = nn.Sequential(nn.Conv2d(middle, coarse, 4, 2, 1), Fold(coarse), Fold(coarse))
        self.token = nn.Conv2d(coarse, dim, 4, 2, 1)

    def forward(self, photo: Tensor) -> tuple[Tensor, ...]:
        fine = self.fine(photo)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        return fine, middle, coarse, self.token(coarse)


class Hand(nn.Module):
    """From tokens back to layers: 1/16 -> 1/8 -> 1/4 (layout) -> 1/2 (outline)."""

    def __init__(self, channels: tuple[int, int, int], dim: int) -> None:
        super().__init__()
        fine, middle, coarse = channels
        self.coarse = nn.Sequential(nn.Conv2d(dim + coarse, coarse, 3, padding=1), Fold(coarse))
        self.middle = nn.Sequential(nn.Conv2d(coarse + middle + LAYOUT, middle, 3, padding=1), Fold(middle))
        self.fine = nn.Sequential(nn.Conv2d(middle + fine + 1, fine, 3, padding=1), Fold(fine))
        self.layout = nn.Conv2d(middle, LAYOUT, 3, padding=1)
        self.outline = nn.Conv2d(fine, 1, 3, padding=1)

    def forward(self, ground: Tensor, seen: tuple[Tensor, ...], noisy: Latents) -> tuple[Tensor, Tensor]:
        fine, middle, coarse, _ = seen
        x = self.coarse(torch.cat((larger(ground), coarse), 1))
        x = self.middle(torch.cat((larger(x), middle, noisy.layout), 1))
        layout = self.layout(F.silu(x))
        x = self.fine(torch.cat((larger(x), fine, noisy.outline), 1))
        return self.outline(F.silu(x)), layout


def larger(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def waves(values: Tensor, dim: int) -> Tensor:
    """Sines and cosines of many rates (Vaswani et al., 2017, section 3.5). ``values``: any shape; adds a last axis."""
    rates = torch.exp(-math.log(10_000) * torch.arange(dim // 2, device=values.device) / (dim // 2))
    angles = values.float()[..., None] * rates
    return torch.cat((angles.cos(), angles.sin()), -1)


def places(rows: int, columns: int, dim: int, like: Tensor) -> Tensor:
    """Where each token is, in sixteenths of the picture's width from its middle: 1 x rows*columns x dim."""
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    unit = 16.0 / columns
    at = torch.stack(((y - (rows - 1) / 2) * unit, (x - (columns - 1) / 2) * unit), -1).to(like.device)
    return waves(at, dim // 2).flatten(2).view(1, rows * columns, dim).to(like.dtype)
