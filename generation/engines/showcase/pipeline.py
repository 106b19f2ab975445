"""Showcase as a pipeline of diffusers: a photo and a camera path in, the layers of the scene out.

``save_pretrained`` and ``from_pretrained(folder, local_files_only=True)`` work as for any other; there is no autoencoder,
because what is denoised are the layers themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import DiffusionPipeline, FlowMatchEulerDiscreteScheduler
from diffusers.utils import BaseOutput
from torch import Tensor

from generation.engines.showcase.latents import Latents, decoded, noise_like
from generation.engines.showcase.sampler import denoised
from generation.engines.showcase.transformer import ShowcaseTransformer

OnStep = Callable[["ShowcasePipeline", int, int, dict[str, Any]], dict[str, Any]]


@dataclass
class ShowcaseOutput(BaseOutput):  # type: ignore[misc]
    """One scene: ``matte`` h/2 x w/2 and, at h/4 x w/4, ``nearness``, ``normal`` (2 x ...), ``shadow``: the mean of all
    takes; ``motion`` KEYS x 6; ``agreement`` 0..1: how much the takes' outlines overlap, which is how sure the DiT is.
    """

    matte: Tensor
    nearness: Tensor
    normal: Tensor
    shadow: Tensor
    motion: Tensor
    agreement: float


class ShowcasePipeline(DiffusionPipeline):
    """``transformer`` and a flow-matching ``scheduler`` of diffusers."""

    def __init__(self, transformer: ShowcaseTransformer, scheduler: FlowMatchEulerDiscreteScheduler) -> None:
        super().__init__()
        self.register_modules(transformer=transformer, scheduler=scheduler)

    @torch.inference_mode()
    def __call__(
        self,
        photo: Tensor,
        poses: Tensor,
        move: int,
        *,
        steps: int = 2,
        takes: int = 4,
        generator: torch.Generator | None = None,
        callback_on_step_end: OnStep | None = None,
    ) -> ShowcaseOutput:
        """``photo`` 3 x h x w in -1..1, sides multiples of 16; ``poses`` KEYS x 15 (``Pose.numbers``).

        ``takes``: so many samples of the same scene are drawn side by side. ``generator``: on the CPU; equal ones give
        equal scenes. What ``callback_on_step_end`` raises stops the work.
        """
        model, kind = self.transformer, next(self.transformer.parameters())
        picture = photo[None].to(kind.device, kind.dtype)
        seen = tuple(part.expand(takes, *part.shape[1:]) for part in model.see(picture))
        path = poses[None].to(kind.device, kind.dtype).expand(takes, -1, -1)
        which = torch.full((takes,), move, device=kind.device)
        noise = noise_like(photo.shape[2], photo.shape[1], takes, generator or torch.Generator())

        def told(done: int, of: int) -> None:
            if callback_on_step_end is not None:
                callback_on_step_end(self, done, of, {})

        latents = denoised(
            _Lent(model, kind),
            self.scheduler,
            seen,
            path,
            which,
            noise,
            steps,
            told,  # type: ignore[arg-type]
        )
        return _output(latents)


class _Lent:
    """The transformer, called with float32 latents whatever it works in itself."""

    def __init__(self, model: ShowcaseTransformer, kind: Tensor) -> None:
        self._model, self._kind = model, kind

    def __call__(self, now: Latents, when: Tensor, seen: tuple[Tensor, ...], poses: Tensor, move: Tensor) -> Latents:
        there = Latents(*(part.to(self._kind.device, self._kind.dtype) for part in now))
        said = self._model(there, when.to(self._kind.device), seen, poses, move)
        return Latents(*(part.float().cpu() for part in said))


def _output(latents: Latents) -> ShowcaseOutput:
    matte, nearness, normal, shadow, motion = decoded(latents)
    middle = matte.mean(0)
    return ShowcaseOutput(
        matte=middle,
        nearness=nearness.mean(0),
        normal=normal.mean(0),
        shadow=shadow.mean(0),
        motion=motion.mean(0),
        agreement=_agreement(matte, middle),
    )


def _agreement(mattes: Tensor, middle: Tensor) -> float:
    """Mean intersection over union of each take's outline with the common one."""
    common = middle > 0.5
    if not common.any():
        return 0.0
    overlaps = []
    for matte in mattes:
        own = matte > 0.5
        overlaps.append(float((own & common).sum()) / max(float((own | common).sum()), 1.0))
    return sum(overlaps) / len(overlaps)
