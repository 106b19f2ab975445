"""No sentence of a source video comes out again, and common speech stays free."""

import pytest

from templates_engine.ad_terms import current_terms
from templates_engine.domain.ad_rules import Category
from templates_engine.domain.claims import check_line
from templates_engine.domain.copying import Sources, pairs
from tests.templates_engine.planted_facts import BARE

TERMS = current_terms()
SOURCES = {
    "zh": ("早上出门总是手忙脚乱，根本来不及喝一口热水。", "这杯子我从夏天用到冬天", "真空双层一键开盖"),
    "en": ("I was always running late and never had time for a hot drink.", "This mug went everywhere with me"),
}


@pytest.mark.parametrize(
    ("lang", "line", "copied"),
    [
        ("zh", "早上出门总是手忙脚乱", True),
        ("zh", "根本来不及喝一口热水", True),
        ("zh", "早上出门手忙脚乱，来不及喝口热水", True),
        ("zh", "出门前泡一杯，路上慢慢喝", False),
        ("zh", "点下面看看", False),
        ("zh", "真空双层，一键开盖", False),  # the product's own facts
        ("en", "Always running late and never had time", True),
        ("en", "Running late? Take it along", False),
        ("en", "Shop now", False),
    ],
)
def test_a_line_is_compared_with_every_source_line(lang: str, line: str, copied: bool) -> None:
    found = check_line(line, BARE[lang], TERMS, SOURCES[lang])
    assert (Category.COPY in found.categories) is copied


def test_the_measure() -> None:
    assert pairs("来一杯 热水 hot tea now") == {"来一", "一杯", "杯热", "热水", "hot tea", "tea now"}
    sources = Sources.of(["一二三四五六七八九十", "完全不同的另一句话"])
    assert sources.nearest("一二三四五", "zh") == (1.0, "一二三四五六七八九十")
    assert sources.nearest("一二三四五天地人和", "zh")[0] == pytest.approx(4 / 8)
    assert sources.nearest("一二三四", "zh") == (0.0, "")
    assert sources.nearest("一二三四五", "zh", pairs("一二三四五")) == (0.0, "")
    assert Sources.of([]).nearest("一二三四五", "zh") == (0.0, "")


def test_half_is_still_allowed_and_more_is_not() -> None:
    facts = BARE["zh"]
    assert check_line("甲乙丙丁戊天地人和", facts, TERMS, ("甲乙丙丁戊己庚辛",)).ok
    assert not check_line("甲乙丙丁戊己天地人", facts, TERMS, ("甲乙丙丁戊己庚辛",)).ok
