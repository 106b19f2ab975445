"""What is remembered: made once, the last few of it, and nothing of what could not be made."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from generation.remembered import Remembered


def test_it_is_made_once_and_the_least_lately_asked_for_goes_first() -> None:
    made: list[str] = []
    known = Remembered[str](2)

    def ask(key: str) -> str:
        return known.of(key, lambda: made.append(key) or key.upper())  # type: ignore[func-returns-value]

    assert [ask(key) for key in "abacb"] == ["A", "B", "A", "C", "B"]
    assert made == ["a", "b", "c", "b"]


def test_none_is_a_value_and_an_error_is_not() -> None:
    known = Remembered[int | None](2)
    assert known.of("a", lambda: None) is None
    assert known.of("a", lambda: 1) is None
    with pytest.raises(ZeroDivisionError):
        known.of("b", lambda: 1 // 0)
    assert known.of("b", lambda: 2) == 2


def test_threads_may_ask_at_once() -> None:
    known = Remembered[int](2)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: known.of(number % 5, lambda: number % 5), range(2_000)))
    assert found == [number % 5 for number in range(2_000)]
