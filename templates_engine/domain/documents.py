"""Reading parsed JSON or YAML without trusting its shape: each function returns the value or raises TypeError."""

from collections.abc import Mapping, Sequence

# What reading a malformed document can raise: readers turn these into the error of their own type.
UNREADABLE = (KeyError, TypeError, ValueError)


def mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"{value!r}, which should be a mapping")
    return value


def items(value: object) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r}, which should be a list")
    return value


def text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}, which should be text")
    return value


def texts(value: object) -> tuple[str, ...]:
    return tuple(text(item) for item in items(value))


def number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r}, which should be a number")
    return value


def integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r}, which should be a whole number")
    return value


def truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{value!r}, which should be true or false")
    return value
