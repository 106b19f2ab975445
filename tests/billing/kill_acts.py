"""What the processes of the kill matrix do, before their death and after it; ``kill_scenarios.py`` puts it together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from billing import budgets, ledger, purchases, refunds, subscriptions, sweeping, transfers, webhooks
from billing.errors import NotAllowed, NotPayable
from billing.models import Hold, Lot, Organization, OrgLink, Payment, PlanVersion, Purchase, Refund, WebhookEvent
from tests.billing.buying import BACK, order, spend, transfer
from tests.billing.clock import Clock
from tests.billing.stripe_fake import FakeStripe, Postman

NAME = "shop"


@dataclass
class World:
    fake: FakeStripe
    clock: Clock

    @property
    def post(self) -> Postman:
        return Postman(self.fake.account, Client())


Act = Callable[[World], object]


def shop() -> Organization:
    return Organization.objects.get(name=NAME)


def minutes_later(world: World) -> None:
    """The rounds that would come anyway."""
    for _ in range(3):
        world.clock.passes(minutes=3)
        sweeping.sweep()
        ledger.reap()


# --- buying -----------------------------------------------------------------------------------------------------------
def buy(code: str, kind: str) -> Act:
    """The page: open a purchase, then its checkout. Who finds a purchase waiting goes on with that one."""

    def act(world: World) -> None:
        waiting = Purchase.objects.filter(state="pending").first()
        opened = waiting or purchases.buy_plan(shop(), code, kind=kind, by="alice", through="stripe")
        purchases.open_checkout(opened, BACK)

    return act


def again(act: Act) -> Act:
    def after(world: World) -> None:
        act(world)
        minutes_later(world)

    return after


def confirm(world: World) -> None:
    """Two members of staff say that a transfer has come; whoever got no answer says it again."""
    opened = Purchase.objects.get(provider="manual")
    for staff in ("ann", "ben"):
        try:
            transfers.confirm(
                opened, staff=staff, amount_fen=opened.due_fen, received_on=timezone.localdate(), note="ICBC 42"
            )
        except (NotAllowed, NotPayable):
            continue  # said before, or delivered by now


def transfer_waits(world: World) -> None:
    settings.TRANSFER_SECOND_PERSON_FEN = 60_000
    order(shop(), "diamond", through="manual")


# --- messages ---------------------------------------------------------------------------------------------------------
def told(kind: str) -> Act:
    """The newest message of a kind comes in and is acted on."""

    def act(world: World) -> None:
        event = next(event for event in reversed(world.fake.account.events) if event["type"] == kind)
        hear(world, event)

    return act


def hear(world: World, event: dict[str, Any]) -> None:
    assert world.post.post(event) == 200
    webhooks.process(WebhookEvent.objects.get(event_id=event["id"]).pk)


def paid(code: str, *, kind: str = "month", pack: bool = False) -> Act:
    def act(world: World) -> None:
        world.fake.account.pay(order(shop(), code, kind=kind, pack=pack).checkout_ref)

    return act


def delivered(code: str, *, kind: str = "month", pack: bool = False, used: int = 0) -> Act:
    def act(world: World) -> None:
        paid(code, kind=kind, pack=pack)(world)
        hear_all(world)
        if used:
            spend(shop(), used, "ad")

    return act


def hear_all(world: World) -> None:
    """Every message until now is delivered and acted on."""
    for event in world.fake.account.events:
        world.post.post(event)
    world.post.act()


def month_later(before: Act, *, downgrade: str = "") -> Act:
    def act(world: World) -> None:
        before(world)
        charged = purchases.subscription_of(shop())
        assert charged is not None
        if downgrade:
            subscriptions.downgrade(charged, PlanVersion.objects.get(code=downgrade))
        world.clock.passes(days=31)
        world.fake.account.tick()

    return act


def then(before: Act, *acts: Act) -> Act:
    def act(world: World) -> None:
        before(world)
        for one in acts:
            one(world)

    return act


def refunded_at_the_provider(world: World) -> None:
    world.fake.account.refund(Payment.objects.get().intent, 3300)


def refund_fails(world: World) -> None:
    world.fake.account.fail_refund(Refund.objects.get().fact)


def dispute(world: World) -> None:
    world.fake.account.dispute(Payment.objects.get().intent)


def close(*, won: bool) -> Act:
    def act(world: World) -> None:
        world.fake.account.close_dispute(world.fake.account.of("dispute")[0]["id"], won=won)

    return act


# --- money back -------------------------------------------------------------------------------------------------------
def refund(amount_fen: int) -> Act:
    """Staff gives money back; who sees no refund on the page does it again."""

    def act(world: World) -> None:
        if not Refund.objects.exists():
            refunds.refund(Payment.objects.get(), amount_fen=amount_fen, reason="asked", by="ann")

    return act


def refund_waits(world: World) -> None:
    world.fake.down = 10
    refund(3300)(world)
    world.fake.down = 0


def upgraded(world: World) -> None:
    delivered("gold", kind="subscription")(world)
    delivered("platinum", kind="subscription")(world)


def sweep(world: World) -> None:
    sweeping.sweep()


# --- credits ----------------------------------------------------------------------------------------------------------
def lots(world: World) -> None:
    """Two lots that end one hour and one day from now."""
    for hours, amount in ((1, 30), (24, 50)):
        ends = timezone.now() + timedelta(hours=hours)
        ledger.grant(shop(), key=f"lot {hours}", amount=amount, kind="topup", expires_at=ends)


def grant(world: World) -> None:
    ledger.grant(shop(), key="gift", amount=7, kind="admin", expires_at=None)


def hold(world: World) -> None:
    ledger.hold(shop(), key="ad", amount=60, concurrency=2, lease=timedelta(hours=3))


def settle(world: World) -> None:
    ledger.settle(Hold.objects.get().pk, used=20, key="ad 1")


def release(world: World) -> None:
    ledger.release(Hold.objects.get().pk)


def give_back(world: World) -> None:
    ledger.refund(Hold.objects.get().pk, amount=15, key="bad film")


def hours_pass(world: World) -> None:
    """The first lot has ended: what comes back to it is made good."""
    world.clock.passes(hours=2)


def lapse(world: World) -> None:
    ledger.lapse()


def worker_dies(world: World) -> None:
    hold(world)
    world.clock.passes(hours=4)


def reap(world: World) -> None:
    ledger.reap()


def revoke(world: World) -> None:
    ledger.revoke(Lot.objects.get(key="lot 24").pk, key="bank", reason="asked")


def agency(world: World) -> None:
    agent = Organization.objects.create(name="agency", kind="agency")
    ledger.grant(agent, key="lot", amount=100, kind="topup", expires_at=None)
    OrgLink.objects.create(agency=agent, merchant=shop(), payer="agency", monthly_cap=40, state="active")


def work_for_a_client(world: World) -> None:
    tie = OrgLink.objects.select_related("agency").get()
    held = ledger.hold(tie.agency, key="ad", amount=30, budget=budgets.budget_of(tie).pk)
    ledger.settle(held.pk, used=20)


def bought_by_transfer(world: World) -> None:
    transfer(shop(), "gold")


def nothing(world: World) -> None:
    """The shop is new."""
