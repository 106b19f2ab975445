"""Choosing templates for a product: which can be told at all, how well, and why, in a merchant's words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from random import Random

from templates_engine.domain import evidence
from templates_engine.domain.categories import category_codes
from templates_engine.domain.copying import NO_SOURCES, Sources
from templates_engine.domain.evidence import Evidence
from templates_engine.domain.evidence_words import evidence_terms
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.guards import NO_TERMS, AdTerms
from templates_engine.domain.pace import speech_ms
from templates_engine.domain.patterns import without_slots
from templates_engine.domain.script import Script
from templates_engine.domain.slots import usable
from templates_engine.domain.template import ANY_CATEGORY, ScriptTemplate
from templates_engine.domain.term import Term

__all__ = ["ALIKE", "WEIGHTS", "Choice", "Term", "likeness", "rank"]

# How much each term counts. Not learned yet: facts told matter most, wording least.
# With results of published ads, they (``evidence.WEIGHTS``) and the rest share the score.
WEIGHTS = {"facts": 0.35, "category": 0.25, "pace": 0.2, "length": 0.1, "wording": 0.1}
ALIKE = 0.1  # likeness from which on two ways of speaking are close


@dataclass(frozen=True)
class Choice:
    """An eligible template. ``score`` (0..1) only orders the list: it predicts no views and no sales."""

    template_id: str
    score: float
    terms: tuple[Term, ...]


def rank(
    templates: tuple[ScriptTemplate, ...],
    facts: ProductFacts,
    target_ms: int,
    seed: int,
    terms: AdTerms = NO_TERMS,
    *,
    believed: Mapping[str, Evidence] | None = None,
    sources: Mapping[str, Sources] | None = None,
    safest: bool = False,
) -> tuple[Choice, ...]:
    """The eligible ones of ``templates``, best first; equal ones in an order that ``seed`` shuffles.

    ``believed`` (``feedback.evidence_of``): what results say of each template. Then the order also follows a draw from
    that belief, another for each ``seed`` and product, so that a batch spreads; or, for the ``safest``, its mean less its
    uncertainty. ``sources``: the lines of the videos that a template was learned from, by template id; none is repeated.
    """
    guarded = [(template, (sources or {}).get(template.id, NO_SOURCES)) for template in templates]
    choices = [
        _choice(template, facts, fill(template, facts, target_ms=target_ms, seed=seed, terms=terms, sources=its), terms)
        for template, its in guarded
        if eligibility(template, facts, target_ms, terms, its).ok
    ]
    Random(seed).shuffle(choices)  # noqa: S311  variety, not secrecy
    if believed:
        rng = Random(f"{seed} {facts.lang} {facts.title}")  # noqa: S311
        choices = _with_results(choices, believed, rng, safest=safest)
    return tuple(sorted(choices, key=lambda choice: -choice.score))


def likeness(one: str, other: str) -> float:
    """Cosine of character bigram and trigram counts, 0 (nothing shared) to 1 (the same)."""
    ours, theirs = _grams(one), _grams(other)
    shared = sum(count * theirs[gram] for gram, count in ours.items())
    size = sqrt(sum(n * n for n in ours.values())) * sqrt(sum(n * n for n in theirs.values()))
    return shared / size if size else 0.0


def _choice(template: ScriptTemplate, facts: ProductFacts, script: Script, terms: AdTerms) -> Choice:
    found = (
        _facts_term(template, facts, script, terms),
        _category_term(template, facts),
        _pace_term(template, script),
        _length_term(template, script),
        _wording_term(template, facts),
    )
    score = round(sum(WEIGHTS[term.code] * term.value for term in found), 4)
    return Choice(template.id, score, tuple(term for term in found if term.zh))


def _with_results(
    choices: list[Choice], believed: Mapping[str, Evidence], rng: Random, *, safest: bool
) -> list[Choice]:
    values = evidence.values(believed, rng, safest=safest)
    found = []
    for choice in choices:
        its = values[choice.template_id]
        rest = 1 - sum(evidence.WEIGHTS[code] for code in its)
        told = sum(evidence.WEIGHTS[code] * value for code, value in its.items())
        terms = (*choice.terms, *evidence_terms(believed[choice.template_id], its))
        found.append(replace(choice, score=round(rest * choice.score + told, 4), terms=terms))
    return found


def _facts_term(template: ScriptTemplate, facts: ProductFacts, script: Script, terms: AdTerms) -> Term:
    all_facts = {filler.path for filler in usable(facts, terms, template.pace.p50).fillers}
    told = {path for beat in script.beats for path in beat.facts} & all_facts
    return Term(
        "facts",
        len(told) / len(all_facts) if all_facts else 0.0,
        f"您填的 {len(all_facts)} 条信息，讲到了 {len(told)} 条",
        f"tells {len(told)} of the {len(all_facts)} facts you gave",
    )


def _category_term(template: ScriptTemplate, facts: ProductFacts) -> Term:
    codes = category_codes(" ".join((facts.category, facts.title, facts.name)))
    if codes & set(template.category):
        return Term("category", 1.0, "常用于这类商品", "often used for this kind of product")
    if ANY_CATEGORY in template.category:
        return Term("category", 0.5, "什么商品都能用", "works for any kind of product")
    return Term("category", 0.0, "不常用于这类商品，也能用", "less usual for this kind of product, but it works")


def _pace_term(template: ScriptTemplate, script: Script) -> Term:
    spoken = sum(speech_ms(beat.voice, script.lang, template.pace.p50) for beat in script.beats)
    share = min(1.0, spoken / script.duration_ms)
    seconds, whole = round(spoken / 1000), round(script.duration_ms / 1000)
    return Term(
        "pace",
        share,
        f"文案约 {seconds} 秒，整条 {whole} 秒",
        f"about {seconds} s of words in an ad of {whole} s",
    )


def _length_term(template: ScriptTemplate, script: Script) -> Term:
    usual, target = template.duration, script.target_ms
    low, high = round(usual.p10 / 1000), round(usual.p90 / 1000)
    if usual.p10 <= target <= usual.p90:
        span = (usual.p50 - usual.p10) if target < usual.p50 else (usual.p90 - usual.p50)
        value = 1.0 - 0.5 * abs(target - usual.p50) / span if span else 1.0
        return Term("length", value, f"时长合适（常见 {low} 到 {high} 秒）", f"a usual length ({low} to {high} s)")
    return Term("length", 0.0, f"时长少见（常见 {low} 到 {high} 秒）", f"an unusual length ({low} to {high} s)")


def _wording_term(template: ScriptTemplate, facts: ProductFacts) -> Term:
    own = " ".join(without_slots(pattern.text) for beat in template.beats for pattern in beat.patterns)
    given = " ".join((facts.title, *facts.selling_points, *facts.pains, *facts.offers, facts.scene))
    value = likeness(given, own)
    if value < ALIKE:
        return Term("wording", value, "", "")  # being unlike is no reason to choose it
    return Term("wording", value, "说话的方式和您的文案相近", "its way of speaking is close to your own words")


def _grams(text: str) -> Counter[str]:
    plain = "".join(mark for mark in text.lower() if mark.isalnum())
    return Counter(plain[start : start + size] for size in (2, 3) for start in range(len(plain) - size + 1))
