"""When each letter of a caption is heard, and so when its pages turn and its words light up. Time is in frames."""

from collections.abc import Sequence

from generation.domain.captions import Page, share_time
from generation.domain.timeline import Overlay, TimelineInvalid
from generation.domain.voice import Word, words_of

LEAD = 2  # a page appears this much before its first word, and not earlier
_SPOKEN_SHARE = 0.85  # of the caption's time, where nobody speaks: the last word stays lit for a while

Span = tuple[float, float]


def letters(text: str) -> str:
    """What can be heard of a text, without marks, spaces and emoji."""
    return "".join(char for char in text if char.isalnum()).casefold()


def has_voice(overlay: Overlay) -> bool:
    """True when the words of the voice are those of the caption: then it follows the voice."""
    said = letters("".join(word.text for word in overlay.words))
    return said != "" and said == letters(overlay.text)


def check_words(overlay: Overlay) -> None:
    """Raises ``TimelineInvalid`` naming the first word that is out of order or outside its caption."""
    at = overlay.start
    for word in overlay.words:
        if not at <= word.start < word.end <= overlay.end:
            raise TimelineInvalid(
                f"overlay {overlay.id!r}: the word {word.text!r} is heard from frame {word.start} to {word.end}; "
                f"it must come after the word before it and within frames {overlay.start} to {overlay.end}"
            )
        at = word.end


def letter_times(overlay: Overlay, text: str) -> tuple[Span, ...]:
    """(start, end) of each of ``letters(text)``: from the voice, else shared by weight over the caption's time.

    ``text`` is the caption as it is drawn. Letters of one word share its time evenly.
    """
    frames = overlay.end - overlay.start
    voice = has_voice(overlay) and letters(text) == letters(overlay.text)
    words = overlay.words if voice else words_of(text.replace("|", " "), overlay.start, round(frames * _SPOKEN_SHARE))
    found = [span for word in words for span in _spread(word)]
    count = len(letters(text))
    if len(found) != count:  # a frame is too short for some words: all letters evenly
        step = frames * _SPOKEN_SHARE / max(count, 1)
        found = [(overlay.start + at * step, overlay.start + (at + 1) * step) for at in range(count)]
    return tuple(found)


def page_spans(
    overlay: Overlay, pages: Sequence[Page], times: Sequence[Span], shortest: int
) -> tuple[tuple[int, int], ...]:
    """(first frame, frame after the last) of each page; together they fill the caption's time without a gap.

    With a voice, a page turns ``LEAD`` frames before its first word; a caption that opens the ad is there from the first
    frame, which platforms show as the cover. A page that would stand under ``shortest`` frames gives the voice up for
    time shared by reading weight.
    """
    if has_voice(overlay):
        edges = _heard_edges(overlay, pages, times)
        spans = tuple(zip(edges, [*edges[1:], overlay.end], strict=True))
        if all(end - start >= min(shortest, overlay.end - overlay.start) for start, end in spans):
            return spans
    frames, at, found = overlay.end - overlay.start, overlay.start, []
    for share in share_time([page.weight for page in pages], frames, min(shortest, frames // len(pages))):
        found.append((at, at + share))
        at += share
    return tuple(found)


def _heard_edges(overlay: Overlay, pages: Sequence[Page], times: Sequence[Span]) -> list[int]:
    edges, passed = [], 0
    for index, page in enumerate(pages):
        first = int(times[min(passed, len(times) - 1)][0])
        opens = index == 0 and overlay.start == 0
        edges.append(overlay.start if opens else max(first - LEAD, overlay.start))
        passed += sum(len(letters(line)) for line in page.lines)
    return edges


def _spread(word: Word) -> list[Span]:
    count = len(letters(word.text))
    step = (word.end - word.start) / max(count, 1)
    return [(word.start + at * step, word.start + (at + 1) * step) for at in range(count)]
