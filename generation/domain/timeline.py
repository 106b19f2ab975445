"""``ad-timeline/1``: a finished ad as pure data, in integer frames, with OpenTimelineIO's cut semantics.

Shots follow each other on one track without gaps. A transition of n frames (n even) is centred on its cut and moves no cut
point. One that shows both pictures at once takes n/2 frames of *handle* from either side (OpenTimelineIO, "Timeline
Structure", transitions). So the media of a shot must hold ``head + source length + tail`` frames, which is known, and
filmed, before anything is rendered. Overlays carry positions by meaning (``kind``), not by pixel: each aspect ratio lays
them out anew. Fields marked ``LATER`` joined the format after its first documents: at their default they are neither
written nor hashed, so an old document keeps its form and its key.
"""

import hashlib
import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from generation.domain.brand import Brand
from generation.domain.voice import Voice, Word

SCHEMA = "ad-timeline/1"
# For fields that documents from before them leave out.
LATER = MappingProxyType({"later": True})


class Transition(StrEnum):
    CUT = "cut"
    DISSOLVE = "dissolve"
    WHIP = "whip"  # the camera is torn aside; the cut lies in the blur
    PUSH = "push"  # the next picture pushes this one out to the left
    ZOOM = "zoom"  # through this picture into the next
    LIGHT_LEAK = "light_leak"  # a dissolve under a passing glare
    MATCH_CUT = "match_cut"  # the product has the same place and size on both sides of the cut


# These show one picture at a time and so need no frames beyond the shot.
WITHOUT_HANDLES = frozenset({Transition.CUT, Transition.WHIP, Transition.MATCH_CUT})


class Composition(StrEnum):
    """How a second clip shares a shot with the first."""

    PICTURE_IN_PICTURE = "picture_in_picture"
    SIDE_BY_SIDE = "side_by_side"
    STACKED = "stacked"
    BEFORE_AFTER = "before_after"  # a line wipes over the first and uncovers the second


class OverlayKind(StrEnum):
    CAPTION = "caption"
    PRICE_TAG = "price_tag"
    BRAND_MARK = "brand_mark"
    DISCOUNT_BADGE = "discount_badge"
    COUNTDOWN = "countdown"
    RATING = "rating"
    LOGO_STING = "logo_sting"
    QR_CODE = "qr_code"


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
class TextCard:
    """A drawn shot of large text, for hooks that are read. ``|`` breaks lines; ``kicker`` stands small above them."""

    text: str
    kicker: str = ""


@dataclass(frozen=True)
class Stretch:
    """``source`` frames of the clip play during ``frames`` frames of the ad; 0 holds one frame (a freeze)."""

    frames: int
    source: int


@dataclass(frozen=True)
class SecondClip:
    """A clip that shares the shot; it follows the shot's ramp and needs the same handles as the first."""

    clip: str
    source_start: int
    how: Composition


@dataclass(frozen=True)
class TimelineShot:
    """``clip`` is a clip key, or "" when the shot is drawn. ``source_start`` is the clip's first frame in the shot.

    ``ramp``: speeds of the shot, from stretch to stretch; none plays it as it was filmed.
    """

    id: str
    role: str
    clip: str
    source_start: int
    duration: int
    transition: Transition = Transition.CUT  # into the next shot
    transition_frames: int = 0
    card: EndCard | None = None
    text_card: TextCard | None = field(default=None, metadata=LATER)
    ramp: tuple[Stretch, ...] = field(default=(), metadata=LATER)
    second: SecondClip | None = field(default=None, metadata=LATER)

    @property
    def source_frames(self) -> int:
        """Frames of the clip that play between the shot's cut points."""
        return sum(stretch.source for stretch in self.ramp) if self.ramp else self.duration


@dataclass(frozen=True)
class Overlay:
    """Something over the picture from frame ``start`` up to, not including, frame ``end``. ``|`` in text breaks phrases.

    What ``text`` is: the words of a caption, badge or countdown; a price; a brand; a rating such as "4.8"; the address
    in a QR code. ``second_text``: a struck-through price, a badge's or QR code's small line, the end of a countdown.
    """

    id: str
    kind: OverlayKind
    start: int
    end: int
    text: str
    style: str = "bold_center"
    second_text: str = ""
    ends_on: str = field(default="", metadata=LATER)  # of a countdown: the offer's last day, YYYY-MM-DD
    counted_from: str = field(
        default="", metadata=LATER
    )  # the day on which the ad is shown; without it the last day itself is told
    source: str = field(default="", metadata=LATER)  # of a rating: who counted ...
    count: int = field(default=0, metadata=LATER)  # ... and how many ratings there are
    image: str = field(default="", metadata=LATER)  # of a logo sting: a storage name
    image_sha256: str = field(default="", metadata=LATER)
    words: tuple[Word, ...] = field(default=(), metadata=LATER)  # of a caption: when each is heard, in frames of the ad
    optional: bool = field(default=False, metadata=LATER)  # left out of a shape that has no place for it


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
    voice: Voice | None = field(default=None, metadata=LATER)
    brand: Brand | None = field(default=None, metadata=LATER)

    @property
    def duration(self) -> int:
        """Frames of the whole ad."""
        return sum(shot.duration for shot in self.shots)

    @property
    def key(self) -> str:
        """Content hash; the id does not count."""
        content = as_document(self)
        del content["id"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class TimelineInvalid(ValueError):
    """The timeline breaks a rule of ``ad-timeline/1``; the message names the item. ``zh``: in Chinese, where people see it."""

    def __init__(self, message: str, zh: str = "") -> None:
        super().__init__(message)
        self.zh = zh


def as_document(record: Any) -> dict[str, object]:
    """A record of the format as plain values; later fields only where they say something."""
    return {
        item.name: _plain(getattr(record, item.name))
        for item in fields(record)
        if not (item.metadata == LATER and getattr(record, item.name) == item.default)
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    return as_document(value) if hasattr(value, "__dataclass_fields__") else value
