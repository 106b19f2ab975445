"""Which job each line of an ad does: the verb that the rest of the house calls."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from templates_engine.domain.beats import Role
from templates_engine.errors import LinesInvalid
from templates_engine.language_model import tagger
from templates_engine.roles.features import ROLES
from templates_engine.roles.reader import shipped

Roles = tuple[tuple[Role, float], ...]

LEAST = 0.02  # less likely roles are not worth keeping
ALSO = 0.25  # from this probability on a second role counts as played, too
FIELDS = {"script": str, "i": int, "n": int, "lang": str, "text": str}
LANGUAGES = ("zh", "en")


def tag(texts: Sequence[str], lang: str) -> tuple[Roles, ...]:
    """For each line of one script, in order: its roles with their probabilities (sum 1), the likeliest first.

    Where the operator has named a language model for it, that one is asked, too (see ``language_model.tagger``).
    """
    if not texts:
        return ()
    found = shipped(lang).probabilities(texts, lang)
    second = tagger.read(texts, lang)
    if second is not None:
        other = [[shares.get(role, 0.0) for role in ROLES] for shares in second]
        found = (1 - tagger.TRUST) * found + tagger.TRUST * np.array(other)
    return tuple(_kept(row.tolist()) for row in found)


def played(roles: Roles) -> tuple[Role, ...]:
    """The main role, and up to two that the line plays as well."""
    return tuple(role for place, (role, share) in enumerate(roles[:3]) if place == 0 or share >= ALSO)


def tag_rows(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of ``{"script", "i", "n", "lang", "text"}`` with ``role`` and ``roles`` added, in the same order.

    A script's rows may come in any order and mixed with others; ``i`` counts from 0. Raises LinesInvalid.
    """
    given = [_checked(row, number) for number, row in enumerate(rows, 1)]
    scripts: dict[tuple[object, object], list[dict[str, object]]] = {}
    for row in given:
        scripts.setdefault((row["script"], row["lang"]), []).append(row)
    for (_, lang), lines in scripts.items():
        lines.sort(key=lambda row: int(str(row["i"])))
        for row, roles in zip(lines, tag([str(row["text"]) for row in lines], str(lang)), strict=True):
            row["role"] = played(roles)[0].value
            row["roles"] = {role.value: round(share, 4) for role, share in roles}
    return given


def read_rows(path: Path) -> list[dict[str, object]]:
    """A file with one JSON object a line. Raises LinesInvalid, naming the line."""
    rows = []
    for number, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError as error:
            raise LinesInvalid(f"{path.name}, line {number}: not JSON ({error}); one object a line") from error
        if not isinstance(row, dict):
            raise LinesInvalid(f"{path.name}, line {number}: an object is needed, with {', '.join(FIELDS)}")
        rows.append(row)
    return rows


def _checked(row: dict[str, object], number: int) -> dict[str, object]:
    for name, kind in FIELDS.items():
        if not isinstance(row.get(name), kind) or isinstance(row.get(name), bool):
            raise LinesInvalid(f"line {number}: {name!r} is missing or no {kind.__name__}: {row.get(name)!r}")
    if row["lang"] not in LANGUAGES:
        raise LinesInvalid(f"line {number}: lang is zh or en, not {row['lang']!r}")
    return dict(row)


def _kept(row: list[float]) -> Roles:
    likely = sorted(zip(ROLES, row, strict=True), key=lambda found: (-found[1], found[0].value))
    kept = [(role, share) for role, share in likely if share >= LEAST]
    whole = sum(share for _, share in kept)
    return tuple((role, share / whole) for role, share in kept)
