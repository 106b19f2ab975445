"""A small network that reads a script by what its lines mean, beside the linear model that reads their words.

Each line's vector (see ``meaning``) is drawn together to ``h``; then each line looks at itself, at two lines on either side,
and at the mean of all before and of all after it. Trained in ``net_training``, kept as numbers alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from templates_engine.roles.features import Probabilities
from templates_engine.roles.meaning import Vectors, vectors
from templates_engine.roles.model import softmax

Layers = Mapping[str, NDArray[np.float32]]

STEPS = 4  # the place in the script is told in so many steps
PLACES = STEPS + 5  # numbers that tell it
REACH = 2  # lines on either side
VIEWS = 2 * REACH + 3  # those, the line itself, all before and all after it
NAMES = ("draw", "draw_bias", "look", "look_bias", "say", "say_bias")


@dataclass(frozen=True)
class RoleNet:
    """``members``: networks alike but for their beginning, averaged; ``shift``: as in ``model.RoleModel``.

    Shapes: draw (WIDTH + PLACES) x H, look (VIEWS * H + PLACES) x L, say (L + H) x ROLES.
    """

    members: tuple[Layers, ...]
    shift: NDArray[np.float32]

    def probabilities(self, texts: Sequence[str]) -> Probabilities:
        """One script's lines, in any language of the encoder -> lines x ROLES; each row sums to 1."""
        return self.of_vectors(vectors(texts))

    def of_vectors(self, told: Vectors) -> Probabilities:
        shares = np.mean([softmax(_scores(layers, told)) for layers in self.members], axis=0)
        return softmax(np.log(shares + 1e-12) + self.shift)

    def save(self, path: Path) -> int:
        """Half precision; returns the bytes of the file."""
        arrays: dict[str, NDArray[np.generic]] = {"shift": self.shift.astype(np.float32)}
        for number, layers in enumerate(self.members):
            arrays |= {f"{name}_{number}": layers[name].astype(np.float16) for name in NAMES}
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **arrays)  # type: ignore[arg-type]
        part.replace(path)
        return path.stat().st_size


def load(path: Path) -> RoleNet:
    with np.load(path, allow_pickle=False) as kept:
        count = sum(name.startswith("say_bias_") for name in kept.files)
        members = tuple(
            {name: kept[f"{name}_{number}"].astype(np.float32) for name in NAMES} for number in range(count)
        )
        return RoleNet(members, kept["shift"])


def places(count: int) -> NDArray[np.float32]:
    """Where each of ``count`` lines stands -> count x PLACES: steps along the script, its ends, and its length."""
    line = np.arange(count)
    way = STEPS * line / max(1, count - 1)
    steps = [np.maximum(0, 1 - np.abs(way - step)) for step in range(STEPS + 1)]
    ends = [line == 0, line == 1, line == count - 1, np.full(count, min(count, 20) / 20)]
    return np.stack([*steps, *ends], axis=1).astype(np.float32)


def around(drawn: NDArray[np.float32]) -> NDArray[np.float32]:
    """One script's lines x H -> lines x (VIEWS * H): what stands around each; nothing beyond the ends."""
    count = len(drawn)
    padded = np.pad(drawn, ((REACH, REACH), (0, 0)))
    sums = np.cumsum(drawn, axis=0)
    before, after = _others(count)
    means = ((sums - drawn) / before, (sums[-1:] - sums) / after)
    return np.concatenate([*(padded[step : step + count] for step in range(2 * REACH + 1)), *means], axis=1)


def back_from_around(slope: NDArray[np.float32]) -> NDArray[np.float32]:
    """The transpose of ``around``: lines x (VIEWS * H) -> lines x H."""
    count = len(slope)
    views = np.split(slope, VIEWS, axis=1)
    padded = np.zeros((count + 2 * REACH, views[0].shape[1]), np.float32)
    for step in range(2 * REACH + 1):
        padded[step : step + count] += views[step]
    before, after = _others(count)
    of_later, of_earlier = views[-2] / before, views[-1] / after
    later = of_later.sum(0, keepdims=True) - np.cumsum(of_later, axis=0)
    earlier = np.cumsum(of_earlier, axis=0) - of_earlier
    return padded[REACH : REACH + count] + later + earlier


def _scores(layers: Layers, told: Vectors) -> NDArray[np.float32]:
    if not len(told):
        return np.zeros((0, len(layers["say_bias"])), np.float32)
    place = places(len(told))
    drawn = np.maximum(np.concatenate([told, place], axis=1) @ layers["draw"] + layers["draw_bias"], 0)
    seen = np.concatenate([around(drawn), place], axis=1)
    looked = np.maximum(seen @ layers["look"] + layers["look_bias"], 0)
    scores: NDArray[np.float32] = np.concatenate([looked, drawn], axis=1) @ layers["say"] + layers["say_bias"]
    return scores


def _others(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How many lines stand before and after each, as divisors: never 0."""
    line = np.arange(count, dtype=np.float32)[:, None]
    return np.maximum(line, 1), np.maximum(count - 1 - line, 1)
