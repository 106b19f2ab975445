"""Captions: one type size for the whole ad, pages that follow each other inside an overlay, one sprite per page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generation.domain.captions import (
    CaptionTooLong,
    Hurt,
    Page,
    key_spans,
    pages,
    share_time,
)
from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, Zone, even_up, place, scaled, zone
from generation.domain.timeline import Canvas, Overlay, Timeline
from generation.render.fonts import drawable
from generation.render.palette import CaptionStyle, Theme, caption_style, colour, theme
from generation.render.stage import Cue
from generation.render.text import TextLook, advance_width, draw_text, visible_size

COMFORT_S = 1.1  # a page that stands shorter is read in haste ...
HASTE_S = 0.5  # ... and under this not at all
SMALLER_IS_BETTER_UNTIL = 0.8  # of the full size: rather this much smaller than a break inside a word


@dataclass(frozen=True)
class SetCaption:
    """An overlay with its pages, at the type size of the ad."""

    overlay: Overlay
    text: str
    pages: tuple[Page, ...]
    look: TextLook


def caption_cues(
    overlays: Sequence[Overlay], timeline: Timeline, canvas: Canvas, safe: Box
) -> tuple[list[Cue], list[str]]:
    """(sprites, notes about characters that were dropped). Raises ``CaptionTooLong``, ``MissingGlyph``."""
    notes: list[str] = []
    texts: list[str] = []
    for overlay in overlays:
        text, dropped = drawable(overlay.text, caption_style(overlay.style).weight)
        texts.append(text)
        notes += [f"{overlay.id}: {char!r} left out, no typeface of ours has it" for char in dropped]
    setting = typeset(overlays, texts, theme(timeline.theme), canvas, safe)
    return [cue for item in setting for cue in _cues(item, canvas, safe)], notes


def typeset(
    overlays: Sequence[Overlay], texts: Sequence[str], colours: Theme, canvas: Canvas, safe: Box
) -> list[SetCaption]:
    """Set all captions at the largest common size at which they fit; sizes that jump look careless."""
    failed: CaptionTooLong | None = None
    for share, worst, page_s in _tries():
        try:
            return [
                _set(overlay, text, share, worst, page_s, colours, canvas, safe)
                for overlay, text in zip(overlays, texts, strict=True)
            ]
        except CaptionTooLong as error:
            failed = error
    raise failed or CaptionTooLong("")


def _tries() -> Iterator[tuple[float, Hurt, float]]:
    """(share of the style's size, worst break, shortest page): first gentle breaks, then small type, then haste."""
    steps = [1 - 0.02 * index for index in range(17)]  # 1.00 .. 0.68
    for worst, page_s in ((Hurt.SOFT, COMFORT_S), (Hurt.INSIDE, COMFORT_S), (Hurt.TORN, HASTE_S)):
        for share in steps:
            if worst is not Hurt.SOFT or share >= SMALLER_IS_BETTER_UNTIL:
                yield share, worst, page_s


def _set(
    overlay: Overlay, text: str, share: float, worst: Hurt, page_s: float, colours: Theme, canvas: Canvas, safe: Box
) -> SetCaption:
    style = caption_style(overlay.style)
    look = _look(style, max(share * style.size, style.smallest), colours, canvas)
    home = zone(Zone.CAPTION, canvas, safe)
    frames = overlay.end - overlay.start
    most = max(1, int(frames / (page_s * canvas.fps)))
    found = pages(text, lambda line: advance_width(line, look), home.width, most=most, worst=worst)
    for page in found:
        width, height = visible_size(page.lines, look)
        if width > home.width or height > home.height:
            raise CaptionTooLong(text)
    return SetCaption(overlay, text, found, look)


def _look(style: CaptionStyle, size: float, colours: Theme, canvas: Canvas) -> TextLook:
    return TextLook(
        weight=style.weight,
        pixels=round(scaled(size, canvas)),
        fill=colour(style.fill, colours),
        stroke=round(scaled(style.stroke * size / style.size, canvas)),
        shadow=style.shadow,
        key_fill=colour(style.key_fill, colours) if style.key_fill else None,
        plate=style.plate,
        plate_fill=colour(style.plate_fill, colours),
    )


def _cues(item: SetCaption, canvas: Canvas, safe: Box) -> Iterator[Cue]:
    style, look, at = caption_style(item.overlay.style), item.look, item.overlay.start
    frames = item.overlay.end - item.overlay.start
    shortest = min(round(HASTE_S * canvas.fps), frames // len(item.pages))
    for index, share in enumerate(share_time([page.weight for page in item.pages], frames, shortest)):
        lines = item.pages[index].lines
        width, height = visible_size(lines, look)
        try:
            box = place(Zone.CAPTION, width, height, canvas, safe)
        except LayoutImpossible as error:
            raise CaptionTooLong(item.text) from error
        rim = even_up(look.rim)
        yield Cue(
            draw_text(lines, look, _keys(lines, style)),
            box.x - rim,
            box.y - rim,
            at,
            at + share,
            canvas.fps,
            enter=style.enter,
        )
        at += share


def _keys(lines: Sequence[str], style: CaptionStyle) -> list[tuple[tuple[int, int], ...]]:
    """What a highlighting style colours: numbers and prices, or, without any, the second line."""
    if not style.key_fill:
        return []
    spans = [key_spans(line) for line in lines]
    if not any(spans) and len(lines) == 2 and not style.plate:
        spans[1] = ((0, len(lines[1])),)
    return spans
