"""What the library's pages call the parts of a script template."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from creative import previews
from creative.web import words
from creative.web.words import Word, Words
from templates_engine.domain.patterns import Pattern, SlotType
from templates_engine.domain.template import ANY_CATEGORY, ScriptTemplate
from templates_engine.domain.template_words import CATEGORY_NAMES, HOOK_NAMES

SOURCES: Words = {"ours": _("公用"), "learned": _("自己学的"), "shared": _("机构共享")}
PROVENANCES: Words = {"seed": _("我们自己写的"), "own": _("自有视频"), "imported": _("导入的视频")}
CAPTIONS: Words = {
    "bold_center": _("居中大字"),
    "lower_third": _("下方字幕"),
    "price_tag": _("价格标签"),
    "clean": _("简洁小字"),
}
POSITIONS: Words = {"top": _("画面上方"), "center": _("画面中间"), "bottom": _("画面下方")}
MOODS: Words = {
    "bright": _("明快"),
    "calm": _("舒缓"),
    "driving": _("有力"),
    "elegant": _("雅致"),
    "playful": _("俏皮"),
    "upbeat": _("轻快"),
    "warm": _("温暖"),
}
GROUPS: Words = {"lang": _("语言"), "category": _("品类"), "platform": _("平台"), "campaign": _("项目")}
PLATFORMS: Words = {
    "douyin": _("抖音"),
    "kuaishou": _("快手"),
    "xiaohongshu": _("小红书"),
    "taobao": _("淘宝"),
    "tiktok": "TikTok",
    "reels": "Reels",
    "shorts": "Shorts",
}
SLOTS: Words = {
    SlotType.NAME: _("商品名"),
    SlotType.BRAND: _("品牌"),
    SlotType.AUDIENCE: _("卖给谁"),
    SlotType.SCENE: _("用在哪"),
    SlotType.POINT: _("卖点"),
    SlotType.ATTRIBUTE: _("参数"),
    SlotType.PAIN: _("烦恼"),
    SlotType.PRICE: _("售价"),
    SlotType.LIST_PRICE: _("划线价"),
    SlotType.OFFER: _("优惠"),
    SlotType.OFFER_END: _("截止日"),
    SlotType.PROOF: _("证明"),
    SlotType.CTA: _("行动号召"),
}
# What a seed lends where the videos could not tell it: without pictures nothing is known of shots.
LENT: Words = {
    "shots": _("镜头数"),
    "shot_len_ms": _("镜头长度"),
    "camera": _("运镜"),
    "framing": _("景别"),
    "caption_style": _("字幕样式"),
}
_PART = re.compile(r"(\{[a-z_]+\d?\}|\[|\])")


@dataclass(frozen=True)
class Part:
    """A piece of a sentence pattern: ``kind`` is text or slot; ``maybe``: left out where time is short."""

    kind: str
    text: Word
    maybe: bool


def sentence(pattern: Pattern) -> tuple[Part, ...]:
    """The pattern in pieces to be shown: its own words, and what fact stands in each hole."""
    found: list[Part] = []
    maybe = False
    for piece in _PART.split(pattern.text.replace("|", "")):
        if piece in ("[", "]"):
            maybe = piece == "["
        elif piece.startswith("{"):
            kind = SlotType(piece.strip("{}0123456789"))
            found.append(Part("slot", SLOTS[kind], maybe))
        elif piece:
            found.append(Part("text", piece, maybe))
    return tuple(found)


def lent_words(template: ScriptTemplate) -> list[Word]:
    """What of its beats was not measured in its members but lent by a template of ours."""
    lent = {name for beat in template.beats if "beat" not in beat.borrowed for name in beat.borrowed}
    return [word for name, word in LENT.items() if name in lent]


def category_word(code: str) -> Word:
    if code == ANY_CATEGORY:
        return _("任何品类")
    name = CATEGORY_NAMES.get(code)
    return code if name is None else words.chosen(name.zh, name.en)


def hook_word(code: str) -> Word:
    name = next((name for hook, name in HOOK_NAMES.items() if hook.value == code), None)
    return code if name is None else words.chosen(name.zh, name.en.capitalize())


def move_word(code: str) -> str:
    return words.chosen(*previews.MOVES.get(code, (code, code)))


def framing_word(code: str) -> str:
    return words.chosen(*previews.FRAMINGS.get(code, (code, code)))
