"""Everything of an ad that is drawn, not filmed, made ready before the first picture: overlays, AI label, end card."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import PixelBox, canvas_for, reframe
from generation.domain.timeline import Canvas, Overlay, OverlayKind, Timeline
from generation.render.brand_mark import brand_mark_cue
from generation.render.captions import caption_cues
from generation.render.endcard import EndCardPicture, draw_endcard
from generation.render.label import Label, ai_label
from generation.render.palette import theme
from generation.render.price_tag import price_tag_cue
from generation.render.stage import Cue


@dataclass(frozen=True)
class Staging:
    """``cues`` lie over the pictures in this order, the label last: nothing may cover it."""

    canvas: Canvas
    cues: tuple[Cue, ...]
    label: Label
    card: EndCardPicture | None
    notes: tuple[str, ...]


def stage_ad(
    timeline: Timeline, aspect: str, safe: Box, files: Mapping[str, Path], clips: Mapping[str, ClipFile] | None = None
) -> Staging:
    """Lay out an ad for one aspect; ``clips`` tell where the product is in each shot.

    Raises ``CaptionTooLong``, ``LayoutImpossible``, ``CutRefused``, ``MediaMissing``.
    """
    canvas = canvas_for(aspect, timeline.canvas)
    colours = theme(timeline.theme)
    cues: list[Cue] = []
    captions = []
    for overlay in timeline.overlays:
        if overlay.kind is OverlayKind.BRAND_MARK:
            cues.append(brand_mark_cue(overlay, canvas, safe))
        elif overlay.kind is OverlayKind.PRICE_TAG:
            cues.append(price_tag_cue(overlay, colours, canvas, safe, products(timeline, overlay, canvas, clips or {})))
        else:
            captions.append(overlay)
    caption_sprites, notes = caption_cues(captions, timeline, canvas, safe)
    label = ai_label(timeline.label_text, timeline.duration, canvas, safe)
    last = timeline.shots[-1]
    card = None
    if last.card is not None:
        card = draw_endcard(last.card, timeline, last.duration, canvas, safe, files)
    return Staging(canvas, (*cues, *caption_sprites, label.cue), label, card, tuple(notes))


def products(timeline: Timeline, overlay: Overlay, canvas: Canvas, clips: Mapping[str, ClipFile]) -> list[PixelBox]:
    """Where the product is on the canvas in the shots over which ``overlay`` lies, as far as their engine could say."""
    found, start = [], 0
    for shot in timeline.shots:
        clip = clips.get(shot.clip)
        if (
            clip is not None
            and clip.subject is not None
            and start < overlay.end
            and overlay.start < start + shot.duration
        ):
            how = reframe(clip.width, clip.height, canvas, clip.subject)
            found.append(how.shown(clip.subject, clip.width, clip.height))
        start += shot.duration
    return found
