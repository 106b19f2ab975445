"""How good is it, on scenes it has never seen: outline, nearness, and how far points land from where they truly go.

The rival of every figure is an oracle: the best affine move of the whole picture, fitted to the truth itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generation.domain.engine_spec import Move
from generation.domain.rig import Pose
from generation.engines.showcase.latents import Latents, decoded
from generation.engines.showcase.training.batches import Batch, collated, key_poses, residuals
from generation.engines.showcase.training.pool import HELD_OUT, Size, one
from generation.engines.showcase.training.scenes import Example
from generation.engines.showcase.training.sets import grid
from generation.engines.showcase.training.truth import affine_fit, background, matrix, product, projected


@dataclass(frozen=True)
class Paper:
    """One question: a held-out scene under a move."""

    size: Size
    example: Example
    move: Move
    path: tuple[Pose, ...]
    asked: Batch


@dataclass(frozen=True)
class Score:
    """``error`` and ``rival`` in canvas widths, mean over all points and key poses; ``outline`` intersection over union."""

    move: Move
    outline: float
    nearness: float
    error: float
    rival: float


def papers(count: int, first: int = 0) -> list[Paper]:
    """The moves in turn. The same numbers give the same questions."""
    made = []
    for index in range(first, first + count):
        size, example = one(HELD_OUT + index)
        move = tuple(Move)[index % len(Move)]
        path = key_poses(move, 1.0, index, size[1] / size[0])
        photo = torch.from_numpy(example.photo[None].astype(np.float32) / 255)
        asked = collated(photo, [example], [move], [path], [residuals(example, path)])
        made.append(Paper(size, example, move, path, asked))
    return made


@dataclass(frozen=True)
class Answer:
    """What was read: ``matte`` h/2 x w/2, ``nearness`` h/4 x w/4, ``motion`` KEYS x 6."""

    matte: NDArray[Any]
    nearness: NDArray[Any]
    motion: NDArray[Any]

    @classmethod
    def of(cls, latents: Latents) -> "Answer":
        """``latents``: a batch of one."""
        matte, nearness, _, _, motion = (part[0].float().numpy() for part in decoded(latents))
        return cls(matte, nearness, motion)


def mark(paper: Paper, answer: Answer) -> Score:
    matte, nearness, motion = answer.matte, answer.nearness, answer.motion
    true_matte = decoded(paper.asked.clean)[0][0].numpy() > 0.5
    both = np.logical_and(matte > 0.5, true_matte).sum()
    either = np.logical_or(matte > 0.5, true_matte).sum()
    true_near = decoded(paper.asked.clean)[1][0].numpy()
    errors = [_errors(paper, pose, matte, nearness, motion[key]) for key, pose in enumerate(paper.path)]
    error, rival = np.mean(errors, axis=0)
    return Score(
        paper.move, float(both / max(either, 1)), float(np.abs(nearness - true_near).mean()), float(error), float(rival)
    )


def _errors(
    paper: Paper, pose: Pose, matte: NDArray[Any], nearness: NDArray[Any], change: NDArray[Any]
) -> tuple[float, float]:
    """Mean end-point error of the answer and of the best affine move, at the resolution of the layout."""
    step, example = 4, paper.example
    x, y = grid(nearness.shape[1], nearness.shape[0])
    pick = (slice(step // 2, None, step), slice(step // 2, None, step))
    inside, relief = example.matte[pick] > 127, example.relief[pick].astype(np.float64)
    true_x, true_y = (
        np.where(inside, on, off)
        for on, off in zip(
            product(pose, example.centre, relief, x, y),
            background(pose, example.nearness[pick].astype(np.float64), x, y),
            strict=True,
        )
    )
    seen = matte[::2, ::2] > 0.5
    on = _rigid(pose, seen, change, x, y)
    off = background(pose, nearness.astype(np.float64), x, y)
    error = np.hypot(np.where(seen, on[0], off[0]) - true_x, np.where(seen, on[1], off[1]) - true_y).mean()
    flat = [part.ravel().astype(np.float64) for part in (x, y, true_x, true_y)]
    near = affine_fit(*flat)
    return float(error), float(np.hypot(near[0] - flat[2], near[1] - flat[3]).mean())


def _rigid(
    pose: Pose, seen: NDArray[Any], change: NDArray[Any], x: NDArray[Any], y: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The product as the renderer moves it: one small affine change, then one homography."""
    if not seen.any():
        return x, y
    centre = (float(x[seen].max() + x[seen].min()) / 2, float(y[seen].max() + y[seen].min()) / 2)
    unit = max(float(np.ptp(x[seen])), 0.05)
    a = change.reshape(2, 3)
    u, v = (x - centre[0]) / unit, (y - centre[1]) / unit
    moved_x = x + unit * (a[0, 0] * u + a[0, 1] * v + a[0, 2])
    moved_y = y + unit * (a[1, 0] * u + a[1, 1] * v + a[1, 2])
    return projected(matrix(pose.product(*centre)), moved_x, moved_y)
