"""Other lines for a script: the time is shared out anew, what was typed is made speakable, marks stand where they should."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from templates_engine.ad_terms import current_terms
from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.facts import Attribute, Price, ProductFacts
from templates_engine.domain.marking import pieces
from templates_engine.domain.mending import mended
from templates_engine.domain.retelling import BeatWords, Fit, retold, timing, typed, words_of
from templates_engine.domain.script import Script, ScriptBeat, ScriptShot
from templates_engine.domain.slots import usable
from templates_engine.domain.tracing import traces

FACTS = ProductFacts(
    "zh", "北杯保温杯", "北杯保温杯", "保温杯", attributes=(Attribute("容量", "480ml"),),
    selling_points=("保温12小时", "一键开合"), price=Price(12_900),
)  # fmt: skip
RATE = 4.8
ROLES = (Role.HOOK, Role.PAIN, Role.SELLING_POINT, Role.OFFER, Role.CTA)
LENGTHS = (2_400, 2_800, 3_600, 2_700, 3_500)
TEXT = st.text(alphabet="最好第一保温12小时单手，。！?|\n\t 🎉{}[]九十九元%", max_size=60)


def script() -> Script:
    beats, start = [], 0
    for role, length in zip(ROLES, LENGTHS, strict=True):
        end = start + length
        halves = (start, start + round(length / 2), end) if length > 2_500 else (start, end)
        shots = tuple(ScriptShot(a, b, Camera.PUSH, Framing.CLOSE) for a, b in pairwise(halves))
        beats.append(ScriptBeat(role, start, end, "一键开合", "一键开合", "clean", shots, ("selling_points.1",)))
        start = end
    return Script("tpl_a_v1", "zh", 1, 15_000, tuple(beats), "北杯保温杯", "下单", "¥129", "")


def test_an_unchanged_script_is_told_again_as_it_stands() -> None:
    drafted = script()
    assert retold(drafted, drafted, words_of(drafted), RATE, usable(FACTS, current_terms()), FACTS) == drafted


@given(st.lists(st.tuples(TEXT, TEXT), min_size=5, max_size=5))
def test_whatever_is_said_the_beats_and_shots_tile_the_ad(lines: list[tuple[str, str]]) -> None:
    drafted = script()
    words = tuple(typed(voice, caption, "zh") for voice, caption in lines)
    times = timing(drafted, words, RATE)
    assert (times.over_ms > 0) == any(time.fit is Fit.TOO_LONG for time in times.beats)
    if times.over_ms:
        return
    told = retold(drafted, drafted, words, RATE, usable(FACTS, current_terms()), FACTS)
    assert told.duration_ms <= 15_750
    assert told.beats[0].start_ms == 0
    assert all(one.end_ms == other.start_ms for one, other in pairwise(told.beats))
    for beat, time in zip(told.beats, times.beats, strict=True):
        assert beat.end_ms - beat.start_ms == time.beat_ms >= time.need_ms
        assert (beat.shots[0].start_ms, beat.shots[-1].end_ms) == (beat.start_ms, beat.end_ms)
        assert all(one.end_ms == other.start_ms for one, other in pairwise(beat.shots))
        assert all(0 < shot.end_ms - shot.start_ms <= 5_000 for shot in beat.shots)


@given(TEXT, TEXT)
def test_what_is_typed_twice_is_the_same(voice: str, caption: str) -> None:
    once = typed(voice, caption, "zh")
    assert typed(once.voice, once.caption, "zh") == once
    assert "\n" not in once.voice
    assert "|" not in once.voice
    assert not set("{}[]🎉") & set(once.voice + once.caption)


def test_new_lines_part_the_phrases_of_a_caption() -> None:
    assert typed(" 一键\n开合 ", "一键\r\n\r\n开合 |能喝|", "zh") == BeatWords("一键 开合", "一键|开合|能喝")
    assert typed("一键开合，单手能喝。", " \n", "zh").caption == "一键开合|单手能喝"


@given(TEXT, st.lists(TEXT, max_size=3))
def test_pieces_are_the_text_again(text: str, words: list[str]) -> None:
    assert "".join(piece.text for piece in pieces(text, words, current_terms().disguises)) == text


def test_a_disguised_word_is_marked_where_it_hides() -> None:
    for text, hidden in (("这是最·好的杯子", "最"), ("这是全网第 一的杯子", "第 一"), ("保温３６小时", "３６小时")):
        word = {"最": "最", "第 一": "第一", "３６小时": "36小时"}[hidden]
        found = [piece.text for piece in pieces(text, (word,), current_terms().disguises) if piece.marked]
        assert found == [hidden]
    twice = pieces("最好的，也是最美的", ("最",), current_terms().disguises)
    assert [piece.text for piece in twice if piece.marked] == ["最", "最"]


def test_numbers_trace_to_their_facts() -> None:
    found = traces("480ml，保温12小时，129元，9折", FACTS)
    assert [(one.number, one.path) for one in found] == [
        ("480ml", "attributes.0"), ("12小时", "selling_points.0"), ("129元", "price"), ("9折", ""),
    ]  # fmt: skip


def test_what_is_wrong_is_mended_by_the_least_change() -> None:
    disguises = current_terms().disguises
    assert next(mended("保温36小时，单手能喝", ("36小时",), FACTS, disguises)) == "保温12小时，单手能喝"
    assert next(mended("只要99元就带走", ("99元",), FACTS, disguises)) == "只要129元就带走"
    assert list(mended("最好", ("最",), FACTS, disguises)) == []
    assert list(mended("全网最好的杯子", ("最",), FACTS, disguises)) == []  # "全网好的杯子" is no sentence
    assert next(mended("The best cup, one hand opens it.", ("the best",), FACTS, disguises)) == "One hand opens it."
    assert next(mended("最好的杯子，单手能喝。", ("最",), FACTS, disguises)) == "单手能喝。"
