"""The grammar of sentence patterns."""

import pytest

from templates_engine.domain.errors import TemplateInvalid
from templates_engine.domain.patterns import HookType, Pattern, Slot, SlotType, put_in, slot_names, without_slots


def test_slots_and_optional_clauses() -> None:
    pattern = Pattern.parse("{point}，还有{point2}[，只要{price}]。", hook_type=HookType.OFFER, caption="{point}")
    assert pattern.slots == (
        Slot("point", SlotType.POINT, required=True),
        Slot("point2", SlotType.POINT, required=True),
        Slot("price", SlotType.PRICE, required=False),
    )
    assert list(pattern.variants()) == ["{point}，还有{point2}，只要{price}。", "{point}，还有{point2}。"]
    assert (pattern.support, pattern.hook_type, pattern.caption) == (0, HookType.OFFER, "{point}")


def test_two_clauses_make_four_variants_the_fullest_first() -> None:
    assert list(Pattern.parse("[a ]b[ c]").variants()) == ["a b c", "a b", "b c", "b"]


def test_a_slot_inside_and_outside_a_clause_is_required() -> None:
    assert Pattern.parse("{name}[，{name}]").slots == (Slot("name", SlotType.NAME, required=True),)


def test_words() -> None:
    assert slot_names("{list_price} {price} {price}") == ("list_price", "price")
    assert put_in("{name}，{price}", {"name": "小蓝杯", "price": "59元"}) == "小蓝杯，59元"
    assert without_slots("试试|{name}[，{price}]。") == "试试 ， 。"


@pytest.mark.parametrize("text", ["{nam}", "{name", "name}", "[{name}", "a]", "[a[b]]", "{Name}", "{}"])
def test_broken_patterns_are_refused(text: str) -> None:
    with pytest.raises(TemplateInvalid, match="pattern"):
        Pattern.parse(text)


def test_a_caption_uses_only_slots_of_its_text() -> None:
    with pytest.raises(TemplateInvalid, match="price"):
        Pattern.parse("{name}", caption="{price}")
