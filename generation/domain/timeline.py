"""``ad-timeline/1``: a finished ad as pure data, in integer frames, with OpenTimelineIO's cut semantics.

Shots follow each other on one track without gaps. A dissolve of n frames (n even) is centred on its cut: it takes n/2
frames of *handle* from either side and moves no cut point (OpenTimelineIO, "Timeline Structure", transitions). So the media
of a shot must hold ``head + duration + tail`` frames, which is known, and filmed, before anything is rendered.
Overlays carry positions by meaning (``kind``), not by pixel: each aspect ratio lays them out anew.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum

SCHEMA = "ad-timeline/1"


class Transition(StrEnum):
    CUT = "cut"
    DISSOLVE = "dissolve"


class OverlayKind(StrEnum):
    CAPTION = "caption"
    PRICE_TAG = "price_tag"
    BRAND_MARK = "brand_mark"


@dataclass(frozen=True)
class Canvas:
    width: int
    height: int
    fps: int = 30


@dataclass(frozen=True)
class EndCard:
    """The last shot is drawn, not filmed. Empty texts are left out; ``logo``/``image`` are storage names."""

    headline: str
    brand: str
    price_text: str
    list_price_text: str
    offer: str
    call_to_action: str
    image: str = ""
    image_sha256: str = ""
    logo: str = ""
    logo_sha256: str = ""


@dataclass(frozen=True)
class TimelineShot:
    """``clip`` is a clip key (or "" when ``card`` is set). ``source_start`` is the head handle, in frames."""

    id: str
    role: str
    clip: str
    source_start: int
    duration: int
    transition: Transition = Transition.CUT  # into the next shot
    transition_frames: int = 0
    card: EndCard | None = None


@dataclass(frozen=True)
class Overlay:
    """Text over the picture from frame ``start`` up to, not including, frame ``end``. ``|`` in text breaks phrases."""

    id: str
    kind: OverlayKind
    start: int
    end: int
    text: str
    style: str = "bold_center"
    second_text: str = ""  # the struck-through price of a price tag


@dataclass(frozen=True)
class MusicBed:
    """Our own composed music: mood and tempo choose it, the seed varies it. ``track`` is an uploaded file instead."""

    mood: str
    bpm: int
    seed: int
    track: str = ""
    track_sha256: str = ""


@dataclass(frozen=True)
class Timeline:
    id: str
    lang: str
    theme: str
    canvas: Canvas
    shots: tuple[TimelineShot, ...]
    overlays: tuple[Overlay, ...]
    music: MusicBed | None
    label_text: str = "AI生成"
    schema: str = SCHEMA

    @property
    def duration(self) -> int:
        """Frames of the whole ad."""
        return sum(shot.duration for shot in self.shots)

    @property
    def key(self) -> str:
        """Content hash; the id does not count."""
        content = asdict(self)
        del content["id"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class TimelineInvalid(ValueError):
    """The timeline breaks a rule of ``ad-timeline/1``; the message names the item."""
