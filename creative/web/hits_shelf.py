"""One hit as a row of the shelf."""

from dataclasses import dataclass

from django.urls import reverse

from creative.domain.platforms import PLATFORMS
from creative.web import hit_words
from creative.web.hit_strip import Box, ribbon
from creative.web.words import LANGUAGES, Word, chosen
from templates_engine import hits
from templates_engine.models import Hit


@dataclass(frozen=True)
class Shown:
    """``error`` says what to do, ``picture`` is the address of a shot's picture ("" for none)."""

    hit: Hit
    state: Word
    stage: Word
    error: str
    picture: str
    known: tuple[object, ...]
    seconds: float
    shots: int
    views: int | None
    ribbon: tuple[Box, ...]

    @property
    def silent(self) -> bool:
        """Measured, but nothing is said or written in it: no template can be learned from it."""
        return self.hit.state == Hit.State.DONE and not self.hit.told


def shown(hit: Hit) -> Shown:
    video = hits.analysis_of(hit)
    latest = max(video.metrics, key=lambda seen: seen.age_h, default=None) if video is not None else None
    return Shown(
        hit=hit,
        state=hit_words.STATES[hit.state],
        stage=hit_words.STAGES.get(hit.stage, ""),
        error=chosen(hit.error_zh, hit.error_en),
        picture=reverse("media-hit", args=[hit.public_id, 0]) if hit.pictures else "",
        known=known(hit),
        seconds=video.duration_ms / 1000 if video is not None else 0.0,
        shots=len(video.shots) if video is not None else 0,
        views=latest.views if latest is not None else None,
        ribbon=ribbon(video) if video is not None and video.told else (),
    )


def known(hit: Hit) -> tuple[object, ...]:
    """What its uploader said of it, in words."""
    place = PLATFORMS.get(hit.platform)
    platform = chosen(place.zh, place.en) if place is not None else hit.platform
    parts = (hit.category, LANGUAGES.get(hit.lang, ""), platform, hit.campaign)
    return (*(part for part in parts if part), hit_words.RIGHTS[hit.rights])
