"""Lines give beats their time: in whole frames, within bounds, or with an error that names the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.retiming import FASTEST, LEAD, TAIL, BeatSpan, LineTooLong, retimed

BEATS = st.lists(st.lists(st.integers(18, 150), min_size=1, max_size=4).map(tuple), min_size=1, max_size=6)


def test_a_longer_line_stretches_its_shots_in_proportion() -> None:
    (only,) = retimed([BeatSpan("hook", (60, 40))], {"hook": 130})
    assert only.shots == (83, 56)
    assert (only.line_start, only.said, only.tempo) == (LEAD, 130, 100)
    assert only.end == LEAD + 130 + TAIL


def test_a_shorter_line_shrinks_them_but_not_below_the_bound() -> None:
    first, second = retimed([BeatSpan("a", (60,)), BeatSpan("b", (60,))], {"a": 45, "b": 5})
    assert first.shots == (54,)
    assert second.shots == (36,)
    assert second.start == 54
    assert second.line_start == 57


def test_beats_without_a_line_stay_as_they_were_planned() -> None:
    assert [beat.shots for beat in retimed([BeatSpan("a", (60, 30)), BeatSpan("b", (45,))], {"b": 40})] == [
        (60, 30),
        (49,),
    ]


def test_what_does_not_fit_is_spoken_faster_up_to_the_bound() -> None:
    (only,) = retimed([BeatSpan("a", (40,))], {"a": 70})
    assert only.shots == (71,)
    assert only.tempo == 112
    assert only.said + LEAD + TAIL <= sum(only.shots)


def test_a_line_that_cannot_fit_is_named() -> None:
    with pytest.raises(LineTooLong, match=r"the line of 'offer' takes 3\.3 s .* shorten it by about 22 %") as caught:
        retimed([BeatSpan("hook", (90,)), BeatSpan("offer", (40,))], {"offer": 100})
    assert caught.value.line == "offer"


@pytest.mark.parametrize(("said", "why"), [({"b": 30}, "no beat 'b'"), ({"a": 0}, "no length")])
def test_lines_that_belong_nowhere_are_refused(said: dict[str, int], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        retimed([BeatSpan("a", (40,))], said)


@given(BEATS, st.data())
def test_any_timing_keeps_its_promises(shots: list[tuple[int, ...]], data: st.DataObject) -> None:
    beats = [BeatSpan(str(index), spans) for index, spans in enumerate(shots)]
    said = {beat.id: data.draw(st.integers(1, 400)) for beat in beats if data.draw(st.booleans())}
    if any(_too_long(beat, said) for beat in beats):
        with pytest.raises(LineTooLong):
            retimed(beats, said)
        return
    timed = retimed(beats, said)
    at = 0
    for beat, span in zip(timed, beats, strict=True):
        assert beat.start == at
        at = beat.end
        assert len(beat.shots) == len(span.shots)
        for now, planned in zip(beat.shots, span.shots, strict=True):
            assert -(-planned * 60 // 100) <= now or now >= 18
            assert now <= max(150, planned)
            assert now <= planned * 180 // 100
        if beat.id in said:
            assert 100 <= beat.tempo <= FASTEST
            assert beat.said == said[beat.id] * 100 // beat.tempo
            assert beat.start + LEAD == beat.line_start
            assert beat.line_start + beat.said + TAIL <= beat.end
        else:
            assert beat.shots == span.shots


def _too_long(beat: BeatSpan, said: dict[str, int]) -> bool:
    """Whether a line needs more than 125 % of its tempo over pictures that are held as long as they may be."""
    most = sum(max(min(150, shot * 180 // 100), shot) for shot in beat.shots) - LEAD - TAIL
    return beat.id in said and (most <= 0 or -(-said[beat.id] * 100 // most) > FASTEST)
