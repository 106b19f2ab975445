"""What the desk knows: every credit from grant to work and back, figures that add up, tables, reconciliation."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing import ledger, refunds
from billing.desk import figures, reconciling, tracing
from billing.desk.works import EngineTime
from billing.models import Lot, Organization, Payment, Refund, StaffAction, WebhookEvent
from billing.spreadsheet import MARK, as_csv
from tests.billing.buying import available, bought, order, spend, transfer
from tests.billing.conftest import Clock, lot
from tests.billing.desk import clerk
from tests.billing.stripe_fake import FakeStripe, Postman
from tests.billing.test_desk_verbs import rows


# --- tracing ----------------------------------------------------------------------------------------------------------
def test_a_work_leads_to_its_lots_and_a_lot_to_its_works(shop: Organization) -> None:
    soon, late = lot(shop, 5, key="soon", hours=1), lot(shop, 20, key="late", hours=2)
    held = ledger.hold(shop, key="k1", amount=12, reference="work-1")
    ledger.settle(held.pk, used=10)
    ledger.refund(held.pk, amount=3, key="r1")
    ledger.hold(shop, key="k2", amount=4, reference="work-2")
    back = tracing.trace_work("work-1")
    drawn = [(draw.lot, draw.credits, draw.paid, draw.refunded) for draw in back.draws]
    assert (drawn, back.paid) == ([(soon, 5, 5, 0), (late, 7, 5, 3)], 7)
    forth = tracing.trace_lot(late)
    assert [(draw.hold.reference, draw.credits, draw.paid) for draw in forth.draws] == [
        ("work-1", 7, 5),
        ("work-2", 4, 0),
    ]
    late.refresh_from_db()
    assert sum(entry.d_spent for entry in forth.entries) == late.spent == 2


def test_a_lot_of_many_works_is_traced_by_few_questions(shop: Organization, django_assert_max_num_queries: Any) -> None:
    grant = lot(shop, 9)
    for number in range(9):
        ledger.hold(shop, key=f"k{number}", amount=1, reference=f"work-{number}")
    with django_assert_max_num_queries(3):
        assert len(tracing.trace_lot(grant).draws) == 9


def test_a_lots_page_names_the_purchase_and_the_work(looker: Client, shop: Organization) -> None:
    month = transfer(shop, "gold")
    spend(shop, 30, "ad-key")
    held = ledger.hold(shop, key="k", amount=4, reference="work-1")
    assert held.state == "open"
    page = looker.get(reverse("desk:lot", args=[month.lot_id])).content.decode()
    for word in (month.number, "¥66.00", "work-1", reverse("desk:work", args=["work-1"])):
        assert word in page
    page = looker.get(reverse("desk:work", args=["work-1"])).content.decode()
    assert reverse("desk:lot", args=[month.lot_id]) in page
    for page in ("work", "work-sheet"):
        assert looker.get(reverse(f"desk:{page}", args=["work-9"])).status_code == 404, page
    assert looker.get(reverse("desk:lot", args=[999_999])).status_code == 404


@pytest.mark.parametrize("name", ["customer", "lot", "work", "figures", "index"])
def test_pages_of_the_ledger_are_only_read(looker: Client, shop: Organization, name: str) -> None:
    row = lot(shop, 5)
    ledger.hold(shop, key="k", amount=1, reference="work-1")
    arguments = {"customer": [shop.public_id], "lot": [row.pk], "work": ["work-1"]}.get(name, [])
    before = rows()
    for method in ("post", "put", "delete"):
        answer = getattr(looker, method)(reverse(f"desk:{name}", args=arguments), {"free": 99}, "application/json")
        assert answer.status_code == 405, method
    assert rows() == before


# --- figures ----------------------------------------------------------------------------------------------------------
def column(table: figures.Table, name: str) -> list[Any]:
    place = table.columns.index(name)
    return [row[place] for row in table.rows]


def test_revenue_is_what_came_less_what_went_back(shop: Organization, clock: Clock) -> None:
    transfer(shop, "gold")
    transfer(shop, "topup_330", pack=True)
    clock.passes(days=31)
    row = refunds.refund(Payment.objects.earliest("id"), amount_fen=600, reason="r", by="ann")
    table = figures.revenue()
    assert sum(column(table, "refunds_fen")) == 0  # asked for, and not yet sent
    refunds.close_refund(row, note="ICBC", by="ann")
    table = figures.revenue()
    assert [row for row in table.rows if any(row[1:])] == [
        ("2026-11", 0, 6600, 3300, 0, 9900),
        ("2026-12", 0, 0, 0, -600, -600),
    ]
    assert len(table.rows) == 12


def test_breakage_counts_bought_and_given_credits_apart(shop: Organization, clock: Clock) -> None:
    transfer(shop, "gold")
    lot(shop, 40, key="gift")
    spend(shop, 100, "ad")
    clock.passes(days=31)
    ledger.lapse()
    assert [row for row in figures.breakage().rows if any(row[1:])] == [("2026-12", 600, 0, 6000)]
    assert sum(Lot.objects.values_list("lapsed", flat=True)) == 600


def test_usage_is_net_of_refunds_by_the_local_day(shop: Organization, clock: Clock) -> None:
    lot(shop, 100, hours=100)
    spend(shop, 30, "today")
    clock.passes(hours=12)  # 00:00 in Shanghai: the next day
    held = ledger.hold(shop, key="late", amount=20)
    ledger.settle(held.pk, used=20)
    ledger.refund(held.pk, amount=5, key="r")
    assert figures.usage().rows[-2:] == (("2026-11-23", 30, 0, 30), ("2026-11-24", 20, -5, 15))


def filmed(since: object, until: object) -> tuple[EngineTime, ...]:
    return (EngineTime("showcase", 90_000), EngineTime("far", 10_000))


@pytest.mark.parametrize(
    ("prices", "cost"),
    [({}, None), ({"showcase": 2}, None), ({"showcase": 2, "*": 0.5}, 185), ({"showcase": 2, "far": 1.5}, 195)],
    ids=str,
)
def test_margin_is_known_where_every_engine_has_a_price(
    shop: Organization, settings: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch, prices: Any, cost: int | None
) -> None:
    settings.ENGINE_FEN_PER_SECOND = prices
    monkeypatch.setattr(figures, "engine_times", filmed)
    transfer(shop, "gold")
    left = None if cost is None else 6600 - cost
    assert figures.margin().rows[-1] == ("2026-11", 6600, 100, cost, left)


def test_the_pages_of_figures_and_every_table_open(looker: Client, shop: Organization) -> None:
    transfer(shop, "gold")
    page = looker.get(reverse("desk:figures"))
    assert page.content.decode().count('class="desk-chart"') == 4
    for name in figures.TABLES:
        sheet = looker.get(reverse("desk:figure-sheet", args=[name]))
        lines = list(csv.reader(io.StringIO(sheet.content.decode().removeprefix(MARK))))
        assert tuple(lines[0]) == figures.TABLES[name]().columns
        assert len(lines) == 1 + len(figures.TABLES[name]().rows)
    assert looker.get(reverse("desk:figure-sheet", args=["secrets"])).status_code == 404


# --- tables -----------------------------------------------------------------------------------------------------------
def test_no_cell_is_a_formula() -> None:
    table = as_csv(["a", "b", "c", "d"], [["=1+1", "@x", None, -5], ["\t1", "-2", "fine", 7]])
    assert table == MARK + "a,b,c,d\r\n'=1+1,'@x,,-5\r\n'\t1,'-2,fine,7\r\n"


def test_every_table_of_a_customer_can_be_had_whole(looker: Client, shop: Organization) -> None:
    from billing.desk.customers import SHEETS

    transfer(shop, "gold")
    lot(shop, 5, key="=cmd()")
    for name, sheet in SHEETS.items():
        answer = looker.get(reverse("desk:customer-sheet", args=[shop.public_id, name]))
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        lines = list(csv.reader(io.StringIO(answer.content.decode().removeprefix(MARK))))
        assert (tuple(lines[0]), len(lines) - 1) == (sheet.columns, len(list(sheet.rows(shop)))), name
    assert "'=cmd()" in looker.get(reverse("desk:customer-sheet", args=[shop.public_id, "lots"])).content.decode()
    assert looker.get(reverse("desk:customer-sheet", args=[shop.public_id, "users"])).status_code == 404


# --- reconciling ------------------------------------------------------------------------------------------------------
WEEK = timedelta(days=7)


def test_without_a_provider_only_what_is_half_done_is_shown(looker: Client, shop: Organization) -> None:
    page = looker.get(reverse("desk:reconcile"))
    assert (page.status_code, page.context["found"]) == (200, ())


def test_a_message_that_never_came_is_shown_and_applied(shop: Organization, fake: FakeStripe, clock: Clock) -> None:
    fake.account.pay(order(shop, "gold").checkout_ref)
    since = timezone.now() - WEEK
    before = (rows(), WebhookEvent.objects.count())
    found = reconciling.differences(since)
    assert {one.kind for one in found} == {"event"}
    assert (rows(), WebhookEvent.objects.count()) == before
    done = reconciling.reconcile(since, reason="outage", by="ann", key="r1")
    assert (available(shop), len(done.before["differences"]), done.after) == (660, len(found), {"differences": []})
    assert (done.kind, done.staff, done.reason, done.organization) == ("reconcile", "ann", "outage", None)
    assert reconciling.reconcile(since, reason="outage", by="ann", key="r1") == done
    assert StaffAction.objects.count() == 1


def paid(shop: Organization, fake: FakeStripe, post: Postman) -> Payment:
    return bought(shop, fake, post, "gold").payments.get()


def test_a_refund_made_at_the_provider_is_brought_here(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock
) -> None:
    payment = paid(shop, fake, post)
    fake.account.refund(payment.intent, 6600)
    fake.account.events.clear()  # and its messages are too old to be listed
    since = timezone.now() - WEEK
    found = reconciling.differences(since)
    assert [(one.kind, one.subject) for one in found] == [("refund", payment.fact)]
    reconciling.reconcile(since, reason="month's end", by="ann", key="r1")
    assert (Refund.objects.get().amount_fen, available(shop), reconciling.differences(since)) == (6600, 0, ())


def test_an_amount_that_differs_stays_for_a_person(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock
) -> None:
    payment = paid(shop, fake, post)
    fake.account.rows[payment.intent]["amount_received"] = 6500
    since = timezone.now() - WEEK
    done = reconciling.reconcile(since, reason="month's end", by="ann", key="r1")
    assert done.after["differences"] == [f"amount {payment.fact}"]
    assert Payment.objects.get().amount_fen == 6600


def test_the_page_applies_with_a_reason(shop: Organization, fake: FakeStripe, clock: Clock) -> None:
    fake.account.pay(order(shop, "gold").checkout_ref)
    ann = clerk()
    page = ann.get(reverse("desk:reconcile"))
    assert len(page.context["found"]) > 0
    url, key = reverse("desk:reconcile"), "ab" * 16
    before = rows()
    refused = ann.post(url, {"since": "2026-11-10", "key": key, "reason": ""})
    assert (refused.status_code, str(refused.context["since"])) == (400, "2026-11-10")
    assert rows() == before
    assert ann.post(url, {"since": "2026-11-16", "key": key, "reason": "outage"}).status_code == 302
    assert available(shop) == 660
