"""End cards: every theme, with and without price, photo and logo, and how one enters; both languages, every aspect."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.brand import Brand, CardLayout
from generation.domain.layout import ASPECTS, canvas_for
from generation.domain.timeline import EndCard, Timeline, TimelineShot
from generation.domain.timeline_rules import validate
from generation.gallery.contact import Strip, reduced, strip_sheet
from generation.gallery.registry import Sheet
from generation.gallery.studio import LOGO, PHOTO, Studio
from generation.render.endcard import EndCardPicture, draw_endcard
from generation.render.palette import themes
from generation.render.yuv import Bytes, to_rgb

FRAMES = 75
AT_REST = FRAMES - 1
ENTERING = (0, 4, 9, 14, 20, 30)  # frames of the card that show how it enters
SHORT = 300
FULL = {
    "zh": EndCard("每天一点|看得见的光", "木屿", "¥129", "¥199", "今日下单送小样", "点击下方链接", "photo.png", PHOTO),
    "en": EndCard("A little glow, every single day", "MUYU", "$29", "$45", "Free minis with every order today",
                  "Shop now", "photo.png", PHOTO),
}  # fmt: skip


def cards(lang: str) -> Mapping[str, tuple[str, EndCard, CardLayout]]:
    """Name in Chinese -> (name in English, card, layout)."""
    full = FULL[lang]
    with_logo = replace(full, logo="logo.png", logo_sha256=LOGO)
    return {
        "全部": ("Everything", full, CardLayout.PHOTO),
        "品牌标": ("With logo", with_logo, CardLayout.PHOTO),
        "无划线价": ("No list price", replace(full, list_price_text=""), CardLayout.PHOTO),
        "无价无优惠": ("No price, no offer", replace(with_logo, price_text="", list_price_text="", offer=""), CardLayout.PHOTO),
        "文字优先": ("Words first", with_logo, CardLayout.TYPE),
        "无图": ("No photo", replace(full, image="", image_sha256=""), CardLayout.PHOTO),
    }  # fmt: skip


def sheets(studio: Studio) -> Iterator[Sheet]:
    for lang in FULL:
        for aspect in ASPECTS:
            yield Sheet(f"endcards-{lang}-{aspect.replace(':', 'x')}", partial(endcards_sheet, studio, lang, aspect))


def endcards_sheet(studio: Studio, lang: str, aspect: str) -> Image.Image:
    strips = []
    for theme in themes():
        drawn = {name: card_picture(studio, card, lang, aspect, theme, layout).frame(AT_REST)
                 for name, (_, card, layout) in cards(lang).items()}  # fmt: skip
        words = [f"{name} {cards(lang)[name][0]}" for name in drawn]
        strips.append(Strip(theme, "theme", [_shown(to_rgb(frame)) for frame in drawn.values()], words))
    _, card, layout = cards(lang)["品牌标"]
    moving = card_picture(studio, card, lang, aspect, next(iter(themes())), layout)
    entering = [_shown(to_rgb(moving.frame(at))) for at in ENTERING]
    strips.append(Strip("入场", "Entering", entering, [f"{at / studio.master.fps:.2f} s" for at in ENTERING]))
    return strip_sheet(f"片尾 End cards · {lang} · {aspect}", strips)


def card_picture(
    studio: Studio, card: EndCard, lang: str, aspect: str, theme: str, layout: CardLayout
) -> EndCardPicture:
    shots = (TimelineShot("end", "cta", "", 0, FRAMES, card=card),)
    ad = Timeline("gallery", lang, theme, studio.master, shots, (), None, brand=Brand(card_layout=layout))
    validate(ad)
    return draw_endcard(card, ad, FRAMES, canvas_for(aspect, studio.master), safe_zone(aspect).box, studio.pictures)


def _shown(picture: Bytes) -> Bytes:
    return reduced(picture, SHORT)
