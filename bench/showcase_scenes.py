"""How well the bundled DiT reads scenes that it has never seen, and what each look at a photo adds.

    python bench/showcase_scenes.py [--count 320] [--out docs/showcase_scenes.md]

Invented scenes with held-out numbers, the moves in turn. Per move: how far points land from where they truly go (mean
over the picture and eight moments), against the best affine move of the whole picture fitted to the truth itself; the
outline's intersection over union; the mean error of the background's nearness. And the same for the reader without any
learning, which is the floor to beat.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if TYPE_CHECKING:
    from generation.engines.showcase.looks import Look
    from generation.engines.showcase.training.exam import Answer, Paper, Score


def dit(paper: Paper, seed: int, looks: tuple[Look, ...] | None = None) -> tuple[Answer, float]:
    """The answer, and how much the looks agree."""
    from generation.engines.showcase.looks import LOOKS, looked_at
    from generation.engines.showcase.reader import pipeline

    photo = np.ascontiguousarray(paper.example.photo[:, :, ::-1])
    found = looked_at(pipeline(), photo, paper.path, paper.move, seed, lambda _: None, looks or LOOKS)
    return answer_of(photo, found.matte, found.nearness, found.motion), found.agreement


def answer_of(photo: np.ndarray, matte: np.ndarray, nearness: np.ndarray, motion: np.ndarray) -> Answer:
    """At the sizes that the exam asks for."""
    from generation.engines.showcase.training.exam import Answer

    height, width = photo.shape[:2]
    return Answer(
        cv2.resize(matte, (width // 2, height // 2), interpolation=cv2.INTER_AREA),
        cv2.resize(nearness, (width // 4, height // 4), interpolation=cv2.INTER_AREA),
        motion,
    )


def floor(paper: Paper) -> Answer:
    """What the reader without learning says."""
    from generation.domain.framing import Aim
    from generation.engines.showcase.baseline import Baseline
    from generation.watch import NullWatch

    photo = np.ascontiguousarray(paper.example.photo[:, :, ::-1])
    height, width = photo.shape[:2]
    aim = Aim(width / 2, height / 2, float(width))
    maps = Baseline().read(photo, paper.path, paper.move, 1.0, aim, 0, NullWatch()).maps
    return answer_of(photo, maps.matte, maps.nearness, np.zeros((len(paper.path), 6)))


def ratio(scores: list[Score]) -> float:
    return sum(score.error for score in scores) / max(sum(score.rival for score in scores), 1e-12)


def outline(scores: list[Score]) -> float:
    return float(np.mean([score.outline for score in scores]))


def near_error(scores: list[Score]) -> float:
    return float(np.mean([score.nearness for score in scores]))


def by_looks(questions: list[Paper]) -> list[str]:
    """What each kind of look adds; every look is taken twice, the second time in the mirror."""
    from generation.engines.showcase.latents import SIDE
    from generation.engines.showcase.looks import Look
    from generation.engines.showcase.training.exam import mark

    def plain(takes: int, steps: int) -> Look:
        return Look(SIDE, takes, steps, outline=True, ground=True, motion=True)

    near = Look(SIDE * 3 // 2, 1, 1, outline=True)
    tried: dict[str, tuple[Look, ...]] = {
        "plain, 1 take, 1 step": (plain(1, 1),),
        "plain, 2 takes, 1 step": (plain(2, 1),),
        "plain, 2 takes, 2 steps": (plain(2, 2),),
        "plain, 2 takes, 4 steps": (plain(2, 4),),
        "plain, 4 takes, 2 steps": (plain(4, 2),),
        "and from nearer": (plain(2, 2), near),
        "and from farther": (plain(2, 2), near, Look(SIDE * 3 // 4, 1, 2, ground=True)),
    }
    rows = ["| looks | error / rival | outline IoU | nearness error | ms |", "|---|---|---|---|---|"]
    for name, looks in tried.items():
        begun = time.perf_counter()
        answers = [dit(paper, index, looks)[0] for index, paper in enumerate(questions)]
        spent = (time.perf_counter() - begun) / len(questions) * 1000
        scores = [mark(paper, answer) for paper, answer in zip(questions, answers, strict=True)]
        rows.append(
            f"| {name} | {ratio(scores):.3f} | {outline(scores):.3f} | {near_error(scores):.3f} | {spent:.0f} |"
        )
    return rows


def as_filmed(count: int) -> str:
    """The outline that is filmed: the DiT's, refined on a photo of a real photo's sharpness, pixel by pixel."""
    from generation.domain.engine_spec import Move
    from generation.domain.rig import REST
    from generation.engines.showcase.doubt import asked_twice
    from generation.engines.showcase.latents import KEYS
    from generation.engines.showcase.looks import LOOKS, looked_at
    from generation.engines.showcase.matte import refine
    from generation.engines.showcase.reader import maps_of, pipeline
    from generation.engines.showcase.training.pool import HELD_OUT, SHAPES
    from generation.engines.showcase.training.scenes import scene

    coarse, fine = [], []
    for index in range(count):
        chance = np.random.default_rng(HELD_OUT + 50_000 + index)
        width, height = (side * 5 for side in SHAPES[index % len(SHAPES)][0])
        example = scene(chance, width, height)
        photo = np.ascontiguousarray(example.photo[:, :, ::-1])
        found = looked_at(pipeline(), photo, (REST,) * KEYS, Move.STATIC, index, lambda _: None, LOOKS)
        truth = example.matte > 127
        coarse.append(overlap(cv2.resize(found.matte, (width, height), interpolation=cv2.INTER_LINEAR) > 0.5, truth))
        fine.append(overlap(refine(photo, asked_twice(photo, maps_of(found))) > 0.5, truth))
    return (
        f"At five times the size ({count} other scenes, pixel by pixel): outline IoU {np.mean(coarse):.3f} as the DiT says it, "
        f"{np.mean(fine):.3f} as it is filmed (median {np.median(fine):.3f}, worst tenth "
        f"{np.mean(sorted(fine)[: max(1, count // 10)]):.3f})."
    )


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / max((one | other).sum(), 1))


def by_move(scores: list[Score], lowest: list[Score]) -> list[str]:
    rows = ["| move | error | rival's | ratio | floor's ratio | outline IoU |", "|---|---|---|---|---|---|"]
    for move in dict.fromkeys(score.move for score in scores):
        mine = [score for score in scores if score.move is move]
        low = [score for score in lowest if score.move is move]
        error, rival = (np.mean([getattr(score, name) for score in mine]) * 1000 for name in ("error", "rival"))
        shown = ("exact", "exact") if rival < 1e-3 else (f"{ratio(mine):.2f}", f"{ratio(low):.2f}")
        rows.append(f"| {move.value} | {error:.2f} | {rival:.2f} | {shown[0]} | {shown[1]} | {outline(mine):.3f} |")
    total = (f"{ratio(scores):.2f}", f"{ratio(lowest):.2f}", f"{outline(scores):.3f}")
    return [*rows, f"| **all** | | | **{total[0]}** | {total[1]} | **{total[2]}** |"]


def by_agreement(agreements: list[float], scores: list[Score]) -> list[str]:
    """Is the DiT right when it says that it is sure?"""
    rows = ["| agreement of the looks | scenes | outline IoU | worst tenth |", "|---|---|---|---|"]
    edges = (0.0, 0.7, 0.8, 0.9, 0.95, 0.97, 1.01)
    for low, high in pairwise(edges):
        found = sorted(score.outline for score, agreed in zip(scores, agreements, strict=True) if low <= agreed < high)
        if found:
            worst = np.mean(found[: max(1, len(found) // 10)])
            rows.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(found)} | {np.mean(found):.3f} | {worst:.3f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--fine", type=int, default=60, help="scenes at five times the size")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    import django

    django.setup()
    from generation.engines.showcase.training.exam import mark, papers

    questions = papers(options.count, first=10_000)  # not those that the training is watched by
    given = [dit(paper, index) for index, paper in enumerate(questions)]
    scores = [mark(paper, answer) for paper, (answer, _) in zip(questions, given, strict=True)]
    lowest = [mark(paper, floor(paper)) for paper in questions]
    lines = [
        f"{options.count} held-out scenes; errors in thousandths of the picture's width.",
        "",
        *by_move(scores, lowest),
        "",
        f"The floor (no learning): outline IoU {outline(lowest):.3f}, nearness error {near_error(lowest):.3f}; "
        f"the DiT: {outline(scores):.3f}, {near_error(scores):.3f}.",
        "",
        as_filmed(options.fine),
        "",
        *by_agreement([agreement for _, agreement in given], scores),
        "",
        *by_looks(questions[:64]),
    ]
    print("\n".join(lines))
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
