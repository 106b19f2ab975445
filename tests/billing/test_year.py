"""A simulated year: customers buy, spend, upgrade, fail to pay, ask for money back and quarrel, under bad delivery.

The clock stands still between steps. At the end our books, the fake provider's and its bank's statement must agree to
the fen, the ledger's audit must be empty, and nobody may have got credits below the best list price.
"""

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum
from django.test import Client

from billing import catalogue, ledger, purchases, refunds, sweeping
from billing.errors import BillingError
from billing.models import Dispute, Lot, Organization, Payment, Purchase, Refund, WebhookEvent
from billing.organizations import create_organization
from tests.billing.buying import BACK, available, spend
from tests.billing.conftest import Clock
from tests.billing.stripe_fake import FakeStripe, Postman
from tests.billing.stripe_fake.messages import Faults

PLANS = ("gold", "platinum", "diamond")
PACKS = ("topup_330", "topup_660", "topup_3300")
FAULTS = Faults(lost=0.05, doubled=0.2, stale=0.03, early=0.03, swapped=True, altered=0.2)


class Year:
    def __init__(self, fake: FakeStripe, client: Client, clock: Clock, customers: int, seed: int) -> None:
        self.fake, self.clock, self.random = fake, clock, random.Random(seed)
        self.post = Postman(fake.account, client, FAULTS, seed)
        owner = User.objects.create_user("everybody")
        self.shops = [create_organization(f"shop {number}", owner=owner) for number in range(customers)]
        self.verbs = [self.buy, self.buy, self.spend, self.spend, self.spend, self.refund, self.quarrel, self.card]

    def run(self, steps: int) -> None:
        """``steps`` equal parts of a year, in each of which about a fifth of the customers does something."""
        for _ in range(steps):
            self.clock.passes(hours=365 * 24 / steps)
            self.fake.account.tick()
            for shop in self.random.sample(self.shops, max(1, len(self.shops) // 5)):
                self.fake.lost_answers = int(self.random.random() < 0.03)
                with suppress(BillingError):  # refused: too few credits, subscribed already, nothing left to refund
                    self.random.choice(self.verbs)(shop)
                self.fake.lost_answers = 0
            self.post.round()
            sweeping.sweep()
            ledger.lapse()

    def settle(self) -> None:
        """The end: what got lost is fetched, quarrels end, and every round has time to finish."""
        for row in self.fake.account.of("dispute"):
            if row["status"] == "needs_response":
                self.fake.account.close_dispute(row["id"], won=True)
        for event in self.fake.account.events:
            assert self.post.post(event) == 200
        for _ in range(3):
            self.post.act()
            self.clock.passes(minutes=3)
            sweeping.sweep()

    def buy(self, shop: Organization) -> None:
        if self.random.random() < 0.3:
            opened = purchases.buy_pack(shop, self.random.choice(PACKS), by="x", through="stripe")
        else:
            kind = self.random.choice(("month", "subscription"))
            opened = purchases.buy_plan(shop, self.random.choice(PLANS), kind=kind, by="x", through="stripe")
        purchases.open_checkout(opened, BACK)
        if self.random.random() < 0.3:
            self.spend(shop)  # between the price and the money
        if self.random.random() < 0.85:
            self.fake.account.pay(opened.checkout_ref)

    def spend(self, shop: Organization) -> None:
        free = available(shop)
        if free:
            spend(shop, self.random.randint(1, free), f"ad {self.random.random()}")

    def refund(self, shop: Organization) -> None:
        payment = Payment.objects.of(shop).order_by("-id").first()
        if payment is None:
            return
        most = refunds.refundable(payment)
        if self.random.random() < 0.3:
            left = payment.amount_fen - self.fake.account.refunded(payment.intent)
            if left and not self._quarrels(payment.intent):
                self.fake.account.refund(payment.intent, min(left, most) or left)
        elif most:
            refunds.refund(payment, amount_fen=self.random.randint(1, most), reason="asked", by="ann")

    def quarrel(self, shop: Organization) -> None:
        payment = Payment.objects.of(shop).order_by("-id").first()
        if payment is None or self._quarrels(payment.intent) or self.random.random() < 0.5:
            return
        if self.fake.account.rows[payment.intent]["amount"] > self.fake.account.refunded(payment.intent):
            row = self.fake.account.dispute(payment.intent)
            if self.random.random() < 0.7:
                self.fake.account.close_dispute(row["id"], won=self.random.random() < 0.5)

    def _quarrels(self, intent: str) -> bool:
        return any(row["payment_intent"] == intent for row in self.fake.account.of("dispute"))

    def card(self, shop: Organization) -> None:
        """Somebody's card stops working, or works again."""
        customers = [row["id"] for row in self.fake.account.of("customer")]
        if customers:
            self.fake.account.bad_cards ^= {self.random.choice(customers)}


def check_money(fake: FakeStripe) -> None:
    """Our books = the provider's = the bank's statement."""
    paid = Payment.objects.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    back = Refund.objects.filter(state="succeeded").aggregate(sum=Sum("amount_fen"))["sum"] or 0
    lost = sum(row["amount"] for row in fake.account.of("dispute") if row["status"] == "lost")
    intents = {row["id"]: row["amount"] for row in fake.account.of("payment_intent")}
    assert {row.intent: row.amount_fen for row in Payment.objects.all()} == intents
    ours = {row.fact: row.amount_fen for row in Refund.objects.filter(state="succeeded")}
    assert ours == {row["id"]: row["amount"] for row in fake.account.of("refund")}
    assert paid - back - lost == fake.account.balance


def check_credits(shops: list[Organization]) -> None:
    """Credits that were used or can be, per fen that was kept, never beat the best offer of the catalogue."""
    sold = catalogue.current()
    offers = [Fraction(plan.credits, plan.price_fen) for plan in sold.plans if plan.price_fen]
    best = max([*offers, *(Fraction(pack.credits + pack.bonus, pack.price_fen) for pack in sold.packs)])
    for shop in shops:
        had = sum(lot.free + lot.held + lot.spent for lot in Lot.objects.of(shop))
        paid = Payment.objects.of(shop).aggregate(sum=Sum("amount_fen"))["sum"] or 0
        back = Refund.objects.of(shop).filter(state="succeeded").aggregate(sum=Sum("amount_fen"))["sum"] or 0
        lost = Dispute.objects.of(shop).filter(state="lost").aggregate(sum=Sum("amount_fen"))["sum"] or 0
        assert had - refunds.debts(shop) <= best * (paid - back - lost), shop


@pytest.mark.parametrize(
    ("customers", "steps", "seed"),
    [
        pytest.param(50, 52, 1, id="50 customers", marks=pytest.mark.slow),
        pytest.param(4, 13, 3, id="4 customers"),
    ],
)
def test_a_year(fake: FakeStripe, client: Client, clock: Clock, customers: int, steps: int, seed: int) -> None:
    clock.now = datetime(2026, 1, 1, tzinfo=UTC)
    year = Year(fake, client, clock, customers, seed)
    year.run(steps)
    year.settle()
    assert clock.now >= datetime(2026, 12, 31, tzinfo=UTC) + timedelta(hours=23)
    waiting = WebhookEvent.objects.filter(processed_at=None)
    assert [(row.type, row.error) for row in waiting] == []
    assert not Purchase.objects.filter(state="paid").exists()
    assert ledger.audit() == []
    check_money(fake)
    check_credits(year.shops)
