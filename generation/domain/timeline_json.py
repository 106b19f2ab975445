"""``ad-timeline/1`` and cut orders as plain JSON values, and back. What comes back is checked, not trusted."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar, cast

from generation.domain.cut_order import CutOrder, Quality
from generation.domain.timeline import (
    SCHEMA,
    Canvas,
    EndCard,
    MusicBed,
    Overlay,
    OverlayKind,
    Timeline,
    TimelineInvalid,
    TimelineShot,
    Transition,
)

Json = Mapping[str, object]
Record = TypeVar("Record", Canvas, EndCard, MusicBed)


def timeline_to_dict(timeline: Timeline) -> dict[str, object]:
    return asdict(timeline)


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
    )


def order_to_dict(order: CutOrder) -> dict[str, object]:
    return asdict(order)


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
    )


def _shot(document: Json) -> TimelineShot:
    where = f"shot {document.get('id')!r}"
    card = document.get("card")
    transition = _text(document, "transition", where)
    if transition not in set(Transition):
        raise TimelineInvalid(f"{where}: transition is 'cut' or 'dissolve', not {transition!r}")
    return TimelineShot(
        id=_text(document, "id", where),
        role=_text(document, "role", where),
        clip=_text(document, "clip", where),
        source_start=_whole(document, "source_start", where),
        duration=_whole(document, "duration", where),
        transition=Transition(transition),
        transition_frames=_whole(document, "transition_frames", where),
        card=None if card is None else _record(EndCard, _mapping(card, where), where),
    )


def _overlay(document: Json) -> Overlay:
    where = f"overlay {document.get('id')!r}"
    kind = _text(document, "kind", where)
    if kind not in set(OverlayKind):
        raise TimelineInvalid(f"{where}: kind is one of {', '.join(OverlayKind)}, not {kind!r}")
    return Overlay(
        id=_text(document, "id", where),
        kind=OverlayKind(kind),
        start=_whole(document, "start", where),
        end=_whole(document, "end", where),
        text=_text(document, "text", where),
        style=_text(document, "style", where),
        second_text=_text(document, "second_text", where),
    )


def _record(of: type[Record], document: Json, where: str) -> Record:
    """A flat record of texts and whole numbers, each field as its annotation says."""
    values = {field.name: (_whole if field.type is int else _text)(document, field.name, where) for field in fields(of)}
    return of(**cast(dict[str, Any], values))  # each value has its field's own type, which mypy cannot see


def _mapping(value: object, where: str) -> Json:
    if not isinstance(value, Mapping):
        raise TimelineInvalid(f"{where} must be an object, not {type(value).__name__}")
    return value


def _items(document: Json, name: str) -> list[Json]:
    values = document.get(name)
    if not isinstance(values, (list, tuple)):
        raise TimelineInvalid(f"{name} must be a list, not {type(values).__name__}")
    return [_mapping(value, f"each of {name}") for value in values]


def _text(document: Json, name: str, where: str = "timeline") -> str:
    value = document.get(name)
    if not isinstance(value, str):
        raise TimelineInvalid(f"{where}: {name} must be text, not {type(value).__name__}")
    return str(value)  # an enum member of str becomes its plain value


def _whole(document: Json, name: str, where: str) -> int:
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TimelineInvalid(f"{where}: {name} must be a whole number, not {value!r}")
    return value
