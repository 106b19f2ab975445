"""What was measured in one hit video: structure and numbers, kept apart from the video itself.

Times are integer milliseconds from the start of the video. The words of ``lines`` and ``captions`` are the source's own:
they are kept to be aligned, abstracted and guarded against, and never come out in a template or a script.
"""

from dataclasses import dataclass
from enum import StrEnum

from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.errors import AnalysisInvalid
from templates_engine.domain.template import LANGUAGES, Spread

SCHEMA = 1
FIRST_SECONDS_MS = 3_000


class LineSource(StrEnum):
    """How the words of a line were got."""

    TRANSCRIPT = "transcript"  # SRT, VTT or JSON that came with the video
    SPEECH = "speech"  # recognised from the sound
    SCREEN = "screen"  # read from burnt-in captions


class Transition(StrEnum):
    """How a shot begins."""

    CUT = "cut"
    FADE = "fade"


class CaptionPosition(StrEnum):
    TOP = "top"
    CENTER = "center"
    BOTTOM = "bottom"


@dataclass(frozen=True)
class AnalysedShot:
    """One span of picture. ``product_share``: of its time, how much the product is on screen; None for unknown."""

    start_ms: int
    end_ms: int
    camera: Camera
    framing: Framing
    transition: Transition = Transition.CUT
    product_share: float | None = None

    def __post_init__(self) -> None:
        _rises(self.start_ms, self.end_ms, "a shot")


@dataclass(frozen=True)
class TimedLine:
    """Words with their time. ``roles``: probabilities that sum to 1, likeliest first; empty before tagging."""

    start_ms: int
    end_ms: int
    text: str
    source: LineSource
    roles: tuple[tuple[Role, float], ...] = ()

    def __post_init__(self) -> None:
        _rises(self.start_ms, self.end_ms, f"line {self.text[:20]!r}")

    @property
    def role(self) -> Role:
        """The likeliest role; ``other`` before tagging."""
        return self.roles[0][0] if self.roles else Role.OTHER


@dataclass(frozen=True)
class CaptionLook:
    """The usual caption: one of the templates' caption styles, where it stands, its letters' height (share of the frame)."""

    style: str
    position: CaptionPosition
    height: float
    chars: Spread


@dataclass(frozen=True)
class Speech:
    """Rate in characters (zh) or words (en) a second of speaking, the share of time spoken, and each pause's length."""

    rate: float
    spoken_share: float
    pauses_ms: tuple[int, ...]


@dataclass(frozen=True)
class Tempo:
    """``bpm`` folded into 80..160; ``cut_on_beat``: share of cuts within 80 ms of a beat."""

    bpm: float
    beats_ms: tuple[int, ...]
    cut_on_beat: float


@dataclass(frozen=True)
class Opening:
    """The first three seconds: how many cuts, how much the picture moves (frame widths a second), words said or shown."""

    cuts: int
    motion: float
    words: int
    product_seen: bool | None


@dataclass(frozen=True)
class Observation:
    """What a published video had achieved ``age_h`` hours after it went online; None for what was not reported.

    ``spend_fen`` in fen (cents) of ``currency``; ``hold_3s`` and ``completion`` are shares 0..1.
    """

    platform: str
    age_h: int
    views: int
    hold_3s: float | None = None
    completion: float | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    clicks: int | None = None
    orders: int | None = None
    spend_fen: int | None = None
    currency: str = "CNY"

    def __post_init__(self) -> None:
        counts = (
            self.age_h,
            self.views,
            self.likes,
            self.comments,
            self.shares,
            self.clicks,
            self.orders,
            self.spend_fen,
        )
        if any(count is not None and count < 0 for count in counts):
            raise AnalysisInvalid("metrics cannot be negative")
        if any(share is not None and not 0 <= share <= 1 for share in (self.hold_3s, self.completion)):
            raise AnalysisInvalid("hold_3s and completion lie between 0 and 1")


@dataclass(frozen=True)
class VideoAnalysis:
    """One hit. ``category``, ``platform`` and ``campaign`` are what its uploader knows (empty for unknown);
    ``tools`` names what measured it, with versions: ``{"shots": "transnetv2 1.0.5"}``.
    """

    video_id: str
    schema: int
    lang: str
    category: str
    platform: str
    campaign: str
    duration_ms: int
    width: int
    height: int
    fps: float
    shots: tuple[AnalysedShot, ...]
    lines: tuple[TimedLine, ...]
    captions: tuple[TimedLine, ...] = ()
    caption_look: CaptionLook | None = None
    speech: Speech | None = None
    tempo: Tempo | None = None
    opening: Opening | None = None
    metrics: tuple[Observation, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.video_id.strip():
            raise AnalysisInvalid("an analysis needs the id of its video")
        if self.schema != SCHEMA:
            raise AnalysisInvalid(f"{self.video_id}: schema {self.schema} is not known here, only {SCHEMA}")
        if self.lang not in LANGUAGES:
            raise AnalysisInvalid(f"{self.video_id}: lang is zh or en, not {self.lang!r}")
        if self.duration_ms <= 0:
            raise AnalysisInvalid(f"{self.video_id}: duration_ms must be more than 0")
        for before, after in zip(self.shots, self.shots[1:], strict=False):
            if after.start_ms != before.end_ms:
                raise AnalysisInvalid(f"{self.video_id}: shots must tile the video, but {before.end_ms} is not joined")

    @property
    def told(self) -> tuple[TimedLine, ...]:
        """The lines that tell the story: what is said, or where nothing is said, what is written."""
        return self.lines or self.captions


def _rises(start: int, end: int, what: str) -> None:
    if not 0 <= start < end:
        raise AnalysisInvalid(f"{what} must end after it starts: {start} to {end} ms")
