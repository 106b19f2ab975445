"""Cuts on the beat: the length stays, nothing flickers, nothing moves further than it may."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from generation.domain.beat_grid import beat_frames
from generation.domain.cut_beats import on_beat, tempo


def test_cuts_go_to_their_nearest_beat() -> None:
    assert on_beat((45, 60, 60), (0, 43, 86, 107, 129, 160), reach=4, shortest=18, longest=150) == (43, 64, 58)


def test_what_is_too_far_from_a_beat_stays() -> None:
    assert on_beat((45, 60), (0, 40, 50), reach=4, shortest=18, longest=150) == (45, 60)
    assert on_beat((45, 60), (), reach=4, shortest=18, longest=150) == (45, 60)


def test_no_shot_becomes_shorter_or_longer_than_it_may() -> None:
    assert on_beat((20, 60), (17,), reach=4, shortest=18, longest=150) == (20, 60)
    assert on_beat((149, 60), (152,), reach=4, shortest=18, longest=150) == (149, 60)
    assert on_beat((20, 149), (18,), reach=4, shortest=18, longest=150) == (20, 149)


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=9),
    st.lists(st.integers(0, 1500), max_size=60),
    st.integers(0, 8),
)
def test_whatever_the_music(durations: list[int], beats: list[int], reach: int) -> None:
    found = on_beat(durations, beats, reach=reach, shortest=18, longest=150)
    assert (len(found), sum(found)) == (len(durations), sum(durations))
    before, after = list(accumulate(durations)), list(accumulate(found))
    for old, new in zip(before, after, strict=True):
        assert old == new or (abs(old - new) <= reach and new in beats)
    for old, new in zip(durations, found, strict=True):
        assert new >= min(old - reach, 18) if old < 18 else new >= 18
        assert new <= max(old + reach, 150) if old > 150 else new <= 150


def test_music_takes_the_tempo_that_meets_the_cuts() -> None:
    at_120 = [15 * beat for beat in (3, 5, 9, 14)]
    for asked in (114, 120, 126):
        found = tempo(asked, at_120, fps=30, frames=540, card=450, reach=1)
        assert beat_frames(found, 30, 540, 450) == beat_frames(120, 30, 540, 450)
    assert tempo(100, at_120, fps=30, frames=540, card=450, reach=0) <= 108
    assert tempo(97, [], fps=30, frames=540, card=450, reach=4) == 97


@given(
    st.integers(60, 180),
    st.lists(st.integers(1, 449), max_size=8),
    st.integers(0, 5),
)
def test_a_tempo_is_near_the_asked_one_and_meets_no_fewer_cuts(asked: int, cuts: list[int], reach: int) -> None:
    def met(bpm: int) -> int:
        return sum(any(abs(beat - cut) <= reach for beat in beat_frames(bpm, 30, 540, 450)) for cut in cuts)

    found = tempo(asked, cuts, fps=30, frames=540, card=450, reach=reach)
    assert abs(found - asked) * 100 <= 8 * asked
    assert met(found) >= met(asked)
    assert found == asked or met(found) > met(asked)
