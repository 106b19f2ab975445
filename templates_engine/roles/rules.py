"""The floor under the trained model: the lexicon's hints and the place in the script, nothing learned."""

from collections.abc import Sequence

import numpy as np

from templates_engine.domain.beats import Role
from templates_engine.roles.features import ROLES, Probabilities, hints

# What is likely before a word is read; and how much a hint outweighs it.
USUAL = {Role.SELLING_POINT: 0.32, Role.DEMO: 0.14, Role.OTHER: 0.03}
HINT = 0.9


def probabilities(texts: Sequence[str], lang: str) -> Probabilities:
    """Lines x ROLES; each row sums to 1."""
    rows = [_scores(text, place, len(texts), lang) for place, text in enumerate(texts)]
    raised = np.exp(np.array(rows))
    return raised / raised.sum(1, keepdims=True)


def _scores(text: str, place: int, count: int, lang: str) -> list[float]:
    found = hints(text, lang)
    way = place / max(1, count - 1)
    scores = {role: float(np.log(USUAL.get(role, 0.085))) + HINT * min(found.get(role, 0), 3) for role in ROLES}
    scores[Role.HOOK] += 2.6 if place == 0 else -3.0
    scores[Role.PAIN] -= 1.2 * (way > 0.6)
    scores[Role.REVEAL] += 0.6 * (0 < place <= 2) - 0.8 * (way > 0.6)
    scores[Role.CTA] += 1.2 * (place == count - 1) - 0.8 * (way < 0.4)
    scores[Role.OFFER] -= 0.6 * (way < 0.3)
    scores[Role.URGENCY] -= 0.8 * (way < 0.4)
    return [scores[role] for role in ROLES]
