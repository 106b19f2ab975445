"""A gate that is set wrongly is named before it lets everything through."""

from typing import Any

import pytest

from config.checks import gate_is_set_right


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("GATE", "off", "GATE is 'off'"), ("GATE_TAKES", 0, "GATE_TAKES is 0"), ("BEST_OF", 0, "BEST_OF is 0")],
)
def test_what_is_set_wrongly_is_named(settings: Any, name: str, value: object, says: str) -> None:
    assert gate_is_set_right(None) == []
    setattr(settings, name, value)
    (found,) = gate_is_set_right(None)
    assert found.msg == says
    assert found.hint
