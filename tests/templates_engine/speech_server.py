"""Stands in for the house's HTTP client where a test asks the speech server."""

from typing import Any

ASKED: list[dict[str, Any]] = []
ANSWER: dict[str, object] = {}


def ask(base: str, name: str, path: str, **more: Any) -> object:
    ASKED.append({"base": base, "name": name, "path": path, **more})
    return ANSWER
