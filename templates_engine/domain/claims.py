"""Whether a line may be said of a product: one verdict over numbers, the advertising rules and the sources.

``check_line`` is what everybody asks: the filler of templates, the writer with a language model, the editor's marks.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from templates_engine.domain.ad_rules import AdTerms, Advice, Category, ClaimRule, Support, Verdict
from templates_engine.domain.copying import MOST_ALIKE, NO_SOURCES, Sources, pairs, sources_of
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.folding import fold
from templates_engine.domain.guards import fact_texts, stated, ungrounded_in
from templates_engine.domain.quantities import quantities
from templates_engine.domain.script import Script

_STOCK = re.compile(r"库存|限量|现货|名额|stock|limited|quantity|units?\b")
_NUMBER = Advice("资料里没有这个数", "no fact states this number")
_NUMBER_INSTEAD = Advice("把它填进资料，或者去掉这个数", "add it to the facts or leave the number out")
_COPY = Advice("和来源视频里的一句话太像", "too close to a sentence of a source video")
_COPY_INSTEAD = Advice("换个说法", "say it in other words")


@dataclass(frozen=True)
class Finding:
    """One objection. ``words``: the matched words as folded; ``law``: the article, "" for a house rule."""

    category: Category
    verdict: Verdict
    words: tuple[str, ...]
    reason: Advice
    suggestion: Advice
    law: str = ""


@dataclass(frozen=True)
class LineVerdict:
    """The gravest verdict of all findings; only ``ok`` lines are said."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return max((finding.verdict for finding in self.findings), key=lambda found: found.weight, default=Verdict.OK)

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for finding in self.findings for word in finding.words))

    @property
    def categories(self) -> frozenset[Category]:
        return frozenset(finding.category for finding in self.findings)


@dataclass(frozen=True)
class BeatVerdict:
    """``place`` counts beats from 0; None for what stands on the end card."""

    place: int | None
    text: str
    verdict: LineVerdict


def check_line(
    text: str, facts: ProductFacts, rules: AdTerms, sources: Sources | Sequence[str] = NO_SOURCES
) -> LineVerdict:
    """Whether ``text`` may be seen or heard in an ad for ``facts``; ``sources`` are the lines of the videos learned from."""
    found = sources if isinstance(sources, Sources) else sources_of(tuple(sources))
    return judge(facts, rules).line(text, found)


def check_script(
    script: Script, facts: ProductFacts, rules: AdTerms, sources: Sources | Sequence[str] = NO_SOURCES
) -> tuple[BeatVerdict, ...]:
    """Every objection to a script, in its order; empty is good."""
    shown = [(place, text) for place, beat in enumerate(script.beats) for text in {beat.voice: 0, beat.caption: 0}]
    card = (script.headline, script.call_to_action, script.price_text, script.list_price_text)
    texts: list[tuple[int | None, str]] = [*shown, *((None, text) for text in card if text)]
    judged = (BeatVerdict(place, text, check_line(text, facts, rules, sources)) for place, text in texts)
    return tuple(found for found in judged if not found.verdict.ok)


@lru_cache(maxsize=256)
def judge(facts: ProductFacts, rules: AdTerms) -> "Judge":
    """The judge of one product's lines, remembered with what it has read of the facts."""
    return Judge(facts, rules)


@dataclass(frozen=True, eq=False)
class Judge:
    """Reads lines about one product."""

    facts: ProductFacts
    rules: AdTerms

    def line(self, text: str, sources: Sources = NO_SOURCES) -> LineVerdict:
        return LineVerdict((*self._numbers(text), *self._claims(text), *self._copies(text, sources)))

    def _numbers(self, text: str) -> Iterator[Finding]:
        """Numbers as written and, where it reads otherwise, as folded: 九 十 九 元 states 99."""
        known = stated(self.facts, self.rules.disguises)
        invented = ungrounded_in(text, known)
        if not invented and (folded := self._fold(text)) != text.lower():
            invented = ungrounded_in(folded, known)
        if invented:
            yield Finding(Category.NUMBER, Verdict.BLOCK, tuple(dict.fromkeys(invented)), _NUMBER, _NUMBER_INSTEAD)

    def _claims(self, text: str) -> Iterator[Finding]:
        own_language_first = sorted(self.rules.claims(text), key=lambda found: found[0].lang != self.facts.lang)
        for rule, words in own_language_first:
            bare = tuple(word for word in words if not self._is_lifted(rule, word))
            if bare:
                yield Finding(rule.category, rule.verdict, bare, rule.reason, rule.suggestion, rule.law)

    def _is_lifted(self, rule: ClaimRule, word: str) -> bool:
        return any(self._supports(support, word) for support in rule.lifted_by)

    def _supports(self, support: Support, word: str) -> bool:
        if support is Support.OFFER_ENDS:
            return self.facts.offer_ends is not None
        if support is Support.STOCK:
            return self._has_stock
        if support is Support.LIST_PRICE:
            price = self.facts.price
            return price is not None and price.list_amount is not None and price.list_amount > price.amount
        return any(word in text for text in self._backing[support])

    @cached_property
    def _backing(self) -> dict[Support, tuple[str, ...]]:
        proofs = tuple(self._fold(proof.text) for proof in self.facts.proofs if proof.evidence.strip())
        return {
            Support.EVIDENCE: proofs,
            Support.OFFER: tuple(self._fold(offer) for offer in self.facts.offers),
            Support.STATED: tuple(self._fold(text) for text in fact_texts(self.facts)),
        }

    @cached_property
    def _has_stock(self) -> bool:
        rows = (f"{item.name} {item.value}".lower() for item in self.facts.attributes)
        return any(_STOCK.search(text) and quantities(text) for text in (*rows, *self._backing[Support.OFFER]))

    def _copies(self, text: str, sources: Sources) -> Iterator[Finding]:
        if not sources.texts:
            return
        alike, _ = sources.nearest(text, self.facts.lang, self._own_pairs)
        if alike > MOST_ALIKE:
            yield Finding(Category.COPY, Verdict.BLOCK, (text,), _COPY, _COPY_INSTEAD)

    @cached_property
    def _own_pairs(self) -> frozenset[str]:
        return _united(pairs(text) for text in fact_texts(self.facts))

    def _fold(self, text: str) -> str:
        return fold(text, self.rules.disguises)


def _united(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*sets)
