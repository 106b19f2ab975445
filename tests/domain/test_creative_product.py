"""The facts of a product: what is accepted, and that every problem is named with its path."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creative.domain.fields import clean_text
from creative.domain.product import FactsInvalid, ProductDraft, parse_product
from templates_engine.domain.facts import Attribute, Proof

FULL = {
    "category": "保温杯",
    "brand": "北杯",
    "price": "129.00",
    "list_price": 199,
    "currency": "CNY",
    "offer_ends": date(2026, 12, 12),
    "external_id": "SKU-1",
    "zh": {
        "title": "北杯 480ml 真空保温杯",
        "name": "北杯",
        "category": "保温杯",
        "audience": "通勤族",
        "scene": "早高峰地铁",
        "selling_points": ["真空双层", " 保温\t12 小时 "],
        "pains": ["水凉得快"],
        "offers": ["买一送杯刷"],
        "attributes": [{"name": "容量", "value": "480ml"}],
        "proofs": [{"text": "通过食品接触检测", "evidence": "报告 2026-118"}],
        "call_to_action": "点下面看看",
    },
    "en": {"title": "NORTHMUG thermos", "name": "NORTHMUG"},
}


def problems_of(given_: object) -> list[tuple[str, str]]:
    with pytest.raises(FactsInvalid) as caught:
        parse_product(given_)
    return [(problem.path, problem.en) for problem in caught.value.problems]


def test_a_whole_product_is_read_exactly():
    draft = parse_product(FULL)
    assert (draft.category, draft.brand, draft.currency) == ("保温杯", "北杯", "CNY")
    assert (draft.price, draft.list_price) == (12900, 19900)
    assert draft.offer_ends == date(2026, 12, 12)
    assert [text.lang for text in draft.texts] == ["zh", "en"]
    zh = draft.texts[0]
    assert zh.selling_points == ("真空双层", "保温 12 小时")
    assert zh.attributes == (Attribute("容量", "480ml"),)
    assert zh.proofs == (Proof("通过食品接触检测", "报告 2026-118"),)


def test_the_least_product_needs_a_category_and_one_language():
    draft = parse_product({"category": "thermos", "en": {"title": "T", "name": "N"}})
    assert draft == ProductDraft(category="thermos", texts=draft.texts)
    assert draft.texts[0].lang == "en"


@pytest.mark.parametrize(
    ("value", "fen"),
    [("129.00", 12900), ("0.01", 1), (66, 6600), (8.9, 890), (129.99, 12999), ("1e2", 10000), (" 7 ", 700), ("", None)],
)
def test_prices_become_integer_fen(value: object, fen: int | None):
    assert parse_product(FULL | {"price": value, "list_price": None}).price == fen


@pytest.mark.parametrize("value", ["¥129", "1,299", "129.001", True, [], "nan", "inf", {"a": 1}])
def test_a_price_that_is_no_number_is_refused(value: object):
    assert problems_of(FULL | {"price": value, "list_price": None}) == [
        ("price", "write a number with at most two decimals, like 129.00")
    ]


@pytest.mark.parametrize("value", [0, -5, "10000000.01"])
def test_a_price_out_of_range_is_refused(value: object):
    assert problems_of(FULL | {"price": value, "list_price": None}) == [
        ("price", "must be above 0 and at most 10000000")
    ]


def test_a_list_price_must_be_above_the_price():
    assert problems_of(FULL | {"list_price": "129"}) == [("list_price", "must be above the price: else leave it out")]
    assert problems_of(FULL | {"price": None}) == [("price", "a list price needs a price beside it")]


def test_every_problem_is_named_at_once_with_its_path():
    wrong = {
        "categry": "保温杯",
        "currency": "XYZ",
        "offer_ends": "12.12.2026",
        "zh": {
            "name": "x" * 41,
            "selling_points": ["ok", 5, True, "y" * 61],
            "pains": "一句话",
            "offers": ["1", "2", "3", "4", "5"],
            "attributes": ["480ml", {"name": "容量", "valu": "1"}],
            "color": "red",
        },
        "en": "text",
    }
    assert problems_of(wrong) == [
        ("categry", "unknown key: did you mean 'category'?"),
        ("category", "is required"),
        ("currency", "choose one of CNY, USD, EUR, GBP, JPY, HKD, SGD"),
        ("offer_ends", "write a date like 2026-12-31"),
        (
            "zh.color",
            "unknown key: known are title, name, category, audience, scene, selling_points, pains, offers, attributes, "
            "proofs, call_to_action",
        ),
        ("zh.title", "is required"),
        ("zh.name", "at most 40 characters, not 41"),
        ("zh.selling_points.2", "give a text"),
        ("zh.selling_points.3", "at most 60 characters, not 61"),
        ("zh.pains", "give a list"),
        ("zh.offers", "at most 4 items, there are 5"),
        ("zh.attributes.0", "give name and value"),
        ("zh.attributes.1.valu", "unknown key: did you mean 'value'?"),
        ("zh.attributes.1.value", "is required"),
        ("en", "give a mapping with title, name ..."),
    ]


@pytest.mark.parametrize("given_", [None, [], "category: x", 3])
def test_what_is_no_mapping_is_refused(given_: object):
    assert problems_of(given_) == [("product", "give a mapping with category, zh, en ...")]


def test_a_product_without_any_language_is_refused():
    assert problems_of({"category": "x"}) == [("zh", "give the facts in at least one language (zh or en)")]


def test_the_chinese_message_names_the_same_places():
    with pytest.raises(FactsInvalid) as caught:
        parse_product({"category": "", "zh": {"title": "T", "name": "N"}})
    assert caught.value.zh == "category：必填"
    assert caught.value.en == str(caught.value) == "category: is required"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
KEYS = [*FULL, "zh", "en", "nonsense"]


@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=9))
def test_no_input_gets_past_the_limits_or_breaks_the_reader(anything: dict[str, object]):
    try:
        draft = parse_product(anything)
    except FactsInvalid:
        assert problems_of(anything)
        return
    assert 0 < len(draft.category) <= 40
    assert draft.texts
    assert draft.price is None or draft.price > 0


@given(st.text(max_size=60))
def test_clean_text_is_one_line_and_stays_as_it_is(text: str):
    cleaned = clean_text(text)
    assert cleaned == clean_text(cleaned) == cleaned.strip()
    assert not set(cleaned) & set("\n\r\t\x00\u2028")
