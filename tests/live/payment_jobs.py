"""The customers of the payment races, and everything that happens to them at once.

What is raced comes to one end in whatever order it is done; what a plan or a price depends on is done before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils import timezone

from billing import ledger, purchases, refunds, subscriptions, sweeping, transfers
from billing.models import Hold, Organization, Payment, PlanVersion, Purchase
from tests.billing.buying import BACK, order, spend
from tests.billing.kill_acts import World, hear, hear_all

Job = Callable[[], object]
HOLDS = 12
NAMES = (
    "renews",
    "downgrades",
    "upgrades",
    "month",
    "pack",
    "refunded",
    "returned",
    "quarrels",
    "loses",
    "transfers",
    "opens",
    "works",
)


@dataclass
class Customer:
    shop: Organization
    world: World

    def pays(self, code: str, *, kind: str = "month", pack: bool = False) -> None:
        self.world.fake.account.pay(order(self.shop, code, kind=kind, pack=pack).checkout_ref)

    def gets(self, code: str, *, kind: str = "month", pack: bool = False) -> None:
        self.pays(code, kind=kind, pack=pack)
        hear_all(self.world)

    @property
    def payment(self) -> Payment:
        return Payment.objects.of(self.shop).latest("id")


def prepare(world: World) -> None:
    """One customer for each thing that can happen."""
    settings.TRANSFER_SECOND_PERSON_FEN = 60_000
    account = world.fake.account
    renews, downgrades, upgrades, month, pack, refunded, returned, quarrels, loses, transfers_, opens, works = (
        Customer(Organization.objects.create(name=name), world) for name in NAMES
    )
    renews.gets("gold", kind="subscription")
    downgrades.gets("platinum", kind="subscription")
    charged = purchases.subscription_of(downgrades.shop)
    assert charged is not None
    subscriptions.downgrade(charged, PlanVersion.objects.get(code="gold"))
    world.clock.passes(days=31)
    account.tick()
    upgrades.gets("gold", kind="subscription")
    spend(upgrades.shop, 100, "ad")
    for customer in (refunded, returned, quarrels, loses):
        customer.gets("gold")
        spend(customer.shop, 100, "ad")
    ledger.grant(works.shop, key="lot", amount=10_000, kind="topup", expires_at=None)
    # From here on nothing was heard of.
    upgrades.pays("platinum", kind="subscription")
    month.pays("diamond")
    pack.pays("topup_3300", pack=True)
    account.refund(returned.payment.intent, 3300)
    for customer, won in ((quarrels, True), (loses, False)):
        account.dispute(customer.payment.intent)
        account.close_dispute(account.of("dispute")[-1]["id"], won=won)
    order(transfers_.shop, "diamond", through="manual")
    confirm(transfers_.shop, "ann")  # the second person comes in the race
    purchases.buy_plan(opens.shop, "platinum", kind="month", by="alice", through="stripe")


def jobs(world: World) -> list[Job]:
    """Everything that happens; each may be done any number of times, by anybody."""
    shops = {shop.name: shop for shop in Organization.objects.all()}
    held = [partial(hold_and_settle, shops["works"], f"ad {number}") for number in range(HOLDS)]
    return [
        *[partial(hear, world, event) for event in world.fake.account.events],
        partial(confirm, shops["transfers"], "ben"),
        partial(open_checkout, shops["opens"]),
        partial(refund_all, shops["refunded"]),
        *held,
        *[sweeping.sweep] * 3,
        *[ledger.reap] * 3,
    ]


def confirm(shop: Organization, staff: str) -> None:
    opened = Purchase.objects.of(shop).get()
    today = timezone.localdate()
    transfers.confirm(opened, staff=staff, amount_fen=opened.due_fen, received_on=today, note="ICBC 42")


def open_checkout(shop: Organization) -> None:
    purchases.open_checkout(Purchase.objects.of(shop).get(), BACK)


def refund_all(shop: Organization) -> None:
    """Whoever comes second finds nothing left to give back."""
    payment = Payment.objects.of(shop).get()
    refunds.refund(payment, amount_fen=payment.amount_fen, reason="asked", by="ann")


def hold_and_settle(shop: Organization, key: str) -> None:
    held = ledger.hold(shop, key=key, amount=50)
    ledger.settle(held.pk, used=30)
    if Hold.objects.get(pk=held.pk).captured:
        ledger.refund(held.pk, amount=10, key="bad film")
