"""The order for one finished file: which timeline, in which shape, how carefully, and who answers for it by law."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from generation.domain.geometry import Box
from generation.domain.timeline import Timeline

# Part of every order's key: raise it when the same order would give other pictures or sound.
RENDERER_VERSION = "1"


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
    """``aspect`` such as "9:16"; ``provider_code`` and ``produce_id`` go into the AIGC label (printable ASCII)."""

    timeline: Timeline
    aspect: str
    quality: Quality
    provider_code: str
    produce_id: str

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
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def clip_keys(self) -> frozenset[str]:
        """Keys of the clips that must be at hand."""
        return frozenset(shot.clip for shot in self.timeline.shots if shot.clip)

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 -> storage name of every other file that must be at hand: end-card photo, logo, music track."""
        found: dict[str, str] = {}
        for shot in self.timeline.shots:
            if shot.card is not None:
                found[shot.card.image_sha256] = shot.card.image
                found[shot.card.logo_sha256] = shot.card.logo
        if self.timeline.music is not None:
            found[self.timeline.music.track_sha256] = self.timeline.music.track
        return {sha256: name for sha256, name in found.items() if sha256 and name}
