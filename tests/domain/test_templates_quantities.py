"""Numbers in Chinese and English text: value, unit, and what only looks like a number."""

from fractions import Fraction

import pytest

from templates_engine.domain.numerals import zh_value
from templates_engine.domain.quantities import quantities


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("零", 0), ("十", 10), ("十二", 12), ("二十", 20), ("九十九", 99), ("一百零五", 105), ("三百二", 320),
        ("一千二", 1200),
        ("两千零五十", 2050), ("两万三", 23_000), ("三万五千", 35_000), ("一亿两千万", 120_000_000),
        ("二〇二六", 2026),
        ("半", Fraction(1, 2)), ("一半", Fraction(1, 2)), ("十半", Fraction(21, 2)),
    ],
)  # fmt: skip
def test_chinese_numerals(numeral: str, value: Fraction) -> None:
    assert zh_value(numeral) == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("保温12小时", [("12", "hour")]),
        ("十二个小时", [("12", "hour")]),
        ("hot for 12h", [("12", "hour")]),
        ("hot for twelve hours", [("12", "hour")]),
        ("480ml", [("480", "ml")]),
        ("480 毫升", [("480", "")]),
        ("8块9", [("89/10", "CNY")]),
        ("8块9毛9", [("899/100", "CNY")]),
        ("12块50", [("25/2", "CNY")]),
        ("九十九元", [("99", "CNY")]),
        ("八块九", [("89/10", "CNY")]),
        ("两百三十元", [("230", "CNY")]),
        ("¥59.9", [("599/10", "CNY")]),
        ("￥５９", [("59", "CNY")]),
        ("1,299元", [("1299", "CNY")]),
        ("$24.99", [("2499/100", "USD")]),
        ("USD 25", [("25", "USD")]),
        ("半价", [("5", "off")]),
        ("五折", [("5", "off")]),
        ("百分之九十", [("90", "%")]),
        ("百分百", [("100", "%")]),
        ("save 10%", [("10", "%")]),
        ("3万+好评", [("30000", "")]),
        ("月销过万", [("10000", "")]),
        ("上百人", [("100", "person")]),
        ("三点五倍", [("7/2", "times")]),
        ("half the price", [("1/2", "the")]),
        ("only 3 left", [("3", "left")]),
        ("one year warranty", [("1", "year")]),
        ("一年质保", [("1", "year")]),
        ("销量第一", [("1", "rank")]),
        ("11月30日", [("11", "calendar month"), ("30", "calendar day")]),
        ("November 30th", [("11", "calendar month"), ("30", "calendar day")]),
        ("30 Nov", [("30", "calendar day"), ("11", "calendar month")]),
        ("第二件半价", [("2", "piece"), ("5", "off")]),
        ("型号 X200", [("None", "x200")]),
    ],
)
def test_values_and_units(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(number.value), number.unit) for number in quantities(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "试一下", "第一眼", "来一杯", "一款好杯子", "一家人", "十分好看", "万一漏水", "百搭", "一点都不贵",
        "这一点", "一起", "星期一", "半天",
        "this one", "one more thing", "one day", "you may like it", "often", "someone",
    ],
)  # fmt: skip
def test_set_phrases_are_no_numbers(text: str) -> None:
    assert quantities(text) == ()


def test_a_tab_or_a_line_break_before_a_unit_is_a_space() -> None:
    assert quantities("5\tg") == quantities("5\ng") == quantities("5 g")
