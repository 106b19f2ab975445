"""What hits achieved: equal ages, capped exposure, partial pooling; and choosing by it."""

from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_engine.domain.analysis import Observation
from templates_engine.domain.bandit import batch, beliefs, drawn
from templates_engine.domain.engagement import (
    CHECKPOINTS_H,
    UNKNOWN,
    Trial,
    at_checkpoint,
    capped,
    category_prior,
    dispersion,
    orders_engagement,
    pooled_mean,
    ratios,
    reach,
    reach_engagement,
    template_rate,
    trial,
)
from templates_engine.domain.gamma import Gamma, lower


def seen(age_h: int, views: int, orders: int | None = None) -> Observation:
    return Observation("douyin", age_h, views, orders=orders)


def test_gamma_against_known_values() -> None:
    assert lower(1.0, 2.0) == pytest.approx(1 - exp(-2))
    assert lower(2.5, 0.0) == 0.0
    assert lower(10.0, 30.0) == pytest.approx(1 - 7.12e-06, abs=1e-7)
    one = Gamma(1.0, 2.0)
    assert (one.mean, one.sd) == (0.5, 0.5)
    assert one.quantile(0.5) == pytest.approx(0.34657, abs=1e-4)
    assert one.after(2, 3) == Gamma(3.0, 5.0)


@given(st.floats(0.2, 200), st.floats(0.1, 1e6), st.floats(0.02, 0.98))
def test_a_quantile_has_that_share_below_it(shape: float, rate: float, share: float) -> None:
    assert lower(shape, Gamma(shape, rate).quantile(share) * rate) == pytest.approx(share, abs=1e-6)


def test_snapshots_are_compared_at_equal_age() -> None:
    snapshots = [seen(2, 10), seen(20, 100), seen(26, 130), seen(70, 300), seen(900, 999)]
    assert at_checkpoint(snapshots, 24) == seen(26, 130)
    assert at_checkpoint(snapshots, 72) == seen(70, 300)
    assert at_checkpoint(snapshots, 168) == seen(900, 999)
    assert at_checkpoint([seen(2, 10), seen(48, 200)], 24) is None


@given(st.lists(st.integers(0, 400), unique=True, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_reports_makes_no_difference(ages: list[int], rng: Random) -> None:
    snapshots = [seen(age, 10 + age, orders=None if age % 3 else age) for age in ages]
    shuffled = [*snapshots, *rng.sample(snapshots, len(snapshots) // 2)]
    rng.shuffle(shuffled)
    for checkpoint in CHECKPOINTS_H:
        assert at_checkpoint(shuffled, checkpoint) == at_checkpoint(snapshots, checkpoint)
    assert trial(shuffled) == trial(snapshots)


def test_of_two_as_near_the_older_counts() -> None:
    for snapshots in ([seen(23, 90), seen(25, 110)], [seen(25, 110), seen(23, 90)]):
        assert at_checkpoint(snapshots, 24) == seen(25, 110)


def test_a_later_report_of_the_same_age_wins() -> None:
    assert at_checkpoint([seen(24, 100), seen(24, 140)], 24) == seen(24, 140)


def test_too_young_or_silent_snapshots_are_waited_for() -> None:
    assert trial([seen(3, 50, 1)]) is None
    assert trial([seen(24, 500)]) is None
    assert trial([seen(24, 500, 2), seen(80, 900, 4), seen(200, 1_000)]) == Trial(900, 4)


def test_views_are_relative_to_the_same_age() -> None:
    videos = {
        "a": [seen(24, 100), seen(168, 400)],
        "b": [seen(24, 200), seen(168, 800)],
        "c": [seen(24, 400), seen(168, 1_200)],
        "late": [seen(24, 800)],
    }
    assert ratios(videos) == {"a": 0.5, "b": 1.0, "c": 1.5, "late": pytest.approx(800 / 300)}
    assert ratios({"a": [seen(24, 100)], "b": [seen(24, 200)]}) == {}


def test_exposure_is_capped() -> None:
    assert capped(100, 0.001, 1.5) == pytest.approx(100 / 1.15)
    assert capped(10**9, 0.001, 1.5) == pytest.approx(1 / (1.5 * 0.001), rel=1e-5)


def test_one_runaway_video_does_not_decide() -> None:
    prior = Gamma(5.0, 5.0 / 0.001)
    category = [Trial(1_000, 1)] * 10
    modest = template_rate(prior, [Trial(2_000, 4)] * 10, category)
    runaway = template_rate(prior, [Trial(1_000_000, 5_000)], category)
    assert modest.mean > 1.3 * prior.mean
    assert runaway.mean < modest.mean + 0.001
    assert runaway.sd > modest.sd


def test_more_scatter_means_more_dispersion() -> None:
    even = [Trial(10_000, 10)] * 30
    wild = [Trial(10_000, 0), Trial(10_000, 30), Trial(10_000, 0)] * 10
    assert dispersion(even, 0.001) < dispersion([], 0.001) < dispersion(wild, 0.001)


def test_a_new_template_is_as_good_as_its_category() -> None:
    good, poor = [Trial(1_000, 10)] * 20, [Trial(1_000, 1)] * 20
    everything = [*good, *poor]
    assert category_prior(good, everything).mean > 4 * category_prior(poor, everything).mean
    assert category_prior([], everything).mean == pytest.approx(pooled_mean(UNKNOWN, everything).mean)


def test_engagement_is_stated_with_its_interval_and_prior() -> None:
    prior = Gamma(5.0, 5.0 / 0.001)
    trials = [Trial(2_000, 4)] * 10
    found = orders_engagement(template_rate(prior, trials, trials), prior, trials, "category/home")
    assert (found.objective, found.videos, found.exposure) == ("orders_per_view", 10, 20_000)
    assert found.low90 < found.mean < found.high90
    assert (found.prior_scope, found.prior_mean, found.prior_strength) == ("category/home", 0.001, 5.0)
    watched = reach_engagement([2.0] * 8, 9_000, "category/home")
    assert watched.objective == "views_vs_category"
    assert watched.low90 < 1.0 < watched.mean < 2.0  # drawn strongly towards the usual


def test_reach_without_videos_is_the_usual() -> None:
    assert reach([]).mean == 0.0


def test_beliefs_name_their_sample() -> None:
    found = beliefs(
        {"good": [Trial(5_000, 50)] * 12, "poor": [Trial(5_000, 5)] * 12}, dict.fromkeys(["good", "poor", "new"], "c")
    )
    assert [(one.videos, one.views, one.orders) for one in found.values()] == [
        (12, 60_000, 600),
        (12, 60_000, 60),
        (0, 0, 0),
    ]
    assert found["poor"].rate.mean < found["new"].rate.mean < found["good"].rate.mean
    assert found["new"].rate.mean == pytest.approx(found["new"].usual)
    assert found["good"].safest > found["new"].safest
    assert found["new"].beside_usual(found["new"].usual) == pytest.approx(0.5)
    assert found["new"].beside_usual(-0.1) == 0.0


def test_a_batch_favours_the_good_and_still_tries_others() -> None:
    found = beliefs(
        {"good": [Trial(2_000, 40)] * 6, "poor": [Trial(2_000, 4)] * 6}, dict.fromkeys(["good", "poor", "new"], "c")
    )
    picks = batch(found, 300, Random(3))
    assert picks.count("good") > 200 > 50 > picks.count("poor")
    assert "new" in picks
    assert drawn(found, Random(1)) == drawn(found, Random(1)) != drawn(found, Random(2))
