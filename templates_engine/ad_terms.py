"""The advertising rules, from their dated data files."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from templates_engine.domain.ad_rules import AdTerms, Advice, Category, ClaimRule, Support, Verdict
from templates_engine.domain.documents import items, mapping, text, texts
from templates_engine.domain.folding import Disguises

RULES = Path(__file__).parent / "rules"


@cache
def current_terms() -> AdTerms:
    """What ``rules/claims_*.yaml`` and ``rules/evasions.yaml`` say today; the version is the latest of their dates."""
    files = [_read(path) for path in sorted(RULES.glob("claims_*.yaml"))]
    evasions = _read(RULES / "evasions.yaml")
    version = max(text(file["version"]) for file in (*files, evasions))
    return AdTerms(version, tuple(rule for file in files for rule in _rules(file)), _disguises(evasions)).ready()


def _read(path: Path) -> Mapping[str, object]:
    return mapping(yaml.safe_load(path.read_text(encoding="utf-8")))


def _rules(file: Mapping[str, object]) -> Iterator[ClaimRule]:
    for entry in map(mapping, items(file["rules"])):
        yield ClaimRule(
            id=text(entry["id"]),
            lang=text(file["lang"]),
            category=Category(text(entry["category"])),
            verdict=Verdict(text(entry["verdict"])),
            law=text(entry["law"]),
            reason=_advice(entry["reason"]),
            suggestion=_advice(entry["suggestion"]),
            words=texts(entry["words"]),
            allowed=texts(entry.get("allowed", [])),
            lifted_by=frozenset(Support(name) for name in texts(entry.get("lifted_by", []))),
        )


def _advice(entry: object) -> Advice:
    return Advice(text(mapping(entry)["zh"]), text(mapping(entry)["en"]))


def _disguises(file: Mapping[str, object]) -> Disguises:
    pairs = "".join("".join(text(group).split()) for group in mapping(file["characters"]).values())
    return Disguises(
        characters=dict(zip(map(ord, pairs[::2]), map(ord, pairs[1::2]), strict=True)),
        sayings=_words(file["sayings"]),
        pinyin=_words(file["pinyin"]),
        english=_words(file["english"]),
    )


def _words(entry: object) -> dict[str, str]:
    return {str(written): text(meant) for written, meant in mapping(entry).items()}
