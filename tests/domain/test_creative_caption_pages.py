"""Captions in pages: two phrases at most, turned where a sentence ends, in step with the voice."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.caption_pages import SHORTEST_MS, CaptionPage, caption_pages


def texts(caption: str, voice: str = "", *, most: int = 2) -> list[str]:
    return [page.text for page in caption_pages(caption, voice, 0, 6000, most=most)]


@pytest.mark.parametrize(
    ("caption", "voice", "expected"),
    [
        ("认识一下|木屿沁润精华", "认识一下，木屿沁润精华。", ["认识一下|木屿沁润精华"]),
        ("它懂你|杯壁厚实|咖啡凉得慢", "它懂你：杯壁厚实，咖啡凉得慢。", ["它懂你", "杯壁厚实|咖啡凉得慢"]),
        ("好在哪？|一滴化开|上脸不黏", "好在哪？一滴化开，上脸不黏。", ["好在哪？", "一滴化开|上脸不黏"]),
        ("换之前|换之后|差别有多大？", "换之前，换之后，差别有多大？", ["换之前|换之后", "差别有多大？"]),
        (
            "早上灌的热水|到公司就凉了|烦不烦？",
            "早上灌的热水，到公司就凉了，烦不烦？",
            ["早上灌的热水", "到公司就凉了|烦不烦？"],
        ),
        ("a b|c d|e f|g h", "a b, c d. E f, g h.", ["a b|c d", "e f|g h"]),
        ("一|二|三|四|五", "", ["一|二", "三|四", "五"]),
    ],
)
def test_pages_are_turned_where_it_reads_best(caption: str, voice: str, expected: list[str]):
    assert texts(caption, voice) == expected


def test_one_phrase_at_a_time():
    assert texts("不想再忍|就点下方链接|拎走一只", most=1) == ["不想再忍", "就点下方链接", "拎走一只"]


def test_time_is_shared_by_length():
    assert caption_pages("一二|三四五六", "", 1000, 4000, most=1) == (
        CaptionPage("一二", 1000, 2000),
        CaptionPage("三四五六", 2000, 4000),
    )


def test_without_time_to_turn_there_is_one_page():
    assert caption_pages("一二|三四|五六", "", 0, 1500, most=1) == (CaptionPage("一二|三四|五六", 0, 1500),)


def test_an_empty_caption_has_no_page():
    assert caption_pages(" | ", "", 0, 3000) == ()


phrases = st.lists(st.text("一二三四五ab ", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=6)


@given(phrases, st.text("一二三。，？ab", max_size=20), st.integers(0, 5000), st.integers(1, 9000), st.integers(1, 3))
def test_pages_tile_the_beat_and_lose_no_phrase(given_: list[str], voice: str, start: int, length: int, most: int):
    pages = caption_pages("|".join(given_), voice, start, start + length, most=most)
    assert (pages[0].start_ms, pages[-1].end_ms) == (start, start + length)
    assert all(before.end_ms == after.start_ms for before, after in pairwise(pages))
    assert "|".join(page.text for page in pages).split("|") == [phrase.strip() for phrase in given_]
    if len(pages) > 1:
        assert all(page.end_ms - page.start_ms >= SHORTEST_MS for page in pages)
        assert all(page.text.count("|") < most for page in pages)
