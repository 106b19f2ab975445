"""Reading a catalogue document (parsed YAML or JSON) into types, strictly.

What is missing, unknown or of the wrong type is an error that names its place, never a default.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import time
from itertools import pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from billing.domain.plans import CAMERAS, Catalogue, Entitlements, OffPeak, Pack, Plan, Rates
from billing.domain.rate import parse as parse_rate

FREE = "free"
PARTS = ("version", "currency", "timezone", "rates", "plans")
OPTIONAL = ("packs", "off_peak")  # catalogues from before these were sold have none
# The mark that says "made by AI" is the law's, not ours: Measures for Labelling AI-Generated Synthetic Content (CAC and
# others, in force 2025-09-01), articles 4, 5 and 9. Nobody pays to be rid of it, so no name may even speak of it.
NOT_FOR_SALE = ("label", "aigc", "ai_mark")

T = TypeVar("T")


class CatalogueError(ValueError):
    """The document is not a catalogue; the message begins with the place."""


def read_catalogue(document: object) -> Catalogue:
    """The catalogue in ``document``. Raises CatalogueError."""
    _refuse_labels(document, "catalogue")
    top = _table(document, "catalogue", PARTS, OPTIONAL)
    plans = _mapping(top["plans"], "plans")
    return Catalogue(
        version=_text(top["version"], "version"),
        currency=_text(top["currency"], "currency"),
        timezone=_zone(top["timezone"], "timezone"),
        rates=_rates(top["rates"]),
        plans=_ranked([_plan(code, plan) for code, plan in plans.items()]),
        packs=_packs(top.get("packs") or {}),
        off_peak=None if top.get("off_peak") is None else _off_peak(top["off_peak"]),
    )


def read_entitlements(document: object, place: str = "entitlements") -> Entitlements:
    """The entitlements in ``document``. Raises CatalogueError."""
    _refuse_labels(document, place)
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
            camera=value("camera", _camera),
            max_height=value("max_height", _count),
            campaigns=value("campaigns", _flag),
            seats=value("seats", _count),
            merchants=value("merchants", _count),
            api=value("api", _flag),
            api_rate=value("api_rate", _rate),
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


def _packs(document: object) -> tuple[Pack, ...]:
    """The packs by price; a dearer one gives more credits, and none fewer per fen than a cheaper one."""
    packs = []
    for code, entry in _mapping(document, "packs").items():
        place = f"packs.{code}"
        table = _table(entry, place, ("price", "credits", "bonus", "days"))
        counts = {name: _count(table[name], f"{place}.{name}") for name in ("price", "credits", "bonus", "days")}
        if not (counts["price"] and counts["credits"] and counts["days"]):
            raise CatalogueError(f"{place}: a pack has a price, credits and days above 0")
        packs.append(Pack(code, counts["price"], counts["credits"], counts["bonus"], counts["days"]))
    packs.sort(key=lambda pack: pack.price_fen)
    for smaller, pack in pairwise(packs):
        if pack.price_fen == smaller.price_fen:
            raise CatalogueError(f"packs.{pack.code}: a price of its own, please: {smaller.code} costs the same")
        whole, part = pack.credits + pack.bonus, smaller.credits + smaller.bonus
        if whole * smaller.price_fen < part * pack.price_fen:
            raise CatalogueError(f"packs.{pack.code}: dearer per credit than the smaller pack {smaller.code}")
    return tuple(packs)


def _off_peak(document: object) -> OffPeak:
    table = _table(document, "off_peak", ("from", "to", "percent"))
    starts, ends = (_time(table[name], f"off_peak.{name}") for name in ("from", "to"))
    try:
        return OffPeak(starts, ends, _count(table["percent"], "off_peak.percent"))
    except CatalogueError:
        raise
    except ValueError as error:
        raise CatalogueError(f"off_peak: {error}") from None


def _time(value: object, place: str) -> time:
    """A time of day. It must be quoted: YAML takes a bare 8:00 for the number 480."""
    text = value if isinstance(value, str) else ""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise CatalogueError(f'{place}: a time of day in quotes is wanted, such as "08:00", not {value!r}')
    if int(hours) > 23 or int(minutes) > 59:
        raise CatalogueError(f"{place}: there is no {text} on a clock")
    return time(int(hours), int(minutes))


def _refuse_labels(document: object, place: str) -> None:
    """Raises CatalogueError where anything in ``document`` is named after the AI label."""
    if not isinstance(document, Mapping):
        return
    for key, value in document.items():
        name = str(key).casefold().replace("-", "_")
        if any(word in name for word in NOT_FOR_SALE):
            raise CatalogueError(
                f"{place}.{key}: the AI label is not for sale. The law asks for it on every ad of every plan; "
                "take this entry out (the brand mark is `watermark`)"
            )
        _refuse_labels(value, f"{place}.{key}")


def _table(document: object, place: str, names: Iterable[str], optional: Iterable[str] = ()) -> Mapping[str, object]:
    """A mapping with exactly these names, and perhaps the optional ones."""
    table = _mapping(document, place)
    missing, unknown = sorted(set(names) - set(table)), sorted(set(table) - set(names) - set(optional))
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


def _rate(value: object, place: str) -> str:
    text = _text(value, place)
    try:
        parse_rate(text)
    except ValueError as error:
        raise CatalogueError(f"{place}: {error}") from None
    return text


def _camera(value: object, place: str) -> str:
    text = _text(value, place)
    if text not in CAMERAS:
        raise CatalogueError(f"{place}: one of {', '.join(CAMERAS)} is wanted, not {text!r}")
    return text


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
