"""How an ad puts on a brand kit: colours, logo and caption style as data of its timeline, and music to the brand's taste."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from billing.models import Organization
from creative import brand
from creative.domain.editing import Feel
from creative.domain.ornaments import Evidence
from creative.models import BrandKit, Brief, MusicTrack
from creative.music_tracks import bed_of, track_of
from generation.domain.brand import Brand
from generation.domain.timeline import MusicBed, OverlayKind, Timeline
from generation.render.music_form import known_mood
from templates_engine.domain.facts import ProductFacts
from templates_engine.domain.template import Music

HOUSE = "house"  # the installation's speaker


def dressed(timeline: Timeline, kit: BrandKit | None) -> Timeline:
    """The same ad in the brand's clothes; without a kit the very same timeline, so its key does not change."""
    wears = brand.brand_of(kit, timeline.lang)
    return timeline if wears is None else wearing(timeline, wears)


def wearing(timeline: Timeline, wears: Brand) -> Timeline:
    """A timeline with a brand on: its captions in the brand's style, its logo and name on the end card."""
    overlays = tuple(
        replace(overlay, style=wears.caption_style)
        if wears.caption_style and overlay.kind is OverlayKind.CAPTION
        else overlay
        for overlay in timeline.overlays
    )
    shots = tuple(
        shot
        if shot.card is None
        else replace(
            shot,
            card=replace(
                shot.card, brand=wears.name or shot.card.brand, logo=wears.logo, logo_sha256=wears.logo_sha256
            ),
        )
        for shot in timeline.shots
    )
    return replace(timeline, brand=wears, overlays=overlays, shots=shots)


def music_for(
    mood: str, bpm: int, seed: int, *, wanted: bool, track: MusicTrack | None = None, taste: Sequence[str] = ()
) -> MusicBed | None:
    """The merchant's own track; else our music in the template's mood, or in one that the brand likes instead."""
    if track is not None:
        return bed_of(track, seed)
    if not wanted:
        return None
    liked = taste and known_mood(mood) not in taste
    return MusicBed(taste[seed % len(taste)] if liked else mood, bpm, seed)


def feel_of(asked: Music, bed: MusicBed | None) -> Feel:
    """What the ad feels like to whoever cuts it: as our music that will play, else as its template wants it."""
    if bed is not None and not bed.track:
        return Feel(known_mood(bed.mood), bed.bpm)
    return Feel(known_mood(asked.mood), asked.bpm)


def evidence_of(facts: ProductFacts, kit: BrandKit | None) -> Evidence:
    """What the ad may show beside its words."""
    wears = brand.brand_of(kit, facts.lang)
    return Evidence(
        price=facts.price,
        proofs=facts.proofs,
        ends_on=facts.offer_ends,
        today=timezone.localdate(),
        logo=wears.logo if wears else "",
        logo_sha256=wears.logo_sha256 if wears else "",
        brand=(wears.name if wears else "") or facts.brand,
    )


@dataclass(frozen=True)
class Dress:
    """What an ad wears and who speaks in it. ``track``: the merchant's own music; ``spoken``: the installation's voice."""

    kit: BrandKit | None = None
    track: MusicTrack | None = None
    spoken: bool = False

    @property
    def moods(self) -> tuple[str, ...]:
        return tuple(self.kit.moods) if self.kit is not None else ()

    def music(self, asked: Music, seed: int, *, wanted: bool) -> MusicBed | None:
        """What plays where a template asks for this."""
        return music_for(asked.mood, asked.bpm, seed, wanted=wanted, track=self.track, taste=self.moods)

    @property
    def forbidden(self) -> tuple[str, ...]:
        return tuple(self.kit.forbidden_words) if self.kit is not None else ()


def dress_for(
    organization: Organization, agency: Organization | None = None, *, track: str = "", spoken: bool = False
) -> Dress:
    """For a new ad that ``agency`` makes, if not the merchant. Raises ``NotFound`` for a track that is not theirs."""
    found = track_of(organization, track) if track else None
    return Dress(brand.kit_for(organization, agency), found, spoken)


def dress_of(asked: Brief) -> Dress:
    """What a kept draft wears: the kit that it was made with, as it is now."""
    kit = brand.kit_of(asked.kit_of) if asked.kit_of is not None else None
    return Dress(kit, asked.track, asked.voice == HOUSE)
