"""Long lists of cases: a few in the quick suite, all of them in CI."""

from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

Case = TypeVar("Case")


def mostly_slow(cases: Iterable[Case], quick: Collection[Case]) -> list[Case | ParameterSet]:
    """The values of one parameter, in their order; those that are not ``quick`` are marked slow."""
    return [case if case in quick else pytest.param(case, marks=pytest.mark.slow) for case in cases]
