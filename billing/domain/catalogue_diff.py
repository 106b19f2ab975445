"""What differs between two catalogues, as a reviewer reads it: one change per line. Plain Python, no I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from billing.domain.plans import Catalogue, OffPeak, Pack, Plan, Rates

ADDED, REMOVED = "added", "removed"


@dataclass(frozen=True)
class Change:
    """``part`` is catalogue, plan, pack, rate or off_peak; ``subject`` which of them, ``field`` what of it.

    ``field`` is ``added`` or ``removed`` where the whole subject came or went; then ``before`` or ``after`` is None.
    """

    part: str
    subject: str
    field: str
    before: object
    after: object


def changes(old: Catalogue | None, new: Catalogue) -> tuple[Change, ...]:
    """Every change from ``old`` (None: nothing was on sale) to ``new``, in the order of the catalogue."""
    return tuple(_all(old, new))


def _all(old: Catalogue | None, new: Catalogue) -> Iterator[Change]:
    for name in ("currency", "timezone"):
        before, after = getattr(old, name, None), getattr(new, name)
        if before != after:
            yield Change("catalogue", name, "value", before, after)
    yield from _things("plan", {plan.code: plan for plan in old.plans} if old else {}, {p.code: p for p in new.plans})
    yield from _things("pack", {pack.code: pack for pack in old.packs} if old else {}, {p.code: p for p in new.packs})
    yield from _rates(old.rates if old else Rates({}), new.rates)
    before, after = old.off_peak if old else None, new.off_peak
    if before != after:
        yield Change("off_peak", "hours", "value", before, after)


def _things(part: str, old: Mapping[str, Plan | Pack], new: Mapping[str, Plan | Pack]) -> Iterator[Change]:
    for code, thing in new.items():
        if code not in old:
            yield Change(part, code, ADDED, None, thing)
            continue
        before, after = _flat(old[code]), _flat(thing)
        for field, value in after.items():
            if before[field] != value:
                yield Change(part, code, field, before[field], value)
    for code, thing in old.items():
        if code not in new:
            yield Change(part, code, REMOVED, thing, None)


def _flat(thing: Plan | Pack) -> dict[str, object]:
    """The fields of an offer, a plan's entitlements among them."""
    fields: dict[str, object] = asdict(thing)
    fields.pop("code")
    entitlements = fields.pop("entitlements", None)
    return fields | (entitlements if isinstance(entitlements, dict) else {})


def _rates(old: Rates, new: Rates) -> Iterator[Change]:
    before, after = _prices(old), _prices(new)
    for key in sorted(before | after):
        if before.get(key) != after.get(key):
            kind, mode, seconds = key
            yield Change("rate", f"{kind}/{mode}", f"{seconds} s", before.get(key), after.get(key))


def _prices(rates: Rates) -> dict[tuple[str, str, int], int]:
    return {
        (kind, mode, seconds): credits
        for kind, modes in rates.table.items()
        for mode, prices in modes.items()
        for seconds, credits in prices.items()
    }


def off_peak_words(hours: object) -> str:
    """Such as ``00:00-08:00 at 50 %``."""
    if not isinstance(hours, OffPeak):
        return "none"
    return f"{hours.starts:%H:%M}-{hours.ends:%H:%M} at {hours.percent} %"
