"""Filling: examples with exact results, and exact reasons where there is none."""

from dataclasses import replace

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.beats import Role
from templates_engine.domain.facts import Price, ProductFacts, Proof
from templates_engine.domain.fill import CannotFill, eligibility, fill
from templates_engine.domain.patterns import Pattern
from templates_engine.domain.script_json import script_from_dict, script_to_dict
from templates_engine.domain.template import ScriptTemplate
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_EN, COFFEE_ZH, MUG_EN, MUG_ZH

TERMS = current_terms()
BY_ID = {template.id: template for template in seeds()}
PAIN, REVEAL, OFFER = (BY_ID[f"tpl_{name}_zh_v1"] for name in ("pain_led", "reveal_led", "offer_led"))


def codes(template: ScriptTemplate, facts: ProductFacts, target_ms: int = 15_000) -> list[tuple[str, str]]:
    verdict = eligibility(template, facts, target_ms, TERMS)
    assert verdict.ok == (not verdict.reasons)
    return [(reason.code, reason.zh) for reason in verdict.reasons]


def test_the_same_arguments_give_the_same_script_and_it_survives_storage() -> None:
    script = fill(PAIN, MUG_ZH, target_ms=18_000, seed=7, terms=TERMS)
    assert script == fill(PAIN, MUG_ZH, target_ms=18_000, seed=7, terms=TERMS)
    assert script_from_dict(script_to_dict(script)) == script
    assert (script.template_id, script.lang, script.seed, script.target_ms) == (PAIN.id, "zh", 7, 18_000)
    assert (script.headline, script.call_to_action) == ("小蓝杯", "点小黄车下单")
    assert (script.price_text, script.list_price_text) == ("¥59.9", "¥99")


def test_seeds_vary_hooks_and_phrasing() -> None:
    scripts = [fill(REVEAL, MUG_ZH, target_ms=18_000, seed=seed, terms=TERMS) for seed in range(12)]
    assert len({script.beats[0].voice for script in scripts}) >= 4
    assert len({tuple(beat.voice for beat in script.beats) for script in scripts}) >= 11
    assert len({tuple(shot.camera for beat in script.beats for shot in beat.shots) for script in scripts}) >= 6


def test_price_forms_differ_for_ear_and_eye() -> None:
    offer = next(
        beat
        for seed in range(20)
        for beat in fill(OFFER, MUG_ZH, target_ms=15_000, seed=seed, terms=TERMS).beats
        if beat.role is Role.OFFER
    )
    assert "59块9" in offer.voice
    assert "¥59.9" in offer.caption
    assert "price" in offer.facts


def test_without_a_price_the_end_card_shows_none() -> None:
    script = fill(REVEAL, replace(COFFEE_ZH, price=None), target_ms=15_000, seed=1, terms=TERMS)
    assert (script.price_text, script.list_price_text) == ("", "")
    assert Role.OFFER not in [beat.role for beat in script.beats]
    assert "优惠：没有填价格" in script.dropped


def test_a_list_price_below_the_price_is_ignored() -> None:
    facts = replace(COFFEE_ZH, price=Price(6800, "CNY", 6800))
    assert fill(REVEAL, facts, target_ms=15_000, seed=1, terms=TERMS).list_price_text == ""


def test_the_merchants_own_call_to_action_is_the_only_one() -> None:
    for seed in range(8):
        last = fill(REVEAL, MUG_ZH, target_ms=15_000, seed=seed, terms=TERMS).beats[-1]
        assert "点小黄车下单" in last.voice
        assert "call_to_action" in last.facts
    script = fill(REVEAL, COFFEE_ZH, target_ms=15_000, seed=0, terms=TERMS)
    assert script.call_to_action == "立即选购"
    assert fill(BY_ID["tpl_reveal_led_en_v1"], COFFEE_EN, target_ms=15_000, seed=0).call_to_action == "Shop now"


def test_a_short_title_serves_as_name_and_english_names_lose_their_article() -> None:
    script = fill(REVEAL, replace(COFFEE_ZH, name=""), target_ms=15_000, seed=0, terms=TERMS)
    assert script.headline == "晨光咖啡豆"
    template = BY_ID["tpl_reveal_led_en_v1"]
    voices = [
        beat.voice
        for seed in range(10)
        for beat in fill(template, replace(COFFEE_EN, name="The Bean"), target_ms=15_000, seed=seed).beats
    ]
    assert any("the Bean" in voice for voice in voices)
    assert not any("the The" in voice for voice in voices)


def test_every_language_has_two_templates_for_the_barest_product() -> None:
    bare_zh = ProductFacts(
        "zh", "竹制砧板", "竹砧板", "厨房", selling_points=("不易发霉", "两面可用", "带沥水槽"), price=Price(4900)
    )
    bare_en = ProductFacts(
        "en", "Bamboo board", "Bamboo board", "kitchen", selling_points=("thick", "light", "easy to rinse"),
        price=Price(1900, "USD"),
    )  # fmt: skip
    for facts in (bare_zh, bare_en):
        for target_ms in (12_000, 15_000, 20_000, 30_000):
            fit = [seed.id for seed in seeds() if eligibility(seed, facts, target_ms, TERMS).ok]
            assert len(fit) == 6, fit  # all of the language but pain-led


def test_what_is_missing_is_said_exactly() -> None:
    assert codes(PAIN, COFFEE_ZH) == [("fact_missing", "没有填痛点")]
    assert codes(OFFER, replace(COFFEE_ZH, price=None)) == [("fact_missing", "没有填价格")]
    assert codes(REVEAL, replace(COFFEE_ZH, selling_points=())) == [("fact_missing", "没有填卖点")]
    assert codes(REVEAL, replace(COFFEE_ZH, name="", title="很长很长的一个店铺标题放不进口播")) == [
        ("fact_missing", "没有填产品简称")
    ]
    assert codes(REVEAL, COFFEE_EN) == [("language", "这个模板说中文，产品信息是英文")]
    assert codes(REVEAL, COFFEE_ZH, 5_000) == [("target_out_of_range", "时长 5 秒不行，请选 6 到 60 秒")]
    assert codes(REVEAL, COFFEE_ZH, 6_000) == [("too_tight", "6 秒说不完，至少要 7.6 秒；加长时间或缩短卖点")]


def test_what_is_dropped_is_said_exactly() -> None:
    verdict = eligibility(OFFER, COFFEE_ZH, 30_000, TERMS)
    assert [(beat.role, beat.reason.code, beat.reason.en) for beat in verdict.dropped_beats] == [
        (Role.SOCIAL_PROOF, "fact_missing", "no proof with evidence given"),
        (Role.URGENCY, "fact_missing", "no end date given"),
    ]
    english = fill(BY_ID["tpl_offer_led_en_v1"], COFFEE_EN, target_ms=30_000, seed=0, terms=TERMS)
    assert english.dropped == ("social_proof: no proof with evidence given", "urgency: no end date given")


def test_used_up_facts_drop_an_optional_beat_instead_of_repeating() -> None:
    facts = replace(COFFEE_ZH, selling_points=("下单现烘",))
    script = fill(REVEAL, facts, target_ms=20_000, seed=0, terms=TERMS)
    assert [beat.role for beat in script.beats].count(Role.SELLING_POINT) == 1
    assert script.dropped.count("卖点：没有更多信息可说，不重复前面的内容") == 2


def test_a_blocked_fact_is_not_used_and_the_reason_names_it() -> None:
    facts = replace(COFFEE_ZH, selling_points=("全网最低价", "下单现烘"))
    script = fill(REVEAL, facts, target_ms=15_000, seed=0, terms=TERMS)
    assert not any("最" in beat.voice for beat in script.beats)
    assert "“全网最低价”没有使用，因为「最」：绝对化用语不能用。换成具体的事实，比如材质、时长、重量" in script.dropped
    only = replace(COFFEE_ZH, selling_points=("全网最低价",))
    assert codes(REVEAL, only) == [
        ("fact_missing", "没有填卖点"),
        ("blocked_term", "“全网最低价”没有使用，因为「最」：绝对化用语不能用。换成具体的事实，比如材质、时长、重量"),
    ]
    named = replace(COFFEE_ZH, name="天下第一豆")
    assert [code for code, _ in codes(REVEAL, named)] == ["fact_missing", "blocked_term"]


def test_a_fact_too_long_to_say_is_left_out_with_its_length() -> None:
    long = "从选豆到烘焙每一步都由同一位师傅亲手完成绝不假手他人也不偷工减料"
    script = fill(REVEAL, replace(COFFEE_ZH, selling_points=(long, "下单现烘")), target_ms=15_000, seed=0, terms=TERMS)
    assert f"“{long}”念出来要 6.7 秒，没有使用，请缩短到 5.5 秒以内" in script.dropped


def test_specifications_wait_until_the_selling_points_are_told() -> None:
    template = BY_ID["tpl_demo_led_zh_v1"]
    for seed in range(12):
        script = fill(template, MUG_ZH, target_ms=30_000, seed=seed, terms=TERMS)
        points = [path for beat in script.beats if beat.role is Role.SELLING_POINT for path in beat.facts]
        assert len(points) == 3
        assert all(path.startswith("selling_points.") for path in points)
    scarce = replace(MUG_ZH, selling_points=("真空双层",))
    told = {path for beat in fill(template, scarce, target_ms=30_000, seed=1).beats for path in beat.facts}
    assert {"selling_points.0", "attributes.0", "attributes.1"} <= told


def test_a_brand_inside_the_name_is_not_said_again() -> None:
    template = BY_ID["tpl_demo_led_zh_v1"]

    def reveals(brand: str) -> str:
        facts = replace(COFFEE_ZH, brand=brand)
        scripts = (fill(template, facts, target_ms=30_000, seed=seed) for seed in range(12))
        return "".join(beat.voice for script in scripts for beat in script.beats if beat.role is Role.REVEAL)

    assert "出品" in reveals("木屿")
    assert "出品" not in reveals("晨光")


def test_every_ad_needs_a_name_even_where_no_line_says_it() -> None:
    template = BY_ID["tpl_question_led_zh_v1"]
    nameless = replace(COFFEE_ZH, name="", title="", audience="上班族")
    assert codes(template, nameless) == [("fact_missing", "没有填产品简称")]


def test_an_ad_may_run_over_by_a_twentieth_and_no_more() -> None:
    """The shortest words of these facts take just over six seconds and a half."""
    facts = replace(COFFEE_ZH, name="豆", selling_points=("香",))
    shortest = next(ms for ms in range(6_000, 9_000, 10) if eligibility(REVEAL, facts, ms, TERMS).ok)
    script = fill(REVEAL, facts, target_ms=shortest, seed=0, terms=TERMS)
    assert shortest < script.duration_ms <= shortest * 1.05
    assert codes(REVEAL, facts, shortest - 10)[0][0] == "too_tight"
    assert (shortest - 10) * 1.05 < script.duration_ms


def test_a_proof_without_evidence_is_left_out() -> None:
    facts = replace(COFFEE_ZH, proofs=(Proof("农残检测合格", " "),))
    verdict = eligibility(REVEAL, facts, 30_000, TERMS)
    assert [reason.code for reason in verdict.left_out] == ["proof_without_evidence"]
    assert Role.SOCIAL_PROOF in [beat.role for beat in verdict.dropped_beats]


def test_refusing_raises_with_the_reasons_of_eligibility() -> None:
    with pytest.raises(CannotFill) as refused:
        fill(PAIN, COFFEE_ZH, target_ms=15_000, seed=0, terms=TERMS)
    assert refused.value.code == "cannot_fill"
    assert refused.value.detail == "no pain point given"
    assert refused.value.extra() == {
        "reasons": [{"code": "fact_missing", "zh": "没有填痛点", "en": "no pain point given"}]
    }
    assert refused.value.reasons == eligibility(PAIN, COFFEE_ZH, 15_000, TERMS).reasons


def test_a_line_that_invents_a_number_is_never_chosen() -> None:
    beat = REVEAL.beats[0]
    liar = replace(
        REVEAL,
        beats=(
            replace(beat, patterns=(Pattern.parse("买过的99%都回购。"), Pattern.parse("看看{name}。"))),
            *REVEAL.beats[1:],
        ),
    )
    for seed in range(10):
        assert fill(liar, COFFEE_ZH, target_ms=15_000, seed=seed, terms=TERMS).beats[0].voice == "看看晨光咖啡豆。"
    only = replace(liar, beats=(replace(beat, patterns=(Pattern.parse("买过的99%都回购。"),)), *REVEAL.beats[1:]))
    assert [code for code, _ in codes(only, COFFEE_ZH)] == ["unspeakable"]


def test_english_reads_as_sentences() -> None:
    template = BY_ID["tpl_pain_led_en_v1"]
    for seed in range(10):
        for beat in fill(template, MUG_EN, target_ms=20_000, seed=seed, terms=TERMS).beats:
            assert not beat.voice[0].islower()
            assert beat.voice[-1] in ".?!"
