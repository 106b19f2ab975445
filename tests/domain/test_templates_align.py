"""Finding the common order again: the median, the alignment to it, its stability."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.domain.align import (
    aligned,
    collapsed,
    consensus,
    distance,
    log_likelihood,
    similarity,
    stability,
)
from templates_engine.domain.beats import Role
from templates_engine.domain.channel import TOLD, Channel, backward, closed, evidence, forward, joined, opened

R = Role
ORDER = (R.HOOK, R.PAIN, R.REVEAL, R.SELLING_POINT, R.OFFER, R.CTA)
roles = st.lists(st.sampled_from(list(Role)), min_size=1, max_size=9)
orders = st.lists(st.sampled_from(TOLD), min_size=1, max_size=6).map(
    lambda found: tuple(role for place, role in enumerate(found) if place == 0 or found[place - 1] is not role)
)


def told(*labels: Role) -> tuple[tuple[tuple[Role, float], ...], ...]:
    return tuple(((label, 1.0),) for label in labels)


def noisy(rng: Random, error: float) -> tuple[tuple[tuple[Role, float], ...], ...]:
    labels = []
    for role in ORDER:
        if rng.random() >= 0.12:
            labels += [role] * (1 + (rng.random() < 0.3))
        if rng.random() < 0.08:
            labels.append(rng.choice(TOLD))
    return told(*(rng.choice(TOLD) if rng.random() < error else label for label in labels)) or told(R.HOOK)


def test_runs_are_one_beat_and_other_is_none() -> None:
    assert collapsed(told(R.HOOK, R.HOOK, R.OTHER, R.HOOK, R.PAIN)) == (R.HOOK, R.PAIN)
    assert collapsed(((),)) == ()


def test_distance_counts_edits() -> None:
    assert distance(ORDER, ORDER) == 0
    assert distance(ORDER, ORDER[1:]) == 1
    assert distance((R.HOOK, R.PAIN), (R.PAIN, R.HOOK)) == 2
    assert distance((), ORDER) == 6
    assert similarity((), ()) == 1.0


def test_the_median_need_not_be_any_members_own() -> None:
    stories = [told(*(role for role in ORDER if role is not left_out)) for left_out in ORDER]
    assert all(collapsed(story) != ORDER for story in stories)
    assert consensus(stories)[0] == ORDER


@pytest.mark.parametrize("seed", range(6))
def test_the_order_is_found_behind_a_fifth_of_wrong_tags(seed: int) -> None:
    rng = Random(seed)
    stories = [noisy(rng, 0.2) for _ in range(30)]
    order, channel = consensus(stories)
    assert order == ORDER
    assert 0.05 < channel.error < 0.35
    assert stability(order, stories, channel, draws=4) >= 0.9


def test_probabilities_say_more_than_labels() -> None:
    """Two lines whose likeliest role is wrong, but the right one is second: with labels alone, nobody could tell."""
    doubtful = ((R.PAIN, 0.5), (R.DEMO, 0.5))
    stories = [(*told(R.HOOK), doubtful, *told(R.CTA))] * 4 + [told(R.HOOK, R.DEMO, R.CTA)] * 2
    assert consensus(stories)[0] == (R.HOOK, R.DEMO, R.CTA)


def test_a_heavy_member_decides_a_tie() -> None:
    one, other = told(R.HOOK, R.DEMO, R.CTA), told(R.HOOK, R.OFFER, R.CTA)
    assert consensus([one, other], [5.0, 1.0])[0][1] is R.DEMO
    assert consensus([one, other], [1.0, 5.0])[0][1] is R.OFFER


def test_nothing_told_is_no_order() -> None:
    assert consensus([])[0] == ()
    assert consensus([()])[0] == ()


def test_alignment_says_which_line_serves_which_beat() -> None:
    found = aligned(ORDER, told(R.HOOK, R.PAIN, R.PAIN, R.REVEAL, R.OTHER, R.SELLING_POINT, R.CTA), Channel())
    assert found.beats == (0, 1, 1, 2, None, 3, 5)
    assert found.cost == 2  # one line that serves no beat, one beat that is missing
    assert found.lines_of(1) == (1, 2)


def test_a_misheard_line_stays_in_its_beat() -> None:
    found = aligned(ORDER, told(R.HOOK, R.PAIN, R.REVEAL, R.DEMO, R.OFFER, R.CTA), Channel())
    assert (found.beats, found.cost) == ((0, 1, 2, 3, 4, 5), 1)


@pytest.mark.slow
@given(roles, orders)
@settings(deadline=None)
def test_beats_follow_each_other_in_every_alignment(labels: list[Role], order: tuple[Role, ...]) -> None:
    found = aligned(order, told(*labels), Channel())
    served = [beat for beat in found.beats if beat is not None]
    assert served == sorted(served)
    assert len(found.beats) == len(labels)
    assert 0 <= found.cost <= len(labels) + len(order)


@given(roles, orders)
@settings(deadline=None)
def test_both_directions_and_every_cut_give_one_likelihood(labels: list[Role], order: tuple[Role, ...]) -> None:
    channel, story = Channel(), told(*labels)
    seen = evidence(story, channel)
    left, right = [opened(len(story), channel)], [closed(len(story))]
    for role in order:
        left.append(forward(left[-1], seen[role], channel))
    for role in reversed(order):
        right.append(backward(right[-1], seen[role], channel))
    cuts = [joined(one, other) for one, other in zip(left, reversed(right), strict=True)]
    assert cuts == pytest.approx([cuts[0]] * len(cuts))


@given(st.lists(roles, min_size=2, max_size=5))
@settings(deadline=None, max_examples=25)
def test_a_median_never_repeats_a_role_and_beats_its_members(labels: list[list[Role]]) -> None:
    stories = [told(*found) for found in labels]
    channel = Channel()
    order, _ = consensus(stories, channel=channel)
    assert all(one is not other for one, other in pairwise(order))
    assert R.OTHER not in order
    if order:
        assert sum(log_likelihood(order, story, channel) for story in stories) > -1e9
