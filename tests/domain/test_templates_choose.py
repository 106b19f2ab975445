"""Choosing: what is offered, in which order, and why."""

from dataclasses import replace

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.categories import category_codes
from templates_engine.domain.choose import likeness, rank
from templates_engine.domain.patterns import without_slots
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_ZH, MUG_EN, MUG_ZH

TERMS = current_terms()


def test_only_templates_of_the_language_that_the_facts_carry() -> None:
    chosen = {choice.template_id for choice in rank(seeds(), COFFEE_ZH, 15_000, 1, TERMS)}
    assert chosen == {template.id for template in seeds() if template.lang == "zh"} - {"tpl_pain_led_zh_v1"}


def test_best_first_with_terms_in_words() -> None:
    choices = rank(seeds(), MUG_ZH, 20_000, 1, TERMS)
    assert [choice.score for choice in choices] == sorted((choice.score for choice in choices), reverse=True)
    assert all(0 <= term.value <= 1 for choice in choices for term in choice.terms)
    for choice in choices:
        assert [term.code for term in choice.terms] == ["facts", "category", "pace", "length"]
    best = {term.code: term for term in choices[0].terms}
    assert best["category"].zh == "常用于这类商品"
    assert best["facts"].zh.startswith("您填的 16 条信息，讲到了 ")
    assert best["length"].en == "a usual length (12 to 30 s)"


def test_only_a_way_of_speaking_that_is_close_is_given_as_a_reason() -> None:
    template = next(template for template in seeds() if template.lang == "zh")
    own = " ".join(without_slots(pattern.text) for beat in template.beats for pattern in beat.patterns)
    codes = {
        scene: [term.code for term in rank((template,), replace(MUG_ZH, scene=scene), 20_000, 1)[0].terms]
        for scene in ("", own)
    }
    assert "wording" not in codes[""]
    assert codes[own][-1] == "wording"


def test_the_same_seed_ranks_the_same() -> None:
    assert rank(seeds(), MUG_EN, 15_000, 5, TERMS) == rank(seeds(), MUG_EN, 15_000, 5, TERMS)


def test_an_unusual_length_counts_nothing() -> None:
    terms = {term.code: term for term in rank(seeds(), MUG_ZH, 45_000, 1, TERMS)[0].terms}
    assert (terms["length"].value, terms["length"].zh) == (0.0, "时长少见（常见 12 到 30 秒）")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("保温杯", {"kitchen"}),
        ("手冲咖啡", {"food"}),
        ("儿童保温杯", {"kitchen", "baby"}),
        ("Travel mugs", {"kitchen"}),
        ("noise-cancelling headphones", {"electronics"}),
        ("home", {"home"}),
        ("category theory", frozenset()),
        ("", frozenset()),
    ],
)
def test_categories_in_a_merchants_words(text: str, codes: set[str]) -> None:
    assert category_codes(text) == codes


def test_likeness() -> None:
    assert likeness("真空保温杯", "真空保温杯") == pytest.approx(1.0)
    assert likeness("真空保温杯", "手冲咖啡豆") == 0.0
    assert 0 < likeness("真空保温杯", "保温壶") < 1
    assert likeness("", "保温") == 0.0
