"""The model of a line's words: two linear looks, one after the other, in numbers alone.

Each look is a multinomial logistic regression over named features (see ``features``). Trained with scikit-learn
(``training``), kept and used without it: a file of weights runs no code when it is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from templates_engine.roles.features import ROLES, Features, Probabilities, of_lines, of_neighbours


@dataclass(frozen=True)
class Look:
    """``weights``: features x ROLES, ``bias``: ROLES; a feature that ``places`` does not know counts nothing."""

    places: dict[str, int]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, lines: Sequence[Features]) -> Probabilities:
        scores = np.tile(self.bias.astype(np.float64), (len(lines), 1))
        for row, features in zip(scores, lines, strict=True):
            known = [(self.places[name], value) for name, value in features.items() if name in self.places]
            if known:
                rows, values = zip(*known, strict=True)
                row += np.array(values) @ self.weights[list(rows)]
        return softmax(scores)


@dataclass(frozen=True)
class RoleModel:
    """``shift``: what is added to the scores because roles are rarer or commoner in ads than in the corpus."""

    first: Look
    second: Look
    shift: NDArray[np.float32]

    def probabilities(self, texts: Sequence[str], lang: str) -> Probabilities:
        """One script's lines -> lines x ROLES; each row sums to 1."""
        seen = self.first.probabilities(of_lines(texts, lang))
        told = self.second.probabilities(of_neighbours(seen))
        return softmax(np.log(told + 1e-12) + self.shift)

    def save(self, path: Path) -> int:
        """Half precision; returns the bytes of the file."""
        arrays: dict[str, NDArray[np.generic]] = {"shift": self.shift.astype(np.float32)}
        for name, look in (("first", self.first), ("second", self.second)):
            names = sorted(look.places, key=look.places.__getitem__)
            arrays[f"{name}_names"] = np.frombuffer("\n".join(names).encode(), np.uint8)
            arrays[f"{name}_weights"] = look.weights.astype(np.float16)
            arrays[f"{name}_bias"] = look.bias.astype(np.float32)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez_compressed(part, **arrays)  # type: ignore[arg-type]
        part.replace(path)
        return path.stat().st_size


def load(path: Path) -> RoleModel:
    with np.load(path, allow_pickle=False) as kept:
        looks = []
        for name in ("first", "second"):
            names = bytes(kept[f"{name}_names"]).decode().split("\n")
            places = {feature: place for place, feature in enumerate(names)}
            looks.append(Look(places, kept[f"{name}_weights"].astype(np.float32), kept[f"{name}_bias"]))
        return RoleModel(looks[0], looks[1], kept["shift"])


def softmax(scores: NDArray[np.floating]) -> Probabilities:
    raised = np.exp(scores - scores.max(1, keepdims=True), dtype=np.float64)
    return raised / raised.sum(1, keepdims=True)


def most_likely(probabilities: Probabilities) -> list[str]:
    return [str(ROLES[int(best)]) for best in probabilities.argmax(1)]
