"""A script template: the structure of a way to sell, with its spread, and no word of any source video."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.errors import TemplateInvalid
from templates_engine.domain.patterns import HookType, Pattern, Slot, SlotType

__all__ = [
    "ANY_CATEGORY",
    "Beat",
    "Engagement",
    "HookType",
    "Lineage",
    "Member",
    "Music",
    "Pace",
    "Pattern",
    "Provenance",
    "ScriptTemplate",
    "Slot",
    "SlotType",
    "Spread",
    "TemplateInvalid",
    "Words",
]

SCHEMA = 1
LANGUAGES = ("zh", "en")
ANY_CATEGORY = "any"
CAPTION_STYLES = ("bold_center", "lower_third", "price_tag", "clean")
_ID = re.compile(r"tpl_[a-z0-9]+(?:_[a-z0-9]+)*_v([1-9][0-9]*)")


@dataclass(frozen=True)
class Spread:
    """Tenth, fiftieth and ninetieth percentile of something measured (or, in a seed, intended)."""

    p10: float
    p50: float
    p90: float

    def __post_init__(self) -> None:
        if not 0 <= self.p10 <= self.p50 <= self.p90:
            raise TemplateInvalid(f"a spread must rise from p10 to p90: {self.p10}, {self.p50}, {self.p90}")


@dataclass(frozen=True)
class Words:
    """The same short text in Chinese and English, for pages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Pace:
    """Speech rate: ``char_per_s`` for Chinese, ``word_per_s`` for English."""

    unit: str
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Music:
    """``cut_on_beat``: share of the members' cuts that fall on a beat; None where it was not measured."""

    mood: str
    bpm: int
    cut_on_beat: float | None = None


@dataclass(frozen=True)
class Provenance:
    """Where a template comes from: ``source`` is seed, own or imported; ``rights`` says why we may use it."""

    builder: str
    source: str
    rights: str
    created: date


@dataclass(frozen=True)
class Member:
    """One hit video that a learned template stands on: its weight, and how many edits it is away from the order of beats."""

    video_id: str
    weight: float
    alignment_cost: int | None = None


@dataclass(frozen=True)
class Engagement:
    """What members achieved per exposure, shrunk, with its 90 % interval; never a score by itself.

    Shrunk towards ``prior_mean``, which is that of ``prior_scope`` ("category/home"), as if ``prior_strength`` more videos
    had achieved exactly that.
    """

    objective: str
    videos: int
    exposure: int
    mean: float
    low90: float
    high90: float
    prior_scope: str = ""
    prior_mean: float | None = None
    prior_strength: float | None = None


@dataclass(frozen=True)
class Lineage:
    """Where a learned template stands: the version before it ("" for the first), and the group it was learned from."""

    parent: str
    group: tuple[tuple[str, str], ...]  # ("category", "home") ... as far as known, by name
    videos: int  # analyses of the group, members of this template or not


@dataclass(frozen=True)
class Beat:
    """One step of the story.

    ``presence`` is the share of members that have it (the least present optional beat goes first when time is short);
    ``share`` its part of the ad (0..1), ``shots`` how many pictures it takes, ``shot_len`` their length in ms;
    ``camera`` and ``framing`` are choices with weights. Of a learned beat, ``repeat`` says how many lines members spend
    on it, ``caption_position`` where their captions stand, and ``borrowed`` what no member could teach and a seed lends.
    """

    role: Role
    also: tuple[Role, ...]
    presence: float
    optional: bool
    share: Spread
    shots: Spread
    shot_len: Spread
    camera: tuple[tuple[Camera, float], ...]
    framing: tuple[tuple[Framing, float], ...]
    caption_style: str
    patterns: tuple[Pattern, ...]
    repeat: Spread | None = None
    caption_position: str = ""
    borrowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.presence <= 1 or self.share.p90 > 1:
            raise TemplateInvalid(f"beat {self.role}: presence and share lie between 0 and 1")
        if not self.patterns or not self.camera or not self.framing:
            raise TemplateInvalid(f"beat {self.role}: patterns, camera and framing can not be empty")
        if self.caption_style not in CAPTION_STYLES:
            raise TemplateInvalid(f"beat {self.role}: caption_style is one of {', '.join(CAPTION_STYLES)}")

    @cached_property
    def slot_types(self) -> frozenset[SlotType]:
        """Every kind of fact that some pattern of this beat can take."""
        return frozenset(slot.type for pattern in self.patterns for slot in pattern.slots)


@dataclass(frozen=True)
class ScriptTemplate:
    """An immutable version: ``id`` ends in ``_v<number>``, and any edit makes the next number.

    ``duration`` is in ms. ``engagement`` is what sold (orders per view), ``reach`` what was watched (views beside the
    category's), ``hooks`` how members open, by share. A seed that we wrote ourselves has none of these, no ``stability``
    and no ``members``.
    """

    id: str
    schema: int
    name: Words
    summary: Words
    lang: str
    category: tuple[str, ...]
    platform: tuple[str, ...]
    duration: Spread
    pace: Pace
    music: Music
    beats: tuple[Beat, ...]
    provenance: Provenance
    engagement: Engagement | None = None
    stability: float | None = None
    members: tuple[Member, ...] = ()
    reach: Engagement | None = None
    hooks: tuple[tuple[HookType, float], ...] = ()
    lineage: Lineage | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise TemplateInvalid(f"id {self.id!r} must look like tpl_pain_led_zh_v1")
        if self.schema != SCHEMA:
            raise TemplateInvalid(f"{self.id}: schema {self.schema} is not known here, only {SCHEMA}")
        if self.lang not in LANGUAGES:
            raise TemplateInvalid(f"{self.id}: lang is zh or en, not {self.lang!r}")
        if not self.beats or self.beats[-1].role is not Role.CTA or self.beats[-1].optional:
            raise TemplateInvalid(f"{self.id}: the last beat is a call to action (cta) that is never dropped")

    @property
    def version(self) -> int:
        return int(self.id.rpartition("_v")[2])

    @property
    def family(self) -> str:
        """The id without its version: what all versions share."""
        return self.id.rpartition("_v")[0]
