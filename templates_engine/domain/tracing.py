"""Which fact states a number of a line, so that a merchant sees where it comes from, or that nothing states it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.guards import ungrounded
from templates_engine.domain.quantities import quantities
from templates_engine.domain.wording import day, money


@dataclass(frozen=True)
class Trace:
    """``number`` as written; ``path`` of the fact that states it, such as ``attributes.0``, and its words; "" for none."""

    number: str
    path: str
    fact: str


def traces(text: str, facts: ProductFacts) -> tuple[Trace, ...]:
    """Every number, price, percentage and date of ``text``, each once, in its order."""
    surfaces = dict.fromkeys(found.surface for found in quantities(text))
    alone = tuple(one_fact(facts))
    return tuple(_trace(number, text, facts, alone) for number in surfaces)


def _trace(number: str, text: str, facts: ProductFacts, alone: tuple[tuple[str, str, ProductFacts], ...]) -> Trace:
    if number in ungrounded(text, facts):
        return Trace(number, "", "")
    for path, words, only in alone:
        if number not in ungrounded(text, only):
            return Trace(number, path, words)
    return Trace(number, "", "")


def one_fact(facts: ProductFacts) -> Iterator[tuple[str, str, ProductFacts]]:
    """(path, words, the facts with this one alone) of every fact."""
    nothing = ProductFacts(facts.lang, "", "", "")
    if facts.price is not None:
        words = money(facts.price.amount, facts.price.currency)
        yield "price", words, replace(nothing, price=replace(facts.price, list_amount=None))
        if facts.price.list_amount is not None:
            words = money(facts.price.list_amount, facts.price.currency)
            yield "price.list_amount", words, replace(nothing, price=facts.price)
    for place, item in enumerate(facts.attributes):
        yield f"attributes.{place}", f"{item.name} {item.value}", replace(nothing, attributes=(item,))
    for place, point in enumerate(facts.selling_points):
        yield f"selling_points.{place}", point, replace(nothing, selling_points=(point,))
    for place, offer in enumerate(facts.offers):
        yield f"offers.{place}", offer, replace(nothing, offers=(offer,))
    if facts.offer_ends is not None:
        yield "offer_ends", day(facts.offer_ends, facts.lang), replace(nothing, offer_ends=facts.offer_ends)
    for place, proof in enumerate(facts.proofs):
        yield f"proofs.{place}", proof.text, replace(nothing, proofs=(proof,))
    for place, pain in enumerate(facts.pains):
        yield f"pains.{place}", pain, replace(nothing, pains=(pain,))
    for path in ("name", "title", "brand", "audience", "scene", "call_to_action"):
        yield path, getattr(facts, path), replace(nothing, **{path: getattr(facts, path)})
