"""Everything else that lies over pictures or shares them: tags, badges, marks, codes, second clips, text cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.brand import Brand, Corner, Watermark
from generation.domain.layout import ASPECTS
from generation.domain.timeline import (
    Composition,
    Overlay,
    OverlayKind,
    SecondClip,
    TextCard,
    Timeline,
    TimelineShot,
)
from generation.domain.timeline_rules import validate
from generation.gallery.contact import Shown, contact_sheet, reduced
from generation.gallery.registry import Sheet
from generation.gallery.studio import LOGO, Studio
from generation.render.palette import themes
from generation.render.picture import pictures
from generation.render.staging import stage_ad
from generation.render.yuv import Bytes, to_rgb

SHOT = 60
START = 12  # frames after which overlays enter
AT_REST = 46
RINGING = START + 14  # a sting's ring is on its way
SHORT = 300
COLUMNS = {"9:16": 8, "1:1": 8, "16:9": 5, "3:4": 8, "4:5": 8}


@dataclass(frozen=True)
class Example:
    """One thing to look at: what lies over a clip of ``at`` frames, or what the shot is."""

    name_zh: str
    name_en: str
    overlays: Sequence[Overlay] = ()
    brand: Brand | None = None
    second: Composition | None = None
    text_card: TextCard | None = None
    at: int = AT_REST


def sheets(studio: Studio) -> Iterator[Sheet]:
    for lang in ("zh", "en"):
        for aspect in ASPECTS:
            yield Sheet(f"overlays-{lang}-{aspect.replace(':', 'x')}", partial(overlays_sheet, studio, lang, aspect))


def overlays_sheet(studio: Studio, lang: str, aspect: str) -> Image.Image:
    shown = []
    for index, example in enumerate(examples(lang)):
        theme = list(themes())[index % len(themes())]
        picture = reduced(example_picture(studio, example, lang, aspect, theme), SHORT)
        shown.append(Shown(picture, example.name_zh, example.name_en))
    return contact_sheet(f"贴片与分屏 Overlays · {lang} · {aspect}", shown, COLUMNS[aspect])


def example_picture(studio: Studio, example: Example, lang: str, aspect: str, theme: str) -> Bytes:
    """RGB."""
    second = None if example.second is None else SecondClip("B", 0, example.second)
    clip = "" if example.text_card is not None else "A"
    shots = (TimelineShot("a", "offer", clip, 0, SHOT, text_card=example.text_card, second=second),)
    ad = Timeline("gallery", lang, theme, studio.master, shots, tuple(example.overlays), None, brand=example.brand)
    validate(ad)
    staging = stage_ad(ad, aspect, safe_zone(aspect).box, studio.pictures, studio.clips)
    (frame,) = pictures(ad, staging, studio.clips, (), (example.at, example.at + 1))
    return to_rgb(frame)


def examples(lang: str) -> Iterator[Example]:
    yield from _offers(lang)
    yield from _marks(lang)
    yield from _shared(lang)
    for number, card in enumerate(TEXT_CARDS[lang], 1):
        yield Example("文字卡", f"Text card {number}", text_card=card)


TEXT_CARDS = {
    "zh": (TextCard("99%的人|都用错了精华", "真的"), TextCard("三步|28天|看得见")),
    "en": (TextCard("99% of us|use serum wrong", "Really"), TextCard("Three steps|28 days|One glow")),
}
WORDS = {
    "zh": {
        "brand": "木屿 MUYU", "price": "¥129", "list": "¥199", "badge": "限时|6.5折", "below": "到手价", "ends": "会员日特价",
        "rater": "木屿旗舰店", "scan": "扫码领小样", "caption": "早晚各一滴|28天看得见",
    },
    "en": {
        "brand": "MUYU", "price": "$29.90", "list": "$45.00", "badge": "ONLY NOW|-35%", "below": "your price",
        "ends": "Members' day", "rater": "MUYU store", "scan": "Scan for free minis",
        "caption": "One drop a day|Glow in 28 days",
    },
}  # fmt: skip
ADDRESS = "https://muyu.example.com/p/serum?c=ad_0123"


def _overlay(kind: OverlayKind, text: str, **more: object) -> Overlay:
    return replace(Overlay(kind, kind, START, SHOT, text), **more)  # type: ignore[arg-type]  # fields of an overlay


def _offers(lang: str) -> Iterator[Example]:
    words = WORDS[lang]
    tag = _overlay(OverlayKind.PRICE_TAG, words["price"], second_text=words["list"])
    badge = _overlay(OverlayKind.DISCOUNT_BADGE, words["badge"], second_text=words["below"])
    day = _overlay(OverlayKind.COUNTDOWN, words["ends"], ends_on="2026-12-31")
    stars = _overlay(OverlayKind.RATING, "4.8", source=words["rater"], count=12345)
    caption = _overlay(OverlayKind.CAPTION, words["caption"], style="highlight")
    yield Example("价格牌", "Price tag", (replace(tag, second_text=""),))
    yield Example("划线价", "With list price", (tag,))
    yield Example("折扣章", "Discount badge", (badge,))
    yield Example("截止日", "Last day", (day,))
    yield Example("倒数天数", "Days left", (replace(day, counted_from="2026-12-28"),))
    yield Example("评分", "Rating", (stars,))
    yield Example("价格+折扣", "Tag and badge", (tag, badge, caption))
    yield Example("评分+价格", "Rating and tag", (stars, tag, caption))


def _marks(lang: str) -> Iterator[Example]:
    words = WORDS[lang]
    kit = Brand(logo="logo.png", logo_sha256=LOGO)
    sting = _overlay(OverlayKind.LOGO_STING, words["brand"])
    pictured = replace(sting, image="logo.png", image_sha256=LOGO)
    yield Example("品牌名", "Brand mark", (_overlay(OverlayKind.BRAND_MARK, words["brand"]),))
    for name, corner in (("水印右上", Corner.TOP_RIGHT), ("水印左下", Corner.BOTTOM_LEFT)):
        watermark = Watermark(corner, 80)
        yield Example(name, corner.replace("_", " ").capitalize(), brand=replace(kit, watermark=watermark))
    yield Example("标志落版", "Logo sting, landing", (pictured,), at=RINGING)
    yield Example("标志定格", "Logo sting, at rest", (pictured,))
    yield Example("名称落版", "Name sting", (sting,))
    yield Example("二维码", "QR code", (_overlay(OverlayKind.QR_CODE, ADDRESS, start=0, second_text=words["scan"]),))


def _shared(lang: str) -> Iterator[Example]:
    caption = (_overlay(OverlayKind.CAPTION, WORDS[lang]["caption"], style="bold_center"),)
    names = {
        Composition.PICTURE_IN_PICTURE: ("画中画", "Picture in picture"),
        Composition.SIDE_BY_SIDE: ("左右分屏", "Side by side"),
        Composition.STACKED: ("上下分屏", "Stacked"),
        Composition.BEFORE_AFTER: ("前后对比", "Before and after"),
    }
    for how, (name_zh, name_en) in names.items():
        at = SHOT // 2 if how is Composition.BEFORE_AFTER else AT_REST
        yield Example(name_zh, name_en, caption, second=how, at=at)
