"""Transcripts as they come, and what they say about the speech."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates_engine.analyse.errors import TranscriptInvalid
from templates_engine.analyse.speech import is_said, speech
from templates_engine.analyse.transcript import in_turn, read_transcript
from templates_engine.analyse.voice import Span
from templates_engine.domain.analysis import LineSource, TimedLine

SRT = """1
00:00:00,000 --> 00:00:01,500
还在为漏水<i>发愁</i>？

2
00:00:01,500 --> 00:00:03,000
{\\an8}试试
这款杯子
"""


def lines(tmp_path: Path, name: str, content: str | bytes) -> list[tuple[int, int, str]]:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(line.start_ms, line.end_ms, line.text) for line in read_transcript(path)]


WANTED = [(0, 1500, "还在为漏水发愁？"), (1500, 3000, "试试 这款杯子")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_srt_in_whatever_it_was_saved(tmp_path: Path, encoding: str, ends: str) -> None:
    assert lines(tmp_path, "a.srt", SRT.replace("\n", ends).encode(encoding)) == WANTED


def test_vtt_with_voices_notes_and_settings(tmp_path: Path) -> None:
    text = "WEBVTT\n\nNOTE 1 --> 2\n\n00:00.000 --> 00:01.500 align:start\n<v Ann>Tired of leaks &amp; spills?\n"
    assert lines(tmp_path, "a.vtt", text) == [(0, 1500, "Tired of leaks & spills?")]


def test_a_missing_empty_line_does_not_swallow_the_next_cue(tmp_path: Path) -> None:
    text = "1\n00:00:00,0 --> 00:00:01,0\none\n2\n00:00:01,0 --> 00:00:02,0\ntwo\n"
    assert lines(tmp_path, "a.srt", text) == [(0, 1000, "one"), (1000, 2000, "two")]


@pytest.mark.parametrize(
    "document",
    [
        [{"start": 0, "end": 1.5, "text": "好用"}],
        {"segments": [{"start": 0.0, "end": 1.5, "text": " 好用 "}, {"start": 2, "end": 3, "text": ""}]},
        {"lines": [{"start_ms": 0, "end_ms": 1500, "text": "好用"}]},
    ],
)
def test_json_as_recognisers_write_it(tmp_path: Path, document: object) -> None:
    assert lines(tmp_path, "a.json", json.dumps(document)) == [(0, 1500, "好用")]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.srt", "1\n00:00:01 --> later\nhello\n", "line 2: .*should be 00:00:01,000"),
        ("a.srt", "1\n00:00:05,000 --> 00:00:01,000\nhello\n", "line 2: it ends before it starts"),
        ("a.srt", "only words", "holds no timed line"),
        ("a.srt", b"\x00\x01\x02\xff\xfe", "is no text"),
        ("a.json", "{", "is no JSON"),
        ("a.json", "[" * 100_000, "is no JSON"),
        ("a.json", '{"other": 1}', "a list of lines is expected"),
        ("a.json", '[{"text": "a", "start": "x", "end": 2}]', "entry 1: 'start' in seconds"),
        ("a.json", '[{"text": "a", "start": 3, "end": 2}]', "entry 1: it ends before it starts"),
        ("a.json", '[{"start": 3, "end": 2}]', "entry 1: it needs 'text'"),
        ("a.json", '[{"text": "a", "start": NaN, "end": 2}]', "entry 1: 'start'"),
    ],
)
def test_what_is_broken_is_named_with_its_place(tmp_path: Path, name: str, content: str | bytes, says: str) -> None:
    with pytest.raises(TranscriptInvalid, match=says):
        lines(tmp_path, name, content)


def test_a_missing_or_huge_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TranscriptInvalid, match="there is no file"):
        read_transcript(tmp_path / "none.srt")
    (tmp_path / "huge.srt").write_bytes(b" " * ((8 << 20) + 1))
    with pytest.raises(TranscriptInvalid, match="larger than 8 MiB"):
        read_transcript(tmp_path / "huge.srt")


def test_ten_thousand_lines_are_read_and_more_than_twice_that_refused(tmp_path: Path) -> None:
    def cues(count: int) -> str:
        return "".join(
            f"{n}\n{at},000 --> {at},900\nw{n}\n\n"
            for n in range(count)
            for at in [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}"]
        )

    found = lines(tmp_path, "long.srt", cues(10_000))
    assert len(found) == 10_000
    assert found[-1] == (9_999_000, 9_999_900, "w9999")
    with pytest.raises(TranscriptInvalid, match="more than 20000 lines"):
        lines(tmp_path, "longer.srt", cues(20_001))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 200)), max_size=40))
def test_lines_never_overlap_and_lose_no_word(spans: list[tuple[int, int]]) -> None:
    given_lines = [line(start, start + length, f"w{index}") for index, (start, length) in enumerate(spans)]
    turned = in_turn(given_lines)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(turned))
    assert sorted(word for one in turned for word in one.text.split()) == sorted(one.text for one in given_lines)


def line(start: int, end: int, text: str) -> TimedLine:
    return TimedLine(start, end, text, LineSource.TRANSCRIPT)


def test_pace_is_over_the_time_with_voice_in_it() -> None:
    told = [line(0, 2000, "这款杯子真好用"), line(2500, 4500, "倒着放也不漏")]  # 7 and 6 characters
    voice = [Span(0, 1400), Span(2600, 3800)]
    found = speech(told, voice, 5000, "zh")
    assert found is not None
    assert (found.rate, found.spoken_share, found.pauses_ms) == (5.0, 0.52, (1200,))


def test_without_sound_the_lines_own_times_are_taken() -> None:
    found = speech([line(0, 1000, "It never leaks"), line(1300, 2000, "Try it")], None, 2000, "en")
    assert found is not None
    assert (found.rate, found.spoken_share, found.pauses_ms) == (2.94, 0.85, (300,))


@pytest.mark.parametrize(
    ("told", "voice"), [([], [Span(0, 900)]), ([line(0, 900, "好")], []), ([line(0, 900, "好")], [Span(950, 990)])]
)
def test_nothing_said_is_no_speech(told: list[TimedLine], voice: list[Span]) -> None:
    assert speech(told, voice, 1000, "zh") is None


def test_captions_count_as_said_only_under_voice() -> None:
    shown = [line(0, 1000, "好用"), line(1000, 2000, "不漏")]
    assert is_said(shown, [Span(0, 1300)])
    assert not is_said(shown, [Span(0, 900)])
    assert not is_said([], [Span(0, 900)])
