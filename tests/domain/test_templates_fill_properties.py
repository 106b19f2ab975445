"""What every filled script keeps, whatever the facts, the template, the length and the seed."""

import re
from itertools import pairwise

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from templates_engine.ad_terms import current_terms
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import CannotFill, eligibility, fill
from templates_engine.domain.guards import blocked_terms, ungrounded
from templates_engine.domain.script import Script
from templates_engine.domain.template import ScriptTemplate
from templates_engine.seeding import seeds
from tests.templates_engine.products import PRODUCTS, wild_cases

TERMS = current_terms()
DOUBLE_PUNCTUATION = re.compile(r"[，。、；：！？,.;:!?]\s*[，。、；：！？,.;:!?]")
SEEDS = st.sampled_from(seeds())
LENGTHS = st.integers(12_000, 30_000)


def assert_sound(script: Script, facts: ProductFacts, template: ScriptTemplate, target_ms: int) -> None:
    assert target_ms <= script.duration_ms <= target_ms * 1.05
    assert script.beats[0].start_ms == 0
    assert all(one.end_ms == two.start_ms for one, two in pairwise(script.beats))
    in_template = iter(beat.role for beat in template.beats)
    assert all(beat.role in in_template for beat in script.beats), "beats keep their order"
    for beat in script.beats:
        length = beat.end_ms - beat.start_ms
        assert length >= (3_000 if beat.role == "cta" else 1_200)
        assert (beat.shots[0].start_ms, beat.shots[-1].end_ms) == (beat.start_ms, beat.end_ms)
        assert all(one.end_ms == two.start_ms for one, two in pairwise(beat.shots))
        assert all(1_200 <= shot.end_ms - shot.start_ms <= 5_000 for shot in beat.shots)
        for text in (beat.voice, beat.caption):
            assert text.strip("| ") == text != ""
            assert not set("{}[]") & set(text)
            assert not DOUBLE_PUNCTUATION.search(text), text
            assert ungrounded(text, facts) == ()
            assert blocked_terms(text, TERMS) == ()
        assert "|" not in beat.voice
        assert "||" not in beat.caption
    assert script.beats[-1].role == "cta"
    assert script.call_to_action
    assert script.headline


@pytest.mark.parametrize("template", seeds(), ids=lambda template: template.id)
def test_real_products_in_every_length(template: ScriptTemplate) -> None:
    for facts in PRODUCTS:
        for target_ms in (12_000, 16_500, 30_000):
            if eligibility(template, facts, target_ms, TERMS).ok:
                for seed in (0, 1):
                    script = fill(template, facts, target_ms=target_ms, seed=seed, terms=TERMS)
                    assert_sound(script, facts, template, target_ms)


@pytest.mark.slow
@given(case=wild_cases(), target_ms=LENGTHS, seed=st.integers(0, 2**31))
@settings(max_examples=50, deadline=None)
def test_any_product(case: tuple[ScriptTemplate, ProductFacts], target_ms: int, seed: int) -> None:
    template, facts = case
    verdict = eligibility(template, facts, target_ms, TERMS)
    event("filled" if verdict.ok else verdict.reasons[0].code)
    if verdict.ok:
        assert verdict.reasons == ()
        script = fill(template, facts, target_ms=target_ms, seed=seed, terms=TERMS)
        assert_sound(script, facts, template, target_ms)
        assert script == fill(template, facts, target_ms=target_ms, seed=seed, terms=TERMS)
    else:
        with pytest.raises(CannotFill) as refused:
            fill(template, facts, target_ms=target_ms, seed=seed, terms=TERMS)
        assert refused.value.reasons == verdict.reasons != ()
        assert all(reason.zh and reason.en for reason in verdict.reasons)


@pytest.mark.slow
@given(case=wild_cases(), target_ms=st.integers(6_000, 60_000), seed=st.integers(0, 2**31))
@settings(max_examples=1_500, deadline=None)
def test_any_product_in_any_length(case: tuple[ScriptTemplate, ProductFacts], target_ms: int, seed: int) -> None:
    template, facts = case
    if eligibility(template, facts, target_ms, TERMS).ok:
        assert_sound(fill(template, facts, target_ms=target_ms, seed=seed, terms=TERMS), facts, template, target_ms)


@given(template=SEEDS, target_ms=LENGTHS, seed=st.integers(0, 2**31), product=st.sampled_from(PRODUCTS))
@settings(max_examples=40, deadline=None)
def test_no_fact_is_told_twice_while_others_wait(
    template: ScriptTemplate, target_ms: int, seed: int, product: ProductFacts
) -> None:
    if not eligibility(template, product, target_ms, TERMS).ok:
        return
    script = fill(template, product, target_ms=target_ms, seed=seed, terms=TERMS)
    told = [path for beat in script.beats for path in beat.facts]
    once = [path for path in told if path not in ("name", "brand", "call_to_action")]
    assert len(once) == len(set(once))
