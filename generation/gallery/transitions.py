"""Every transition as a strip of frames round its cut, under a caption that stays, in both languages and every aspect."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import ASPECTS
from generation.domain.timeline import Canvas, Overlay, OverlayKind, Timeline, TimelineShot, Transition
from generation.domain.timeline_rules import handles, validate
from generation.domain.transitions import NAMES
from generation.gallery.contact import Strip, reduced, strip_sheet
from generation.gallery.registry import Sheet
from generation.gallery.studio import Studio
from generation.render.picture import check_clips, pictures
from generation.render.staging import stage_ad
from generation.render.yuv import Bytes, to_rgb

SHOT = 40  # frames on either side of the cut
FRAMES = 12  # of a transition
LOOKED_AT = (-8, -5, -3, -1, 0, 2, 4, 7)  # frames before and after the cut
SHORT = 252  # pixels of a picture's shorter side on the sheet
CAPTIONS = {"zh": "每天一点|看得见的光", "en": "A little glow|every single day"}


def sheets(studio: Studio) -> Iterator[Sheet]:
    for lang in CAPTIONS:
        for aspect in ASPECTS:
            yield Sheet(
                f"transitions-{lang}-{aspect.replace(':', 'x')}", partial(transitions_sheet, studio, lang, aspect)
            )


def transitions_sheet(studio: Studio, lang: str, aspect: str) -> Image.Image:
    strips = []
    for kind, (name_zh, name_en) in NAMES.items():
        shown = [reduced(picture, SHORT) for picture in filmstrip(studio, kind, lang, aspect)]
        words = [f"{at:+d}" if at else "0" for at in LOOKED_AT]
        strips.append(Strip(name_zh, f"{name_en} · {FRAMES if kind is not Transition.CUT else 0} frames", shown, words))
    return strip_sheet(f"转场 Transitions · {lang} · {aspect}", strips)


def filmstrip(studio: Studio, kind: Transition, lang: str, aspect: str) -> list[Bytes]:
    """RGB pictures of the frames ``LOOKED_AT``."""
    ad = two_shots(kind, lang, studio.master)
    check_clips(ad, studio.clips)
    staging = stage_ad(ad, aspect, safe_zone(aspect).box, {}, studio.clips)
    window = (SHOT + LOOKED_AT[0], SHOT + LOOKED_AT[-1] + 1)
    wanted = [SHOT + at for at in LOOKED_AT]
    frames = enumerate(pictures(ad, staging, studio.clips, (), window), window[0])
    return [to_rgb(frame) for at, frame in frames if at in wanted]


def two_shots(kind: Transition, lang: str, master: Canvas) -> Timeline:
    frames = 0 if kind is Transition.CUT else FRAMES
    bare = (TimelineShot("a", "hook", "A", 0, SHOT, kind, frames), TimelineShot("b", "demo", "B", 0, SHOT))
    caption = Overlay("c", OverlayKind.CAPTION, 0, 2 * SHOT, CAPTIONS[lang], "highlight")
    ad = Timeline("gallery", lang, "ember", master, with_handles(bare), (caption,), None)
    validate(ad)
    return ad


def with_handles(shots: Sequence[TimelineShot]) -> tuple[TimelineShot, ...]:
    """Each clip begins with the frames that the transition before it needs."""
    return tuple(
        replace(shot, source_start=head if shot.clip else 0)
        for shot, (head, _) in zip(shots, handles(shots), strict=True)
    )
