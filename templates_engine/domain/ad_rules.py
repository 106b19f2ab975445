"""The advertising rules of a date: which words make which kind of claim, and which fact allows it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from templates_engine.domain.anchors import anchors, pieces
from templates_engine.domain.folding import NO_DISGUISES, Disguises, fold

_GAP = "▢"


class Verdict(StrEnum):
    """What becomes of a line, the mildest first."""

    OK = "ok"
    NEEDS_EVIDENCE = "needs_evidence"  # a claim that a fact would allow, and none does
    BLOCK = "block"

    @property
    def weight(self) -> int:
        return list(Verdict).index(self)


class Category(StrEnum):
    """What kind of claim a line makes."""

    SUPERLATIVE = "superlative"
    GUARANTEE = "guarantee"
    MEDICAL = "medical"
    FINANCE = "finance"
    SCARCITY = "scarcity"
    AUTHORITY = "authority"
    ORIGIN = "origin"
    PRICE_COMPARISON = "price_comparison"
    MINORS = "minors"
    COMPETITOR = "competitor"
    FREE = "free"
    TESTIMONIAL = "testimonial"
    TYPICALITY = "typicality"
    NUMBER = "number"  # a number, price, percentage or date that no fact states
    COPY = "copy"  # too close to a sentence of a source video
    BRAND = "brand"  # a word that the brand itself never uses


class Support(StrEnum):
    """Which fact lifts a rule."""

    EVIDENCE = "evidence"  # the same words in a proof that has evidence
    STATED = "stated"  # the same words in any fact
    OFFER = "offer"  # the same words in an offer
    OFFER_ENDS = "offer_ends"  # an end date is given
    STOCK = "stock"  # a stock or a limited number is given
    LIST_PRICE = "list_price"  # a list price above the price is given


@dataclass(frozen=True)
class Advice:
    """Why, and what to write instead, in Chinese and English."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, eq=False)
class ClaimRule:
    """``words`` and ``allowed`` are regular expressions over the folded text; ``law`` names the article."""

    id: str
    lang: str
    category: Category
    verdict: Verdict
    law: str
    reason: Advice
    suggestion: Advice
    words: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    lifted_by: frozenset[Support] = frozenset()

    @property
    def forbids(self) -> bool:
        """No fact lifts it."""
        return self.verdict is Verdict.BLOCK and not self.lifted_by

    @cached_property
    def finds(self) -> tuple[re.Pattern[str], ...]:
        """One for each of ``words``."""
        return tuple(_either((word,), self.lang) for word in self.words)

    @cached_property
    def harmless(self) -> re.Pattern[str]:
        return _either(self.allowed, self.lang)

    def found_in(self, folded: str, places: Sequence[int]) -> tuple[str, ...]:
        """What of ``words`` at ``places`` stands in ``folded``, each once, in its order, harmless contexts left out."""
        plain = self.harmless.sub(_GAP, folded)
        found = sorted((hit.start(), hit[0].strip()) for place in places for hit in self.finds[place].finditer(plain))
        return tuple(dict.fromkeys(word for _, word in found))


@dataclass(frozen=True, eq=False)
class AdTerms:
    """A dated set of rules with the disguises to see through. Compared by identity: there is one set a day."""

    version: str
    rules: tuple[ClaimRule, ...]
    disguises: Disguises = NO_DISGUISES

    @cached_property
    def index(self) -> Mapping[str, tuple[tuple[int, int], ...]]:
        """From each anchor to the expressions that it may meet, as (rule, word); "" to those without an anchor."""
        found: dict[str, list[tuple[int, int]]] = {"": []}
        for number, rule in enumerate(self.rules):
            for place, word in enumerate(rule.words):
                for anchor in anchors(word) or ("",):
                    found.setdefault(anchor, []).append((number, place))
        return {anchor: tuple(places) for anchor, places in found.items()}

    def ready(self) -> "AdTerms":
        """Every expression compiled now, so that no script pays for it."""
        for rule in self.rules:
            _ = rule.finds, rule.harmless
        _ = self.index
        return self

    def claims(self, text: str) -> tuple[tuple[ClaimRule, tuple[str, ...]], ...]:
        """Each rule that ``text`` meets, with the words that meet it; no fact is looked at yet."""
        return _claims(text, self)


NO_TERMS = AdTerms("none", ())


@lru_cache(maxsize=8192)
def _claims(text: str, terms: AdTerms) -> tuple[tuple[ClaimRule, tuple[str, ...]], ...]:
    folded = fold(text, terms.disguises)
    suspects: dict[int, set[int]] = {}
    for piece in ("", *pieces(folded)):
        for number, place in terms.index.get(piece, ()):
            suspects.setdefault(number, set()).add(place)
    found = ((terms.rules[number], suspects[number]) for number in sorted(suspects))
    judged = ((rule, rule.found_in(folded, sorted(places))) for rule, places in found)
    return tuple((rule, words) for rule, words in judged if words)


def _either(expressions: tuple[str, ...], lang: str) -> re.Pattern[str]:
    """Any of ``expressions``; English ones as whole words."""
    joined = "|".join(f"(?:{expression})" for expression in expressions) or r"(?!)"
    return re.compile(joined if lang == "zh" else rf"(?<![a-z0-9#])(?:{joined})(?![a-z0-9])")
