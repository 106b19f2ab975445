"""A script spoken aloud: each beat takes the time that its line takes, and the lines lie on the finished timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from billing.models import Organization
from creative.brief import FPS
from creative.errors import BriefRefused
from generation.domain.heard_captions import follow_voice
from generation.domain.retiming import BeatSpan, LineTooLong, TimedBeat, retimed
from generation.domain.timeline import Timeline
from generation.domain.timeline_rules import starts
from generation.errors import GenerationError
from generation.models import SpokenLine
from generation.voice import lines
from generation.voice.speakers import Speaker, speaker
from templates_engine.domain.script import Script, ScriptBeat


@dataclass(frozen=True)
class Told:
    """``script`` with the times of its voice; ``beats`` and ``rows`` go by the beat's place, as text."""

    script: Script
    beats: tuple[TimedBeat, ...]
    rows: dict[str, SpokenLine]


def silent() -> BriefRefused | None:
    """Why no line can be spoken by this installation; None where one can. Asks no server and loads no model."""
    try:
        if speaker() is not None:
            return None
    except GenerationError as error:
        return BriefRefused(
            f"这台服务器的配音没有设好，先不用配音也能做：{error}。",
            f"the voice of this installation is not set up: {error}.",
        )
    return BriefRefused(
        "这台服务器没有配音，广告可以只用字幕和音乐；想要配音，请让管理员设置 VOICE_URL 或 VOICE_FOLDER。",
        "this installation has no voice: order without one, or have VOICE_URL or VOICE_FOLDER set.",
    )


def told(
    organization: Organization, script: Script, *, own: Mapping[str, SpokenLine], house: bool, by: Speaker | None = None
) -> Told | None:
    """Have the lines spoken and give the beats their time; None where nobody speaks.

    ``own``: recordings by the place of their beat, as text; ``house``: the installation's voice ``by`` says the other lines
    (each only once, ever). Raises ``BriefRefused`` where it cannot, or a line does not fit over its pictures.
    """
    said = _said(organization, script, own, by) if house else {}
    rows = said | dict(own)
    return timed(script, rows) if rows else None


def _said(
    organization: Organization, script: Script, own: Mapping[str, SpokenLine], by: Speaker | None
) -> dict[str, SpokenLine]:
    try:
        by = by or speaker()
        if by is None:
            raise silent() or BriefRefused(
                "配音刚刚被关掉，请重试。", "the voice was switched off just now: try again."
            )
        spoken = {str(place): beat.voice for place, beat in enumerate(script.beats) if beat.voice.strip()}
        texts = {place: text for place, text in spoken.items() if place not in own}
        return dict(zip(texts, lines.said(organization.pk, list(texts.values()), script.lang, by), strict=True))
    except GenerationError as error:
        raise BriefRefused(f"配音没有成功：{error}。", f"the voice failed: {error}.") from error


def timed(script: Script, rows: dict[str, SpokenLine]) -> Told:
    """The script with the times of recordings that are there. Raises ``BriefRefused`` naming a line that does not fit."""
    spans = [BeatSpan(str(place), _frames(beat)) for place, beat in enumerate(script.beats)]
    try:
        beats = retimed(spans, {place: lines.frames_of(row, FPS) for place, row in rows.items()}, fps=FPS)
    except LineTooLong as error:
        line = script.beats[int(error.line)].voice
        raise BriefRefused(
            f"这句配音太长，画面放不下：“{line}”。请改短一点。", f"too long to be spoken: {line!r}. Shorten it."
        ) from error
    return Told(replace(script, beats=tuple(map(_moved, script.beats, beats))), beats, rows)


def spoken(timeline: Timeline, said: Told) -> Timeline:
    """The timeline with its voice; each line names the shot in which it begins, and its captions follow its words."""
    at = starts(timeline.shots)
    shots = {
        beat.id: next(
            shot.id for shot, start in reversed(list(zip(timeline.shots, at, strict=True))) if start <= beat.line_start
        )
        for beat in said.beats
    }
    voice = lines.voice_of(said.rows, said.beats, shots, timeline.canvas.fps)
    spans = {beat.id: (beat.start, beat.end) for beat in said.beats}
    overlays = timeline.overlays
    for line in voice.lines:
        overlays = follow_voice(overlays, line, *spans[line.id])
    return replace(timeline, voice=voice, overlays=overlays)


def _frames(beat: ScriptBeat) -> tuple[int, ...]:
    """Frames of each of its shots, from boundaries, so that nothing drifts; the whole beat where it asks for none."""
    edges = [beat.start_ms, *(shot.end_ms for shot in beat.shots[:-1]), beat.end_ms]
    at = [(ms * FPS + 500) // 1000 for ms in edges]
    return tuple(max(last - first, 1) for first, last in pairwise(at))


def _moved(beat: ScriptBeat, now: TimedBeat) -> ScriptBeat:
    edges: Sequence[int] = [now.start, *(now.start + sum(now.shots[: index + 1]) for index in range(len(now.shots)))]
    ms = [round(edge * 1000 / FPS) for edge in edges]
    shots = tuple(
        replace(shot, start_ms=first, end_ms=last) for shot, first, last in zip(beat.shots, ms, ms[1:], strict=False)
    )
    return replace(beat, start_ms=ms[0], end_ms=ms[-1], shots=shots)
