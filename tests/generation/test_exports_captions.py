"""SRT, VTT and ASS: what another program reads back is what was shown, to the frame."""

import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.deliver.safe_zones import safe_zone
from generation.domain.captions_subtitles import Subtitle, frame_of, ticks
from generation.domain.layout import canvas_for
from generation.domain.voice import Word
from generation.exports.ass import AssStyle, ass
from generation.exports.captions import caption_files
from generation.exports.srt import srt
from generation.exports.vtt import vtt
from tests.generation.footage import small_timeline

LOOK = AssStyle("Noto Sans SC", 60, (255, 255, 255), 4, (18, 14, 12))
SUNG = AssStyle("Noto Sans SC", 60, (255, 255, 255), 4, (18, 14, 12), lit=(255, 213, 74))
PAGES = [
    Subtitle(0, 36, ("早上起不来", "这杯帮你醒"), style="a"),
    Subtitle(36, 107, ("Only $66",), ("只要¥66",), style="a"),
]


@given(st.integers(0, 200_000), st.sampled_from([12, 15, 24, 25, 30, 50, 60]), st.sampled_from([100, 1000]))
def test_frames_come_back_from_the_clock(frame: int, fps: int, per_second: int) -> None:
    if per_second < 2 * fps:
        fps //= 2
    assert frame_of(ticks(frame, fps, per_second), fps, per_second) == frame


@pytest.mark.parametrize("fps", [24, 25, 30])
@pytest.mark.parametrize("kind", ["srt", "vtt", "ass"])
def test_another_program_reads_the_same_pages(kind: str, fps: int) -> None:
    text = {"srt": srt(PAGES, fps), "vtt": vtt(PAGES, fps, "zh"), "ass": ass(PAGES, {"a": LOOK}, (1080, 1920), fps)}[
        kind
    ]
    found = pysubs2.SSAFile.from_string(text, format_=kind)
    times = [(frame_of(event.start, fps, 1000), frame_of(event.end, fps, 1000)) for event in found]
    assert times == [(page.start, page.end) for page in PAGES]
    shown = [event.plaintext.split("\n") for event in found]
    assert shown == [["早上起不来", "这杯帮你醒"], ["Only $66", "只要¥66"]]


def test_srt_to_the_letter() -> None:
    assert srt(PAGES[:1], 30) == "1\n00:00:00,000 --> 00:00:01,200\n早上起不来\n这杯帮你醒\n"
    assert "01:00:00,033" in srt([Subtitle(108001, 108031, ("晚",))], 30)
    assert srt([], 30) == ""


def test_what_would_be_read_as_a_mark_is_not() -> None:
    hostile = [Subtitle(0, 30, ("a --> b <i>", "{\\b1}x & y"), style="a")]
    assert "a → b ＜i＞" in srt(hostile, 30)
    assert "a --&gt; b &lt;i&gt;\n{\\b1}x &amp; y" in vtt(hostile, 30)
    found = pysubs2.SSAFile.from_string(ass(hostile, {"a": LOOK}, (1080, 1920), 30), format_="ass")
    assert found[0].text == "a --> b <i>\\N｛＼b1｝x & y"


def test_words_carry_their_time() -> None:
    page = Subtitle(30, 90, ("一口 醒了",), words=(Word("一口", 30, 45), Word("醒了", 60, 75)), style="a")
    assert "一口 <00:00:02.000>醒了" in vtt([page], 30)
    line = ass([page], {"a": SUNG}, (1080, 1920), 30).splitlines()[-1]
    assert line == r"Dialogue: 0,0:00:01.00,0:00:03.00,a,,0,0,0,,{\kf100}一口 {\kf50}醒了"
    plain = ass([page], {"a": LOOK}, (1080, 1920), 30).splitlines()[-1]
    assert plain.endswith(",,一口 醒了")


def test_a_look_becomes_a_style() -> None:
    found = pysubs2.SSAFile.from_string(ass(PAGES, {"a": SUNG}, (540, 960), 30), format_="ass")
    style = found.styles["a"]
    assert (found.info["PlayResX"], found.info["PlayResY"]) == ("540", "960")
    assert (style.fontname, style.outline, style.alignment) == ("Noto Sans SC", 4, pysubs2.Alignment.BOTTOM_CENTER)
    assert (style.primarycolor.r, style.primarycolor.g, style.primarycolor.b) == (255, 213, 74)
    assert (style.secondarycolor.r, style.secondarycolor.g, style.secondarycolor.b) == (255, 255, 255)


def test_the_files_of_an_ad_hold_the_pages_that_were_drawn() -> None:
    timeline = small_timeline()
    files = caption_files(timeline, canvas_for("9:16", timeline.canvas), safe_zone("9:16").box)
    assert sorted(files) == ["ass", "srt", "vtt"]
    found = pysubs2.SSAFile.from_string(files["srt"], format_="srt")
    assert [event.plaintext for event in found] == ["早上起不来\n这杯帮你醒", "30秒\n一杯好咖啡", "现在下单"]
    assert [frame_of(event.start, 30, 1000) for event in found] == [0, 36, 76]
    styled = pysubs2.SSAFile.from_string(files["ass"], format_="ass")
    assert [event.style for event in styled] == ["bold_center", "highlight", "boxed"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="好a-> {}\\<&é😋", min_size=1, max_size=9), min_size=1, max_size=2))
def test_no_text_breaks_a_file(lines: list[str]) -> None:
    page = [
        Subtitle(3, 40, tuple(line.strip() or "x" for line in lines), style="a"),
        Subtitle(40, 50, ("end",), style="a"),
    ]
    for kind, text in (
        ("srt", srt(page, 30)),
        ("vtt", vtt(page, 30)),
        ("ass", ass(page, {"a": LOOK}, (1080, 1920), 30)),
    ):
        found = pysubs2.SSAFile.from_string(text, format_=kind)
        assert [frame_of(event.start, 30, 1000) for event in found] == [3, 40]
        assert found[1].plaintext == "end"
