"""From scenes to what the DiT learns from: photos, moves with their poses, and the layers as they truly are."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generation.domain.engine_spec import Move
from generation.domain.rig import Pose, poses
from generation.engines.showcase.latents import KEYS, Latents, encoded
from generation.engines.showcase.moves import NUMBER, ORDER
from generation.engines.showcase.training.scenes import Example
from generation.engines.showcase.training.sets import grid
from generation.engines.showcase.training.truth import residual

SECONDS = 4


@dataclass
class Batch:
    """B photos of one shape. ``inside``: where the product is, B x 1 x h/4 x w/4, for what is only true there."""

    photo: Tensor
    poses: Tensor
    move: Tensor
    clean: Latents
    inside: Tensor


def key_poses(move: Move, strength: float, seed: int, aspect: float) -> tuple[Pose, ...]:
    """KEYS poses, evenly over the move."""
    return poses(move, strength, seed, KEYS, KEYS // SECONDS, aspect)


def batch(chance: np.random.Generator, size: tuple[int, int], examples: list[Example]) -> Batch:
    width, height = size
    moves = [ORDER[int(index)] for index in chance.integers(0, len(ORDER), len(examples))]
    paths = [
        key_poses(move, float(chance.uniform(0.3, 1)), int(chance.integers(1 << 30)), height / width) for move in moves
    ]
    mirrored = [mirror(example) if chance.random() < 0.5 else example for example in examples]
    changes = [residuals(example, path) for example, path in zip(mirrored, paths, strict=True)]
    photo = torch.from_numpy(np.stack([developed(chance, example.photo) for example in mirrored]))
    return collated(photo, mirrored, moves, paths, changes)


def collated(
    photo: Tensor, examples: list[Example], moves: list[Move], paths: list[tuple[Pose, ...]], changes: list[np.ndarray]
) -> Batch:
    """``photo`` B x h x w x 3, 0..1."""
    matte = _stacked([example.matte for example in examples]) / 255
    normal = _stacked([example.normal for example in examples]).permute(0, 3, 1, 2) / 127
    clean = encoded(
        matte,
        _stacked([example.nearness for example in examples]),
        normal,
        _stacked([example.shadow for example in examples]) / 255,
        torch.from_numpy(np.stack(changes)).float(),
    )
    numbers = torch.tensor([[pose.numbers() for pose in path] for path in paths])
    which = torch.tensor([NUMBER[move] for move in moves])
    inside = torch.nn.functional.avg_pool2d(matte[:, None], 4)
    return Batch((photo.permute(0, 3, 1, 2) * 2 - 1).contiguous(), numbers, which, clean, inside)


def _stacked(maps: list[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack([part.astype(np.float32) for part in maps]))


def residuals(example: Example, path: tuple[Pose, ...]) -> np.ndarray:
    """KEYS x 6: the product's affine change at each key pose; zeros for a product too small to tell."""
    step = 4
    matte = example.matte[step // 2 :: step, step // 2 :: step] > 127
    if matte.sum() < 6:
        return np.zeros((len(path), 6), np.float32)
    x, y = grid(matte.shape[1], matte.shape[0])
    relief = example.relief[step // 2 :: step, step // 2 :: step].astype(np.float64)[matte]
    unit = max(float(np.ptp(x[matte])), 0.05)
    return np.stack([residual(pose, example.centre, unit, relief, x[matte], y[matte]).ravel() for pose in path])


def mirror(example: Example) -> Example:
    """Left and right swapped."""
    normal = example.normal[:, ::-1].copy()
    normal[..., 0] *= -1
    return Example(
        photo=example.photo[:, ::-1],
        matte=example.matte[:, ::-1],
        nearness=example.nearness[:, ::-1],
        normal=normal,
        shadow=example.shadow[:, ::-1],
        relief=example.relief[:, ::-1],
        centre=(-example.centre[0], example.centre[1]),
    )


def developed(chance: np.random.Generator, photo: np.ndarray) -> np.ndarray:
    """As another camera would have taken it: 0..1 float32."""
    out = photo.astype(np.float32) / 255
    if chance.random() < 0.08:
        out = np.repeat(out.mean(-1, keepdims=True), 3, -1)
    out = out[..., chance.permutation(3)] if chance.random() < 0.15 else out
    out = (out - 0.5) * chance.uniform(0.8, 1.2) + 0.5 + chance.uniform(-0.1, 0.1)
    out = np.clip(out, 0, 1) ** chance.uniform(0.8, 1.25)
    out = out + chance.normal(0, chance.uniform(0, 0.03), out.shape)
    return np.clip(out, 0, 1).astype(np.float32)
