"""Reading a catalogue document (parsed YAML or JSON) into types, strictly.

What is missing, unknown or of the wrong type is an error that names its place, never a default.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from billing.domain.plans import Catalogue, Entitlements, Plan, Rates

FREE = "free"

T = TypeVar("T")


class CatalogueError(ValueError):
    """The document is not a catalogue; the message begins with the place."""


def read_catalogue(document: object) -> Catalogue:
    """The catalogue in ``document``. Raises CatalogueError."""
    top = _table(document, "catalogue", ("version", "currency", "timezone", "rates", "plans"))
    plans = _mapping(top["plans"], "plans")
    return Catalogue(
        version=_text(top["version"], "version"),
        currency=_text(top["currency"], "currency"),
        timezone=_zone(top["timezone"], "timezone"),
        rates=_rates(top["rates"]),
        plans=_ranked([_plan(code, plan) for code, plan in plans.items()]),
    )


def read_entitlements(document: object, place: str = "entitlements") -> Entitlements:
    """The entitlements in ``document``. Raises CatalogueError."""
    table = _table(document, place, [field.name for field in fields(Entitlements)])

    def value(name: str, read: Callable[[object, str], T]) -> T:
        return read(table[name], f"{place}.{name}")

    try:
        return Entitlements(
            watermark=value("watermark", _flag),
            modes=value("modes", _texts),
            max_seconds=value("max_seconds", _count),
            concurrency=value("concurrency", _count),
            queue=value("queue", _text),
            extend=value("extend", _flag),
            reshoot=value("reshoot", _flag),
            camera=value("camera", _text),
            max_height=value("max_height", _count),
            campaigns=value("campaigns", _flag),
            seats=value("seats", _count),
            merchants=value("merchants", _count),
            api=value("api", _flag),
            api_rate=value("api_rate", _text),
            commercial=value("commercial", _flag),
            retention_days=value("retention_days", _count),
        )
    except CatalogueError:
        raise
    except ValueError as error:
        raise CatalogueError(f"{place}: {error}") from None


def _plan(code: str, document: object) -> Plan:
    place = f"plans.{code}"
    table = _table(document, place, ("rank", "price", "credits", "daily_credits", "entitlements"))
    return Plan(
        code=code,
        rank=_count(table["rank"], f"{place}.rank"),
        price_fen=_count(table["price"], f"{place}.price"),
        credits=_count(table["credits"], f"{place}.credits"),
        daily_credits=_count(table["daily_credits"], f"{place}.daily_credits"),
        entitlements=read_entitlements(table["entitlements"], f"{place}.entitlements"),
    )


def _ranked(plans: list[Plan]) -> tuple[Plan, ...]:
    """The plans by rank: the free one first, and each further one dearer and with credits."""
    ranked = sorted(plans, key=lambda plan: plan.rank)
    if not ranked or ranked[0].code != FREE or ranked[0].price_fen:
        raise CatalogueError(f"plans: the lowest rank is the plan {FREE!r} and costs nothing")
    for lower, plan in pairwise(ranked):
        if plan.rank == lower.rank or plan.price_fen <= lower.price_fen:
            raise CatalogueError(f"plans.{plan.code}: a rank of its own and a price above {lower.code}'s, please")
        if plan.credits == 0:
            raise CatalogueError(f"plans.{plan.code}.credits: a paid plan has credits")
    return tuple(ranked)


def _rates(document: object) -> Rates:
    table: dict[str, dict[str, dict[int, int]]] = {}
    for kind, modes in _mapping(document, "rates").items():
        table[kind] = {}
        for mode, prices in _mapping(modes, f"rates.{kind}").items():
            table[kind][mode] = _prices(prices, f"rates.{kind}.{mode}")
    return Rates(table)


def _prices(document: object, place: str) -> dict[int, int]:
    """Seconds to credits. JSON makes texts of the seconds; both are read."""
    prices: dict[int, int] = {}
    for seconds, credits in _mapping(document, place).items():
        if not seconds.isdecimal() or int(seconds) == 0:
            raise CatalogueError(f"{place}: {seconds!r} is not a number of seconds")
        prices[int(seconds)] = _count(credits, f"{place}.{seconds}")
    rising = sorted(prices.items())
    if not rising or any(longer < shorter for (_, shorter), (_, longer) in pairwise(rising)):
        raise CatalogueError(f"{place}: at least one price, and none below that of a shorter shot")
    return prices


def _table(document: object, place: str, names: Iterable[str]) -> Mapping[str, object]:
    """A mapping with exactly these names."""
    table = _mapping(document, place)
    missing, unknown = sorted(set(names) - set(table)), sorted(set(table) - set(names))
    if missing or unknown:
        raise CatalogueError(f"{place}: missing {missing}, unknown {unknown}")
    return table


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise CatalogueError(f"{place}: a mapping is wanted, not {value!r}")
    return {str(key): item for key, item in value.items()}


def _count(value: object, place: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CatalogueError(f"{place}: a whole number from 0 is wanted, not {value!r}")
    return value


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise CatalogueError(f"{place}: true or false is wanted, not {value!r}")
    return value


def _text(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise CatalogueError(f"{place}: a text is wanted, not {value!r}")
    return value


def _texts(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise CatalogueError(f"{place}: a list of texts is wanted, not {value!r}")
    return tuple(_text(item, place) for item in value)


def _zone(value: object, place: str) -> str:
    name = _text(value, place)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise CatalogueError(f"{place}: {name!r} is not an IANA time zone") from None
    return name
