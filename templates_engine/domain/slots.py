"""From facts to what may stand in a slot: cleaned, speakable, short enough, lawful."""

from collections.abc import Iterator
from dataclasses import dataclass

from templates_engine.domain import reasons
from templates_engine.domain.claims import judge
from templates_engine.domain.facts import Price, ProductFacts
from templates_engine.domain.guards import AdTerms
from templates_engine.domain.pace import DEFAULT_RATE, speech_ms
from templates_engine.domain.patterns import SlotType
from templates_engine.domain.reasons import Reason
from templates_engine.domain.wording import clean, day, money, spoken_money

LONGEST_FACT_MS = 5_500
LONGEST_NAME = {"zh": 14, "en": 40}  # characters: a title is no spoken name

# Who the ad is about and what to do next may come up in every beat; any other fact is said once.
REPEATABLE = frozenset({SlotType.NAME, SlotType.BRAND, SlotType.CTA})


@dataclass(frozen=True)
class Filler:
    """One fact in the form of a slot: how it is said, how it is written, and its path among the facts."""

    type: SlotType
    path: str
    voice: str
    caption: str


@dataclass(frozen=True)
class Pools:
    """The usable facts by slot type, best first, and why others are left out."""

    fillers: tuple[Filler, ...]
    left_out: tuple[Reason, ...]

    def of(self, slot: SlotType) -> tuple[Filler, ...]:
        return tuple(filler for filler in self.fillers if filler.type is slot)

    def has(self, slot: SlotType) -> bool:
        return any(filler.type is slot for filler in self.fillers)

    def paths(self, slots: frozenset[SlotType]) -> frozenset[str]:
        return frozenset(filler.path for filler in self.fillers if filler.type in slots)


def usable(facts: ProductFacts, terms: AdTerms, rate: float | None = None) -> Pools:
    """The facts that may be spoken at ``rate`` (characters or words a second)."""
    good: list[Filler] = []
    left_out: list[Reason] = []
    for filler in _fillers(facts):
        if not filler.voice:
            continue
        problem = _problem(filler, facts, terms, rate or DEFAULT_RATE[facts.lang])
        if problem is None:
            good.append(filler)
        else:
            left_out.append(problem)
    return Pools(tuple(good), tuple(dict.fromkeys(left_out)))


def _problem(filler: Filler, facts: ProductFacts, terms: AdTerms, rate: float) -> Reason | None:
    if filler.type is SlotType.PROOF and not facts.proofs[int(filler.path.rpartition(".")[2])].evidence.strip():
        return reasons.no_evidence(filler.voice)
    found = judge(facts, terms).line(filler.voice)
    if not found.ok:
        return reasons.objected(filler.voice, found)
    spoken = speech_ms(filler.voice, facts.lang, rate)
    if spoken > LONGEST_FACT_MS:
        return reasons.too_long(filler.voice, spoken, LONGEST_FACT_MS)
    return None


def _fillers(facts: ProductFacts) -> Iterator[Filler]:
    lang, name = facts.lang, _name(facts)
    yield _text(SlotType.NAME, "name", name, lang)
    if facts.brand.lower() not in name.lower():  # "木屿出品，木屿咖啡杯" says it twice
        yield _text(SlotType.BRAND, "brand", facts.brand, lang)
    yield _text(SlotType.AUDIENCE, "audience", facts.audience, lang)
    yield _text(SlotType.SCENE, "scene", facts.scene, lang)
    yield _text(SlotType.CTA, "call_to_action", facts.call_to_action, lang)
    yield from _many(SlotType.POINT, "selling_points", facts.selling_points, lang)
    yield from _many(SlotType.PAIN, "pains", facts.pains, lang)
    yield from _many(SlotType.OFFER, "offers", facts.offers, lang)
    yield from _many(SlotType.PROOF, "proofs", tuple(proof.text for proof in facts.proofs), lang)
    properties = tuple(_property(item.name, item.value, lang) for item in facts.attributes)
    yield from _many(SlotType.ATTRIBUTE, "attributes", properties, lang)
    if facts.price is not None:
        yield from _prices(facts.price, lang)
    if facts.offer_ends is not None:
        ends = day(facts.offer_ends, lang)
        yield Filler(SlotType.OFFER_END, "offer_ends", ends, ends)


def _many(slot: SlotType, field: str, texts: tuple[str, ...], lang: str) -> Iterator[Filler]:
    """The same thing typed twice is one fact."""
    seen: set[str] = set()
    for place, text in enumerate(texts):
        filler = _text(slot, f"{field}.{place}", text, lang)
        if filler.voice not in seen:
            yield filler
        seen.add(filler.voice)


def _text(slot: SlotType, path: str, text: str, lang: str) -> Filler:
    words = clean(text, lang)
    return Filler(slot, path, words, words)


def _name(facts: ProductFacts) -> str:
    """The short name, or the title where that is short enough to be said."""
    name = clean(facts.name, facts.lang) or clean(facts.title, facts.lang)
    if facts.lang == "en" and name.lower().startswith("the "):
        name = name[4:]  # patterns bring their own article
    return name if len(name) <= LONGEST_NAME[facts.lang] else ""


def _property(name: str, value: str, lang: str) -> str:
    if not name.strip() or not value.strip() or name in value:
        return value
    return f"{name}{value}" if lang == "zh" else f"{name}: {value}"


def _prices(price: Price, lang: str) -> Iterator[Filler]:
    spoken = spoken_money(price, price.amount, lang)
    yield Filler(SlotType.PRICE, "price", spoken, money(price.amount, price.currency))
    if price.list_amount is not None and price.list_amount > price.amount:
        spoken = spoken_money(price, price.list_amount, lang)
        yield Filler(SlotType.LIST_PRICE, "price.list_amount", spoken, money(price.list_amount, price.currency))
