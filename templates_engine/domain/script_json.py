"""Script <-> the plain document of ``schema/script.json``."""

from collections.abc import Mapping

from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.documents import UNREADABLE, integer, items, mapping, text, texts
from templates_engine.domain.errors import ScriptInvalid
from templates_engine.domain.script import Script, ScriptBeat, ScriptShot


def script_to_dict(script: Script) -> dict[str, object]:
    """The document: only str, int, list and dict."""
    return {
        "template_id": script.template_id,
        "lang": script.lang,
        "seed": script.seed,
        "target_ms": script.target_ms,
        "beats": [_beat(beat) for beat in script.beats],
        "headline": script.headline,
        "call_to_action": script.call_to_action,
        "price_text": script.price_text,
        "list_price_text": script.list_price_text,
        "dropped": list(script.dropped),
    }


def script_from_dict(document: Mapping[str, object]) -> Script:
    """The script that was stored. Raises ScriptInvalid where the document is not one."""
    try:
        return _script(mapping(document))
    except UNREADABLE as error:
        raise ScriptInvalid(f"this is not a stored script: {type(error).__name__} at {error}") from error


def _beat(beat: ScriptBeat) -> dict[str, object]:
    return {
        "role": beat.role.value,
        "start_ms": beat.start_ms,
        "end_ms": beat.end_ms,
        "voice": beat.voice,
        "caption": beat.caption,
        "caption_style": beat.caption_style,
        "shots": [
            {
                "start_ms": shot.start_ms,
                "end_ms": shot.end_ms,
                "camera": shot.camera.value,
                "framing": shot.framing.value,
            }
            for shot in beat.shots
        ],
        "facts": list(beat.facts),
    }


def _script(document: Mapping[str, object]) -> Script:
    return Script(
        template_id=text(document["template_id"]),
        lang=text(document["lang"]),
        seed=integer(document["seed"]),
        target_ms=integer(document["target_ms"]),
        beats=tuple(_read_beat(mapping(beat)) for beat in items(document["beats"])),
        headline=text(document["headline"]),
        call_to_action=text(document["call_to_action"]),
        price_text=text(document["price_text"]),
        list_price_text=text(document["list_price_text"]),
        dropped=texts(document["dropped"]),
    )


def _read_beat(beat: Mapping[str, object]) -> ScriptBeat:
    return ScriptBeat(
        role=Role(text(beat["role"])),
        start_ms=integer(beat["start_ms"]),
        end_ms=integer(beat["end_ms"]),
        voice=text(beat["voice"]),
        caption=text(beat["caption"]),
        caption_style=text(beat["caption_style"]),
        shots=tuple(_read_shot(mapping(shot)) for shot in items(beat["shots"])),
        facts=texts(beat["facts"]),
    )


def _read_shot(shot: Mapping[str, object]) -> ScriptShot:
    return ScriptShot(
        start_ms=integer(shot["start_ms"]),
        end_ms=integer(shot["end_ms"]),
        camera=Camera(text(shot["camera"])),
        framing=Framing(text(shot["framing"])),
    )
