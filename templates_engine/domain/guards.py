"""What a script may not say: a number that no fact states, and a word that advertising law forbids."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

from templates_engine.domain.facts import Price, ProductFacts
from templates_engine.domain.quantities import Quantity, quantities


@dataclass(frozen=True)
class AdTerm:
    """A word that blocks a line, in "zh" or "en", and the kind of claim that it makes."""

    text: str
    lang: str
    category: str


@dataclass(frozen=True)
class AdTerms:
    """A dated set of blocked words with the contexts in which they are harmless (最后一步, 最近)."""

    version: str
    terms: tuple[AdTerm, ...]
    allowed: tuple[str, ...]

    @cached_property
    def harmless(self) -> re.Pattern[str]:
        """Any allowed context."""
        return _any_of(sorted(self.allowed, key=len, reverse=True))

    @cached_property
    def chinese(self) -> re.Pattern[str]:
        """Any Chinese term, wherever it stands."""
        return _any_of([term.text for term in self.terms if term.lang == "zh"])

    @cached_property
    def english(self) -> re.Pattern[str]:
        """Any English term, as whole words."""
        found = _any_of([term.text for term in self.terms if term.lang == "en"])
        return re.compile(rf"(?<![a-z0-9])(?:{found.pattern})(?![a-z0-9])")


NO_TERMS = AdTerms("none", (), ())


def ungrounded(text: str, facts: ProductFacts) -> tuple[str, ...]:
    """The numbers, prices, percentages and dates in ``text`` that no fact states, as written; empty is good.

    A unit counts: with "保温12小时" as the only fact, "12件" is ungrounded. A bare number needs only its value.
    """
    known = _stated(facts)
    return tuple(found.surface for found in quantities(text) if not _is_stated(found, known))


def blocked_terms(text: str, terms: AdTerms) -> tuple[str, ...]:
    """The blocked words in ``text``, each once; full width, case and spaces inside Chinese do not hide a word."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("|", " ")
    plain = terms.harmless.sub("▢", plain)
    dense = terms.harmless.sub("▢", re.sub(r"\s+", "", plain))
    return tuple(dict.fromkeys((*terms.chinese.findall(dense), *terms.english.findall(plain))))


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    """Matches any of ``words``, or nothing at all where there are none."""
    return re.compile("|".join(re.escape(word.lower()) for word in words) or r"(?!)")


def _is_stated(found: Quantity, known: dict[Fraction | None, frozenset[str]]) -> bool:
    units = known.get(found.value)
    if units is None:
        return False
    # A unit that we know must be the fact's own; any other next word is only the sentence going on.
    return found.unit in units or not (found.known and found.unit) if found.value is not None else found.unit in units


@lru_cache(maxsize=256)
def _stated(facts: ProductFacts) -> dict[Fraction | None, frozenset[str]]:
    known: dict[Fraction | None, set[str]] = {}
    for number in [*(found for text in _texts(facts) for found in quantities(text)), *_numbers(facts)]:
        known.setdefault(number.value, set()).add(number.unit)
    return {value: frozenset(units) for value, units in known.items()}


def _texts(facts: ProductFacts) -> Iterator[str]:
    yield from (facts.title, facts.name, facts.brand, facts.audience, facts.scene, facts.call_to_action)
    yield from (*facts.selling_points, *facts.pains, *facts.offers)
    for attribute in facts.attributes:
        yield from (attribute.name, attribute.value, attribute.name + attribute.value)
    yield from (proof.text for proof in facts.proofs)


def _numbers(facts: ProductFacts) -> Iterator[Quantity]:
    if facts.price is not None:
        yield from _prices(facts.price)
    if facts.offer_ends is not None:
        yield Quantity("", Fraction(facts.offer_ends.month), "calendar month")
        yield Quantity("", Fraction(facts.offer_ends.day), "calendar day")
        yield Quantity("", Fraction(facts.offer_ends.year), "year")


def _prices(price: Price) -> Iterator[Quantity]:
    for amount in (price.amount, price.list_amount):
        if amount is not None:
            yield Quantity("", Fraction(amount, 100), price.currency)
