"""Captions that are burnt in: when they come and go, what belongs together, and what is none."""

from dataclasses import replace

import numpy as np
import pytest

from templates_engine.analyse.caption_lines import captions, look
from templates_engine.analyse.captions import CaptionWatch, Shown, same_text
from templates_engine.analyse.ocr import Place
from templates_engine.domain.analysis import CaptionPosition
from tests.templates_engine.footage_maker import Painted, Picture

WORDS = ("还在发愁？", "这款不漏", "只要39.9元")
BAND = Place(0.2, 0.7, 0.8, 0.8)


class Blocks:
    """Reads what the test has drawn: in the band, block number n is the nth text; counts how often it is asked."""

    name = "blocks 1"

    def __init__(self) -> None:
        self.read_times = 0

    def find(self, picture: Picture) -> tuple[Place, ...]:
        return (BAND,) if picture[70:80, 20:80].any() else ()

    def read(self, picture: Picture, place: Place) -> tuple[str, float]:
        self.read_times += 1
        return WORDS[int(picture[75, 21, 0]) // 50 - 1], 0.99


def film(plan: list[int | None], every_ms: int = 40) -> list[Painted]:
    """One frame for each entry: the number of the text in the band, or none; the rest of the picture changes always."""
    frames = []
    for index, number in enumerate(plan):
        picture = np.zeros((100, 100, 3), np.uint8)
        picture[:40] = np.random.default_rng(index).integers(0, 200, (40, 100, 3))
        if number is not None:
            picture[70:80, 20:80] = np.random.default_rng(number).integers(0, 2, (10, 60, 1)) * 250
            picture[70:80, 20:24] = 50 * (number + 1)
        frames.append(Painted(index * every_ms, picture, picture))
    return frames


def watched(frames: list[Painted]) -> tuple[Blocks, tuple[Shown, ...]]:
    reader = Blocks()
    watch = CaptionWatch(reader)
    for frame in frames:
        watch.see(frame)
    return reader, watch.lines(frames[-1].at_ms + 40)


def test_a_line_is_read_once_and_timed_to_the_frame() -> None:
    reader, found = watched(film([None] * 20 + [0] * 50 + [1] * 33 + [None] * 10 + [2] * 22))
    assert [(line.start_ms, line.end_ms, line.text) for line in found] == [
        (800, 2800, WORDS[0]),
        (2800, 4120, WORDS[1]),
        (4520, 5400, WORDS[2]),
    ]
    assert reader.read_times == 3


def test_a_still_picture_is_not_searched_again() -> None:
    frames = [replace(frame, small=film([0])[0].small) for frame in film([0] * 60)]
    _, found = watched(frames)
    assert [(line.start_ms, line.end_ms) for line in found] == [(0, 2400)]


def test_without_text_there_are_no_captions() -> None:
    _, found = watched(film([None] * 30))
    assert found == ()
    assert captions(found, 1200, "zh") == ()
    assert look(()) is None


def shown(start: int, end: int, text: str, top: float = 0.7, **more: float) -> Shown:
    return Shown(start, end, text, 0.9, Place(0.2, top, 0.8, top + 0.05), **more)


def texts(*lines: Shown, lang: str = "zh") -> list[tuple[int, int, str]]:
    return [(line.start_ms, line.end_ms, line.text) for line in captions(lines, 10_000, lang)]


def test_two_lines_at_once_are_one_caption() -> None:
    upper, lower = shown(0, 2000, "Tired of", top=0.70), shown(80, 2000, "leaking cups?", top=0.76)
    assert texts(lower, upper, lang="en") == [(0, 2000, "Tired of leaking cups?")]
    assert texts(shown(0, 2000, "还在为"), shown(0, 2000, "漏水发愁", top=0.76)) == [(0, 2000, "还在为漏水发愁")]


def test_lines_far_apart_or_at_other_times_stay_two() -> None:
    assert len(texts(shown(0, 2000, "好用"), shown(0, 2000, "不漏", top=0.2))) == 2
    assert len(texts(shown(0, 2000, "好用"), shown(900, 2000, "不漏", top=0.76))) == 2


def test_letters_that_come_one_by_one_are_one_line() -> None:
    assert texts(shown(0, 500, "还在"), shown(500, 1000, "还在为漏"), shown(1000, 2000, "还在为漏水发愁")) == [
        (0, 2000, "还在为漏水发愁")
    ]


def test_a_watermark_scenery_and_a_flicker_tell_nothing() -> None:
    said = shown(0, 2000, "好用不漏")
    watermark, scenery, flicker = (
        shown(0, 10_000, "@shop", top=0.05),
        shown(0, 3000, "LABEL", top=0.4, moved=0.2),
        shown(0, 120, "闪"),
    )
    assert texts(said, watermark, scenery, flicker) == [(0, 2000, "好用不漏")]


def test_what_is_written_on_the_product_is_no_caption() -> None:
    said = shown(0, 2000, "好用不漏")
    grows = shown(0, 2000, "480ml", top=0.4, grown=0.12)
    elsewhere = (shown(2500, 4000, "NORTH", top=0.3), shown(5000, 6000, "NORTH", top=0.5))
    larger = (shown(2500, 4000, "MUG", top=0.3), Shown(5000, 6000, "MUG", 0.9, Place(0.1, 0.29, 0.9, 0.36)))
    often = tuple(shown(start, start + 500, "@shop", top=0.05) for start in (2500, 5000, 8000))
    assert texts(said, grows, *elsewhere, *larger, *often) == [(0, 2000, "好用不漏")]


@pytest.mark.parametrize("label", ["AI生成", "内容由AI生成", "AI generated", "AI-generated content", "广告"])
def test_the_label_that_the_law_asks_for_is_no_caption(label: str) -> None:
    assert texts(shown(0, 2000, "好用不漏"), shown(0, 2000, label, top=0.05)) == [(0, 2000, "好用不漏")]
    assert texts(shown(0, 2000, "AI生成的好看吗")) == [(0, 2000, "AI生成的好看吗")]


def test_a_call_that_comes_twice_at_its_place_stays() -> None:
    assert len(texts(shown(0, 2000, "点击下方链接"), shown(5000, 7000, "点击下方链接"))) == 2


def test_the_only_line_of_a_video_is_a_caption_though_it_stays() -> None:
    assert texts(shown(0, 10_000, "今天下单送杯刷")) == [(0, 10_000, "今天下单送杯刷")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("还在发愁？", "还在发愁", True),
        ("Only 39.9", "only 39 9", True),
        ("今天下单", "明天再说", False),
        ("", "好", False),
    ],
)
def test_slips_of_the_reader_are_the_same_text(one: str, other: str, *, same: bool) -> None:
    assert same_text(one, other) is same


@pytest.mark.parametrize(
    ("top", "height", "text", "position", "style"),
    [
        (0.75, 0.05, "这款杯子", CaptionPosition.BOTTOM, "lower_third"),
        (0.45, 0.08, "这款杯子", CaptionPosition.CENTER, "bold_center"),
        (0.10, 0.08, "这款杯子", CaptionPosition.TOP, "bold_center"),
        (0.75, 0.03, "这款杯子", CaptionPosition.BOTTOM, "clean"),
        (0.75, 0.05, "只要39.9元", CaptionPosition.BOTTOM, "price_tag"),
    ],
)
def test_the_usual_caption(top: float, height: float, text: str, position: CaptionPosition, style: str) -> None:
    found = look([Shown(0, 900, text, 0.9, Place(0.2, top, 0.8, top + height))])
    assert found is not None
    assert (found.position, found.style, found.height) == (position, style, round(height * 0.65, 4))
    assert found.chars.p50 == sum(letter.isalnum() for letter in text)
