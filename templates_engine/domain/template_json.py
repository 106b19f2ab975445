"""ScriptTemplate <-> the plain document of ``schema/script_template.json``."""

from collections.abc import Mapping
from datetime import date

from templates_engine.domain.beats import Camera, Framing, Role
from templates_engine.domain.documents import UNREADABLE, integer, items, mapping, number, text, texts, truth
from templates_engine.domain.errors import TemplateInvalid
from templates_engine.domain.patterns import HookType, Pattern, Slot
from templates_engine.domain.template import (
    Beat,
    Engagement,
    Lineage,
    Member,
    Music,
    Pace,
    Provenance,
    ScriptTemplate,
    Spread,
    Words,
)


def to_dict(template: ScriptTemplate) -> dict[str, object]:
    """The document: only str, int, float, bool, None, list and dict.

    What only learned templates have is written only where they have it: a seed's document never changes.
    """
    document: dict[str, object] = {
        "id": template.id,
        "schema": template.schema,
        "name": _words(template.name),
        "summary": _words(template.summary),
        "lang": template.lang,
        "category": list(template.category),
        "platform": list(template.platform),
        "duration_ms": _spread(template.duration),
        "pace": vars(template.pace).copy(),
        "music": _known(template.music),
        "beats": [_beat(beat) for beat in template.beats],
        "provenance": vars(template.provenance) | {"created": template.provenance.created.isoformat()},
        "engagement": None if template.engagement is None else _known(template.engagement),
        "stability": template.stability,
        "members": [_known(member) for member in template.members],
    }
    if template.reach is not None:
        document["reach"] = _known(template.reach)
    if template.hooks:
        document["hooks"] = {kind.value: share for kind, share in template.hooks}
    if template.lineage is not None:
        document["lineage"] = vars(template.lineage) | {"group": dict(template.lineage.group)}
    return document


def from_dict(document: Mapping[str, object]) -> ScriptTemplate:
    """The template that ``document`` describes. Raises TemplateInvalid, naming what is wrong."""
    try:
        return _template(document)
    except UNREADABLE as error:
        name = document.get("id", "template") if isinstance(document, Mapping) else "template"
        raise TemplateInvalid(f"{name}: {type(error).__name__} at {error}") from error


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _spread(spread: Spread) -> dict[str, float]:
    return {"p10": spread.p10, "p50": spread.p50, "p90": spread.p90}


def _known(part: Music | Member | Engagement) -> dict[str, object]:
    """The fields that have a value."""
    return {name: value for name, value in vars(part).items() if value is not None and value != ""}


def _beat(beat: Beat) -> dict[str, object]:
    document: dict[str, object] = {
        "role": beat.role.value,
        "also": [role.value for role in beat.also],
        "presence": beat.presence,
        "optional": beat.optional,
        "share": _spread(beat.share),
        "shots": _spread(beat.shots),
        "shot_len_ms": _spread(beat.shot_len),
        "camera": {camera.value: weight for camera, weight in beat.camera},
        "framing": {framing.value: weight for framing, weight in beat.framing},
        "caption_style": beat.caption_style,
        "patterns": [pattern_to_dict(pattern) for pattern in beat.patterns],
    }
    if beat.repeat is not None:
        document["repeat"] = _spread(beat.repeat)
    if beat.caption_position:
        document["caption_position"] = beat.caption_position
    if beat.borrowed:
        document["borrowed"] = list(beat.borrowed)
    return document


def pattern_to_dict(pattern: Pattern) -> dict[str, object]:
    """One pattern of the document, its slots written out."""
    return {
        "text": pattern.text,
        "caption": pattern.caption,
        "slots": [_slot(slot) for slot in pattern.slots],
        "support": pattern.support,
        "hook_type": None if pattern.hook_type is None else pattern.hook_type.value,
    }


def _slot(slot: Slot) -> dict[str, object]:
    return {"name": slot.name, "type": slot.type.value, "required": slot.required}


def _template(document: Mapping[str, object]) -> ScriptTemplate:
    provenance = mapping(document["provenance"])
    engagement, reach, lineage = (document.get(name) for name in ("engagement", "reach", "lineage"))
    return ScriptTemplate(
        id=text(document["id"]),
        schema=integer(document["schema"]),
        name=_read_words(document["name"]),
        summary=_read_words(document["summary"]),
        lang=text(document["lang"]),
        category=texts(document["category"]),
        platform=texts(document["platform"]),
        duration=_read_spread(document["duration_ms"]),
        pace=_read_pace(mapping(document["pace"])),
        music=_read_music(mapping(document["music"])),
        beats=tuple(_read_beat(mapping(beat)) for beat in items(document["beats"])),
        provenance=Provenance(
            builder=text(provenance["builder"]),
            source=text(provenance["source"]),
            rights=text(provenance["rights"]),
            created=date.fromisoformat(text(provenance["created"])),
        ),
        engagement=None if engagement is None else _read_engagement(mapping(engagement)),
        stability=None if document.get("stability") is None else number(document["stability"]),
        members=tuple(_read_member(mapping(member)) for member in items(document.get("members", []))),
        reach=None if reach is None else _read_engagement(mapping(reach)),
        hooks=_read_hooks(mapping(document.get("hooks", {}))),
        lineage=None if lineage is None else _read_lineage(mapping(lineage)),
    )


def _read_beat(beat: Mapping[str, object]) -> Beat:
    return Beat(
        role=Role(text(beat["role"])),
        also=tuple(Role(role) for role in texts(beat["also"])),
        presence=number(beat["presence"]),
        optional=truth(beat["optional"]),
        share=_read_spread(beat["share"]),
        shots=_read_spread(beat["shots"]),
        shot_len=_read_spread(beat["shot_len_ms"]),
        # Sorted, because PostgreSQL's jsonb keeps no order and the same seed must film the same moves everywhere.
        camera=tuple(sorted((Camera(move), number(weight)) for move, weight in mapping(beat["camera"]).items())),
        framing=tuple(sorted((Framing(size), number(weight)) for size, weight in mapping(beat["framing"]).items())),
        caption_style=text(beat["caption_style"]),
        patterns=tuple(_read_pattern(mapping(pattern)) for pattern in items(beat["patterns"])),
        repeat=None if beat.get("repeat") is None else _read_spread(beat["repeat"]),
        caption_position=text(beat.get("caption_position", "")),
        borrowed=texts(beat.get("borrowed", [])),
    )


def _read_pattern(document: Mapping[str, object]) -> Pattern:
    hook_type = document.get("hook_type")
    pattern = Pattern.parse(
        text(document["text"]),
        caption=text(document.get("caption", "")),
        support=integer(document.get("support", 0)),
        hook_type=None if hook_type is None else HookType(text(hook_type)),
    )
    # Slots are written out for readers of the document; the text is what counts, so the two must agree.
    if [_slot(slot) for slot in pattern.slots] != [dict(mapping(slot)) for slot in items(document["slots"])]:
        raise TemplateInvalid(f"pattern {pattern.text!r}: its slots are not those of its text")
    return pattern


def _read_words(value: object) -> Words:
    return Words(text(mapping(value)["zh"]), text(mapping(value)["en"]))


def _read_spread(value: object) -> Spread:
    spread = mapping(value)
    return Spread(number(spread["p10"]), number(spread["p50"]), number(spread["p90"]))


def _read_pace(pace: Mapping[str, object]) -> Pace:
    return Pace(text(pace["unit"]), number(pace["p10"]), number(pace["p50"]), number(pace["p90"]))


def _read_music(music: Mapping[str, object]) -> Music:
    return Music(text(music["mood"]), integer(music["bpm"]), _number_or_none(music, "cut_on_beat"))


def _read_member(member: Mapping[str, object]) -> Member:
    cost = member.get("alignment_cost")
    return Member(text(member["video_id"]), number(member["weight"]), None if cost is None else integer(cost))


def _read_engagement(found: Mapping[str, object]) -> Engagement:
    return Engagement(
        objective=text(found["objective"]),
        videos=integer(found["videos"]),
        exposure=integer(found["exposure"]),
        mean=number(found["mean"]),
        low90=number(found["low90"]),
        high90=number(found["high90"]),
        prior_scope=text(found.get("prior_scope", "")),
        prior_mean=_number_or_none(found, "prior_mean"),
        prior_strength=_number_or_none(found, "prior_strength"),
    )


def _read_hooks(hooks: Mapping[str, object]) -> tuple[tuple[HookType, float], ...]:
    """The commonest first, because PostgreSQL's jsonb keeps no order."""
    found = ((HookType(kind), number(share)) for kind, share in hooks.items())
    return tuple(sorted(found, key=lambda hook: (-hook[1], hook[0].value)))


def _read_lineage(lineage: Mapping[str, object]) -> Lineage:
    group = tuple(sorted((name, text(value)) for name, value in mapping(lineage["group"]).items()))
    return Lineage(text(lineage["parent"]), group, integer(lineage["videos"]))


def _number_or_none(found: Mapping[str, object], name: str) -> float | None:
    return None if found.get(name) is None else number(found[name])
