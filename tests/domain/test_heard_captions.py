"""Captions that follow a voice: their pages turn with its words, and every word has its moment."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.captions_timing import check_words, has_voice, letter_times
from generation.domain.heard_captions import SHORTEST, follow_voice
from generation.domain.timeline import Overlay, OverlayKind
from generation.domain.voice import VoiceLine, Word, words_of

SAID = "真空双层，保温12小时，单手能喝"


def caption(name: str, start: int, end: int, text: str) -> Overlay:
    return Overlay(name, OverlayKind.CAPTION, start, end, text, style="karaoke")


def line(text: str = SAID, start: int = 3, frames: int = 90, words: tuple[Word, ...] = ()) -> VoiceLine:
    return VoiceLine(
        "0", text, "s1", start, frames, "voice/1.wav", "a" * 64, words=words or words_of(text, start, frames)
    )


PAGES = (caption("c1.1", 0, 50, "真空双层|保温12小时"), caption("c1.2", 50, 99, "单手能喝"))


def test_each_page_knows_its_own_words_and_turns_with_them() -> None:
    first, second = follow_voice(PAGES, line(), 0, 99)
    assert [word.text for word in first.words] == ["真", "空", "双", "层，", "保", "温", "12", "小", "时，"]
    assert [word.text for word in second.words] == ["单", "手", "能", "喝"]
    assert first.end == second.start == second.words[0].start - 2
    assert (first.start, second.end) == (0, 99)
    assert has_voice(first)
    assert has_voice(second)


def test_the_highlight_is_where_the_voice_is() -> None:
    """A line that is said in its second half only: letters light up then, not evenly over the caption's time."""
    late = (Word("真空", 60, 70), Word("双层", 70, 80))
    (page,) = follow_voice([caption("c", 0, 90, "真空双层")], line("真空双层", words=late), 0, 90)
    assert letter_times(page, page.text) == ((60.0, 65.0), (65.0, 70.0), (70.0, 75.0), (75.0, 80.0))


def test_a_caption_that_says_something_else_stays_as_it_is() -> None:
    other = (caption("c1", 0, 50, "只要一只手"), caption("c2", 50, 99, "单手能喝"))
    first, second = follow_voice(other, line(), 0, 99)
    assert first == other[0]
    assert (second.start, second.end) == (50, 99)
    assert "".join(word.text for word in second.words) == "单手能喝"


def test_words_that_a_server_wrote_in_its_own_way_are_shared_by_weight() -> None:
    spelled = (Word("keeps", 3, 20), Word("twelve", 20, 40), Word("hours", 40, 60))
    (page,) = follow_voice(
        [caption("c", 0, 70, "keeps 12 hours")], line("keeps 12 hours", frames=57, words=spelled), 0, 70
    )
    assert [word.text for word in page.words] == ["keeps", "12", "hours"]
    assert page.words == words_of("keeps 12 hours", 3, 57)


def test_a_page_that_would_flash_by_keeps_its_time() -> None:
    hurried = (Word("真空双层", 3, 6), Word("单手能喝", 6, 96))
    pages = (caption("a", 0, 50, "真空双层"), caption("b", 50, 99, "单手能喝"))
    first, second = follow_voice(pages, line("真空双层单手能喝", words=hurried), 0, 99)
    assert [(one.start, one.end) for one in (first, second)] == [(0, 50), (50, 99)]
    assert first.words == (hurried[0],)
    assert second.words == (replace(hurried[1], start=50),)


def test_other_lines_and_other_overlays_are_let_alone() -> None:
    price = Overlay("p", OverlayKind.PRICE_TAG, 0, 90, "¥129", style="")
    later = caption("c2.1", 99, 150, "单手能喝")
    found = follow_voice((*PAGES, price, later), line(), 0, 99)
    assert found[2:] == (price, later)


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(["真空双层", "保温12小时", "单手能喝", "only 9 left", "一键开合"]), min_size=1, max_size=4
    ),
    st.integers(20, 300),
    st.integers(0, 30),
)
def test_words_never_leave_their_page(phrases: list[str], frames: int, lead: int) -> None:
    whole = frames + lead + 6
    edges = [whole * at // len(phrases) for at in range(len(phrases) + 1)]
    pages = tuple(caption(f"c{at}", edges[at], edges[at + 1], text) for at, text in enumerate(phrases))
    pages = tuple(page for page in pages if page.end > page.start)
    found = follow_voice(pages, line("，".join(phrases), lead, frames), 0, whole)
    assert [page.text for page in found] == [page.text for page in pages]
    for before, now in zip(pages, found, strict=True):
        check_words(now)
        assert now.end - now.start >= min(SHORTEST, before.end - before.start)
    assert all(one.end == other.start for one, other in pairwise(found))


@pytest.mark.parametrize("text", ["", "，。", "🙂"])
def test_a_caption_without_letters_has_no_words(text: str) -> None:
    (page,) = follow_voice([caption("c", 0, 90, text)], line(), 0, 90)
    assert page == caption("c", 0, 90, text)
