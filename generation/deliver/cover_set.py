"""The covers of one film: for each platform that takes its shape the poster at that platform's size, with the ad's line on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from generation.deliver.covers import Cover, cover
from generation.deliver.platforms import Platform, platforms
from generation.domain.timeline import OverlayKind, Timeline
from generation.errors import CutRefused


@dataclass(frozen=True)
class PlatformCover:
    """``platform``: its code; ``titled``: whether the ad's line is on it."""

    platform: str
    cover: Cover
    titled: bool


def titles_of(timeline: Timeline) -> tuple[str, ...]:
    """Lines that a cover may bear, the best one first: what the ad opens with, then the headline of its end card."""
    first = timeline.shots[0].role
    opening = sum(shot.duration for shot in takewhile(lambda shot: shot.role == first, timeline.shots))
    captions = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.CAPTION]
    hook = "|".join(overlay.text for overlay in captions if overlay.start < opening)
    card = timeline.shots[-1].card
    return tuple(filter(None, (hook, card.headline if card is not None else "")))


def cover_set(aspect: str, poster: Path, titles: Sequence[str]) -> Iterator[PlatformCover]:
    """One for each platform that has a cover of this aspect, in the list's order. Raises ``MediaBroken``.

    The first of ``titles`` that fits beside the platform's buttons is on it, or none; a cover that is too many bytes even
    without is left out.
    """
    known: dict[object, tuple[Cover, bool] | None] = {}  # platforms that ask for the same get the same picture
    for place in platforms():
        for asked in place.covers:
            if asked.aspect == aspect:
                same = (asked.size, asked.most_bytes, place.zone(aspect).box)
                if same not in known:
                    known[same] = _best(place, aspect, poster, titles)
                made = known[same]
                if made is not None:
                    yield PlatformCover(place.code, *made)


def _best(place: Platform, aspect: str, poster: Path, titles: Sequence[str]) -> tuple[Cover, bool] | None:
    for words in (*titles, ""):
        try:
            return cover(place, aspect, poster, words), bool(words.strip("| "))
        except CutRefused:
            continue
    return None
