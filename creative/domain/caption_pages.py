"""A caption in pages: at most two phrases at a time, each shown while it is spoken.

Three phrases set as two lines run into each other ("它懂你杯壁厚实"), and nobody reads them in the second that the end card
leaves of the last beat. Where to turn the page: after a phrase that ends a sentence, else nearest to the middle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

STRONG_MARKS = "。！？：；.!?:;"
SHORTEST_MS = 600  # below it a page only flickers


@dataclass(frozen=True)
class CaptionPage:
    text: str  # phrases with ``|`` between them
    start_ms: int
    end_ms: int


def caption_pages(caption: str, voice: str, start_ms: int, end_ms: int, *, most: int = 2) -> tuple[CaptionPage, ...]:
    """The caption of a beat from ``start_ms`` to ``end_ms``, ``most`` phrases a page; () where there is nothing to show.

    Each page gets time by its length, as the voice would take it. One page for all if there is no time to turn.
    """
    phrases = [phrase.strip() for phrase in caption.split("|") if phrase.strip()]
    if not phrases:
        return ()
    texts = _turn(phrases, voice, most)
    weights = [sum(map(_weight, page)) for page in texts]
    edges = [start_ms + (end_ms - start_ms) * sum(weights[:done]) // sum(weights) for done in range(len(texts) + 1)]
    if min(end - start for start, end in pairwise(edges)) < SHORTEST_MS:
        return (CaptionPage("|".join(phrases), start_ms, end_ms),)
    return tuple(
        CaptionPage("|".join(page), start, end) for page, (start, end) in zip(texts, pairwise(edges), strict=True)
    )


def _turn(phrases: Sequence[str], voice: str, most: int) -> list[Sequence[str]]:
    """Split in two where it reads best, and again as long as a part has more than ``most`` phrases."""
    if len(phrases) <= most:
        return [phrases]
    whole = sum(map(_weight, phrases))

    def cost(at: int) -> float:
        """How far from the middle; a boundary inside a sentence is dearer than any distance."""
        uneven = abs(2 * sum(map(_weight, phrases[:at])) / whole - 1)
        return uneven + (0 if _ends_sentence(phrases[at - 1], voice) else 1)

    at = min(range(1, len(phrases)), key=cost)
    return [*_turn(phrases[:at], voice, most), *_turn(phrases[at:], voice, most)]


def _ends_sentence(phrase: str, voice: str) -> bool:
    """Whether the voice pauses for good after this phrase (the caption has lost the mark)."""
    after = voice.partition(phrase)[2][:1]
    return phrase[-1] in STRONG_MARKS or (after != "" and after in STRONG_MARKS)


def _weight(phrase: str) -> int:
    """About how long it takes to say: characters, at least two."""
    return max(2, sum(not mark.isspace() for mark in phrase))
