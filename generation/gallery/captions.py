"""Every caption style, in Chinese and English, in every aspect."""

from collections.abc import Iterator
from functools import partial

from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import ASPECTS, canvas_for
from generation.domain.timeline import Overlay, OverlayKind, Timeline, TimelineShot
from generation.gallery.contact import Shown, backdrop, contact_sheet
from generation.gallery.registry import Sheet
from generation.gallery.studio import MASTER, Studio
from generation.render.captions import caption_cues
from generation.render.palette import caption_styles, themes
from generation.render.stage import draw_all
from generation.render.yuv import Frame, to_rgb

FRAMES = 90  # a caption of three seconds ...
LOOKED_AT = 0.62  # ... looked at when most of it has been heard
TEXTS = {
    "zh": ("到手价¥66|一口就醒的好咖啡☕", "Only ¥66, awake in one sip"),
    "en": ("Only $66 today|Wide awake in one sip ☕", "今天只要¥66 一口就醒"),
}
COLUMNS = {"9:16": 7, "1:1": 7, "16:9": 5, "3:4": 7, "4:5": 7}


def sheets(_: Studio) -> Iterator[Sheet]:
    for lang in TEXTS:
        for aspect in ASPECTS:
            yield Sheet(f"captions-{lang}-{aspect.replace(':', 'x')}", partial(captions_sheet, lang, aspect))


def captions_sheet(lang: str, aspect: str) -> Image.Image:
    shown = []
    for index, (name, style) in enumerate(caption_styles().items()):
        theme = list(themes())[index % len(themes())]
        picture = to_rgb(caption_picture(name, lang, aspect, theme, mood=index))
        shown.append(Shown(picture, style.name_zh, f"{style.name_en} · {name}"))
    return contact_sheet(f"字幕样式 Caption styles · {lang} · {aspect}", shown, COLUMNS[aspect])


def caption_picture(style: str, lang: str, aspect: str, theme: str, mood: int = 0) -> Frame:
    """One style over the backdrop, well inside its time."""
    canvas, text = canvas_for(aspect, MASTER), TEXTS[lang]
    overlay = Overlay("c1", OverlayKind.CAPTION, 0, FRAMES, text[0], style, text[1])
    shots = (TimelineShot("a", "hook", "a" * 64, 0, FRAMES),)
    timeline = Timeline("gallery", lang, theme, MASTER, shots, (overlay,), None)
    cues, _ = caption_cues([overlay], timeline, canvas, safe_zone(aspect).box)
    background = backdrop(canvas, mood)
    frame = background.copy()
    # A page decides about its contrast at its first frame, so that one is drawn too.
    last = round(LOOKED_AT * FRAMES)
    for at in sorted({*(cue.start for cue in cues if cue.start < last), last}):
        frame = background.copy()
        draw_all(frame, cues, at)
    return frame
