"""Captions that follow a voice: each page stands while its words are heard, and knows the moment of each of them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from generation.domain.captions_timing import LEAD, letters
from generation.domain.timeline import Overlay, OverlayKind
from generation.domain.voice import VoiceLine, Word, words_of

SHORTEST = 12  # frames of a page; below it the page keeps its own time


def follow_voice(overlays: Sequence[Overlay], line: VoiceLine, start: int, end: int) -> tuple[Overlay, ...]:
    """The overlays of an ad with the words of ``line`` in its captions, those that begin in [start, end).

    A caption that says something else than the voice keeps its time and has no words: it is then lit by weight.
    """
    pages = sorted(
        (one for one in overlays if one.kind is OverlayKind.CAPTION and start <= one.start < end),
        key=lambda one: one.start,
    )
    found = _heard(pages, line)
    timed = _turned(pages, found) if all(found) else list(pages)
    followed = {page.id: _worded(now, words) for page, now, words in zip(pages, timed, found, strict=True)}
    return tuple(followed.get(one.id, one) if one.kind is OverlayKind.CAPTION else one for one in overlays)


def _heard(pages: Sequence[Overlay], line: VoiceLine) -> list[tuple[Word, ...]]:
    """The words of each page; () for one that the voice does not say."""
    words = line.words
    if letters("".join(word.text for word in words)) != letters(line.text):  # a server may write "12" as "twelve"
        words = words_of(line.text, line.start, line.frames)
    said, at = letters("".join(word.text for word in words)), 0
    found: list[tuple[Word, ...]] = []
    for page in pages:
        shown = letters(page.text)
        first = said.find(shown, at) if shown else -1
        if first < 0:
            found.append(())
            continue
        at = first + len(shown)
        found.append(_between(words, first, at))
    return found


def _between(words: Sequence[Word], first: int, last: int) -> tuple[Word, ...]:
    """The words that hold letters ``first`` up to ``last`` of them all; one that reaches across is cut at its letters."""
    found, at = [], 0
    for word in words:
        said = letters(word.text)
        low, high = max(first - at, 0), min(last - at, len(said))
        if low < high:
            frames = word.end - word.start
            whole = low == 0 and high == len(said)
            start, end = word.start + frames * low // len(said), word.start + frames * high // len(said)
            found.append(word if whole else Word(said[low:high], start, end))
        at += len(said)
    return tuple(found)


def _turned(pages: Sequence[Overlay], heard: Sequence[tuple[Word, ...]]) -> list[Overlay]:
    """Pages that touch turn ``LEAD`` frames before their first word, if each then stands long enough."""
    edges = [page.start for page in pages]
    for index, (before, after) in enumerate(pairwise(pages), 1):
        if before.end == after.start:
            edges[index] = max(heard[index][0].start - LEAD, heard[index - 1][-1].start + 1)
    ends = [
        edges[index + 1] if index + 1 < len(pages) and page.end == pages[index + 1].start else page.end
        for index, page in enumerate(pages)
    ]
    if any(last - first < SHORTEST for first, last in zip(edges, ends, strict=True)):
        return list(pages)
    return [replace(page, start=first, end=last) for page, first, last in zip(pages, edges, ends, strict=True)]


def _worded(page: Overlay, words: Sequence[Word]) -> Overlay:
    """The page with its words inside its time; without any where one of them would not be seen at all."""
    inside = tuple(replace(word, start=max(word.start, page.start), end=min(word.end, page.end)) for word in words)
    return replace(page, words=inside if all(word.end > word.start for word in inside) else ())
