"""How the form asks for each fact: label, hint and a good example per language."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from creative.web.words import Word


@dataclass(frozen=True)
class Asked:
    """``rows`` > 0: several lines, one fact each. ``example`` is in the language of the fact."""

    label: Word
    hint: Word = ""
    example: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    wide: bool = False
    kind: str = ""


COMMON = {
    "category": Asked(_("品类"), _("大家平时怎么叫它，如「保温杯」。"), {"zh": "保温杯", "en": "travel mug"}),
    "brand": Asked(_("品牌"), _("出现在片尾卡上，没有就留空。"), {"zh": "NORTHMUG", "en": "NORTHMUG"}),
    "price": Asked(_("售价"), _("单位是元，广告里会照原样写出。"), {"zh": "129.00", "en": "129.00"}),
    "list_price": Asked(_("划线价"), _("曾经真实成交过的价格，没有就留空。"), {"zh": "199.00", "en": "199.00"}),
    "offer_ends": Asked(_("优惠截止日"), _("过了这天，优惠就不再出现在新广告里。"), kind="date"),
}
TEXT = {
    "title": Asked(
        _("完整标题"),
        _("店铺里的商品标题。"),
        {"zh": "NORTHMUG 双层真空不锈钢保温杯 480ml", "en": "NORTHMUG double-wall steel travel mug, 480 ml"},
        wide=True,
    ),
    "name": Asked(
        _("口语叫法"), _("念得顺口的短名字，最好不超过 8 个字。"), {"zh": "北山保温杯", "en": "the Northmug"}
    ),
    "category": Asked(_("这种语言里的品类"), _("和上面的品类相同就留空。"), {"en": "travel mug"}),
    "audience": Asked(_("卖给谁"), example={"zh": "每天通勤的上班族", "en": "people who commute every day"}),
    "scene": Asked(_("用在哪"), example={"zh": "地铁上、工位前", "en": "on the train, at your desk"}),
    "call_to_action": Asked(_("行动号召"), _("片尾按钮上的字。"), {"zh": "点击下单", "en": "Order yours today"}),
}
LISTS = {
    "selling_points": Asked(
        _("卖点"),
        _("一行一条，短句最好念；至少三条，剧本才有得选。"),
        {
            "zh": "早上灌的热水，晚上还烫嘴\n杯口倒扣不漏一滴\n单手一按就能喝",
            "en": "Coffee from the morning is still hot at night\nTurn it upside down, not a drop\nOne hand opens it",
        },
        rows=4,
        wide=True,
    ),
    "pains": Asked(
        _("顾客的烦恼"),
        _("一行一条，写顾客自己会说的话。"),
        {"zh": "水放一会儿就凉\n包里总是湿一片", "en": "Your coffee goes cold\nIt leaks into your bag"},
        rows=3,
    ),
    "offers": Asked(
        _("优惠"),
        _("一行一条，真实有效的才写。"),
        {"zh": "买一送杯刷\n满 200 减 20", "en": "Free brush with every mug"},
        rows=3,
    ),
}
PAIRS = {
    "attributes": Asked(
        _("参数"),
        _("一行一条，写成「名称：内容」。"),
        {"zh": "容量：480ml\n材质：316 不锈钢", "en": "Volume: 480 ml\nMaterial: 316 steel"},
        rows=3,
    ),
    "proofs": Asked(
        _("凭据"),
        _("拿得出证明的说法，写成「说法｜凭据」。"),
        {"zh": "保温 12 小时｜检测报告 NM-2026-041", "en": "Hot for 12 hours | test report NM-2026-041"},
        rows=3,
    ),
}
