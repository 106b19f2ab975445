"""Everything of an ad that is drawn, not filmed, made ready before the first picture: overlays, AI label, end card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation.domain.cut_order import ClipFile
from generation.domain.geometry import WHOLE, Box
from generation.domain.layout import canvas_for
from generation.domain.timeline import Canvas, OverlayKind, Timeline
from generation.render.captions import caption_cues
from generation.render.endcard import EndCardPicture, draw_endcard
from generation.render.label import Label, ai_label
from generation.render.overlays import overlay_cues
from generation.render.palette import theme_of
from generation.render.stage import Cue
from generation.render.text_card import draw_text_card
from generation.render.watermark import watermark_cue


@dataclass(frozen=True)
class Staging:
    """``cues`` lie over the pictures in this order, the label last: nothing may cover it."""

    canvas: Canvas
    cues: tuple[Cue, ...]
    label: Label
    card: EndCardPicture | None
    notes: tuple[str, ...]
    text_cards: Mapping[str, EndCardPicture] = field(default_factory=dict)  # by shot
    safe: Box = WHOLE

    def card_of(self, shot_id: str) -> EndCardPicture | None:
        """What is drawn in a shot that is not filmed."""
        return self.text_cards.get(shot_id, self.card)


def stage_ad(
    timeline: Timeline, aspect: str, safe: Box, files: Mapping[str, Path], clips: Mapping[str, ClipFile] | None = None
) -> Staging:
    """Lay out an ad for one aspect; ``clips`` tell where the product is in each shot.

    Raises ``CaptionTooLong``, ``LayoutImpossible``, ``CutRefused``, ``MediaMissing``.
    """
    canvas = canvas_for(aspect, timeline.canvas)
    drawn = overlay_cues(timeline, theme_of(timeline), canvas, safe, files, clips or {})
    captions = [overlay for overlay in timeline.overlays if overlay.kind is OverlayKind.CAPTION]
    font = files.get(timeline.brand.font_sha256) if timeline.brand is not None else None
    caption_sprites, notes = caption_cues(captions, timeline, canvas, safe, font)
    label = ai_label(timeline.label_text, timeline.duration, canvas, safe)
    last = timeline.shots[-1]
    card = None
    if last.card is not None:
        card = draw_endcard(last.card, timeline, last.duration, canvas, safe, files)
    text_cards = {
        shot.id: draw_text_card(shot.text_card, timeline, shot.duration, canvas, safe)
        for shot in timeline.shots
        if shot.text_card is not None
    }
    mark = watermark_cue(timeline, canvas, safe, label.box, files)
    cues = (*drawn, *([mark] if mark is not None else []), *caption_sprites, label.cue)
    return Staging(canvas, cues, label, card, tuple(notes), text_cards, safe)
