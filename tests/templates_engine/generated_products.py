"""Products put together at random from what merchants write: things, doings, qualities and whole sentences as facts."""

from datetime import date, timedelta
from random import Random

from templates_engine.domain.facts import Attribute, Price, ProductFacts, Proof

_KINDS = (
    ("保温杯", "小蓝杯", "travel mug", "AeroMug"),
    ("台灯", "星芒台灯", "desk lamp", "Glow lamp"),
    ("洗面奶", "云朵洁面", "face wash", "Cloud cleanser"),
    ("猫砂盆", "喵舍猫砂盆", "litter box", "MeowBox"),
    ("运动鞋", "轻风跑鞋", "running shoes", "Breeze runner"),
    ("坚果", "晨果坚果", "mixed nuts", "Morning nuts"),
    ("收纳盒", "叠叠收纳盒", "storage box", "StackBox"),
    ("充电宝", "小电充电宝", "power bank", "Volt bank"),
    ("背带裤", "小熊背带裤", "dungarees", "Bear dungarees"),
    ("拖把", "净享拖把", "mop", "EasyMop"),
)
_POINTS = {
    "zh": ("480ml大容量", "一键开盖", "倒过来也不漏水", "轻便好拿", "拆开就能洗",
           "304不锈钢", "保温12小时", "三档可调", "面料软，贴身不闷",
           "亮度随手调", "鞋底有弹性", "开袋就能吃", "能叠五层", "边角圆润不磕手",
           "充满只要90分钟", "噪音小", "毛发不粘", "口感酥脆，不油腻"),
    "en": ("480 ml of room", "a one-hand lid", "doesn't leak, even upside down", "light and easy to carry",
           "comes apart for cleaning",
           "304 stainless steel", "keeps drinks warm for 12 hours", "three brightness levels", "soft fabric that breathes",
           "charges in 90 minutes", "stacks five high", "rounded corners", "very quiet",
           "hair won't stick to it", "crunchy, not oily"),
}  # fmt: skip
_PAINS = {
    "zh": (
        "包里总是漏水",
        "早上带的热水中午就凉了",
        "孩子写作业总揉眼睛",
        "打扫起来腰酸",
        "手机老是没电",
        "东西堆得到处都是",
        "毛发到处飞",
    ),
    "en": (
        "coffee goes cold by noon",
        "leaks all over your bag",
        "clutter everywhere",
        "a phone that is always empty",
        "fur on everything",
    ),
}
_SCENES = {
    "zh": ("通勤路上", "晚上写作业", "周末露营", "出差", "在家带娃"),
    "en": ("the morning train", "late-night homework", "a weekend trip"),
}
_PEOPLE = {
    "zh": ("上班族", "家长们", "宝妈", "学生党", "养猫的"),
    "en": ("commuters", "parents", "students", "cat people"),
}
_OFFERS = {
    "zh": ("第二件半价", "包邮", "买一送一", "满99元减10元", "送杯刷"),
    "en": ("free shipping", "buy two and save 10%", "a free brush"),
}
_PROOFS = {
    "zh": (("通过食品接触材料检测", "报告 2026-118"), ("SGS检测合格", "报告 7"), ("3000次开合测试", "")),
    "en": (
        ("tested to food contact standards", "report 118"),
        ("CE certified", "certificate 7"),
        ("4.8 stars from 120 buyers", ""),
    ),
}
_ATTRIBUTES = {
    "zh": (("容量", "480ml"), ("重量", "260克"), ("材质", "304不锈钢"), ("颜色", "雾蓝")),
    "en": (("Capacity", "16 oz"), ("Weight", "260 g"), ("Liner", "304 stainless steel"), ("Color", "mist blue")),
}
_CALLS = {"zh": ("", "点小黄车下单", "点下方链接"), "en": ("", "Shop now", "Tap the link")}


def product(number: int, lang: str) -> ProductFacts:
    """The ``number``th product, its fullness changing from product to product."""
    rng = Random(f"product {number} {lang}")
    kind = _KINDS[number % len(_KINDS)]
    category, name = kind[:2] if lang == "zh" else kind[2:]
    amount = rng.choice((990, 1990, 5990, 6800, 12900, 2499, 29900))
    priced = Price(amount, "CNY" if lang == "zh" else "USD", rng.choice((None, amount * 2, amount + 3000)))
    return ProductFacts(
        lang=lang,
        title=f"{name} {category}",
        name=name,
        category=category,
        brand=rng.choice(("", "木屿" if lang == "zh" else "Norse")),
        audience=rng.choice(("", *_PEOPLE[lang])),
        scene=rng.choice(("", *_SCENES[lang])),
        attributes=tuple(Attribute(*item) for item in rng.sample(_ATTRIBUTES[lang], rng.randint(0, 3))),
        selling_points=tuple(rng.sample(_POINTS[lang], rng.randint(1, 6))),
        pains=tuple(rng.sample(_PAINS[lang], rng.randint(0, 3))),
        price=rng.choice((priced, priced, None)),
        offers=tuple(rng.sample(_OFFERS[lang], rng.randint(0, 2))),
        offer_ends=rng.choice((None, date(2026, 12, 1) + timedelta(days=number))),
        proofs=tuple(Proof(*item) for item in rng.sample(_PROOFS[lang], rng.randint(0, 2))),
        call_to_action=rng.choice(_CALLS[lang]),
    )
