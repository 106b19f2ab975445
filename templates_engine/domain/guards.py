"""What a script may not say: a number that no fact states, and a word that advertising law forbids."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

from templates_engine.domain.ad_rules import NO_TERMS, AdTerms
from templates_engine.domain.facts import Price, ProductFacts
from templates_engine.domain.folding import NO_DISGUISES, Disguises, fold
from templates_engine.domain.quantities import Quantity, quantities
from templates_engine.domain.wording import clean

__all__ = ["NO_TERMS", "AdTerms", "Known", "blocked_terms", "fact_texts", "stated", "ungrounded", "ungrounded_in"]

Known = Mapping[Fraction | None, frozenset[str]]


def ungrounded(text: str, facts: ProductFacts) -> tuple[str, ...]:
    """The numbers, prices, percentages and dates in ``text`` that no fact states, as written; empty is good.

    A unit counts: with "保温12小时" as the only fact, "12件" is ungrounded. A bare number needs only its value.
    """
    return ungrounded_in(text, stated(facts))


def ungrounded_in(text: str, known: Known) -> tuple[str, ...]:
    """As ``ungrounded``, against numbers that were gathered before."""
    return tuple(found.surface for found in quantities(text) if not _is_stated(found, known))


def blocked_terms(text: str, terms: AdTerms) -> tuple[str, ...]:
    """The words in ``text`` that no fact can allow, each once. ``claims.check_line`` judges a whole line with its facts."""
    found = (word for rule, words in terms.claims(text) if rule.forbids for word in words)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)
def stated(facts: ProductFacts, disguises: Disguises = NO_DISGUISES) -> Known:
    """Every number that ``facts`` state, as written and with disguises undone, by value with its units."""
    # As typed and as said: cleaning may bring a number and its unit together ("5|l" is said "5 l").
    written = [form for text in fact_texts(facts) for form in (text, clean(text, facts.lang))]
    folded = [] if disguises is NO_DISGUISES else [fold(text, disguises) for text in written]
    known: dict[Fraction | None, set[str]] = {}
    for number in [*(found for text in (*written, *folded) for found in quantities(text)), *_numbers(facts)]:
        known.setdefault(number.value, set()).add(number.unit)
    return {value: frozenset(units) for value, units in known.items()}


def fact_texts(facts: ProductFacts) -> Iterator[str]:
    """Everything that the merchant says in words."""
    yield from (facts.title, facts.name, facts.brand, facts.audience, facts.scene, facts.call_to_action)
    yield from (*facts.selling_points, *facts.pains, *facts.offers)
    for attribute in facts.attributes:
        yield from (attribute.name, attribute.value, attribute.name + attribute.value)
    yield from (proof.text for proof in facts.proofs)


def _is_stated(found: Quantity, known: Known) -> bool:
    units = known.get(found.value)
    if units is None:
        return False
    # A unit that we know must be the fact's own; any other next word is only the sentence going on.
    return found.unit in units or not (found.known and found.unit) if found.value is not None else found.unit in units


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
