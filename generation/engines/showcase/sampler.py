"""From noise to layers in a few steps, with a scheduler of diffusers."""

from collections.abc import Callable

import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import Tensor

from generation.engines.showcase.latents import Latents

Step = Callable[[int, int], None]  # (done, of how many); may raise to stop


def denoised(
    model: Callable[[Latents, Tensor, tuple[Tensor, ...], Tensor, Tensor], Latents],
    scheduler: FlowMatchEulerDiscreteScheduler,
    seen: tuple[Tensor, ...],
    poses: Tensor,
    move: Tensor,
    noise: Latents,
    steps: int,
    on_step: Step = lambda done, steps: None,
) -> Latents:
    """Rectified flow (Liu et al., 2023): x_t = (1 - t) x_0 + t noise. The DiT says x_0; the velocity is (x_t - x_0) / t.

    The three layers are of different shapes, so the scheduler sees them as one row of numbers per picture.
    """
    scheduler.set_timesteps(sigmas=[1.0 - index / steps for index in range(steps)])
    now, count = noise, scheduler.config.num_train_timesteps
    for index, timestep in enumerate(scheduler.timesteps):
        on_step(index, steps)
        share = float(timestep) / count
        clean = model(now, torch.full((len(move),), share), seen, poses, move)
        velocity = torch.cat([((x - x0.float()) / share).flatten(1) for x, x0 in zip(now, clean, strict=True)], 1)
        row = torch.cat([part.flatten(1) for part in now], 1)
        now = _shaped(scheduler.step(velocity, timestep, row, return_dict=False)[0], now)
    return now


def _shaped(row: Tensor, like: Latents) -> Latents:
    sizes = [part[0].numel() for part in like]
    return Latents(*(piece.view(part.shape) for piece, part in zip(row.split(sizes, 1), like, strict=True)))
