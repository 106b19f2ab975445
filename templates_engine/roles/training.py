"""Learning the roles from the corpus: two logistic regressions, the second over what the first says of the neighbours.

Stacked generalisation (Wolpert, 1992): the second look learns from what first looks that had not seen the script say of
it. A line of several roles counts for each, the main one most; a line without any only gives its neighbours a context.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from templates_engine.domain.beats import Role
from templates_engine.roles.corpus import CorpusScript
from templates_engine.roles.features import ROLES, Features, Probabilities, of_lines, of_neighbours
from templates_engine.roles.model import Look, RoleModel

SHARES: dict[int, tuple[float, ...]] = {0: (), 1: (1.0,), 2: (0.65, 0.35), 3: (0.55, 0.25, 0.20)}
FIRST_C, SECOND_C = 8.0, 1.0  # inverse strength of the regularisation
LEAST_SEEN = 3  # scripts' lines that have a feature; rarer ones only memorise
FOLDS = 5
# How often roles are the main one in real ads, against our corpus, where rare ones are written more often. From the
# frequencies of 500 real videos in our research.
USUAL = {
    Role.HOOK: 0.10, Role.PAIN: 0.06, Role.REVEAL: 0.08, Role.SELLING_POINT: 0.32, Role.DEMO: 0.13,
    Role.SOCIAL_PROOF: 0.09, Role.OFFER: 0.07, Role.URGENCY: 0.03, Role.CTA: 0.09, Role.OTHER: 0.03,
}  # fmt: skip
BELIEF = 1.0  # in these frequencies; 0 would take the corpus for the world

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Answers:
    """Rows of the lines, once per role that they play."""

    lines: NDArray[np.int64]
    roles: NDArray[np.int64]
    shares: NDArray[np.float64]


def learn(scripts: Sequence[CorpusScript], say: Say = lambda _: None) -> RoleModel:
    """Needs scikit-learn (``pip install 'hitsmith[learn]'``). Equal scripts give equal models."""
    lines = [features for script in scripts for features in of_lines([line.text for line in script.lines], script.lang)]
    unseen = np.zeros((len(lines), len(ROLES)))
    fold_of = np.array([number % FOLDS for number, script in enumerate(scripts) for _ in script.lines])
    for fold in range(FOLDS):
        say(f"first look, part {fold + 1} of {FOLDS} ...")
        others = [script for number, script in enumerate(scripts) if number % FOLDS != fold]
        look = _fitted([lines[row] for row in np.flatnonzero(fold_of != fold)], _answers(others), FIRST_C)
        held = np.flatnonzero(fold_of == fold)
        unseen[held] = look.probabilities([lines[row] for row in held])
    say("first look, whole ...")
    first = _fitted(lines, _answers(scripts), FIRST_C)
    say("second look ...")
    second = _fitted(_around(scripts, unseen), _answers(scripts), SECOND_C)
    return RoleModel(first, second, _shift(scripts))


def _around(scripts: Sequence[CorpusScript], first: Probabilities) -> list[Features]:
    found: list[Features] = []
    for script in scripts:
        found += of_neighbours(first[len(found) : len(found) + len(script.lines)])
    return found


def _answers(scripts: Sequence[CorpusScript]) -> _Answers:
    weighed = ((line, script.weight) for script in scripts for line in script.lines)
    rows = [
        (number, ROLES.index(role), share * weight)
        for number, (line, weight) in enumerate(weighed)
        for role, share in zip(line.roles, SHARES[len(line.roles)], strict=True)
    ]
    lines, roles, shares = zip(*rows, strict=True)
    return _Answers(np.array(lines), np.array(roles), np.array(shares))


def _fitted(lines: Sequence[Features], answers: _Answers, strength: float) -> Look:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = Counter(name for features in lines for name in features)
    places = {name: place for place, name in enumerate(sorted(name for name, n in seen.items() if n >= LEAST_SEEN))}
    known = [
        (row, places[name], value)
        for row, features in enumerate(lines)
        for name, value in features.items()
        if name in places
    ]
    rows, columns, values = zip(*known, strict=True)
    table = csr_matrix((values, (rows, columns)), shape=(len(lines), len(places)))
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    model.fit(table[answers.lines], answers.roles, sample_weight=answers.shares)
    weights = np.zeros((len(places), len(ROLES)), np.float32)
    bias = np.full(len(ROLES), -20.0, np.float32)  # a role that the lines do not have is never said
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return Look(places, weights, bias)


def _shift(scripts: Sequence[CorpusScript]) -> NDArray[np.float32]:
    counts = Counter(line.roles[0] for script in scripts for line in script.lines if line.roles)
    whole = sum(counts.values())
    return np.array([BELIEF * np.log(USUAL[role] * whole / max(counts[role], 1)) for role in ROLES], np.float32)
