"""``ad-timeline/1`` and cut orders as plain JSON values, and back. What comes back is checked, not trusted."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypedDict, TypeVar, cast

from generation.domain.brand import Brand
from generation.domain.cut_order import CutOrder, Quality
from generation.domain.extras_json import ExtraInvalid, brand_from_dict, voice_from_dict
from generation.domain.timeline import (
    SCHEMA,
    Canvas,
    Composition,
    EndCard,
    MusicBed,
    Overlay,
    OverlayKind,
    SecondClip,
    Stretch,
    TextCard,
    Timeline,
    TimelineInvalid,
    TimelineShot,
    Transition,
    as_document,
)
from generation.domain.voice import Voice, Word

Json = Mapping[str, object]
Record = TypeVar("Record", Canvas, EndCard, TextCard, Stretch, MusicBed)
Kind = TypeVar("Kind", Transition, Composition, OverlayKind)


def timeline_to_dict(timeline: Timeline) -> dict[str, object]:
    return as_document(timeline)


def timeline_from_dict(document: Json) -> Timeline:
    """Raises ``TimelineInvalid`` for a wrong shape; call ``timeline_rules.validate`` for a wrong meaning."""
    if document.get("schema") != SCHEMA:
        raise TimelineInvalid(f"schema is {document.get('schema')!r}, this version reads {SCHEMA!r} only")
    music = document.get("music")
    return Timeline(
        id=_text(document, "id"),
        lang=_text(document, "lang"),
        theme=_text(document, "theme"),
        canvas=_record(Canvas, _mapping(document.get("canvas"), "canvas"), "canvas"),
        shots=tuple(_shot(shot) for shot in _items(document, "shots")),
        overlays=tuple(_overlay(overlay) for overlay in _items(document, "overlays")),
        music=None if music is None else _record(MusicBed, _mapping(music, "music"), "music"),
        label_text=_text(document, "label_text"),
        **_extras(document),
    )


class _Extras(TypedDict):
    voice: Voice | None
    brand: Brand | None


def _extras(document: Json) -> _Extras:
    """What older documents do not have."""
    try:
        return {
            "voice": voice_from_dict(document.get("voice")),
            "brand": brand_from_dict(document.get("brand")),
        }
    except ExtraInvalid as error:
        raise TimelineInvalid(str(error)) from error


def order_to_dict(order: CutOrder) -> dict[str, object]:
    return as_document(order)


def order_from_dict(document: Json) -> CutOrder:
    quality = _text(document, "quality")
    if quality not in set(Quality):
        raise TimelineInvalid(f"quality is 'preview' or 'final', not {quality!r}")
    return CutOrder(
        timeline=timeline_from_dict(_mapping(document.get("timeline"), "timeline")),
        aspect=_text(document, "aspect"),
        quality=Quality(quality),
        provider_code=_text(document, "provider_code"),
        produce_id=_text(document, "produce_id"),
        joins=_joins(document),
    )


def _joins(document: Json) -> tuple[int, ...]:
    values = document.get("joins", ())
    if not isinstance(values, (list, tuple)) or not all(isinstance(value, int) for value in values):
        raise TimelineInvalid(f"joins must be a list of whole numbers, not {values!r}")
    return tuple(values)


def _shot(document: Json) -> TimelineShot:
    where = f"shot {document.get('id')!r}"
    card, text_card, second = (document.get(name) for name in ("card", "text_card", "second"))
    return TimelineShot(
        id=_text(document, "id", where),
        role=_text(document, "role", where),
        clip=_text(document, "clip", where),
        source_start=_whole(document, "source_start", where),
        duration=_whole(document, "duration", where),
        transition=_one_of(Transition, document, "transition", where),
        transition_frames=_whole(document, "transition_frames", where),
        card=None if card is None else _record(EndCard, _mapping(card, where), where),
        text_card=None if text_card is None else _record(TextCard, _mapping(text_card, where), where),
        ramp=tuple(_record(Stretch, stretch, where) for stretch in _items(document, "ramp", default=())),
        second=None if second is None else _second(_mapping(second, where), where),
    )


def _second(document: Json, where: str) -> SecondClip:
    return SecondClip(
        clip=_text(document, "clip", where),
        source_start=_whole(document, "source_start", where),
        how=_one_of(Composition, document, "how", where),
    )


def _overlay(document: Json) -> Overlay:
    where = f"overlay {document.get('id')!r}"
    return Overlay(
        id=_text(document, "id", where),
        kind=_one_of(OverlayKind, document, "kind", where),
        start=_whole(document, "start", where),
        end=_whole(document, "end", where),
        text=_text(document, "text", where),
        style=_text(document, "style", where),
        second_text=_text(document, "second_text", where),
        ends_on=_text(document, "ends_on", where, ""),
        counted_from=_text(document, "counted_from", where, ""),
        source=_text(document, "source", where, ""),
        count=_whole(document, "count", where, 0),
        image=_text(document, "image", where, ""),
        image_sha256=_text(document, "image_sha256", where, ""),
        words=tuple(_word(word, where) for word in _items(document, "words", ())),
    )


def _one_of(kinds: type[Kind], document: Json, name: str, where: str) -> Kind:
    value = _text(document, name, where)
    if value not in {kind.value for kind in kinds}:
        raise TimelineInvalid(f"{where}: {name} is one of {', '.join(kind.value for kind in kinds)}, not {value!r}")
    return kinds(value)


def _word(document: Json, where: str) -> Word:
    return Word(_text(document, "text", where), _whole(document, "start", where), _whole(document, "end", where))


def _record(of: type[Record], document: Json, where: str) -> Record:
    """A flat record of texts and whole numbers, each field as its annotation says."""
    values = {field.name: (_whole if field.type is int else _text)(document, field.name, where) for field in fields(of)}
    return of(**cast(dict[str, Any], values))  # each value has its field's own type, which mypy cannot see


def _mapping(value: object, where: str) -> Json:
    if not isinstance(value, Mapping):
        raise TimelineInvalid(f"{where} must be an object, not {type(value).__name__}")
    return value


def _items(document: Json, name: str, default: object = None) -> list[Json]:
    values = document.get(name, default)
    if not isinstance(values, (list, tuple)):
        raise TimelineInvalid(f"{name} must be a list, not {type(values).__name__}")
    return [_mapping(value, f"each of {name}") for value in values]


def _text(document: Json, name: str, where: str = "timeline", default: object = None) -> str:
    """``default`` stands in for a field that older documents do not have."""
    value = document.get(name, default)
    if not isinstance(value, str):
        raise TimelineInvalid(f"{where}: {name} must be text, not {type(value).__name__}")
    return str(value)  # an enum member of str becomes its plain value


def _whole(document: Json, name: str, where: str, default: object = None) -> int:
    value = document.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TimelineInvalid(f"{where}: {name} must be a whole number, not {value!r}")
    return value
