"""Ten variants differ, and how much is said."""

from dataclasses import replace
from functools import partial

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.fill import fill
from templates_engine.domain.script import Script
from templates_engine.domain.variants import distinctness, similarity, variants
from templates_engine.phrase_book import current_phrases
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_EN, LAMP_EN, LAMP_ZH, MUG_EN, MUG_ZH

pytestmark = pytest.mark.slow  # fills ten scripts of each template

BY_ID = {template.id: template for template in seeds()}


def writing(template_id: str, facts: ProductFacts, seed: int) -> Script:
    return fill(BY_ID[template_id], facts, target_ms=20_000, seed=seed, terms=current_terms(), book=current_phrases())


@pytest.mark.parametrize(
    ("template_id", "facts", "kinds"),
    [
        ("tpl_pain_led_zh_v1", MUG_ZH, 3),
        ("tpl_reveal_led_zh_v1", LAMP_ZH, 2),
        ("tpl_offer_led_en_v1", MUG_EN, 3),
        ("tpl_question_led_en_v1", COFFEE_EN, 1),  # it always asks, and nobody is there to be called
        ("tpl_demo_led_en_v1", LAMP_EN, 3),
    ],
)
def test_ten_variants_really_differ(template_id: str, facts: ProductFacts, kinds: int) -> None:
    found = variants(partial(writing, template_id, facts), 10, seed=1)
    report = found.distinctness
    assert (report.scripts, report.openings) == (10, 10)
    assert report.hook_types >= kinds
    assert report.mean_similarity <= 0.6
    assert report.mean_similarity <= report.worst_similarity <= 0.75
    assert report.orders >= 2
    assert found == variants(partial(writing, template_id, facts), 10, seed=1)


def test_the_report_counts() -> None:
    one = writing("tpl_pain_led_zh_v1", MUG_ZH, 1)
    assert similarity(one, one) == pytest.approx(1.0)
    twins = distinctness([one, one])
    assert (twins.mean_similarity, twins.openings, twins.orders, twins.distinct_pairs) == (
        pytest.approx(1.0),
        1,
        1,
        0.5,
    )
    other = replace(one, beats=tuple(replace(beat, voice="全不一样的话") for beat in one.beats))
    assert similarity(one, other) == 0.0
    alone = distinctness([one])
    assert (alone.mean_similarity, alone.worst_similarity) == (0.0, 0.0)
    assert distinctness([]).distinct_pairs == 0.0


def test_where_nothing_differs_one_script_comes_back() -> None:
    same = writing("tpl_pain_led_zh_v1", MUG_ZH, 1)
    assert variants(lambda seed: same, 10, seed=1).scripts == (same,)
