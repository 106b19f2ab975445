"""Quotes by any catalogue and hour, and the difference of any two catalogues: what must always be true of them."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.catalogue import CatalogueError, read_catalogue
from billing.domain.catalogue_diff import ADDED, REMOVED, Change, changes
from billing.domain.plans import QUEUES, Catalogue, Entitlements, OffPeak, Pack, Plan, Rates
from billing.domain.tariff import LIST, Tariff, tariff_at
from creative.domain.metering import shared

DEFAULT = Path(__file__).parents[2] / "billing" / "catalogue" / "default.yaml"
SHANGHAI = ZoneInfo("Asia/Shanghai")

times = st.times(timezones=st.none()).map(lambda moment: moment.replace(second=0, microsecond=0))
credits = st.integers(0, 10_000)
counts = st.integers(1, 100)
texts = st.text("abcdef", min_size=1, max_size=5)
prices = st.dictionaries(st.integers(1, 30), st.integers(0, 200), min_size=1, max_size=3)
rates = st.builds(Rates, st.dictionaries(texts, st.dictionaries(texts, prices, min_size=1, max_size=2), max_size=2))
entitlements = st.builds(
    Entitlements,
    modes=st.lists(texts, min_size=1, max_size=2).map(tuple),
    max_seconds=counts,
    concurrency=counts,
    queue=st.sampled_from(QUEUES),
    camera=texts,
    max_height=counts,
    seats=counts,
    merchants=counts,
    api_rate=texts,
    retention_days=counts,
)


@st.composite
def off_peaks(draw: st.DrawFn) -> OffPeak:
    starts = draw(times)
    return OffPeak(starts, draw(times.filter(lambda ends: ends != starts)), draw(st.integers(1, 99)))


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    codes = draw(st.sets(texts, max_size=3))
    plans = [
        Plan(code, draw(counts), draw(credits), draw(credits), draw(credits), draw(entitlements)) for code in codes
    ]
    packs = [
        Pack(code, draw(counts), draw(counts), draw(credits), draw(counts)) for code in draw(st.sets(texts, max_size=3))
    ]
    zone = draw(st.sampled_from(["Asia/Shanghai", "UTC", "Asia/Kolkata"]))
    off_peak = draw(st.none() | off_peaks())
    return Catalogue("1", "CNY", zone, draw(rates), tuple(plans), tuple(packs), off_peak)


@cache
def default() -> Catalogue:
    return read_catalogue(yaml.safe_load(DEFAULT.read_text(encoding="utf-8")))


# --- quotes -----------------------------------------------------------------------------------------------------------
@given(st.integers(0, 100_000), st.integers(1, 100))
def test_an_off_peak_price_is_a_part_of_the_list_price(listed: int, percent: int) -> None:
    price = Tariff(Rates({}), percent).reduced(listed)
    assert 0 <= price <= listed
    assert price * 100 >= listed * percent  # never below what was promised to the house
    assert (price == 0) == (listed == 0)  # and never for nothing


@given(st.lists(st.integers(0, 1_000), max_size=20), st.integers(1, 99))
def test_the_sum_of_a_quote_lies_between_its_share_and_the_list(listed: list[int], percent: int) -> None:
    tariff = Tariff(Rates({}), percent)
    quote = sum(map(tariff.reduced, listed))
    assert percent * sum(listed) <= 100 * quote <= percent * sum(listed) + 99 * len(listed)
    assert quote <= sum(listed)


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.datetimes(timezones=st.just(UTC)))
def test_a_longer_shot_never_costs_less_at_any_hour(one: int, other: int, moment: datetime) -> None:
    tariff = tariff_at(default(), moment)
    short, long = sorted((one, other))
    assert 0 < tariff.cost(duration_ms=short) <= tariff.cost(duration_ms=long)
    assert tariff.cost(duration_ms=short) <= tariff.rates.cost(duration_ms=short)


@settings(max_examples=30)
@given(catalogues(), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_hours_are_those_of_the_zone_and_end_when_they_say(catalogue: Catalogue, moment: datetime) -> None:
    tariff = tariff_at(catalogue, moment)
    zone = ZoneInfo(catalogue.timezone)
    hours = catalogue.off_peak
    assert tariff.off_peak == (hours is not None and hours.covers(moment.astimezone(zone).time()))
    if tariff.until is None:
        assert tariff.percent == LIST
        return
    assert moment < tariff.until
    assert tariff.until.astimezone(zone).time() == hours.ends
    # At most a day, and an hour more where clocks are put back.
    assert tariff.until - moment <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("hour", "minute", "percent"), [(23, 59, 100), (0, 0, 50), (7, 59, 50), (8, 0, 100), (12, 0, 100)]
)
def test_the_default_hours_in_shanghai(hour: int, minute: int, percent: int) -> None:
    tariff = tariff_at(default(), datetime(2026, 11, 26, hour, minute, tzinfo=SHANGHAI).astimezone(UTC))
    assert tariff.percent == percent
    assert tariff.until == (datetime(2026, 11, 26, 8, tzinfo=SHANGHAI) if percent == 50 else None)


def test_a_night_that_crosses_midnight() -> None:
    catalogue = replace(default(), off_peak=OffPeak(time(22), time(6, 30), 40))
    evening = tariff_at(catalogue, datetime(2026, 12, 31, 23, tzinfo=SHANGHAI))
    assert (evening.percent, evening.until) == (40, datetime(2027, 1, 1, 6, 30, tzinfo=SHANGHAI))
    assert tariff_at(catalogue, datetime(2027, 1, 1, 6, 30, tzinfo=SHANGHAI)) == Tariff(catalogue.rates)
    assert evening.cost(mode="pro", duration_ms=5_000) == 14


def test_when_clocks_are_put_back_the_hours_end_later() -> None:
    catalogue = replace(default(), timezone="America/New_York", off_peak=OffPeak(time(0), time(1, 45), 50))
    first, second = (datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (5, 6))  # both are 1:30 in New York
    assert tariff_at(catalogue, first).until == datetime(2026, 11, 1, 5, 45, tzinfo=UTC)
    assert tariff_at(catalogue, second).until == datetime(2026, 11, 1, 6, 45, tzinfo=UTC)


def test_no_pack_beats_the_best_plan_per_fen() -> None:
    sold = default()
    best = max(plan.credits / plan.price_fen for plan in sold.plans if plan.price_fen)
    assert all((pack.credits + pack.bonus) / pack.price_fen <= best for pack in sold.packs)


# --- differences ------------------------------------------------------------------------------------------------------
@settings(max_examples=30)
@given(catalogues())
def test_nothing_differs_from_itself(catalogue: Catalogue) -> None:
    assert changes(catalogue, catalogue) == ()
    assert changes(catalogue, replace(catalogue, version="2")) == ()


@settings(max_examples=30)
@given(catalogues(), catalogues())
def test_every_difference_is_said_once_and_leads_to_the_new_catalogue(old: Catalogue, new: Catalogue) -> None:
    found = changes(old, new)
    assert len({(one.part, one.subject, one.field) for one in found}) == len(found)
    assert all(one.before != one.after for one in found)
    assert applied(old, found) == flat(new)


@settings(max_examples=30)
@given(catalogues(), catalogues())
def test_the_way_back_undoes_the_way_there(old: Catalogue, new: Catalogue) -> None:
    there = {(one.part, one.subject, one.field): (one.before, one.after) for one in changes(old, new)}
    turned = {ADDED: REMOVED, REMOVED: ADDED}
    back = {
        (one.part, one.subject, turned.get(one.field, one.field)): (one.after, one.before) for one in changes(new, old)
    }
    assert there == back


def flat(catalogue: Catalogue) -> dict[tuple[str, str, str], object]:
    """Everything that a catalogue says, one value per place; written apart from what is tested."""
    said: dict[tuple[str, str, str], object] = {
        ("catalogue", "currency", "value"): catalogue.currency,
        ("catalogue", "timezone", "value"): catalogue.timezone,
        ("off_peak", "hours", "value"): catalogue.off_peak,
    }
    for part, things in (("plan", catalogue.plans), ("pack", catalogue.packs)):
        for thing in things:
            said |= {(part, thing.code, name): value for name, value in _values(thing).items()}
    for kind, modes in catalogue.rates.table.items():
        for mode, table in modes.items():
            said |= {("rate", f"{kind}/{mode}", f"{seconds} s"): price for seconds, price in table.items()}
    return said


def _values(thing: Plan | Pack) -> Mapping[str, Any]:
    values = {field.name: getattr(thing, field.name) for field in fields(thing) if field.name != "code"}
    return values | asdict(values.pop("entitlements")) if "entitlements" in values else values


def applied(old: Catalogue, found: tuple[Change, ...]) -> dict[tuple[str, str, str], object]:
    said = flat(old)
    for change in found:
        place = (change.part, change.subject)
        if change.field == ADDED:
            said |= {(*place, name): value for name, value in _values(change.after).items()}
        elif change.field == REMOVED:
            said = {key: value for key, value in said.items() if key[:2] != place}
        elif change.after is None and change.part == "rate":
            del said[*place, change.field]
        else:
            said[*place, change.field] = change.after
    return said


# --- the label --------------------------------------------------------------------------------------------------------
@given(st.sampled_from(["ai_label", "AI-Label", "no_label", "aigc", "aigc_off", "ai-mark", "AI_MARK_OFF"]), st.data())
def test_no_name_anywhere_speaks_of_the_label(name: str, data: st.DataObject) -> None:
    document = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    tables = [document, document["packs"], document["plans"], document["rates"], document["plans"]["gold"]]
    tables.append(document["plans"]["diamond"]["entitlements"])
    tables[data.draw(st.integers(0, len(tables) - 1))][name] = True
    with pytest.raises(CatalogueError, match="the AI label is not for sale"):
        read_catalogue(document)


# --- sharing ----------------------------------------------------------------------------------------------------------
@given(st.integers(0, 5_000), st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_shared_credits_add_up(total: int, weights: list[int]) -> None:
    parts = shared(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert min(parts) >= 0
    if sum(weights):
        assert all(
            abs(part * sum(weights) - total * weight) < sum(weights)
            for part, weight in zip(parts, weights, strict=True)
        )


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30).filter(any))
def test_what_was_paid_in_full_is_shared_as_it_cost(weights: list[int]) -> None:
    assert shared(sum(weights), weights) == tuple(weights)


def test_who_bears_nothing() -> None:
    assert shared(0, []) == ()
    assert shared(3, [0, 0]) == (2, 1)
    with pytest.raises(ValueError, match="no shot"):
        shared(3, [])
    with pytest.raises(ValueError, match="never negative"):
        shared(-1, [1])
    with pytest.raises(ValueError, match="never negative"):
        shared(1, [1, -1])
