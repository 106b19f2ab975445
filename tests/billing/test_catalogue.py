"""Loading a catalogue: what changes becomes a new version, what does not stays."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from billing import catalogue, ledger, memberships, pricing
from billing.errors import CatalogueInvalid, KeyReused, UnknownPack
from billing.models import CatalogueVersion, Organization, PlanVersion

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


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
    assert len(catalogue.load_catalogue().lines) == 21
    assert not catalogue.load_catalogue()
    assert versions() == FIRST
    assert CatalogueVersion.objects.count() == 1


def test_a_changed_plan_is_a_new_version(shop: Organization, edited) -> None:
    bought = memberships.start_period(shop, "gold", key="before")
    difference = catalogue.load_catalogue(edited(dearer))
    assert difference.lines == (
        "价目表 catalogue 2026-11-26 -> 2027-01-01",
        "套餐 plan 黄金 gold: 价格 price 66.00 -> 76.00",
        "套餐 plan 黄金 gold: 点数 credits 660 -> 700",
        "  影响 affects gold: 1 个组织用旧版到期满，续费才用新版 "
        "1 organizations keep the old version to the end of what they bought",
        f"    Alice's shop ({shop.public_id}) 至 until {bought.ends_at.astimezone(SHANGHAI):%Y-%m-%d}",
    )
    assert versions() == [*FIRST[:2], ("gold", 1, 6_600, False), ("gold", 2, 7_600, True), FIRST[3]]
    bought.refresh_from_db()
    assert (bought.plan.number, bought.lot.amount) == (1, 660)
    assert memberships.start_period(shop, "gold", key="after").lot.amount == 700


def test_a_dry_run_changes_nothing(edited) -> None:
    catalogue.load_catalogue()
    difference = catalogue.load_catalogue(edited(dearer), dry_run=True)
    assert len(difference.lines) == 4
    assert versions() == FIRST
    assert CatalogueVersion.objects.count() == 1


def test_a_plan_leaves_and_comes_back(edited) -> None:
    catalogue.load_catalogue()
    without = catalogue.load_catalogue(edited(lambda document: document["plans"].pop("diamond")))
    assert without.lines[1] == "套餐 plan 钻石 diamond: 不再出售 no longer sold"
    assert catalogue.plan_on_sale("diamond") is None
    assert catalogue.load_catalogue().lines[1:] == ("套餐 plan 钻石 diamond: 新增 new, 666.00 a month, 8000 credits",)
    assert catalogue.plan_on_sale("diamond").number == 2


def test_changed_rights_and_rates_are_said(edited) -> None:
    def edit(document: Any) -> None:
        document["plans"]["gold"]["entitlements"]["concurrency"] = 3
        document["rates"]["i2v"]["std"][5] = 12

    catalogue.load_catalogue()
    assert catalogue.load_catalogue(edited(edit)).lines[1:] == (
        "套餐 plan 黄金 gold: 同时制作 concurrency 2 -> 3",
        "费率 rate i2v/std 5 s: 10 -> 12",
        "  影响 affects gold: 0 个组织用旧版到期满，续费才用新版 "
        "0 organizations keep the old version to the end of what they bought",
        "  影响 affects: 全部 0 个组织，从下一次报价起 all 0 organizations, from the next quote on",
    )
    assert memberships.rates().cost(duration_ms=5_000) == 12


def test_packs_and_off_peak_hours_are_said(shop: Organization, edited) -> None:
    def edit(document: Any) -> None:
        document["packs"]["topup_660"]["bonus"] = 20
        del document["packs"]["topup_330"]
        document["packs"]["topup_1000"] = {"price": 10_000, "credits": 1_040, "bonus": 0, "days": 730}
        document["packs"]["topup_1320"]["bonus"] = 60
        document["off_peak"] = {"from": "22:00", "to": "7:30", "percent": 60}

    catalogue.load_catalogue()
    assert catalogue.load_catalogue(edited(edit)).lines[1:] == (
        "点数包 pack topup_660: 赠送 bonus 0 -> 20",
        "点数包 pack topup_1000: 新增 new, 100.00, 1040 credits, 730 days",
        "点数包 pack topup_1320: 赠送 bonus 0 -> 60",
        "点数包 pack topup_330: 不再出售 no longer sold",
        "错峰 off-peak: 00:00-08:00 at 50 % -> 22:00-07:30 at 60 %",
        "  影响 affects: 全部 1 个组织，从下一次报价起 all 1 organizations, from the next quote on",
        "  影响 affects: 以后的充值，已买的不变 top-ups from now on; what was bought stays",
    )
    with pytest.raises(UnknownPack):
        catalogue.pack_on_sale("topup_330")
    assert catalogue.pack_on_sale("topup_1000").credits == 1_040


def test_a_changed_free_plan_says_whom_it_reaches(shop: Organization, charlies_shop: Organization, edited) -> None:
    memberships.start_period(charlies_shop, "gold", key="1")
    difference = catalogue.load_catalogue(edited(lambda document: document["plans"]["free"].update(daily_credits=50)))
    assert difference.lines[1:] == (
        "套餐 plan 免费 free: 每日点数 daily_credits 66 -> 50",
        "  影响 affects free: 1 个没有会员的组织，立即生效 1 organizations without a plan, at once",
    )


def test_many_affected_are_counted_and_some_are_named(edited) -> None:
    for number in range(7):
        memberships.start_period(Organization.objects.create(name=f"Shop {number}"), "gold", key="1")
    lines = catalogue.load_catalogue(edited(dearer), dry_run=True).lines
    assert "7 organizations keep" in lines[3]
    assert len(lines) == 4 + 5 + 1
    assert lines[-1] == "    还有 2 个 and 2 more"


@pytest.mark.parametrize(
    ("place", "entry"),
    [
        (("plans", "gold", "entitlements"), {"ai_label": False}),
        (("plans", "diamond", "entitlements"), {"AIGC-label-off": True}),
        (("plans", "gold"), {"label_free": True}),
        (("packs",), {"no_ai_mark": {"price": 100_000, "credits": 10_000, "bonus": 2_000, "days": 1}}),
        ((), {"ai_label": {"price": 1}}),
    ],
)
def test_the_ai_label_is_not_for_sale(edited, place: tuple[str, ...], entry: dict[str, object]) -> None:
    def edit(document: Any) -> None:
        for name in place:
            document = document[name]
        document.update(entry)

    catalogue.load_catalogue()
    with pytest.raises(CatalogueInvalid, match="the AI label is not for sale"):
        catalogue.load_catalogue(edited(edit))
    assert versions() == FIRST
    assert CatalogueVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (
            lambda d: d["packs"].update(tiny={"price": 100, "credits": 0, "bonus": 9, "days": 1}),
            "packs.tiny: a pack has",
        ),
        (lambda d: d["packs"]["topup_660"].update(price=3_300), "a price of its own"),
        (lambda d: d["packs"]["topup_6600"].update(credits=100), "dearer per credit than the smaller pack topup_3300"),
        (lambda d: d["packs"]["topup_660"].pop("days"), r"packs.topup_660: missing \['days'\]"),
        (lambda d: d.update(off_peak={"from": "8:00", "to": "08:00", "percent": 50}), "off_peak: off-peak hours end"),
        (
            lambda d: d.update(off_peak={"from": 480, "to": "08:00", "percent": 50}),
            "off_peak.from: a time of day in quotes",
        ),
        (
            lambda d: d.update(off_peak={"from": "22:00", "to": "24:00", "percent": 50}),
            "off_peak.to: there is no 24:00",
        ),
        (lambda d: d.update(off_peak={"from": "22:00", "to": "8:0", "percent": 50}), "off_peak.to: a time of day"),
        (lambda d: d.update(off_peak={"from": "22:00", "to": "8:00", "percent": 0}), "1 to 99 percent"),
        (lambda d: d.update(off_peak={"from": "22:00", "to": "8:00", "percent": 120}), "1 to 99 percent"),
        (lambda d: d.update(happy_hour={}), r"unknown \['happy_hour'\]"),
    ],
)
def test_wrong_packs_and_hours_are_named(edited, edit: Callable[[Any], None], words: str) -> None:
    catalogue.load_catalogue()
    with pytest.raises(CatalogueInvalid, match=words):
        catalogue.load_catalogue(edited(edit))
    assert versions() == FIRST


def test_a_catalogue_without_packs_and_hours_is_one_too(edited) -> None:
    """As those of before were, which the database still holds."""

    def edit(document: Any) -> None:
        del document["packs"], document["off_peak"]

    catalogue.load_catalogue(edited(edit))
    assert (catalogue.current().packs, catalogue.current().off_peak) == ((), None)
    assert not pricing.tariff().off_peak


def test_what_a_version_says_is_never_changed() -> None:
    catalogue.load_catalogue()
    before = [list(model.objects.order_by("pk").values_list()) for model in (PlanVersion, CatalogueVersion)]
    changes = [{"price_fen": 1}, {"credits": 1}, {"entitlements": {}}, {"rank": 9}, {"daily_credits": 1}, {"code": "x"}]
    for change in changes:
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            PlanVersion.objects.filter(code="gold").update(**change)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        CatalogueVersion.objects.update(body={})
    assert [list(model.objects.order_by("pk").values_list()) for model in (PlanVersion, CatalogueVersion)] == before
    assert PlanVersion.objects.filter(code="gold").update(on_sale=False) == 1


def test_plans_on_sale_come_by_rank() -> None:
    assert [plan.code for plan in catalogue.plans_on_sale()] == ["free", "gold", "platinum", "diamond"]


def test_a_pack_brings_credits_and_its_bonus_apart(shop: Organization) -> None:
    pack = catalogue.pack_on_sale("topup_6600")
    lots = pricing.grant_pack(shop, pack, key="pay-1")
    assert [(lot.kind, lot.amount) for lot in lots] == [("topup", 6_600), ("bonus", 900)]
    assert {lot.expires_at - lot.starts_at for lot in lots} == {timedelta(days=730)}
    assert pricing.grant_pack(shop, pack, key="pay-1") == lots
    assert ledger.balance(shop).available == 7_500
    assert [lot.kind for lot in pricing.grant_pack(shop, catalogue.pack_on_sale("topup_330"), key="pay-2")] == ["topup"]
    with pytest.raises(KeyReused):
        pricing.grant_pack(shop, catalogue.pack_on_sale("topup_330"), key="pay-1")
    assert ledger.balance(shop).available == 7_830


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
    assert catalogue.current().version == "2026-11-26"


def test_the_command_says_what_it_does(edited) -> None:
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", stdout=out)
    call_command("load_catalogue", edited(dearer), "--dry-run", stdout=out)
    said = out.getvalue().splitlines()
    assert said[:5] == [
        "价目表 catalogue none -> 2026-11-26",
        "货币 currency: none -> CNY",
        "时区 timezone: none -> Asia/Shanghai",
        "套餐 plan 免费 free: 新增 new, 0.00 a month, 0 credits, 66 a day",
        "套餐 plan 黄金 gold: 新增 new, 66.00 a month, 660 credits",
    ]
    assert "点数包 pack topup_6600: 新增 new, 660.00, 6600 + 900 bonus credits, 730 days" in said
    assert "费率 rate i2v/pro 10 s: none -> 70" in said
    assert said[20:] == [
        "错峰 off-peak: none -> 00:00-08:00 at 50 %",
        "catalogue unchanged",
        "价目表 catalogue 2026-11-26 -> 2027-01-01",
        "套餐 plan 黄金 gold: 价格 price 66.00 -> 76.00",
        "套餐 plan 黄金 gold: 点数 credits 660 -> 700",
        "  影响 affects gold: 0 个组织用旧版到期满，续费才用新版 "
        "0 organizations keep the old version to the end of what they bought",
        "dry run: nothing was changed",
    ]
    assert versions() == FIRST


def test_the_command_refuses_a_broken_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere.yaml"):
        call_command("load_catalogue", tmp_path / "nowhere.yaml")
