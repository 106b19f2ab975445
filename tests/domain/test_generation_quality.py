"""The gate's arithmetic: limits, grades, the verdict and its reasons, the seeds of further takes."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.quality import (
    MEASURES,
    REASONS,
    Fault,
    Limit,
    Measures,
    Thresholds,
    loosest,
    not_judged,
    seed_of_take,
    weigh,
)

KEPT, JERK = Limit(1.0, 0.9, 0.75), Limit(0.0, 0.5, 1.0)
BOTH = Thresholds("test", {"kept": KEPT, "jerk": JERK})


def test_every_measure_has_a_reason_in_both_languages() -> None:
    assert set(REASONS) == set(MEASURES)
    assert all(zh and en and zh != en for zh, en in REASONS.values())


@pytest.mark.parametrize("numbers", [(0.0, 1.0, 0.5), (1.0, 0.5, 0.7), (0.0, 0.0, 0.0)])
def test_a_limit_that_goes_both_ways_or_nowhere_is_refused(numbers: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="one way"):
        Limit(*numbers)


def test_a_limit_on_a_measure_that_nobody_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no measure beauty"):
        Thresholds("test", {"beauty": JERK})


def test_grades_go_from_one_at_the_best_to_nothing_at_the_hard_limit() -> None:
    assert [KEPT.grade(value) for value in (1.2, 1.0, 0.75, 0.1)] == [1.0, 1.0, 0.0, 0.0]
    assert [JERK.grade(value) for value in (-1.0, 0.0, 0.25, 1.0, 9.0)] == [1.0, 1.0, 0.75, 0.0, 0.0]


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_what_is_nearer_to_the_best_never_gets_the_lower_grade(one: float, other: float) -> None:
    for limit in (KEPT, JERK):
        better, worse = sorted((one, other), reverse=not limit.upward)
        assert limit.grade(better) >= limit.grade(worse)


def test_a_good_clip_passes_without_a_remark() -> None:
    verdict = weigh(Measures(kept=1.0, jerk=0.0), BOTH)
    assert (verdict.passed, verdict.score, verdict.faults, verdict.reasons("en")) == (True, 1.0, (), [])


def test_beyond_the_soft_limit_it_passes_with_a_remark() -> None:
    verdict = weigh(Measures(kept=0.8, jerk=0.0), BOTH)
    assert verdict.passed
    assert verdict.faults == (Fault("kept", 0.8, 0.9, hard=False),)
    assert verdict.reasons("zh") == ["商品细节变了（0.80，限值 0.90）"]
    assert verdict.reasons("en") == ["details of the product have changed (0.80, limit 0.90)"]


def test_beyond_a_hard_limit_it_is_rejected_and_only_that_is_told() -> None:
    verdict = weigh(Measures(kept=0.2, jerk=0.6), BOTH)
    assert not verdict.passed
    assert [fault.measure for fault in verdict.faults] == ["kept", "jerk"]
    assert verdict.reasons("en") == ["details of the product have changed (0.20, limit 0.75)"]
    assert verdict.product_is_the_trouble


def test_a_shaken_picture_is_not_the_products_fault() -> None:
    assert not weigh(Measures(kept=0.2, jerk=2.0), BOTH).product_is_the_trouble
    assert not weigh(Measures(kept=1.0, jerk=0.0), BOTH).product_is_the_trouble


def test_what_was_not_measured_does_not_count() -> None:
    assert weigh(Measures(jerk=0.5), BOTH).score == 0.5
    assert weigh(Measures(black=1.0), BOTH).passed
    assert weigh(Measures(), BOTH).score == 1.0


def test_the_product_weighs_more_than_the_rest() -> None:
    assert weigh(Measures(kept=0.875, jerk=0.0), BOTH).score == pytest.approx((3 * 0.5 + 1) / 4)


def test_what_cannot_be_judged_passes_and_says_why() -> None:
    verdict = not_judged("too small")
    assert (verdict.passed, verdict.judged, verdict.note) == (True, False, "too small")


def test_for_an_unknown_move_the_loosest_limit_of_each_measure_holds() -> None:
    strict = Thresholds("test", {"kept": replace(KEPT, hard=0.8), "jerk": JERK})
    loose = Thresholds("test", {"kept": KEPT, "jerk": replace(JERK, hard=0.6)})
    assert loosest((strict, loose)).limits == {"kept": KEPT, "jerk": JERK}


@given(st.integers(-(1 << 40), 1 << 40))
def test_each_take_has_a_seed_of_its_own_that_follows_from_the_plans(seed: int) -> None:
    seeds = [seed_of_take(seed, take) for take in range(1, 9)]
    assert seeds[0] == seed
    assert seeds == [seed_of_take(seed, take) for take in range(1, 9)]
    assert len(set(seeds[1:])) == 7
    assert all(0 <= other < 1 << 31 for other in seeds[1:])
    assert not any(math.isclose(seeds[1], other) for other in seeds[2:])
