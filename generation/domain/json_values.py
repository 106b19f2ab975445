"""Plain JSON values taken for what they have to be. Checked, not trusted: every error names the item."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeGuard, TypeVar

from generation.domain.timeline import TimelineInvalid

Json = Mapping[str, object]
Kind = TypeVar("Kind", bound=StrEnum)


def mapping(value: object, where: str) -> Json:
    """Raises ``TimelineInvalid``, as all of these do."""
    if not isinstance(value, Mapping):
        raise TimelineInvalid(f"{where} must be an object, not {type(value).__name__}")
    return value


def items(document: Json, name: str, where: str = "timeline", default: object = None) -> list[Json]:
    """A list of objects. ``default`` stands in for a field that older documents do not have."""
    values = document.get(name, default)
    if not isinstance(values, (list, tuple)):
        raise TimelineInvalid(f"{where}: {name} must be a list, not {type(values).__name__}")
    return [mapping(value, f"each of {name}") for value in values]


def text(document: Json, name: str, where: str = "timeline", default: object = None) -> str:
    value = document.get(name, default)
    if not isinstance(value, str):
        raise TimelineInvalid(f"{where}: {name} must be text, not {type(value).__name__}")
    return str(value)  # an enum member of str becomes its plain value


def whole(document: Json, name: str, where: str, default: object = None) -> int:
    value = document.get(name, default)
    if not is_whole(value):
        raise TimelineInvalid(f"{where}: {name} must be a whole number, not {value!r}")
    return value


def flag(document: Json, name: str, where: str) -> bool:
    """False where older documents do not have it."""
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise TimelineInvalid(f"{where}: {name} must be true or false, not {value!r}")
    return value


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def one_of(kinds: type[Kind], document: Json, name: str, where: str) -> Kind:
    value = text(document, name, where)
    if value not in set(kinds):
        raise TimelineInvalid(f"{where}: {name} is one of {', '.join(kinds)}, not {value!r}")
    return kinds(value)
