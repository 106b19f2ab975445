"""Processes that invent scenes, keep a stock of them each, and hand over batches to learn from.

Each scene is used a few times, each time with another move, light and noise, before a new one takes its place. However
fast the training is, no painter hands over a batch before it has invented ``FRESH`` new scenes for it: a training that
outruns its painters would learn their scenes by heart. Give a GPU as many painters as the machine has cores to spare.
"""

from dataclasses import dataclass
from queue import Full
from types import TracebackType
from typing import Any

import numpy as np
from torch import multiprocessing  # hands tensors over in shared memory

from generation.engines.showcase.training.batches import Batch, batch
from generation.engines.showcase.training.scenes import Example, scene

# Width, height and how often: the shapes of product photos, each about as many pixels as 128 x 128.
SHAPES = (
    ((128, 128), 0.36), ((112, 144), 0.20), ((144, 112), 0.12), ((112, 160), 0.10), ((160, 112), 0.10),
    ((96, 176), 0.06), ((176, 96), 0.06),
)  # fmt: skip
BATCH = 24
FRESH = 8  # new scenes for each batch at least, so that each is seen three times at most, on the mean
FIRST_STOCK, STOCK = 600, 12_000  # scenes, over all painters together
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
    """Processes that invent scenes without end; a context manager. ``take()`` waits for the next batch."""

    def __init__(self, processes: int, first_seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._made: Any = context.Queue(maxsize=2 * processes)
        self.invented: Any = context.Value("q", 0)
        self._processes = [
            context.Process(target=_paint, args=(self._made, self.invented, first_seed + index, processes), daemon=True)
            for index in range(processes)
        ]

    def __enter__(self) -> "Painters":
        for process in self._processes:
            process.start()
        return self

    def take(self) -> Batch:
        """Raises ``queue.Empty`` where no painter hands over anything for two minutes."""
        made: Batch = self._made.get(timeout=120)
        return made

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.terminate()
            process.join()


def _paint(made: Any, invented: Any, seed: int, step: int) -> None:
    import cv2
    import torch

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    chance = np.random.default_rng(seed)
    stock, counter, fresh = Stock(STOCK // step, {}), 0, 0
    while True:
        stock.add(*one(seed), counter)
        seed, counter, fresh = seed + step, counter + 1, fresh + 1
        with invented.get_lock():
            invented.value += 1
        if counter < FIRST_STOCK // step or fresh < FRESH:
            continue
        try:
            made.put_nowait(batch(chance, *stock.drawn(chance, BATCH)))
            fresh = 0
        except Full:  # nobody waits: invent another scene meanwhile
            continue
