"""Casting: every photo gets its turn, the hero has the reveal, and no cut looks like a mistake."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.casting import HERO, Wish, cast
from generation.domain.engine_spec import Framing, Move

ALL = frozenset(Move)
ROLES = ["hook", "pain", "reveal", "selling_point", "demo", "social_proof", "offer", "urgency", "cta", "other"]
wishes = st.lists(st.builds(Wish, st.sampled_from(ROLES), st.sampled_from(Move), st.sampled_from(Framing)), max_size=12)


def wish(role: str, move: Move = Move.PUSH, framing: Framing = Framing.MEDIUM) -> Wish:
    return Wish(role, move, framing)


def test_one_photo_changes_framing_and_move_at_every_cut():
    parts = cast([wish("hook"), wish("demo"), wish("offer")], 1, ALL, seed=1)
    assert [part.photo for part in parts] == [0, 0, 0]
    for before, after in pairwise(parts):
        assert before.move is not after.move
        assert before.framing is not after.framing


def test_the_hero_plays_reveal_and_call_to_action():
    story = [wish("hook"), wish("pain"), wish("reveal"), wish("demo"), wish("cta")]
    parts = cast(story, 3, ALL, seed=4)
    assert parts[2].photo == parts[4].photo == HERO
    assert sorted({part.photo for part in parts}) == [0, 1, 2]


def test_what_the_script_wants_is_done_where_nothing_speaks_against_it():
    parts = cast([wish("hook", Move.ORBIT, Framing.CLOSE), wish("reveal", Move.PULL, Framing.WIDE)], 2, ALL, seed=1)
    assert [(part.move, part.framing) for part in parts] == [(Move.ORBIT, Framing.CLOSE), (Move.PULL, Framing.WIDE)]
    assert [part.strength for part in parts] == [0.9, 0.8]


def test_two_close_ups_do_not_follow_each_other():
    parts = cast([wish("hook", framing=Framing.CLOSE), wish("demo", framing=Framing.CLOSE)], 2, ALL, seed=1)
    assert [part.framing for part in parts] == [Framing.CLOSE, Framing.MEDIUM]


def test_a_move_that_the_engine_lacks_is_replaced_by_the_nearest():
    assert cast([wish("demo", Move.ORBIT)], 1, {Move.TRUCK_RIGHT, Move.STATIC}, seed=1)[0].move is Move.TRUCK_RIGHT
    assert cast([wish("demo", Move.ORBIT)], 1, {Move.HANDHELD}, seed=1)[0].move is Move.HANDHELD


def test_without_a_photo_or_a_move_there_is_no_cast():
    with pytest.raises(ValueError, match="at least one photo"):
        cast([wish("hook")], 0, ALL, seed=1)
    with pytest.raises(ValueError, match="one camera move"):
        cast([wish("hook")], 1, frozenset(), seed=1)


@given(wishes, st.integers(1, 12), st.sets(st.sampled_from(Move), min_size=1), st.integers(0, 2**31 - 1))
def test_rules_hold_for_every_story(story: list[Wish], photos: int, moves: set[Move], seed: int):
    parts = cast(story, photos, moves, seed=seed)
    assert parts == cast(story, photos, moves, seed=seed)
    assert len(parts) == len(story)
    for part in parts:
        assert 0 <= part.photo < photos
        assert part.move in moves
        assert 0 < part.strength <= 1
    for before, after in pairwise(parts):
        same = before.photo == after.photo
        assert not (same and before.framing is after.framing)
        assert not (same and before.move is after.move and len(moves) > 1)


@given(wishes, st.integers(2, 12), st.integers(0, 999))
def test_every_photo_gets_its_turn_before_one_comes_back(story: list[Wish], photos: int, seed: int):
    roles = [wish_.role for wish_ in story]
    cast_ = [part.photo for part in cast(story, photos, ALL, seed=seed)]
    assert all(before != after for before, after in pairwise(cast_))
    if "reveal" in roles:
        assert cast_[roles.index("reveal")] == HERO
    others = [cast_.count(photo) for photo in range(1, photos)]
    if photos > 3:  # with three, the ban on neighbours may bring a photo back sooner
        assert max(others) - min(others) <= 1


def test_the_hero_does_not_play_twice_in_a_row():
    assert [part.photo for part in cast([wish("reveal"), wish("cta")], 2, ALL, seed=1)] == [HERO, 1]
    assert cast([wish("reveal"), wish("cta")], 5, ALL, seed=1)[1].photo != HERO
