"""More products for the example scripts: things to put on the skin and on the feet, where ad law is touchy."""

from datetime import date

from templates_engine.domain.facts import Attribute, Price, ProductFacts, Proof

CLEANSER_ZH = ProductFacts(
    lang="zh",
    title="云朵氨基酸洁面乳 120g",
    name="云朵洁面",
    category="洗面奶",
    brand="木屿",
    audience="学生党",
    scene="早晚洗脸",
    attributes=(Attribute("净含量", "120克"), Attribute("香型", "无香")),
    selling_points=("泡沫细密", "洗完不紧绷", "挤一点就够用", "管口一按就出"),
    pains=("洗完脸总是紧绷",),
    price=Price(4900, "CNY", 6900),
    offers=("买二送一",),
    proofs=(Proof("通过人体皮肤斑贴测试", "报告 2026-31"),),
)
CLEANSER_EN = ProductFacts(
    lang="en",
    title="Cloud amino cleanser 120 g",
    name="Cloud cleanser",
    category="face wash",
    brand="Norse",
    audience="students",
    scene="a quick wash before bed",
    attributes=(Attribute("Net weight", "120 g"),),
    selling_points=("soft, dense foam", "no tight feeling afterwards", "a little goes a long way", "no scent"),
    pains=("skin feels tight after washing",),
    price=Price(1490, "USD", 1990),
    offers=("buy two, get one free",),
    proofs=(Proof("patch tested on 30 people", "report 2026-31"),),
)
SHOES_ZH = ProductFacts(
    lang="zh",
    title="轻风跑鞋 透气网面",
    name="轻风跑鞋",
    category="运动鞋",
    audience="爱跑步的",
    scene="下班夜跑",
    attributes=(Attribute("单只重量", "210克"), Attribute("鞋面", "网布")),
    selling_points=("鞋底软，落地不硌脚", "网面透气", "后跟有反光条", "一脚蹬，不用系鞋带"),
    pains=("跑一会儿脚就闷",),
    price=Price(19900, "CNY", 29900),
    offers=("包邮", "七天无理由退换"),
    offer_ends=date(2026, 12, 12),
    call_to_action="点下方链接选码",
)
SHOES_EN = ProductFacts(
    lang="en",
    title="Breeze runner, mesh upper",
    name="Breeze runner",
    category="running shoes",
    audience="runners",
    scene="an evening run after work",
    attributes=(Attribute("Weight", "210 g per shoe"),),
    selling_points=(
        "a soft sole that lands easy",
        "mesh that breathes",
        "a reflective heel strip",
        "slip-on, no laces",
    ),
    pains=("hot feet after one mile",),
    price=Price(7900, "USD", 9900),
    offers=("free returns",),
    offer_ends=date(2026, 12, 12),
    call_to_action="Find your size",
)
