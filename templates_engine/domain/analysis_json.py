"""VideoAnalysis <-> the plain document that is stored, exported and learned from."""

from collections.abc import Mapping

from templates_engine.domain.analysis import (
    AnalysedShot,
    CaptionLook,
    CaptionPosition,
    LineSource,
    Observation,
    Opening,
    Speech,
    Tempo,
    TimedLine,
    Transition,
    VideoAnalysis,
)
from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.documents import UNREADABLE, integer, items, mapping, number, text, truth
from templates_engine.domain.errors import AnalysisInvalid
from templates_engine.domain.template import Spread


def to_dict(analysis: VideoAnalysis) -> dict[str, object]:
    """The document: only str, int, float, bool, None, list and dict."""
    look = analysis.caption_look
    return {
        "video_id": analysis.video_id,
        "schema": analysis.schema,
        "lang": analysis.lang,
        "category": analysis.category,
        "platform": analysis.platform,
        "campaign": analysis.campaign,
        "duration_ms": analysis.duration_ms,
        "width": analysis.width,
        "height": analysis.height,
        "fps": analysis.fps,
        "shots": [vars(shot).copy() for shot in analysis.shots],
        "lines": [line_to_dict(line) for line in analysis.lines],
        "captions": [line_to_dict(line) for line in analysis.captions],
        "caption_look": None if look is None else vars(look) | {"chars": vars(look.chars).copy()},
        "speech": None if analysis.speech is None else _listed(vars(analysis.speech)),
        "tempo": None if analysis.tempo is None else _listed(vars(analysis.tempo)),
        "opening": None if analysis.opening is None else vars(analysis.opening).copy(),
        "metrics": [vars(found).copy() for found in analysis.metrics],
        "tools": dict(analysis.tools),
    }


def from_dict(document: Mapping[str, object]) -> VideoAnalysis:
    """The analysis that ``document`` describes. Raises AnalysisInvalid, naming what is wrong."""
    try:
        return _analysis(document)
    except UNREADABLE as error:
        name = document.get("video_id", "analysis") if isinstance(document, Mapping) else "analysis"
        raise AnalysisInvalid(f"{name}: {type(error).__name__} at {error}") from error


def observation(found: Mapping[str, object]) -> Observation:
    """One snapshot of metrics. Raises KeyError, TypeError or AnalysisInvalid."""

    def count(name: str) -> int | None:
        return None if found.get(name) is None else integer(found[name])

    def share(name: str) -> float | None:
        return None if found.get(name) is None else number(found[name])

    return Observation(
        platform=text(found.get("platform", "")),
        age_h=integer(found["age_h"]),
        views=integer(found["views"]),
        hold_3s=share("hold_3s"),
        completion=share("completion"),
        likes=count("likes"),
        comments=count("comments"),
        shares=count("shares"),
        clicks=count("clicks"),
        orders=count("orders"),
        spend_fen=count("spend_fen"),
        currency=text(found.get("currency", "CNY")),
    )


def _listed(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def line_to_dict(line: TimedLine) -> dict[str, object]:
    return vars(line) | {"roles": {role.value: share for role, share in line.roles}}


def _analysis(document: Mapping[str, object]) -> VideoAnalysis:
    look, speech, tempo, opening = (document.get(name) for name in ("caption_look", "speech", "tempo", "opening"))
    return VideoAnalysis(
        video_id=text(document["video_id"]),
        schema=integer(document["schema"]),
        lang=text(document["lang"]),
        category=text(document["category"]),
        platform=text(document["platform"]),
        campaign=text(document["campaign"]),
        duration_ms=integer(document["duration_ms"]),
        width=integer(document["width"]),
        height=integer(document["height"]),
        fps=number(document["fps"]),
        shots=tuple(_read_shot(mapping(shot)) for shot in items(document["shots"])),
        lines=tuple(line_from_dict(mapping(line)) for line in items(document["lines"])),
        captions=tuple(line_from_dict(mapping(line)) for line in items(document.get("captions", []))),
        caption_look=None if look is None else _read_look(mapping(look)),
        speech=None if speech is None else _read_speech(mapping(speech)),
        tempo=None if tempo is None else _read_tempo(mapping(tempo)),
        opening=None if opening is None else _read_opening(mapping(opening)),
        metrics=tuple(observation(mapping(found)) for found in items(document.get("metrics", []))),
        tools=tuple(sorted((name, text(tool)) for name, tool in mapping(document.get("tools", {})).items())),
    )


def _read_shot(shot: Mapping[str, object]) -> AnalysedShot:
    seen = shot.get("product_share")
    return AnalysedShot(
        start_ms=integer(shot["start_ms"]),
        end_ms=integer(shot["end_ms"]),
        camera=Camera(text(shot["camera"])),
        framing=Framing(text(shot["framing"])),
        transition=Transition(text(shot.get("transition", "cut"))),
        product_share=None if seen is None else number(seen),
    )


def line_from_dict(line: Mapping[str, object]) -> TimedLine:
    """Raises KeyError, TypeError, ValueError or AnalysisInvalid."""
    roles = ((Role(name), number(share)) for name, share in mapping(line.get("roles", {})).items())
    return TimedLine(
        start_ms=integer(line["start_ms"]),
        end_ms=integer(line["end_ms"]),
        text=text(line["text"]),
        source=LineSource(text(line["source"])),
        # Sorted, because PostgreSQL's jsonb keeps no order.
        roles=tuple(sorted(roles, key=lambda found: (-found[1], found[0].value))),
    )


def _read_look(look: Mapping[str, object]) -> CaptionLook:
    chars = mapping(look["chars"])
    return CaptionLook(
        style=text(look["style"]),
        position=CaptionPosition(text(look["position"])),
        height=number(look["height"]),
        chars=Spread(number(chars["p10"]), number(chars["p50"]), number(chars["p90"])),
    )


def _read_speech(speech: Mapping[str, object]) -> Speech:
    pauses = tuple(integer(pause) for pause in items(speech["pauses_ms"]))
    return Speech(number(speech["rate"]), number(speech["spoken_share"]), pauses)


def _read_tempo(tempo: Mapping[str, object]) -> Tempo:
    beats = tuple(integer(beat) for beat in items(tempo["beats_ms"]))
    return Tempo(number(tempo["bpm"]), beats, number(tempo["cut_on_beat"]))


def _read_opening(opening: Mapping[str, object]) -> Opening:
    seen = opening.get("product_seen")
    return Opening(
        cuts=integer(opening["cuts"]),
        motion=number(opening["motion"]),
        words=integer(opening["words"]),
        product_seen=None if seen is None else truth(seen),
    )
