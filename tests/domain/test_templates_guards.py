"""Planted inventions are caught, grounded numbers and harmless contexts are not."""

from datetime import date

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.facts import Attribute, Price, ProductFacts, Proof
from templates_engine.domain.guards import NO_TERMS, blocked_terms, ungrounded

FACTS = ProductFacts(
    lang="zh",
    title="小蓝杯真空保温杯 480ml 双层",
    name="小蓝杯2",
    category="保温杯",
    attributes=(Attribute("容量", "480ml"), Attribute("重量", "260")),
    selling_points=("真空双层,保温12小时", "型号 X200 适配"),
    price=Price(5990, "CNY", 9900),
    offers=("第二件半价",),
    offer_ends=date(2026, 11, 30),
    proofs=(Proof("3项检测合格", "SGS"),),
)


@pytest.mark.parametrize(
    "line",
    [
        "保温12小时", "保温十二个小时", "容量480毫升", "59块9就能带走", "五十九块九", "¥59.9", "划线价99元",
        "九十九块", "11月30日截止",
        "2026年11月30日", "第二件五折", "第二件半价", "小蓝杯2来了", "3项检测合格", "重量260，不沉", "X200也能用",
        "先看第一眼", "来一杯热水", "一下就好",
    ],
)  # fmt: skip
def test_what_the_facts_state_may_be_said(line: str) -> None:
    assert ungrounded(line, FACTS) == ()


@pytest.mark.parametrize(
    ("line", "invented"),
    [
        ("保温24小时", "24小时"), ("保温二十四小时", "二十四小时"), ("只剩12件", "12件"), ("88元带走", "88元"),
        ("八十八块带走", "八十八块"),
        ("9.9包邮", "9.9"), ("8块8", "8块8"), ("12月30日截止", "12月"), ("11月11日截止", "11日"),
        ("全场九折", "九折"), ("质保两年", "两年"),
        ("三年质保", "三年"), ("百分之百满意", "百分之百"), ("99%的人都说好", "99%"), ("九成用户回购", "九成"),
        ("月销过万", "万"),
        ("十万人都在用", "十万人"), ("2年质保", "2年"), ("X300也能用", "x300"), ("省下一半的钱", "一半"),
        ("销量第一", "第一"), ("5星好评", "5星"),
        ("only 5 left", "5 left"), ("save fifty percent", "fifty percent"), ("twice as warm", "twice"),
        ("half the price", "half"),
    ],
)  # fmt: skip
def test_a_planted_number_is_named(line: str, invented: str) -> None:
    assert ungrounded(line, FACTS) == (invented,)


def test_every_invention_of_a_line_is_named() -> None:
    assert ungrounded("原价199元，今天88元，只剩3件", FACTS) == ("199元", "88元", "3件")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全网最低价", ("最",)), ("国 家 级工艺", ("国家级",)), ("销量第一", ("第一", "销量第一")),
        ("ＮＯ．１品牌", ("no.1",)), ("顶级|享受", ("顶级",)),
        ("绝对好用", ("绝对",)), ("根治失眠", ("根治", "失眠")), ("the best mug", ("the best",)),
        ("The World's Best", ("world's best",)),
        ("our cheapest", ("cheapest",)), ("it cures pain", ("cures",)), ("最近最好", ("最",)),
    ],
)  # fmt: skip
def test_absolute_words_are_blocked(text: str, words: tuple[str, ...]) -> None:
    assert blocked_terms(text, current_terms()) == words


@pytest.mark.parametrize(
    "text",
    [
        "最近很忙",
        "最后一步",
        "最高可调三档",
        "第一次用",
        "第一眼",
        "the best part",
        "beastly",
        "secures the lid",
        "无极调光",
        "极其方便",
    ],
)
def test_harmless_contexts_pass(text: str) -> None:
    assert blocked_terms(text, current_terms()) == ()


def test_no_terms_block_nothing() -> None:
    assert blocked_terms("全网最低价", NO_TERMS) == ()


def test_the_rules_say_where_they_come_from() -> None:
    assert current_terms().version == "2026-11-26"
    assert {rule.lang for rule in current_terms().rules} == {"zh", "en"}
    assert all(rule.law and rule.reason.zh and rule.reason.en for rule in current_terms().rules)
    assert all(rule.suggestion.zh and rule.suggestion.en for rule in current_terms().rules)
    assert len({rule.id for rule in current_terms().rules}) == len(current_terms().rules)


def test_a_number_that_cleaning_joins_to_its_unit_is_the_merchants_own() -> None:
    facts = ProductFacts(lang="zh", title="", name="5|l", category="")
    assert ungrounded("5 l", facts) == ()
    assert ungrounded("6 l", facts) == ("6 l",)
