"""What work costs, and what the default catalogue offers."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import billing
from billing.domain.catalogue import CatalogueError, read_catalogue, read_entitlements
from billing.domain.plans import Catalogue, Rates

DEFAULT = Path(billing.__file__).parent / "catalogue" / "default.yaml"
MISSING = object()


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalogue(document: dict[str, object]) -> Catalogue:
    return read_catalogue(document)


def test_the_offer(catalogue: Catalogue) -> None:
    assert [(plan.code, plan.rank, plan.price_fen, plan.credits, plan.daily_credits) for plan in catalogue.plans] == [
        ("free", 0, 0, 0, 66),
        ("gold", 1, 6_600, 660, 0),
        ("platinum", 2, 26_600, 3_000, 0),
        ("diamond", 3, 66_600, 8_000, 0),
    ]


def test_a_better_plan_is_better_in_everything(catalogue: Catalogue) -> None:
    ranked = [plan.entitlements for plan in catalogue.plans]
    for name in ("max_seconds", "concurrency", "max_height", "seats", "merchants", "retention_days", "priority"):
        values = [getattr(entitlements, name) for entitlements in ranked]
        assert values == sorted(values), name
    paid = catalogue.plans[1:]
    assert [plan.price_fen / plan.credits for plan in paid] == sorted(
        (p.price_fen / p.credits for p in paid), reverse=True
    )
    assert [entitlements.watermark for entitlements in ranked] == [True, False, False, False]
    assert [entitlements.concurrency for entitlements in ranked] == [1, 2, 5, 10]
    assert [entitlements.priority for entitlements in ranked] == [0, 10, 20, 30]


@pytest.mark.parametrize(
    ("kind", "mode", "duration_ms", "credits"),
    [
        ("i2v", "std", 1, 10),
        ("i2v", "std", 5_000, 10),
        ("i2v", "std", 5_001, 20),
        ("i2v", "std", 10_000, 20),
        ("i2v", "std", 10_001, 30),
        ("i2v", "std", 15_000, 30),
        ("i2v", "std", 20_001, 50),
        ("i2v", "pro", 5_000, 35),
        ("i2v", "pro", 12_000, 105),
        ("extend", "std", 7_000, 20),
        ("reshoot", "pro", 3_000, 35),
    ],
)
def test_what_a_shot_costs(catalogue: Catalogue, kind: str, mode: str, duration_ms: int, credits: int) -> None:
    assert catalogue.rates.cost(kind, mode, duration_ms=duration_ms) == credits


@given(seconds=st.integers(1, 100), more=st.integers(0, 50))
def test_a_longer_shot_never_costs_less(seconds: int, more: int) -> None:
    rates = Rates({"i2v": {"std": {3: 7, 5: 10, 8: 13}}})
    assert rates.cost(duration_ms=(seconds + more) * 1000) >= rates.cost(duration_ms=seconds * 1000)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "i2v", "mode": "ultra", "duration_ms": 5_000}, "no price for 'i2v' in mode 'ultra'"),
        ({"kind": "song", "mode": "std", "duration_ms": 5_000}, "no price for 'song'"),
        ({"duration_ms": 0}, "longer than 0 ms"),
    ],
)
def test_what_has_no_price(catalogue: Catalogue, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        catalogue.rates.cost(**arguments)


def changed(document: object, path: str, value: object) -> object:
    """A copy of a document with one place set, or removed if the value is MISSING."""
    name, _, rest = path.partition("/")
    copy = dict(document)
    if rest:
        copy[name] = changed(copy[name], rest, value)
    elif value is MISSING:
        del copy[name]
    else:
        copy[name] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("version", MISSING, r"catalogue: missing \['version'\], unknown \[\]"),
        ("discount", 5, r"catalogue: missing \[\], unknown \['discount'\]"),
        ("version", 2026, "version: a text is wanted, not 2026"),
        ("currency", "", "currency: a text is wanted"),
        ("timezone", "Asia/Atlantis", "timezone: 'Asia/Atlantis' is not an IANA time zone"),
        ("timezone", "../etc/passwd", "timezone: '../etc/passwd' is not an IANA time zone"),
        ("plans", ["gold"], "plans: a mapping is wanted"),
        ("plans/free", MISSING, "plans: the lowest rank is the plan 'free'"),
        ("plans/free/price", 1, "plans: the lowest rank is the plan 'free'"),
        ("plans/gold/price", 66.0, "plans.gold.price: a whole number from 0 is wanted, not 66.0"),
        ("plans/gold/credits", -1, "plans.gold.credits: a whole number from 0"),
        ("plans/gold/credits", True, "plans.gold.credits: a whole number from 0"),
        ("plans/gold/credits", 0, "plans.gold.credits: a paid plan has credits"),
        ("plans/gold/rank", 2, "plans.platinum: a rank of its own"),
        ("plans/gold/price", 26_600, "plans.platinum: a rank of its own and a price above gold's"),
        ("plans/gold/entitlements/watermark", "no", "plans.gold.entitlements.watermark: true or false is wanted"),
        ("plans/gold/entitlements/modes", [], "plans.gold.entitlements.modes: a list of texts"),
        ("plans/gold/entitlements/modes", "std", "plans.gold.entitlements.modes: a list of texts"),
        ("plans/gold/entitlements/modes", [5], "plans.gold.entitlements.modes: a text is wanted"),
        ("plans/gold/entitlements/queue", "vip", "plans.gold.entitlements: queue is one of free, standard"),
        ("plans/gold/entitlements/seats", MISSING, r"plans.gold.entitlements: missing \['seats'\]"),
        ("rates/i2v", 10, "rates.i2v: a mapping is wanted"),
        ("rates/i2v/std", {}, "rates.i2v.std: at least one price"),
        ("rates/i2v/std", {"five": 10}, "rates.i2v.std: 'five' is not a number of seconds"),
        ("rates/i2v/std", {0: 10}, "rates.i2v.std: '0' is not a number of seconds"),
        ("rates/i2v/std", {5: 10, 10: 9}, "none below that of a shorter shot"),
    ],
)
def test_a_wrong_catalogue_names_the_place(document: object, path: str, value: object, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        read_catalogue(changed(document, path, value))


def test_something_else_is_no_catalogue() -> None:
    for nonsense in (None, "gold", [1, 2]):
        with pytest.raises(CatalogueError, match="catalogue: a mapping is wanted"):
            read_catalogue(nonsense)


def test_entitlements_come_back_as_they_were_stored(catalogue: Catalogue) -> None:
    from dataclasses import asdict

    for plan in catalogue.plans:
        stored = asdict(plan.entitlements)
        stored["modes"] = list(stored["modes"])  # as JSON has it
        assert read_entitlements(stored) == plan.entitlements


def test_a_plan_is_found_by_its_code(catalogue: Catalogue) -> None:
    assert catalogue.plan("gold") is catalogue.plans[1]
    assert catalogue.plan("silver") is None
