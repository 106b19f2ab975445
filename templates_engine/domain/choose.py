"""Choosing templates for a product: which can be told at all, how well, and why, in a merchant's words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from random import Random

from templates_engine.domain.bandit import Belief, drawn
from templates_engine.domain.categories import category_codes
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import eligibility, fill
from templates_engine.domain.guards import NO_TERMS, AdTerms
from templates_engine.domain.pace import speech_ms
from templates_engine.domain.patterns import without_slots
from templates_engine.domain.script import Script
from templates_engine.domain.slots import usable
from templates_engine.domain.template import ANY_CATEGORY, ScriptTemplate

# How much each term counts. Not learned yet: facts told matter most, wording least.
# With results of published ads, they and the rest share the score.
RESULTS_WEIGHT = 0.35
WEIGHTS = {"facts": 0.35, "category": 0.25, "pace": 0.2, "length": 0.1, "wording": 0.1}
ALIKE = 0.1  # likeness from which on two ways of speaking are close


@dataclass(frozen=True)
class Term:
    """One reason, ``value`` between 0 and 1."""

    code: str
    value: float
    zh: str
    en: str


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
    believed: Mapping[str, Belief] | None = None,
    safest: bool = False,
) -> tuple[Choice, ...]:
    """The eligible ones of ``templates``, best first; equal ones in an order that ``seed`` shuffles.

    ``believed`` (``feedback.believed``): what results say of each template. Then the order also follows a draw from that
    belief, another for each ``seed``, so that a batch spreads; or, for the ``safest``, its mean less its uncertainty.
    """
    choices = [
        _choice(template, facts, fill(template, facts, target_ms=target_ms, seed=seed, terms=terms), terms)
        for template in templates
        if eligibility(template, facts, target_ms, terms).ok
    ]
    rng = Random(seed)  # noqa: S311  variety, not secrecy
    rng.shuffle(choices)
    if believed:
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


def _with_results(choices: list[Choice], believed: Mapping[str, Belief], rng: Random, *, safest: bool) -> list[Choice]:
    drawn_rates = drawn(believed, rng)
    found = []
    for choice in choices:
        belief = believed[choice.template_id]
        value = belief.beside_usual(belief.safest if safest else drawn_rates[choice.template_id])
        score = round((1 - RESULTS_WEIGHT) * choice.score + RESULTS_WEIGHT * value, 4)
        found.append(Choice(choice.template_id, score, (*choice.terms, _results_term(belief, value))))
    return found


def _results_term(belief: Belief, value: float) -> Term:
    if not belief.videos:
        return Term(
            "results",
            value,
            f"还没有用它发过，先按您所有模板的平均估计（每千次播放约 {belief.usual * 1000:.2g} 单）",
            f"not published with yet: taken as your templates' average, about {belief.usual * 1000:.2g} orders per 1,000 views",
        )
    mean, low, high = (
        1000 * rate for rate in (belief.rate.mean, belief.rate.quantile(0.05), belief.rate.quantile(0.95))
    )
    return Term(
        "results",
        value,
        f"用它发过 {belief.videos} 条，{belief.views} 次播放 {belief.orders} 单；"
        f"估计每千次播放 {mean:.2g} 单（90% 区间 {low:.2g} 到 {high:.2g}），您所有模板平均 {belief.usual * 1000:.2g}",
        f"published with {belief.videos} times: {belief.orders} orders of {belief.views} views; about {mean:.2g} per 1,000 "
        f"(90 % interval {low:.2g} to {high:.2g}), your templates' average is {belief.usual * 1000:.2g}",
    )


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
