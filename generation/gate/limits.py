"""The calibrated limits, from ``thresholds.yaml``: what holds for every move, and what is different for some."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generation.domain.engine_spec import Move
from generation.domain.quality import Limit, NumberName, Thresholds, loosest

FILE = Path(__file__).with_name("thresholds.yaml")


@cache
def thresholds(move: Move | None) -> Thresholds:
    """The limits for one move; for a move that nobody knows, what any move may do."""
    data = _data()
    if move is None:
        return loosest(tuple(thresholds(each) for each in Move))
    own = data["moves"].get(move.value) or {}
    return Thresholds(str(data["version"]), _limits(data["every"]) | _limits(own))


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    unknown = set(data["moves"]) - {move.value for move in Move}
    if unknown:
        raise ValueError(f"{FILE.name} names no move of ours: {', '.join(sorted(unknown))}")
    return data


def _limits(rows: dict[str, list[float]]) -> dict[NumberName, Limit]:
    return {name: Limit(*map(float, numbers)) for name, numbers in rows.items()}
