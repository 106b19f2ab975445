"""When letters are heard and pages turn."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.captions import Page, reading_weight
from generation.domain.captions_timing import LEAD, check_words, has_voice, letter_times, letters, page_spans
from generation.domain.timeline import Overlay, OverlayKind, TimelineInvalid
from generation.domain.voice import Word, words_of


def caption(text: str, start: int, end: int, words: tuple[Word, ...] = ()) -> Overlay:
    return Overlay("c1", OverlayKind.CAPTION, start, end, text, words=words)


def page(*lines: str) -> Page:
    return Page(lines, reading_weight("".join(lines)))


SPOKEN = (Word("一口", 40, 52), Word("下去，", 52, 60), Word("都醒了", 75, 90))


def test_letters_of_a_word_share_its_time() -> None:
    overlay = caption("一口下去|都醒了", 30, 120, SPOKEN)
    assert has_voice(overlay)
    assert letter_times(overlay, overlay.text) == (
        (40, 46), (46, 52), (52, 56), (56, 60), (75, 80), (80, 85), (85, 90),
    )  # fmt: skip


def test_words_of_another_text_are_not_followed() -> None:
    overlay = caption("买一送一", 0, 100, SPOKEN)
    assert not has_voice(overlay)
    assert letter_times(overlay, overlay.text) == tuple((word.start, word.end) for word in words_of("买一送一", 0, 85))


def test_a_page_appears_two_frames_before_its_word() -> None:
    overlay = caption("一口下去|都醒了", 30, 120, SPOKEN)
    times = letter_times(overlay, overlay.text)
    spans = page_spans(overlay, [page("一口下去"), page("都醒了")], times, 15)
    assert spans == ((38, 73), (73, 120))


def test_what_opens_the_ad_is_there_from_its_first_frame() -> None:
    overlay = caption("一口下去|都醒了", 0, 120, SPOKEN)
    times = letter_times(overlay, overlay.text)
    assert page_spans(overlay, [page("一口下去"), page("都醒了")], times, 15)[0][0] == 0


def test_a_page_too_short_to_read_gives_the_voice_up() -> None:
    hasty = (Word("一口下去", 30, 34), Word("都醒了", 36, 40))
    overlay = caption("一口下去都醒了", 30, 120, hasty)
    spans = page_spans(overlay, [page("一口下去"), page("都醒了")], letter_times(overlay, overlay.text), 15)
    assert min(end - start for start, end in spans) >= 15
    assert (spans[0][0], spans[-1][1]) == (30, 120)


@pytest.mark.parametrize(
    "words",
    [(Word("a", 0, 5),), (Word("a", 12, 12),), (Word("a", 12, 20), Word("b", 19, 25)), (Word("a", 12, 31),)],
)
def test_words_out_of_place_are_refused_by_name(words: tuple[Word, ...]) -> None:
    with pytest.raises(TimelineInvalid, match=f"overlay 'c1': the word '{words[-1].text}' is heard from frame"):
        check_words(caption("a b", 10, 30, words))


texts = st.lists(
    st.sampled_from(["好喝", "的咖啡", "¥66", "Cold brew ", "，", "😋", "|", "!"]), min_size=1, max_size=9
).map("".join)


@given(texts, st.integers(0, 50), st.integers(1, 300))
def test_every_letter_has_a_time_inside_the_caption_and_in_order(text: str, start: int, frames: int) -> None:
    overlay = caption(text, start, start + frames)
    times = letter_times(overlay, text)
    assert len(times) == len(letters(text))
    edges = [edge for span in times for edge in span]
    assert edges == sorted(edges)
    assert all(start <= edge <= start + frames for edge in edges)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 40), st.integers(0, 20)), min_size=1, max_size=6),
    st.integers(0, 60),
)
def test_pages_follow_the_voice_without_gaps(spoken: list[tuple[int, int, int]], lead_in: int) -> None:
    words, at = [], lead_in
    for count, frames, pause in spoken:
        words.append(Word("好" * count, at, at + frames))
        at += frames + pause
    overlay = caption("|".join(word.text for word in words), 0, at + 5, tuple(words))
    pages = [page(word.text) for word in words]
    shortest = min(10, (at + 5) // len(pages))
    spans = page_spans(overlay, pages, letter_times(overlay, overlay.text), shortest)
    assert spans[0][0] == 0
    assert spans[-1][1] == overlay.end
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    heard = [word.start - LEAD for word in words[1:]]
    followed = [start for start, _ in spans[1:]] == heard
    assert followed or min(end - start for start, end in spans) >= shortest
