"""What the script editor calls verdicts, kinds of claims, fits and facts."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from creative.web.words import Word, Words
from templates_engine.domain.ad_rules import Category, Verdict
from templates_engine.domain.retelling import Fit

VERDICTS: dict[Verdict, Word] = {
    Verdict.OK: _("可以说"),
    Verdict.NEEDS_EVIDENCE: _("要有依据"),
    Verdict.BLOCK: _("不能说"),
}
FITS: dict[Fit, Word] = {Fit.FITS: _("正好"), Fit.SHORT: _("偏短"), Fit.TOO_LONG: _("太长")}
CATEGORIES: dict[Category, Word] = {
    Category.SUPERLATIVE: _("绝对化用语"),
    Category.GUARANTEE: _("保证效果"),
    Category.MEDICAL: _("医疗功效"),
    Category.FINANCE: _("金融收益"),
    Category.SCARCITY: _("虚假紧迫"),
    Category.AUTHORITY: _("权威背书"),
    Category.ORIGIN: _("产地"),
    Category.PRICE_COMPARISON: _("价格比较"),
    Category.MINORS: _("未成年人"),
    Category.COMPETITOR: _("贬低同行"),
    Category.FREE: _("免费与赠送"),
    Category.TESTIMONIAL: _("口碑数据"),
    Category.TYPICALITY: _("效果普遍性"),
    Category.NUMBER: _("没有出处的数字"),
    Category.COPY: _("照搬原片"),
    Category.BRAND: _("品牌禁用词"),
}
FACTS: Words = {
    "selling_points": _("卖点"),
    "attributes": _("参数"),
    "offers": _("优惠"),
    "proofs": _("证明"),
    "pains": _("烦恼"),
    "price": _("售价"),
    "price.list_amount": _("划线价"),
    "offer_ends": _("优惠截止日"),
    "name": _("叫法"),
    "title": _("标题"),
    "brand": _("品牌"),
    "audience": _("人群"),
    "scene": _("场景"),
    "call_to_action": _("行动号召"),
}


def fact_word(path: str) -> str:
    """``selling_points.1`` as 卖点 2."""
    kind, _dot, number = path.rpartition(".")
    if number.isdecimal():
        return _now("%(kind)s %(n)d") % {"kind": FACTS.get(kind, kind), "n": int(number) + 1}
    return str(FACTS.get(path, path))
