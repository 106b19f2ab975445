"""The reader of roles as it is shipped: what the words say and what the meaning says, one beside the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from templates_engine.roles import model, net
from templates_engine.roles.features import Probabilities
from templates_engine.roles.model import RoleModel, softmax
from templates_engine.roles.net import RoleNet

FOLDER = Path(__file__).parent / "weights"
NET = "roles_net.npz"  # one for all languages
TRUST = 0.5  # in the meaning, beside the words


@dataclass(frozen=True)
class RoleReader:
    """The geometric mean of both: where one is sure that a role is not played, the other rarely outweighs it."""

    words: RoleModel
    meaning: RoleNet

    def probabilities(self, texts: Sequence[str], lang: str) -> Probabilities:
        """One script's lines -> lines x ROLES; each row sums to 1."""
        return together(self.words.probabilities(texts, lang), self.meaning.probabilities(texts))


def together(words: Probabilities, meaning: Probabilities) -> Probabilities:
    return softmax((1 - TRUST) * np.log(words + 1e-9) + TRUST * np.log(meaning + 1e-9))


@cache
def shipped(lang: str) -> RoleReader:
    """What comes with Hitsmith for "zh" or "en"; loaded once per process."""
    return RoleReader(model.load(FOLDER / f"roles_{lang}.npz"), _shipped_net())


@cache
def _shipped_net() -> RoleNet:
    return net.load(FOLDER / NET)
