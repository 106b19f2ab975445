"""The order for one finished file: which timeline, in which shape, how carefully, and who answers for it by law."""

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from generation.domain.geometry import Box
from generation.domain.timeline import LATER, Timeline

# Part of every order's key: raise it when the same order would give other pictures or sound.
RENDERER_VERSION = "3"


class Quality(StrEnum):
    PREVIEW = "preview"
    FINAL = "final"


@dataclass(frozen=True)
class ClipFile:
    """A filmed clip on this machine's disk. ``subject``: where the product is during the whole clip, if known."""

    path: Path
    frames: int
    fps: int
    width: int
    height: int
    subject: Box | None = None


@dataclass(frozen=True)
class CutOrder:
    """``aspect`` such as "9:16"; ``provider_code`` and ``produce_id`` go into the AIGC label (printable ASCII).

    ``joins``: shots (by index) with which a segment begins that is encoded by itself; none renders the ad in one piece.
    """

    timeline: Timeline
    aspect: str
    quality: Quality
    provider_code: str
    produce_id: str
    joins: tuple[int, ...] = field(default=(), metadata=LATER)

    @property
    def key(self) -> str:
        """SHA-256 over everything that shows in the file's bytes."""
        content = [
            RENDERER_VERSION,
            self.timeline.key,
            self.aspect,
            self.quality,
            self.provider_code,
            self.produce_id,
            *([self.joins] if self.joins else []),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def clip_keys(self) -> frozenset[str]:
        """Keys of the clips that must be at hand."""
        firsts = (shot.clip for shot in self.timeline.shots)
        seconds = (shot.second.clip for shot in self.timeline.shots if shot.second is not None)
        return frozenset(key for key in (*firsts, *seconds) if key)

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 -> storage name of every other file that must be at hand: end-card photo, logo, typeface, music, voice."""
        found: dict[str, str] = {}
        for shot in self.timeline.shots:
            if shot.card is not None:
                found[shot.card.image_sha256] = shot.card.image
                found[shot.card.logo_sha256] = shot.card.logo
        found |= {overlay.image_sha256: overlay.image for overlay in self.timeline.overlays}
        if self.timeline.music is not None:
            found[self.timeline.music.track_sha256] = self.timeline.music.track
        if self.timeline.voice is not None:
            found |= {line.sha256: line.file for line in self.timeline.voice.lines}
        if self.timeline.brand is not None:
            brand = self.timeline.brand
            found |= {brand.logo_sha256: brand.logo, brand.font_sha256: brand.font}
        return {sha256: name for sha256, name in found.items() if sha256 and name}
