"""Voice and brand as data of a timeline: words in frames, plain JSON and back, and old documents keep their keys."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.beat_grid import beat_frames, beat_grid
from generation.domain.brand import COLOURS, Brand, Watermark
from generation.domain.cut_order import CutOrder, Quality
from generation.domain.timeline import Timeline, TimelineInvalid
from generation.domain.timeline_json import timeline_from_dict, timeline_to_dict
from generation.domain.voice import Voice, VoiceLine, Word, moved, words_of
from tests.domain.test_generation_timeline import timeline as bare_timeline

LINE = VoiceLine(
    "hook", "早上好", "s1", 3, 30, "voice/1/ab/ab.wav", "ab" * 32, 110, (Word("早上", 3, 20), Word("好", 20, 33))
)
BRAND = Brand(
    name="山野",
    colours=tuple(f"#0000{index:02x}" for index in range(len(COLOURS))),
    logo="brand/1/cd/cd.png",
    logo_sha256="cd" * 32,
    font="brand/1/ef/ef.ttf",
    font_sha256="ef" * 32,
    caption_style="boxed",
    watermark=Watermark("top_left", 40),
)


def spoken() -> Timeline:
    return replace(bare_timeline(), voice=Voice((LINE,), "own recording"), brand=BRAND)


def through_json(timeline: Timeline) -> Timeline:
    return timeline_from_dict(json.loads(json.dumps(timeline_to_dict(timeline))))


def test_voice_and_brand_survive_json() -> None:
    assert through_json(spoken()) == spoken()


def test_documents_from_before_them_are_read_and_keep_their_key() -> None:
    document = timeline_to_dict(bare_timeline())
    assert "voice" not in document
    assert "brand" not in document
    assert timeline_from_dict(document).key == bare_timeline().key
    assert len({bare_timeline().key, spoken().key, replace(spoken(), brand=None).key}) == 3


def test_an_order_names_every_file_that_it_needs() -> None:
    files = CutOrder(spoken(), "9:16", Quality.FINAL, "x", "y").files
    assert files["ab" * 32] == LINE.file
    assert files["cd" * 32] == BRAND.logo
    assert files["ef" * 32] == BRAND.font


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"voice": {"lines": 3, "by": ""}}, "lines must be a list"),
        ({"voice": {"lines": [], "by": 7}}, "by must be text"),
        ({"brand": []}, "brand must be an object"),
        ({"brand": {"name": "x", "colours": ["#000000"]}}, "colours are 9"),
    ],
)
def test_wrong_shapes_are_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(TimelineInvalid, match=why):
        timeline_from_dict(timeline_to_dict(bare_timeline()) | change)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (replace(LINE, frames=0), "needs at least 1"),
        (replace(LINE, tempo=900), "tempo of 900"),
        (replace(LINE, sha256="zz"), "SHA-256"),
        (replace(LINE, id="next", start=20), "starts at frame 20, while 'hook' is heard"),
    ],
)
def test_lines_that_cannot_be_are_named(line: VoiceLine, why: str) -> None:
    lines = (LINE, line) if line.id == "next" else (line,)
    with pytest.raises(TimelineInvalid, match=why):
        through_json(replace(bare_timeline(), voice=Voice(lines)))


@pytest.mark.parametrize(
    ("brand", "why"),
    [
        (replace(BRAND, colours=("red",) * len(COLOURS)), "'red' is no colour"),
        (replace(BRAND, logo="", logo_sha256="", watermark=BRAND.watermark), "watermark is made of the logo"),
        (replace(BRAND, font_sha256=""), "needs the SHA-256"),
        (replace(BRAND, card_layout="round"), "card_layout is one of photo, type"),
        (replace(BRAND, watermark=Watermark("middle", 40)), "corner is one of"),
        (replace(BRAND, watermark=Watermark("top_left", 3)), "opacity of 3 %"),
    ],
)
def test_brands_that_cannot_be_are_refused(brand: Brand, why: str) -> None:
    with pytest.raises(TimelineInvalid, match=why):
        through_json(replace(bare_timeline(), brand=brand))


def test_words_share_a_line_by_their_weight() -> None:
    words = words_of("30秒，一杯好咖啡。", 10, 60)
    assert [word.text for word in words] == ["30", "秒，", "一", "杯", "好", "咖", "啡。"]
    assert (words[0].start, words[-1].end) == (10, 70)
    assert all(one.end == other.start for one, other in pairwise(words))
    # Punctuation holds the word before it a little longer.
    assert words[1].end - words[1].start > words[2].end - words[2].start
    assert [word.text for word in words_of("Brew it, don't wait!", 0, 40)] == ["Brew", "it,", "don't", "wait!"]
    assert words_of("……", 0, 40) == ()


@given(st.text(max_size=40) | st.text("a0-%'’ 字，", max_size=12), st.integers(0, 500), st.integers(0, 300))
def test_words_never_leave_their_line(text: str, start: int, frames: int) -> None:
    words = words_of(text, start, frames)
    assert all(start <= word.start < word.end <= start + frames for word in words)
    assert all(one.end <= other.start for one, other in pairwise(words))


@pytest.mark.parametrize(
    ("text", "words"),
    [("-0", ["0"]), ("don’t stop-start", ["don’t", "stop-start"]), ("满 -5% 减", ["满 -", "5%", "减"]), ("'", [])],
)
def test_marks_within_a_latin_word_belong_to_it_and_others_to_the_word_before(text: str, words: list[str]) -> None:
    assert [word.text for word in words_of(text, 0, 90)] == words


def test_a_moved_line_takes_its_words_along() -> None:
    assert moved(LINE, 13).words == (Word("早上", 13, 30), Word("好", 30, 43))


def test_the_end_card_falls_on_a_beat() -> None:
    grid = beat_grid(104, 15.0, 12.3)
    assert grid.beats == 21
    assert grid.beat * grid.beats == grid.arrival
    assert beat_frames(104, 30, 450, 369)[21] == 369
    assert beat_frames(120, 30, 60) == (0, 15, 30, 45)
    with pytest.raises(ValueError, match="must be positive"):
        beat_grid(0, 4.0)


@given(st.integers(60, 180), st.integers(60, 1800), st.integers(1, 1800))
def test_any_grid_is_even_and_near_its_tempo(bpm: int, frames: int, card: int) -> None:
    found = beat_frames(bpm, 30, frames, card)
    assert found[0] == 0
    assert all(0 < later - one < frames for one, later in pairwise(found))
    assert found[-1] < frames
    if 60 <= card < frames:
        assert card in found
