"""A script: one template filled for one product. Times are integer milliseconds from the start of the ad."""

from dataclasses import dataclass

from templates_engine.domain.beats import Camera, Framing, Role


@dataclass(frozen=True)
class ScriptShot:
    """One span of picture that a beat asks for; which photo plays it is decided by the desk, not here."""

    start_ms: int
    end_ms: int
    camera: Camera
    framing: Framing


@dataclass(frozen=True)
class ScriptBeat:
    """One beat: what is said, what is written, how long, and which facts it rests on.

    ``caption`` may hold phrase breaks as ``|``; ``facts`` are paths such as ``selling_points.0`` or ``price``.
    """

    role: Role
    start_ms: int
    end_ms: int
    voice: str
    caption: str
    caption_style: str
    shots: tuple[ScriptShot, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """``template_id`` names an immutable template version; ``seed`` reproduces the same words."""

    template_id: str
    lang: str
    seed: int
    target_ms: int
    beats: tuple[ScriptBeat, ...]
    headline: str
    call_to_action: str
    price_text: str
    list_price_text: str
    dropped: tuple[str, ...] = ()  # "urgency: no end date given", for the page

    @property
    def duration_ms(self) -> int:
        return self.beats[-1].end_ms if self.beats else 0
