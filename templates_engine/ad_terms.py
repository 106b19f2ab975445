"""The advertising law's blocked words, from their dated data file."""

from functools import cache
from pathlib import Path

import yaml

from templates_engine.domain.guards import AdTerm, AdTerms

RULES = Path(__file__).parent / "rules" / "absolute_terms.yaml"


@cache
def current_terms() -> AdTerms:
    """What ``rules/absolute_terms.yaml`` says today."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    terms = tuple(
        AdTerm(word, lang, category)
        for lang, categories in rules["terms"].items()
        for category, words in categories.items()
        for word in words
    )
    allowed = tuple(context for contexts in rules["allowed"].values() for context in contexts)
    return AdTerms(rules["version"], terms, allowed)
