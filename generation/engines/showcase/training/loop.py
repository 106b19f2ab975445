"""Training from nothing: invent, mix with noise, predict, correct; by the clock, and resumable at any moment.

The network works in bfloat16 where that is quicker, the weights are kept and changed in float32, and what is shipped is
their running average (Polyak and Juditsky, 1992). Loss: squared error of the clean layers, each where it is defined, but
absolute error of the nearness (points land where the middle of what is likely says, and their distance is what is judged)
and the share of the outline that is missed (soft Jaccard, Rahman and Wang 2016: a small product counts like a large one).
"""

import json
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from torch import Tensor
from torch.nn.functional import huber_loss

from generation.engines.showcase.latents import Latents, noise_like
from generation.engines.showcase.reader import pipeline
from generation.engines.showcase.sampler import denoised
from generation.engines.showcase.training.batches import Batch
from generation.engines.showcase.training.exam import Answer, Paper, Score, mark, papers
from generation.engines.showcase.training.pool import HELD_OUT, Painters
from generation.engines.showcase.transformer import ShowcaseTransformer

PEAK_RATE, WARM_UP, WEIGHT_DECAY = 5e-4, 150, 0.02
AVERAGE = 0.9985
PURE_NOISE = 0.6  # share of the pictures that start from noise alone, where most is decided
WEIGHTS = {"outline": 2.0, "missed": 0.3, "nearness": 1.0, "normal": 0.4, "shadow": 0.4, "motion": 0.3}
BEND = 0.05  # nearness closer than this, in latent units, is judged by its square
EXAM, EXAM_EVERY, SAVE_EVERY = 64, 300.0, 120.0
Say = Callable[[str], None]


@dataclass(frozen=True)
class Machine:
    """What to train on. ``device``: cpu or cuda, ``None`` for what is there; ``threads`` of torch, ``None`` for all."""

    device: str | None = None
    threads: int | None = None
    painters: int = 1

    def ready(self) -> str:
        """The device, with the number of threads set."""
        if self.threads:
            torch.set_num_threads(self.threads)
        return self.device or ("cuda" if torch.cuda.is_available() else "cpu")


@dataclass
class State:
    """Everything that a later run needs to go on."""

    model: ShowcaseTransformer
    average: dict[str, Tensor]
    optimizer: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    samples: int = 0


def train(folder: Path, minutes: float, on: Machine, say: Say, begin: Path | None = None) -> ShowcaseTransformer:
    """Go on from ``folder`` (or begin there) for ``minutes``; returns the model with its average weights.

    ``begin``: a folder of weights that a new training starts from instead of from nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    device = on.ready()
    state = _begun(folder, device, begin)
    questions = papers(EXAM)
    worker = _worker(state.model, device)
    first = secrets.randbelow(HELD_OUT - (1 << 32))  # never the scenes of an earlier run
    recent: list[dict[str, float]] = []
    with Painters(on.painters, first) as making:
        say("inventing the first scenes ...")
        given = making.take()
        begun = saved = time.monotonic()
        examined = begun - EXAM_EVERY
        while (spent := time.monotonic() - begun) < minutes * 60:
            recent.append(_learn(state, worker, given, _rate(state.step, spent / (minutes * 60)), device))
            given = making.take()
            if time.monotonic() - examined > EXAM_EVERY:
                examined = time.monotonic()
                _report(folder, state, questions, recent, spent, making.invented.value, say)
                recent.clear()
            if time.monotonic() - saved > SAVE_EVERY:
                saved = time.monotonic()
                _save(folder, state, spent)
        _report(folder, state, questions, recent, spent, making.invented.value, say)
    _save(folder, state, time.monotonic() - begun)
    return averaged(state)


def _begun(folder: Path, device: str, begin: Path | None) -> State:
    torch.manual_seed(0)
    fresh = ShowcaseTransformer() if begin is None else pipeline(begin).transformer.float()
    model = fresh.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))
    state = State(model, {name: value.detach().clone() for name, value in model.state_dict().items()}, optimizer)
    path = folder / "training.pt"
    if path.is_file():
        kept = torch.load(path, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        state.average = kept["average"]
        state.step, state.seconds, state.samples = kept["step"], kept["seconds"], kept["samples"]
    return state


def _worker(model: ShowcaseTransformer, device: str) -> ShowcaseTransformer:
    """The same network in bfloat16: several times quicker on recent CPUs and GPUs."""
    twin = ShowcaseTransformer(**{key: value for key, value in model.config.items() if not key.startswith("_")})
    return twin.to(device, torch.bfloat16, memory_format=torch.channels_last)


def _rate(step: int, spent: float) -> float:
    """Warmed up, then down a cosine until the time is over."""
    return PEAK_RATE * min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(spent, 1.0))))


def _learn(state: State, worker: ShowcaseTransformer, given: Batch, rate: float, device: str) -> dict[str, float]:
    masters: list[Tensor] = list(state.model.parameters())
    workers: list[Tensor] = list(worker.parameters())
    with torch.no_grad():
        torch._foreach_copy_(workers, masters)
    count = len(given.move)
    noise = noise_like(given.photo.shape[3], given.photo.shape[2], count, torch.Generator().manual_seed(state.step))
    when = torch.sigmoid(torch.randn(count) + 1.0)
    when = torch.where(torch.rand(count) < PURE_NOISE, torch.ones(count), when)
    noisy = given.clean.mixed(noise, when)
    half = Latents(*(part.to(device, torch.bfloat16) for part in noisy))
    photo = given.photo.to(device, torch.bfloat16, memory_format=torch.channels_last)
    poses = given.poses.to(device, torch.bfloat16)
    said = worker(half, when.to(device), worker.see(photo), poses, given.move.to(device))
    parts = _losses(said, given, device)
    loss = sum((WEIGHTS[name] * value for name, value in parts.items()), torch.zeros((), device=device))
    loss.backward()
    for master, part in zip(masters, workers, strict=True):
        master.grad = None if part.grad is None else part.grad.float()
        part.grad = None
    torch.nn.utils.clip_grad_norm_(masters, 1.0)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.optimizer.step()
    state.step += 1
    state.samples += count
    _average(state)
    return {name: float(value.detach()) for name, value in parts.items()}


def _losses(said: Latents, given: Batch, device: str) -> dict[str, Tensor]:
    clean = Latents(*(part.to(device) for part in given.clean))
    layout = (said.layout.float() - clean.layout) ** 2
    inside = given.inside.to(device)
    return {
        "outline": ((said.outline.float() - clean.outline) ** 2).mean(),
        "missed": _missed(said.outline.float(), clean.outline),
        "nearness": huber_loss(said.layout[:, 0].float(), clean.layout[:, 0], delta=BEND) / BEND,
        "normal": (layout[:, 1:3] * inside).sum() / (2 * inside.sum() + 1),
        "shadow": layout[:, 3].mean(),
        "motion": ((said.motion.float() - clean.motion) ** 2).clamp(max=4.0).mean(),
    }


def _missed(said: Tensor, true: Tensor) -> Tensor:
    """One less the intersection over union of two outlines (-1..1), each picture for itself."""
    a, b = ((said + 1) / 2).clamp(0, 1), (true + 1) / 2
    both = (a * b).sum((1, 2, 3))
    return (1 - (both + 1) / ((a + b).sum((1, 2, 3)) - both + 1)).mean()


def _average(state: State) -> None:
    keep = min(AVERAGE, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        live = state.model.state_dict()
        torch._foreach_lerp_(list(state.average.values()), [live[name] for name in state.average], 1 - keep)


def averaged(state: State) -> ShowcaseTransformer:
    model = ShowcaseTransformer(**{k: v for k, v in state.model.config.items() if not k.startswith("_")})
    model.load_state_dict(state.average)
    return model.eval()


@torch.inference_mode()
def examined(model: ShowcaseTransformer, steps: int, questions: list[Paper]) -> list[Score]:
    """Scores of a model, one question at a time."""
    scheduler, scores = FlowMatchEulerDiscreteScheduler(), []
    for index, paper in enumerate(questions):
        noise = noise_like(*paper.size, 1, torch.Generator().manual_seed(index))
        seen = model.see(paper.asked.photo)
        answer = denoised(model, scheduler, seen, paper.asked.poses, paper.asked.move, noise, steps)
        scores.append(mark(paper, Answer.of(answer)))
    return scores


def _report(
    folder: Path,
    state: State,
    questions: list[Paper],
    recent: list[dict[str, float]],
    spent: float,
    scenes: int,
    say: Say,
) -> None:
    scores = examined(averaged(state), 2, questions)
    losses = {name: float(np.mean([step[name] for step in recent])) for name in WEIGHTS} if recent else {}
    row = {
        "minutes": round((state.seconds + spent) / 60, 1),
        "step": state.step,
        "samples": state.samples,
        "scenes": scenes,
        "outline_iou": round(float(np.mean([score.outline for score in scores])), 4),
        "nearness_error": round(float(np.mean([score.nearness for score in scores])), 4),
        "error_ratio": round(sum(score.error for score in scores) / sum(score.rival for score in scores), 4),
        "loss": {name: round(value, 4) for name, value in losses.items()},
    }
    with (folder / "curve.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
    say(json.dumps(row))


def _save(folder: Path, state: State, spent: float) -> None:
    part = folder / "training.pt.part"
    torch.save(
        {
            "model": state.model.state_dict(),
            "average": state.average,
            "optimizer": state.optimizer.state_dict(),
            "step": state.step,
            "seconds": state.seconds + spent,
            "samples": state.samples,
        },
        part,
    )
    part.replace(folder / "training.pt")
