"""Results come back: kept once per age, never for a stranger's ad, and they move what is chosen next."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Organization
from templates_engine import feedback, library
from templates_engine.domain.analysis import Observation
from templates_engine.errors import ResultsInvalid
from templates_engine.feedback import Fate, Result
from templates_engine.models import PublishedResult
from tests.templates_engine.products import COFFEE_ZH

pytestmark = pytest.mark.django_db
GOOD, POOR = "tpl_reveal_led_zh_v1", "tpl_question_led_zh_v1"


@pytest.fixture
def alice() -> Organization:
    return Organization.objects.create(name="Alice's shop")


@pytest.fixture
def charlie() -> Organization:
    return Organization.objects.create(name="Charlie's shop")


def result(script: str, template: str = GOOD, *, age_h: int = 72, views: int = 1_000, orders: int = 2) -> Result:
    return Result(script, template, Observation("douyin", age_h, views, orders=orders, likes=7))


def many(template: str, orders: int) -> list[Result]:
    return [result(f"ad_{template}_{number}", template, views=2_000, orders=orders) for number in range(8)]


def test_the_same_age_reported_again_is_replaced(alice: Organization) -> None:
    assert feedback.report(alice, [result("ad_1"), result("ad_1", age_h=24)]) == 2
    feedback.report(alice, [result("ad_1", orders=5)])
    rows = PublishedResult.objects.of(alice).order_by("age_h")
    assert [(row.age_h, row.orders, row.family) for row in rows] == [
        (24, 2, "tpl_reveal_led_zh"),
        (72, 5, "tpl_reveal_led_zh"),
    ]
    assert rows[1].observation() == Observation("douyin", 72, 1_000, orders=5, likes=7)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (result("", GOOD), "the id of its ad"),
        (result("ad_1", "pain"), "the template that it was made with"),
        (result("ad_1", views=3, orders=9), "9 orders of 3 views"),
    ],
)
def test_a_bad_result_keeps_nothing_of_its_batch(alice: Organization, bad: Result, message: str) -> None:
    with pytest.raises(ResultsInvalid, match=message):
        feedback.report(alice, [result("ad_0"), bad])
    assert not PublishedResult.objects.exists()


def test_a_sheet_of_results(alice: Organization, tmp_path: Path) -> None:
    sheet = tmp_path / "results.csv"
    sheet.write_text("video_id,age_h,views,orders\nad_1,24,500,1\nad_1,72,900,3\nad_2,72,100,0\n", encoding="utf-8")
    assert feedback.report_sheet(alice, sheet, {"ad_1": GOOD, "ad_2": POOR, "ad_3": POOR}) == 3
    believed = feedback.believed(alice, library.visible(alice, "zh"))
    assert (believed[GOOD].videos, believed[GOOD].views, believed[GOOD].orders) == (1, 900, 3)
    assert (believed[POOR].videos, believed[POOR].views) == (1, 100)


def test_a_sheet_with_strangers_ads_is_refused_whole(alice: Organization, tmp_path: Path) -> None:
    sheet = tmp_path / "results.csv"
    sheet.write_text("video_id,age_h,views,orders\nad_1,24,500,1\nad_9,72,900,3\n", encoding="utf-8")
    with pytest.raises(ResultsInvalid, match="1 of its ids are no ad of yours: ad_9"):
        feedback.report_sheet(alice, sheet, {"ad_1": GOOD})
    assert not PublishedResult.objects.exists()


def test_without_results_nothing_is_believed_and_the_order_stays(alice: Organization, charlie: Organization) -> None:
    before = library.rank_for(alice, COFFEE_ZH, 15_000, 1)
    feedback.report(charlie, many(POOR, 40))
    assert feedback.believed(alice, library.visible(alice, "zh")) == {}
    assert library.rank_for(alice, COFFEE_ZH, 15_000, 1) == before
    assert {term.code for term in before[0].terms} <= {"facts", "category", "pace", "length", "wording"}


def test_too_young_results_are_waited_for(alice: Organization) -> None:
    feedback.report(alice, [result("ad_1", age_h=2)])
    assert feedback.believed(alice, library.visible(alice, "zh")) == {}


def test_results_change_the_order_and_are_told_with_their_numbers(alice: Organization) -> None:
    feedback.report(alice, [*many(GOOD, 40), *many(POOR, 1)])
    choices = {choice.template_id: choice for choice in library.rank_for(alice, COFFEE_ZH, 15_000, 1, safest=True)}
    assert choices[GOOD].score > choices[POOR].score
    term = choices[GOOD].terms[-1]
    assert term.code == "results"
    assert term.zh.startswith("用它发过 8 条，16000 次播放 320 单；估计每千次播放 ")
    assert "90 % interval" in term.en
    untried = choices["tpl_demo_led_zh_v1"].terms[-1]
    assert untried.zh.startswith("还没有用它发过，先按您所有模板的平均估计")


def test_each_seed_draws_anew_but_the_safest_stays(alice: Organization) -> None:
    feedback.report(alice, [*many(GOOD, 6), *many(POOR, 4)])

    def values(seed: int, *, safest: bool) -> dict[str, float]:
        choices = library.rank_for(alice, COFFEE_ZH, 15_000, seed, safest=safest)
        return {choice.template_id: choice.terms[-1].value for choice in choices}

    assert values(1, safest=True) == values(2, safest=True)
    assert values(1, safest=False) == values(1, safest=False) != values(2, safest=False)


def test_a_new_version_learns_from_its_familys_results(alice: Organization) -> None:
    feedback.report(alice, many("tpl_reveal_led_zh_v9", 5))
    assert feedback.believed(alice, library.visible(alice, "zh"))[GOOD].videos == 8


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations([(20, 1), (24, 2), (70, 3), (75, 4), (168, 6)]),
    again=st.lists(st.sampled_from([(20, 1), (24, 2), (168, 6)]), max_size=4),
)
def test_late_and_repeated_reports_are_believed_alike(
    alice: Organization, order: list[tuple[int, int]], again: list[tuple[int, int]]
) -> None:
    PublishedResult.objects.all().delete()
    for age_h, orders in [*order, *again]:
        feedback.report(alice, [result("ad_1", age_h=age_h, views=100 * age_h, orders=orders)])
    belief = feedback.believed(alice, library.visible(alice))[GOOD]
    assert (belief.videos, belief.views, belief.orders) == (1, 16_800, 6)
    assert PublishedResult.objects.count() == 5


def dated(script: str, day: int, template: str = GOOD, **numbers: object) -> Result:
    published = datetime(2026, 1, day, tzinfo=UTC)
    return Result(script, template, Observation("douyin", 72, 1_000, **numbers), published, "咖啡")


def test_an_ad_is_compared_with_the_accounts_earlier_ones(alice: Organization) -> None:
    feedback.report(alice, [dated(f"ad_{day}", day, POOR) for day in range(1, 6)])
    assert feedback.evidence_of(alice, library.visible(alice)) == {}
    feedback.report(alice, [dated("ad_9", 9)])
    reach = feedback.evidence_of(alice, library.visible(alice))[GOOD].reach
    assert reach is not None
    assert (reach.videos, reach.mean) == (1, pytest.approx(1.0))
    feedback.date(alice, "ad_9", "douyin", datetime(2025, 12, 1, tzinfo=UTC))  # it was the first
    assert feedback.evidence_of(alice, library.visible(alice))[POOR].reach.videos == 1


def test_a_report_that_does_not_tell_the_date_takes_none_away(alice: Organization) -> None:
    feedback.report(alice, [dated("ad_1", 3)])
    feedback.report(alice, [result("ad_1", orders=9)])
    row = PublishedResult.objects.get()
    assert (row.orders, row.published_at) == (9, datetime(2026, 1, 3, tzinfo=UTC))


def test_what_would_become_of_a_report(alice: Organization, charlie: Organization) -> None:
    feedback.report(alice, [result("ad_1")])
    feedback.report(charlie, [result("ad_2")])
    before = list(PublishedResult.objects.values())
    asked = [result("ad_1"), result("ad_1", orders=3), result("ad_1", age_h=24), result("ad_2")]
    assert feedback.fates(alice, asked) == (Fate.SAME, Fate.REPLACES, Fate.NEW, Fate.NEW)
    assert list(PublishedResult.objects.values()) == before
    assert feedback.fates(alice, []) == ()


def test_an_age_of_more_than_ten_years_is_a_wrong_column(alice: Organization) -> None:
    with pytest.raises(ResultsInvalid, match="more than ten years") as refused:
        feedback.report(alice, [result("ad_0"), result("ad_1", age_h=10**9)])
    assert "超过十年了" in refused.value.zh
    assert not PublishedResult.objects.exists()


def test_many_results_take_few_questions(alice: Organization, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        feedback.report(alice, [result(f"ad_{number}") for number in range(400)])
    with django_assert_max_num_queries(1):
        assert len(feedback.published(alice)) == 400
