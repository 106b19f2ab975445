"""A stock of invented scenes that is drawn on by the training and renewed by processes of its own.

Each is used a few times, each time with another move, light and noise, before a new one takes its place. Where the
painters cannot keep up with the training, it learns its scenes by heart: then give it more of them.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from types import TracebackType
from typing import Any

import numpy as np

from generation.engines.showcase.training.scenes import Example, scene

# Width, height and how often: the shapes of product photos, each about as many pixels as 128 x 128.
SHAPES = (
    ((128, 128), 0.36), ((112, 144), 0.20), ((144, 112), 0.12), ((112, 160), 0.10), ((160, 112), 0.10),
    ((96, 176), 0.06), ((176, 96), 0.06),
)  # fmt: skip
HELD_OUT = 1 << 40  # seeds from here on are never trained on
Size = tuple[int, int]


@dataclass
class Stock:
    """Scenes by shape; a full shelf loses its oldest to a new one."""

    room: int
    shelves: dict[Size, list[Example]]

    def add(self, size: Size, made: Example, counter: int) -> None:
        shelf = self.shelves.setdefault(size, [])
        share = next(share for shape, share in SHAPES if shape == size)
        if len(shelf) < max(8, int(self.room * share)):
            shelf.append(made)
        else:
            shelf[counter % len(shelf)] = made

    def drawn(self, chance: np.random.Generator, count: int) -> tuple[Size, list[Example]]:
        """``count`` scenes of one shape."""
        sizes = [size for size in self.shelves if len(self.shelves[size]) >= 4]
        weights = np.array([len(self.shelves[size]) for size in sizes], float)
        size = sizes[int(chance.choice(len(sizes), p=weights / weights.sum()))]
        shelf = self.shelves[size]
        return size, [shelf[int(index)] for index in chance.integers(0, len(shelf), count)]


def one(seed: int) -> tuple[Size, Example]:
    """The scene of that number; always the same."""
    chance = np.random.default_rng(seed)
    sizes, shares = zip(*SHAPES, strict=True)
    size = sizes[int(chance.choice(len(sizes), p=np.array(shares) / sum(shares)))]
    return size, scene(chance, *size)


class Painters:
    """Processes that invent scenes without end. A context manager; iterate over ``ready()`` to take what is there."""

    def __init__(self, processes: int, first_seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._made: Queue[Any] = context.Queue(maxsize=64)
        self._processes = [
            context.Process(target=_paint, args=(self._made, first_seed + index, processes), daemon=True)
            for index in range(processes)
        ]

    def __enter__(self) -> "Painters":
        for process in self._processes:
            process.start()
        return self

    def take(self) -> tuple[Size, Example]:
        """Wait for the next one."""
        return self._made.get(timeout=120)

    def ready(self, most: int) -> Iterator[tuple[Size, Example]]:
        """Up to ``most`` of those that are finished by now."""
        for _ in range(most):
            # Counted, not tried: a pipe holds less than one scene, so right after the first the next is still on its way.
            if not self._made.qsize():
                return
            yield self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


def _paint(made: "Queue[Any]", seed: int, step: int) -> None:
    import cv2

    cv2.setNumThreads(1)
    while True:
        made.put(one(seed))
        seed += step
