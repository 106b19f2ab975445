"""``ad-timeline/1`` and cut orders as plain JSON values, and back. What comes back is checked, not trusted."""

from dataclasses import fields
from typing import Any, TypeVar, cast

from generation.domain.cut_order import CutOrder, Quality
from generation.domain.extras_json import brand_from_dict, voice_from_dict, word_from_dict
from generation.domain.json_values import Json, flag, is_whole, items, mapping, one_of, text, whole
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

Record = TypeVar("Record", Canvas, EndCard, TextCard, Stretch, MusicBed)


def timeline_to_dict(timeline: Timeline) -> dict[str, object]:
    return as_document(timeline)


def timeline_from_dict(document: Json) -> Timeline:
    """Raises ``TimelineInvalid`` for a wrong shape; call ``timeline_rules.validate`` for a wrong meaning."""
    if document.get("schema") != SCHEMA:
        raise TimelineInvalid(f"schema is {document.get('schema')!r}, this version reads {SCHEMA!r} only")
    music = document.get("music")
    return Timeline(
        id=text(document, "id"),
        lang=text(document, "lang"),
        theme=text(document, "theme"),
        canvas=_record(Canvas, mapping(document.get("canvas"), "canvas"), "canvas"),
        shots=tuple(_shot(shot) for shot in items(document, "shots")),
        overlays=tuple(_overlay(overlay) for overlay in items(document, "overlays")),
        music=None if music is None else _record(MusicBed, mapping(music, "music"), "music"),
        label_text=text(document, "label_text"),
        voice=voice_from_dict(document.get("voice")),
        brand=brand_from_dict(document.get("brand")),
    )


def order_to_dict(order: CutOrder) -> dict[str, object]:
    return as_document(order)


def order_from_dict(document: Json) -> CutOrder:
    quality = text(document, "quality", "order")
    if quality not in set(Quality):
        raise TimelineInvalid(f"quality is 'preview' or 'final', not {quality!r}")
    return CutOrder(
        timeline=timeline_from_dict(mapping(document.get("timeline"), "timeline")),
        aspect=text(document, "aspect", "order"),
        quality=Quality(quality),
        provider_code=text(document, "provider_code", "order"),
        produce_id=text(document, "produce_id", "order"),
        joins=_joins(document),
    )


def _joins(document: Json) -> tuple[int, ...]:
    values = document.get("joins", ())
    if not isinstance(values, (list, tuple)) or not all(map(is_whole, values)):
        raise TimelineInvalid(f"joins must be a list of whole numbers, not {values!r}")
    return tuple(values)


def _shot(document: Json) -> TimelineShot:
    where = f"shot {document.get('id')!r}"
    card, text_card, second = (document.get(name) for name in ("card", "text_card", "second"))
    return TimelineShot(
        id=text(document, "id", where),
        role=text(document, "role", where),
        clip=text(document, "clip", where),
        source_start=whole(document, "source_start", where),
        duration=whole(document, "duration", where),
        transition=one_of(Transition, document, "transition", where),
        transition_frames=whole(document, "transition_frames", where),
        card=None if card is None else _record(EndCard, mapping(card, where), where),
        text_card=None if text_card is None else _record(TextCard, mapping(text_card, where), where),
        ramp=tuple(_record(Stretch, stretch, where) for stretch in items(document, "ramp", where, ())),
        second=None if second is None else _second(mapping(second, where), where),
    )


def _second(document: Json, where: str) -> SecondClip:
    return SecondClip(
        clip=text(document, "clip", where),
        source_start=whole(document, "source_start", where),
        how=one_of(Composition, document, "how", where),
    )


def _overlay(document: Json) -> Overlay:
    where = f"overlay {document.get('id')!r}"
    return Overlay(
        id=text(document, "id", where),
        kind=one_of(OverlayKind, document, "kind", where),
        start=whole(document, "start", where),
        end=whole(document, "end", where),
        text=text(document, "text", where),
        style=text(document, "style", where),
        second_text=text(document, "second_text", where),
        ends_on=text(document, "ends_on", where, ""),
        counted_from=text(document, "counted_from", where, ""),
        source=text(document, "source", where, ""),
        count=whole(document, "count", where, 0),
        image=text(document, "image", where, ""),
        image_sha256=text(document, "image_sha256", where, ""),
        words=tuple(word_from_dict(word, where) for word in items(document, "words", where, ())),
        optional=flag(document, "optional", where),
    )


def _record(of: type[Record], document: Json, where: str) -> Record:
    """A flat record of texts and whole numbers, each field as its annotation says."""
    values = {field.name: (whole if field.type is int else text)(document, field.name, where) for field in fields(of)}
    return of(**cast(dict[str, Any], values))  # each value has its field's own type, which mypy cannot see
