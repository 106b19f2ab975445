"""Products for the script tests: realistic ones of different completeness, and hypothesis strategies for wild ones."""

from datetime import date

from hypothesis import strategies as st

from templates_engine.domain.facts import Attribute, Price, ProductFacts, Proof
from templates_engine.domain.template import ScriptTemplate
from templates_engine.seeding import seeds

MUG_ZH = ProductFacts(
    lang="zh",
    title="小蓝杯真空保温杯 480ml 大容量",
    name="小蓝杯",
    category="保温杯",
    audience="上班族",
    scene="通勤路上",
    attributes=(Attribute("容量", "480ml"), Attribute("内胆", "304不锈钢")),
    selling_points=("真空双层,保温12小时", "一键开盖，单手就能喝", "倒过来也不漏水"),
    pains=("早上带的热水中午就凉了", "包里总是漏水"),
    price=Price(5990, "CNY", 9900),
    offers=("第二件半价",),
    offer_ends=date(2026, 11, 30),
    proofs=(Proof("通过食品接触材料检测", "报告 2026-118"),),
    call_to_action="点小黄车下单",
)
COFFEE_ZH = ProductFacts(
    lang="zh",
    title="晨光咖啡豆",
    name="晨光咖啡豆",
    category="咖啡",
    selling_points=("中度烘焙，坚果香", "下单现烘", "小包装，开袋不受潮"),
    price=Price(6800),
)
LAMP_ZH = ProductFacts(
    lang="zh",
    title="护眼台灯 学生书桌灯",
    name="护眼台灯",
    category="灯具",
    audience="家长们",
    scene="晚上写作业",
    selling_points=("光线柔和不刺眼", "亮度三档可调", "灯臂随手掰"),
    pains=("孩子写作业总揉眼睛",),
    price=Price(12900),
    offers=("包邮",),
)
MUG_EN = ProductFacts(
    lang="en",
    title="AeroMug vacuum travel mug, 16 oz",
    name="AeroMug",
    category="mug",
    audience="commuters",
    scene="the morning train",
    attributes=(Attribute("Capacity", "16 oz"), Attribute("Liner", "304 stainless steel")),
    selling_points=("keeps drinks hot for 12 hours", "a one-hand flip lid", "leak-proof, even upside down"),
    pains=("coffee goes cold before you sit down", "leaks all over your bag"),
    price=Price(2499, "USD", 3999),
    offers=("buy two and save 10%",),
    offer_ends=date(2026, 11, 30),
    proofs=(Proof("tested to food contact standards", "report 2026-118"),),
    call_to_action="Shop now",
)
COFFEE_EN = ProductFacts(
    lang="en",
    title="Morning Light coffee beans",
    name="Morning Light coffee",
    category="coffee",
    selling_points=("medium roast with a nutty finish", "roasted after you order", "small bags that stay fresh"),
    price=Price(1800, "USD"),
)
LAMP_EN = ProductFacts(
    lang="en",
    title="Glow desk lamp",
    name="Glow desk lamp",
    category="lamp",
    audience="parents",
    scene="late-night homework",
    selling_points=("soft light, no glare", "three brightness levels", "an arm that bends any way you like"),
    pains=("tired eyes after homework",),
    price=Price(3900, "USD"),
    offers=("free shipping",),
)
PRODUCTS = (MUG_ZH, COFFEE_ZH, LAMP_ZH, MUG_EN, COFFEE_EN, LAMP_EN)

# Text that merchants really paste: width variants, emoji, our own grammar's marks, numbers glued to anything.
_ZH = "保温杯大容量不锈钢轻便好看一二三十百千万半两第最0123456789%.,，。！？、 ml元块折{}[]|【】✅🔥\n\t"
_EN = "abcdefghij KLMNO 0123456789%.,!?:;'-{}[]|$&*✅\n\t"


def phrases(lang: str, longest: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=_ZH if lang == "zh" else _EN, max_size=longest)


@st.composite
def wild_facts(draw: st.DrawFn, lang: str) -> ProductFacts:
    """Any facts at all; the few that every template asks for are usually there."""
    short, long = (8, 24) if lang == "zh" else (20, 60)
    names = ["小蓝杯", "护眼台灯2", "最棒的杯"] if lang == "zh" else ["AeroMug", "Glow lamp 2", "the Cloud sofa"]
    points = ["真空双层,保温12小时", "轻便"] if lang == "zh" else ["keeps drinks hot for 12 hours", "light"]

    def many(most: int) -> tuple[str, ...]:
        return tuple(draw(st.lists(phrases(lang, long), max_size=most)))

    prices = st.builds(
        Price, st.integers(1, 10**7), st.sampled_from(["CNY", "USD", "SGD"]), st.none() | st.integers(1, 10**7)
    )
    return ProductFacts(
        lang=lang,
        title=draw(phrases(lang, 40)),
        name=draw(st.sampled_from(names) | phrases(lang, short)),
        category=draw(phrases(lang, short)),
        brand=draw(phrases(lang, short)),
        audience=draw(phrases(lang, short)),
        scene=draw(phrases(lang, short)),
        attributes=tuple(Attribute(draw(phrases(lang, 6)), text) for text in many(2)),
        selling_points=(*draw(st.lists(st.sampled_from(points), max_size=2)), *many(3)),
        pains=many(2),
        price=draw(st.none() | prices),
        offers=many(2),
        offer_ends=draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31))),
        proofs=tuple(Proof(text, draw(st.sampled_from(["", "report"]))) for text in many(2)),
        call_to_action=draw(st.just("") | phrases(lang, short)),
    )


@st.composite
def wild_cases(draw: st.DrawFn) -> tuple[ScriptTemplate, ProductFacts]:
    """A seed template and facts in its language."""
    template = draw(st.sampled_from(seeds()))
    return template, draw(wild_facts(template.lang))
