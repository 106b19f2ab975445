"""Everything over the picture that is neither a caption nor the AI label: brought to its place on one canvas."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import LayoutImpossible, PixelBox
from generation.domain.layout_places import (
    LOW_FIRST,
    MIDDLE_FIRST,
    RIGHT_FIRST,
    TOP_FIRST,
    Places,
    inset,
    split,
)
from generation.domain.timeline import Canvas, Composition, Overlay, OverlayKind, Timeline, TimelineShot
from generation.errors import MissingGlyph
from generation.render.brand_mark import brand_mark_cue
from generation.render.composition import subject_on
from generation.render.countdown import countdown
from generation.render.discount_badge import discount_badge
from generation.render.logo_sting import logo_sting
from generation.render.palette import Theme
from generation.render.price_tag import price_tag_cue
from generation.render.qr_code import qr_code
from generation.render.rating import rating
from generation.render.sprites import Draw, Pen, sprite_cues
from generation.render.stage import Cue

SPRITES: dict[OverlayKind, tuple[Draw, Places]] = {
    OverlayKind.DISCOUNT_BADGE: (discount_badge, RIGHT_FIRST),
    OverlayKind.COUNTDOWN: (countdown, TOP_FIRST),
    OverlayKind.RATING: (rating, LOW_FIRST),
    OverlayKind.QR_CODE: (qr_code, LOW_FIRST),
    OverlayKind.LOGO_STING: (logo_sting, MIDDLE_FIRST),
}


def overlay_cues(
    timeline: Timeline,
    colours: Theme,
    canvas: Canvas,
    safe: Box,
    files: Mapping[str, Path],
    clips: Mapping[str, ClipFile],
) -> list[Cue]:
    """Brand mark and price tag first; the rest finds its places around them, and what is optional may find none.

    Raises ``LayoutImpossible``, ``MissingGlyph``, ``MediaMissing``, ``MediaBroken``.
    """
    cues: list[Cue] = []
    stands: list[tuple[Overlay, PixelBox]] = []
    for overlay in timeline.overlays:
        if overlay.kind is OverlayKind.BRAND_MARK:
            cues.append(brand_mark_cue(overlay, canvas, safe))
        elif overlay.kind is OverlayKind.PRICE_TAG:
            cue = price_tag_cue(overlay, colours, canvas, safe, products(timeline, overlay, canvas, safe, clips))
            cues.append(cue)
            stands.append((overlay, PixelBox(cue.x, cue.y, cue.picture.shape[1], cue.picture.shape[0])))
    pen = Pen(colours, canvas, timeline.lang, files)
    for overlay in timeline.overlays:
        if overlay.kind not in SPRITES:
            continue
        draw, places = SPRITES[overlay.kind]
        # A sting that somebody asked for is meant to stand over the product; an ornament keeps beside it.
        over = overlay.kind is OverlayKind.LOGO_STING and not overlay.optional
        beside = [] if over else products(timeline, overlay, canvas, safe, clips)
        taken = [box for other, box in stands if other.start < overlay.end and overlay.start < other.end]
        try:
            found, box = sprite_cues(draw, overlay, pen, safe, places, beside, taken)
        except (LayoutImpossible, MissingGlyph):
            if not overlay.optional:
                raise
            continue
        cues += found
        stands.append((overlay, box))
    return cues


def products(
    timeline: Timeline, overlay: Overlay, canvas: Canvas, safe: Box, clips: Mapping[str, ClipFile]
) -> list[PixelBox]:
    """Where products are on the canvas in the shots over which ``overlay`` lies, as far as their engine could say."""
    found, start = [], 0
    for shot in timeline.shots:
        if start < overlay.end and overlay.start < start + shot.duration:
            found += _shown(shot, canvas, safe, clips)
        start += shot.duration
    return found


def _shown(shot: TimelineShot, canvas: Canvas, safe: Box, clips: Mapping[str, ClipFile]) -> list[PixelBox]:
    whole = PixelBox(0, 0, canvas.width, canvas.height)
    first = clips.get(shot.clip)
    if shot.second is None:
        return _product(first, whole)
    second, how = clips.get(shot.second.clip), shot.second.how
    if how is Composition.PICTURE_IN_PICTURE:
        large = _product(first, whole)
        return [*large, inset(canvas, safe, large[0] if large else None)]
    boxes = (whole, whole) if how is Composition.BEFORE_AFTER else split(how, canvas)
    return [*_product(first, boxes[0]), *_product(second, boxes[1])]


def _product(clip: ClipFile | None, box: PixelBox) -> list[PixelBox]:
    """The product of a clip that is laid into ``box``; nothing if it is unknown."""
    shown = subject_on(Canvas(box.width, box.height), clip)
    return [] if shown is None else [replace(shown, x=box.x + shown.x, y=box.y + shown.y)]
