"""What published ads say of templates: four things kept apart, each beside the account's usual and with its sample."""

from dataclasses import replace
from math import exp
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.domain.account import CATEGORY_ADS, FEWEST_EARLIER, MOST_EARLIER, Published, compared
from templates_engine.domain.analysis import Observation
from templates_engine.domain.choose import rank
from templates_engine.domain.evidence import WEIGHTS, Evidence, evidence, values
from templates_engine.domain.evidence_words import evidence_terms, rounded
from templates_engine.domain.template import ScriptTemplate
from templates_engine.domain.watching import FEWEST_ADS, watched
from templates_engine.seeding import seeds
from tests.templates_engine.products import COFFEE_ZH

GOOD, POOR, NEW = (
    next(seed for seed in seeds() if seed.id == name)
    for name in ("tpl_reveal_led_zh_v1", "tpl_question_led_zh_v1", "tpl_demo_led_zh_v1")
)
TEMPLATES = (GOOD, POOR, NEW)


def ad(
    number: int,
    template: ScriptTemplate = GOOD,
    *,
    platform: str = "douyin",
    category: str = "杯",
    online: float | None = None,
    age_h: int = 72,
    views: int = 1_000,
    **numbers: object,
) -> Published:
    seen = Observation(platform, age_h, views, **numbers)
    at = float(number) if online is None else online
    return Published(f"ad_{number}", template.family, platform, category, at, (seen,))


def usual(count: int = FEWEST_EARLIER, *, views: int = 1_000) -> list[Published]:
    return [ad(number, POOR, views=views) for number in range(count)]


def test_an_ad_is_compared_with_the_accounts_earlier_ones() -> None:
    (found,) = compared([*usual(), ad(99, views=3_000)])
    assert (found.ad_id, found.age_h, found.views, found.earlier) == ("ad_99", 72, 3_000, 5)
    assert found.ratio == pytest.approx(3.0)


def test_too_few_earlier_ads_tell_no_usual() -> None:
    assert compared([*usual(FEWEST_EARLIER - 1), ad(99)]) == ()


@pytest.mark.parametrize(
    "other",
    [
        {"platform": "kuaishou"},
        {"online": 100.0},  # later
        {"online": 99.0},  # at the same moment
        {"age_h": 24},
        {"spend_fen": 100},
        {"views": 0},
    ],
)
def test_what_is_no_measure(other: dict[str, object]) -> None:
    wrong = ad(4, POOR, **other)
    assert [one.ad_id for one in compared([*usual(4), wrong, ad(99)])] in ([], ["ad_4"])
    assert "ad_99" in {one.ad_id for one in compared([*usual(5), wrong, ad(99)])}


def test_an_ad_without_a_date_or_with_money_behind_it_is_not_compared() -> None:
    undated = replace(ad(98), online=None)
    assert compared([*usual(), undated, ad(99, spend_fen=5_000)]) == ()


def test_the_last_age_that_can_be_compared_counts() -> None:
    older = Observation("douyin", 168, 9_000)
    both = replace(ad(99, views=2_000), snapshots=(older, Observation("douyin", 72, 2_000)))
    (found,) = compared([*usual(), both])
    assert (found.age_h, found.ratio) == (72, pytest.approx(2.0))


def test_the_usual_is_drawn_towards_the_kind_of_goods() -> None:
    cheap = [ad(number, POOR, platform="kuaishou", category="伞", views=100) for number in range(FEWEST_EARLIER - 1)]
    own = [ad(10 + number, POOR, category="杯") for number in range(FEWEST_EARLIER)]
    found = {one.ad_id: one for one in compared([*cheap, *own, ad(98, category="伞"), ad(99, category="杯")])}
    pulled = (1_000 ** (FEWEST_EARLIER / (FEWEST_EARLIER + CATEGORY_ADS))) * (
        100 ** (CATEGORY_ADS / (FEWEST_EARLIER + CATEGORY_ADS))
    )
    assert found["ad_98"].usual == pytest.approx(pulled)
    assert found["ad_99"].usual == pytest.approx(1_000)


def test_an_account_that_has_grown_does_not_praise_its_newest_template() -> None:
    small = [ad(number, POOR, views=100) for number in range(30)]
    grown = [ad(30 + number, POOR, views=1_000) for number in range(MOST_EARLIER)]
    found = compared([*small, *grown, ad(99, GOOD)])
    assert next(one.ratio for one in found if one.family == GOOD.family) == pytest.approx(1.0)


def test_four_things_are_kept_apart() -> None:
    ads = [
        *[ad(number, POOR, views=1_000, orders=9, hold_3s=0.3) for number in range(8)],
        *[ad(20 + number, GOOD, views=4_000, orders=2, hold_3s=0.5, completion=0.2) for number in range(8)],
        *[ad(40 + number, GOOD, views=9_000, orders=1, spend_fen=20_000) for number in range(2)],
    ]
    found = evidence(ads, TEMPLATES)
    good, poor, new = (found[template.id] for template in TEMPLATES)
    assert None not in (good.orders, poor.orders, new.orders, good.reach, poor.reach, new.reach, good.hold, poor.hold)
    assert good.orders.rate.mean < new.orders.rate.mean < poor.orders.rate.mean
    assert (good.orders.videos, good.orders.views, good.orders.orders) == (10, 50_000, 18)
    assert (good.reach.videos, poor.reach.videos, new.reach.videos) == (8, 3, 0)
    assert good.reach.mean > 1 == new.reach.mean
    assert poor.hold.share < new.hold.share < good.hold.share
    assert (good.hold.videos, new.hold.videos, new.hold.mean) == (8, 0, 0.0)
    assert good.completion is not None
    assert good.completion.videos == 8
    assert None not in (good.returns, poor.returns)
    assert (good.returns.belief.videos, good.returns.belief.views, good.returns.belief.orders) == (2, 40_000, 2)
    assert (poor.returns.belief.videos, good.returns.currency) == (0, "CNY")


def test_what_nobody_reported_is_not_believed() -> None:
    assert evidence([], TEMPLATES) == {}
    assert evidence([ad(1), ad(2, age_h=2, orders=5)], TEMPLATES) == {}
    found = evidence([ad(1, orders=3)], TEMPLATES)[GOOD.id]
    assert (found.returns, found.reach, found.hold, found.completion) == (None, None, None, None)


def test_money_is_counted_in_the_currency_of_most_ads() -> None:
    spent = {"orders": 4, "spend_fen": 10_000}
    ads = [ad(1, **spent), ad(2, **spent), ad(3, **spent, currency="USD")]
    returns = evidence(ads, TEMPLATES)[GOOD.id].returns
    assert returns is not None
    assert (returns.currency, returns.belief.videos) == ("CNY", 2)


def test_a_share_is_compared_on_its_own_platform() -> None:
    """All shares of one platform are twice those of the other, and the templates are alike."""
    ads = [
        *[ad(number, GOOD, platform="douyin", hold_3s=0.6) for number in range(12)],
        *[ad(20 + number, POOR, platform="kuaishou", hold_3s=0.3) for number in range(12)],
    ]
    found = watched(ads, [GOOD.family, POOR.family], lambda seen: seen.hold_3s)
    assert abs(found[GOOD.family].mean) < 0.1
    assert abs(found[POOR.family].mean) < 0.1
    assert watched(ads[: FEWEST_ADS - 1], [GOOD.family], lambda seen: seen.hold_3s) == {}


def test_shares_of_nothing_and_everything_are_believed_within_reason() -> None:
    ads = [ad(number, GOOD if number % 2 else POOR, completion=float(number % 2)) for number in range(12)]
    found = watched(ads, [GOOD.family, POOR.family], lambda seen: seen.completion)
    assert 0 < found[POOR.family].low90 < found[POOR.family].share < found[GOOD.family].share
    assert found[GOOD.family].share < found[GOOD.family].high90 < 1


reports = st.lists(
    st.tuples(
        st.integers(0, 6),  # ad
        st.sampled_from(["douyin", "kuaishou"]),
        st.sampled_from([2, 20, 23, 25, 26, 70, 74, 120, 200]),
    ),
    min_size=1,
    max_size=25,
    unique=True,
)


def heard(found: list[tuple[int, str, int]]) -> list[Published]:
    """An ad's numbers at an age are what they are, whoever reports them when."""
    by_ad: dict[tuple[int, str], list[Observation]] = {}
    for number, platform, age_h in found:
        luck = Random(f"{number} {platform} {age_h}")
        views = luck.randrange(100, 5_000)
        spend = None if number % 3 else luck.randrange(10_000)
        seen = Observation(
            platform, age_h, views, luck.random(), luck.random(), orders=luck.randrange(30), spend_fen=spend
        )
        by_ad.setdefault((number, platform), []).append(seen)
    return [
        Published(f"ad_{number}", TEMPLATES[number % 2].family, platform, "杯", float(number), tuple(seen))
        for (number, platform), seen in by_ad.items()
    ]


@settings(max_examples=60, deadline=None)
@given(reports, st.randoms(use_true_random=False))
def test_late_and_repeated_reports_in_any_order_are_believed_alike(
    found: list[tuple[int, str, int]], rng: Random
) -> None:
    again = [*found, *rng.sample(found, len(found) // 2)]
    rng.shuffle(again)
    ads = heard(again)
    rng.shuffle(ads)
    before, after = evidence(heard(found), TEMPLATES), evidence(ads, TEMPLATES)
    assert before.keys() == after.keys()
    for template, its in before.items():
        assert numbers(after[template]) == pytest.approx(numbers(its))


def numbers(its: Evidence) -> list[float]:
    rates = [belief for belief in (its.orders, its.returns and its.returns.belief) if belief]
    shares = [one for one in (its.hold, its.completion) if one]
    return [
        *(
            value
            for one in rates
            for value in (one.rate.mean, one.rate.sd, one.usual, one.videos, one.views, one.orders)
        ),
        *(value for one in shares for value in (one.mean, one.sd, one.usual, one.videos)),
        *((its.reach.mean, its.reach.low90, its.reach.videos) if its.reach else ()),
    ]


def known() -> dict[str, Evidence]:
    ads = [
        *[ad(number, POOR, orders=1, hold_3s=0.3, completion=0.1) for number in range(10)],
        *[ad(20 + number, GOOD, views=2_000, orders=30, hold_3s=0.5, completion=0.2) for number in range(10)],
        *[ad(40 + number, GOOD, orders=20, spend_fen=30_000) for number in range(5)],
    ]
    return evidence(ads, TEMPLATES)


def test_each_thing_counts_with_a_weight_of_its_own() -> None:
    found = values(known(), Random(1), safest=True)
    assert found[GOOD.id].keys() == WEIGHTS.keys()
    assert all(0 < value < 1 for its in found.values() for value in its.values())
    assert all(found[GOOD.id][code] > found[POOR.id][code] for code in ("results", "reach", "watch"))
    assert sum(WEIGHTS.values()) < 1  # how well a template fits the product is never outvoted entirely


def test_the_safest_does_not_draw_and_the_rest_does() -> None:
    its = known()
    assert values(its, Random(1), safest=True) == values(its, Random(2), safest=True)
    assert values(its, Random(1), safest=False) == values(its, Random(1), safest=False)
    drawn = [values(its, Random(seed), safest=False)[NEW.id] for seed in range(20)]
    assert all(len({one[code] for one in drawn}) == 20 for code in ("results", "reach", "watch"))


def test_an_untried_template_is_usual_less_its_uncertainty() -> None:
    its = known()[NEW.id]
    assert its.reach is not None
    safest = values(known(), Random(1), safest=True)[NEW.id]
    assert safest["reach"] == pytest.approx(1 / (1 + exp(its.reach.believed.sd)))
    assert all(value < 0.5 for value in safest.values())


def test_everything_is_said_in_words_with_its_sample() -> None:
    its = known()[GOOD.id]
    terms = {term.code: term for term in evidence_terms(its, dict.fromkeys(WEIGHTS, 0.5))}
    assert terms.keys() == WEIGHTS.keys()
    assert terms["results"].zh.startswith("用它发过 15 条，25000 次播放 400 单；")
    assert terms["returns"].zh.startswith("花钱推过 5 条，每花 100 元约 ")
    assert terms["reach"].zh.startswith("没花钱推的 10 条，播放约为您账号平时的 ")
    assert terms["reach"].en.startswith("unpaid views of 10 ads: about ")
    assert terms["watch"].zh.startswith("前 3 秒留住约 ")
    assert "条），看完约 " in terms["watch"].zh
    assert terms["watch"].en.count("10 ads") == 2


def test_a_template_that_was_never_used_says_so_once() -> None:
    (untried,) = evidence_terms(known()[NEW.id], dict.fromkeys(WEIGHTS, 0.5))
    assert untried.zh.startswith("还没有用它发过，先按您所有模板的平均估计")
    watched_only = replace(known()[NEW.id], orders=None)
    (other,) = evidence_terms(watched_only, {"watch": 0.4})
    assert (other.zh, other.value) == ("还没有用它发过，先按您平时的水平估计", 0.4)


def test_numbers_are_rounded_to_what_is_known() -> None:
    assert [rounded(value) for value in (0.01234, 1.25, 12.6, 161.0, 12_345.0)] == [
        "0.012",
        "1.2",
        "13",
        "161",
        "12345",
    ]


def test_results_order_the_choices_and_the_safest_likes_what_is_known() -> None:
    by_template = {c.template_id: c for c in rank(TEMPLATES, COFFEE_ZH, 15_000, 1, believed=known(), safest=True)}
    assert by_template[GOOD.id].score > by_template[POOR.id].score
    assert {"results", "returns", "reach", "watch"} <= {term.code for term in by_template[GOOD.id].terms}
    assert all(0 <= choice.score <= 1 for choice in by_template.values())


def test_a_draw_is_another_for_each_product() -> None:
    def drawn(title: str) -> list[float]:
        choices = rank(TEMPLATES, replace(COFFEE_ZH, title=title), 15_000, 1, believed=known())
        return [next(term.value for term in choice.terms if term.code == "results") for choice in choices]

    assert drawn(COFFEE_ZH.title) == drawn(COFFEE_ZH.title) != drawn(f"{COFFEE_ZH.title} 500g")
