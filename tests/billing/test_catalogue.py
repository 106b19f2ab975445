"""Loading a catalogue: what changes becomes a new version, what does not stays."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from billing import catalogue, memberships
from billing.errors import CatalogueInvalid
from billing.models import CatalogueVersion, Organization, PlanVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Callable[[Any], None]], Path]:
    """The default catalogue after an edit, as a file."""

    def write(edit: Callable[[Any], None]) -> Path:
        document = yaml.safe_load(catalogue.DEFAULT.read_text(encoding="utf-8"))
        document["version"] = "2027-01-01"
        edit(document)
        path = tmp_path / "edited.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return path

    return write


def dearer(document: Any) -> None:
    document["plans"]["gold"].update(price=7_600, credits=700)


def versions() -> list[tuple[str, int, int, bool]]:
    rows = PlanVersion.objects.order_by("code", "number")
    return list(rows.values_list("code", "number", "price_fen", "on_sale"))


FIRST = [("diamond", 1, 66_600, True), ("free", 1, 0, True), ("gold", 1, 6_600, True), ("platinum", 1, 26_600, True)]


def test_loading_twice_changes_nothing() -> None:
    assert len(catalogue.load_catalogue().lines) == 5
    assert not catalogue.load_catalogue()
    assert versions() == FIRST
    assert CatalogueVersion.objects.count() == 1


def test_a_changed_plan_is_a_new_version(shop: Organization, edited) -> None:
    bought = memberships.start_period(shop, "gold", key="before")
    difference = catalogue.load_catalogue(edited(dearer))
    assert difference.lines == (
        "catalogue 2026-11-01 -> 2027-01-01",
        "plan gold: price_fen 6600 -> 7600",
        "plan gold: credits 660 -> 700",
    )
    assert versions() == [*FIRST[:2], ("gold", 1, 6_600, False), ("gold", 2, 7_600, True), FIRST[3]]
    bought.refresh_from_db()
    assert (bought.plan.number, bought.lot.amount) == (1, 660)
    assert memberships.start_period(shop, "gold", key="after").lot.amount == 700


def test_a_dry_run_changes_nothing(edited) -> None:
    catalogue.load_catalogue()
    difference = catalogue.load_catalogue(edited(dearer), dry_run=True)
    assert len(difference.lines) == 3
    assert versions() == FIRST
    assert CatalogueVersion.objects.count() == 1


def test_a_plan_leaves_and_comes_back(edited) -> None:
    catalogue.load_catalogue()
    without = catalogue.load_catalogue(edited(lambda document: document["plans"].pop("diamond")))
    assert without.lines[1:] == ("plan diamond: no longer sold",)
    assert catalogue.plan_on_sale("diamond") is None
    assert catalogue.load_catalogue().lines[1:] == ("plan diamond: new, 66600 fen, 8000 credits",)
    assert catalogue.plan_on_sale("diamond").number == 2


def test_changed_rights_and_rates_are_said(edited) -> None:
    def edit(document: Any) -> None:
        document["plans"]["gold"]["entitlements"]["concurrency"] = 3
        document["rates"]["i2v"]["std"][5] = 12

    catalogue.load_catalogue()
    assert catalogue.load_catalogue(edited(edit)).lines[1:] == ("plan gold: concurrency 2 -> 3", "rates: changed")
    assert memberships.rates().cost(duration_ms=5_000) == 12


@pytest.mark.parametrize("text", ["plans: [", "{}", "just words", "\x00"])
def test_a_broken_file_changes_nothing(tmp_path: Path, text: str) -> None:
    catalogue.load_catalogue()
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match="broken.yaml: "):
        catalogue.load_catalogue(path)
    assert versions() == FIRST


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueInvalid, match="nowhere.yaml: "):
        catalogue.load_catalogue(tmp_path / "nowhere.yaml")
    assert not CatalogueVersion.objects.exists()


def test_another_process_loaded_it_in_the_same_moment(monkeypatch) -> None:
    real = catalogue.load_catalogue

    def beaten() -> None:
        real()
        raise IntegrityError("plan_on_sale_once")

    # The rival's rows must survive this process's rollback, as if they came from elsewhere.
    real()
    monkeypatch.setattr(catalogue, "load_catalogue", beaten)
    catalogue._load_first()
    assert catalogue.current().version == "2026-11-01"


def test_the_command_says_what_it_does(edited) -> None:
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", edited(dearer), "--dry-run", stdout=out)
    assert out.getvalue().splitlines() == [
        "catalogue none -> 2026-11-01",
        "plan free: new, 0 fen, 0 credits",
        "plan gold: new, 6600 fen, 660 credits",
        "plan platinum: new, 26600 fen, 3000 credits",
        "plan diamond: new, 66600 fen, 8000 credits",
        "catalogue unchanged",
        "catalogue 2026-11-01 -> 2027-01-01",
        "plan gold: price_fen 6600 -> 7600",
        "plan gold: credits 660 -> 700",
        "dry run: nothing was changed",
    ]
    assert versions() == FIRST


def test_the_command_refuses_a_broken_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere.yaml"):
        call_command("load_catalogue", tmp_path / "nowhere.yaml")
