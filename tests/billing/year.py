"""A simulated year: customers buy, spend, change plans, fail to pay, ask for money back and quarrel, under bad delivery.

The clock stands still between steps. ``tests/billing/test_year.py`` runs a small one, ``bench/billing_year.py`` a large
one; ``tests/billing/year_books.py`` holds the books against each other at the end.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from billing import catalogue, ledger, purchases, refunds, subscriptions, sweeping, transfers
from billing.errors import BillingError
from billing.memberships import current_period
from billing.models import Organization, Payment, ProviderCustomer, Purchase, Refund
from billing.organizations import create_organization
from tests.billing.buying import BACK, available, spend
from tests.billing.clock import NEW_YEAR, Clock
from tests.billing.stripe_fake import FakeStripe, Postman
from tests.billing.stripe_fake.messages import Faults

PLANS = ("gold", "platinum", "diamond")
PACKS = ("topup_330", "topup_660", "topup_3300")
FAULTS = Faults(lost=0.05, late=0.1, doubled=0.2, stale=0.03, early=0.03, swapped=True, altered=0.2)
LOST_ANSWER, DOWN = 0.03, 0.02  # of the moments in which somebody does something
MOST_LOST = 4  # answers in a row: the library asks three times, so four are felt
KEPT = timedelta(days=30)  # so long Stripe keeps its events
BACKFILL_EVERY = timedelta(days=25)
LEFT_OPEN = timedelta(days=3)  # a worker that died; the reaper of the next step finds its hold


class Year:
    """``statement`` is the bank's of transfers: (organization, fen), written by nobody but the payers here."""

    def __init__(self, fake: FakeStripe, client: Client, clock: Clock, *, customers: int, seed: int) -> None:
        self.fake, self.account, self.clock, self.chance = fake, fake.account, clock, random.Random(seed)
        self.post = Postman(fake.account, client, FAULTS, seed)
        owner = User.objects.create_user("everybody")
        self.shops = [create_organization(f"shop {number}", owner=owner) for number in range(customers)]
        self.statement: list[tuple[int, int]] = []
        self.did: Counter[str] = Counter()
        self._filled = NEW_YEAR
        verbs: list[tuple[Callable[[Organization], object], int]] = [
            (self.spends, 8),
            (self.buys_a_month, 3),
            (self.subscribes, 3),
            (self.buys_a_pack, 3),
            (self.upgrades, 3),
            (self.downgrades, 2),
            (self.transfers_money, 1),
            (self.ends_the_subscription, 1),
            (self.dies_at_work, 1),
            (self.is_refunded, 2),
            (self.is_refunded_whole, 1),
            (self.is_refunded_at_the_provider, 1),
            (self.loses_a_refund, 1),
            (self.quarrels, 1),
            (self.changes_card, 2),
        ]
        self._verbs, self._weights = zip(*verbs, strict=True)

    # --- time --------------------------------------------------------------------------------------------------------
    def run(self, steps: int, each: Callable[[int], None] = lambda _: None) -> None:
        """``steps`` equal parts of a year, in each of which about a fifth of the customers does something."""
        for step in range(1, steps + 1):
            self.clock.passes(hours=365 * 24 / steps)
            self.account.tick()
            for shop in self.chance.sample(self.shops, max(1, len(self.shops) // 5)):
                self._somebody(shop)
            self.post.round()
            self._upkeep()
            if self.clock.now >= self._filled + BACKFILL_EVERY:
                self._backfill()
            each(step)

    def one(self, verb: str, shop: Organization) -> None:
        """A verb by its name, with the rounds that follow; for whoever wants to choose the sequence."""
        self.account.tick()
        self._do(getattr(self, verb), shop)
        self.post.round()
        self._upkeep()

    def _somebody(self, shop: Organization) -> None:
        verb = self.chance.choices(self._verbs, self._weights)[0]
        if self.chance.random() < LOST_ANSWER:
            self.fake.lost_answers = self.chance.randint(1, MOST_LOST)
            self.did["faults: answers lost after the effect"] += 1
        elif self.chance.random() < DOWN:
            self.fake.down = self.chance.randint(1, MOST_LOST)
            self.did["faults: no way to the provider"] += 1
        self._do(verb, shop)
        self.fake.lost_answers = self.fake.down = 0

    def _do(self, verb: Callable[[Organization], object], shop: Organization) -> None:
        name = verb.__name__.replace("_", " ")
        try:
            self.did[name] += verb(shop) is not False
        except BillingError:  # too few credits, subscribed already, nothing left to refund, no answer
            self.did["refused"] += 1

    def _upkeep(self) -> None:
        sweeping.sweep()
        ledger.reap()
        ledger.lapse()

    def _backfill(self) -> None:
        """What never came is fetched, as after an outage of the endpoint."""
        self._filled = self.clock.now
        call_command("stripe_backfill", since=(self.clock.now - KEPT).isoformat(), stdout=StringIO())
        self.did["backfills"] += 1

    def settle(self) -> None:
        """The end: quarrels end, what got lost is fetched, and every round has time to finish."""
        for row in self.account.of("dispute"):
            if row["status"] == "needs_response":
                self.account.close_dispute(row["id"], won=True)
        for row in Refund.objects.filter(provider="manual", state="requested"):
            self._pay_back(row)
        self._backfill()
        for _ in range(3):
            self.post.act()
            self.clock.passes(minutes=3)
            self._upkeep()

    # --- buying ------------------------------------------------------------------------------------------------------
    def buys_a_month(self, shop: Organization) -> bool:
        return self._checkout(shop, self._plan(shop, self.chance.choice(PLANS), "month"))

    def subscribes(self, shop: Organization) -> bool:
        return self._checkout(shop, self._plan(shop, self.chance.choice(PLANS), "subscription"))

    def buys_a_pack(self, shop: Organization) -> bool:
        pack = purchases.buy_pack(shop, self.chance.choice(PACKS), by="x", through="stripe")
        return self._checkout(shop, pack)

    def upgrades(self, shop: Organization) -> bool:
        running = current_period(shop)
        higher = [code for code in PLANS if running is not None and _rank(code) > running.rank]
        if not higher:
            return False
        kind = self.chance.choice(("month", "subscription"))
        return self._checkout(shop, self._plan(shop, self.chance.choice(higher), kind))

    def downgrades(self, shop: Organization) -> bool:
        charged = purchases.subscription_of(shop)
        lower = [code for code in PLANS if charged is not None and _rank(code) < charged.plan.rank]
        if charged is None or not lower:
            return False
        plan = catalogue.plan_on_sale(self.chance.choice(lower))
        assert plan is not None
        subscriptions.downgrade(charged, plan)
        return True

    def transfers_money(self, shop: Organization) -> bool:
        opened = self._plan(shop, self.chance.choice(PLANS), "month", through="manual")
        purchases.open_checkout(opened, BACK)
        self.statement.append((shop.pk, opened.due_fen))
        for staff in ("ann", "ben")[: transfers.people_needed(opened)]:
            transfers.confirm(
                opened, staff=staff, amount_fen=opened.due_fen, received_on=timezone.localdate(), note="ICBC 42"
            )
        return True

    def _plan(self, shop: Organization, code: str, kind: str, through: str = "stripe") -> Purchase:
        return purchases.buy_plan(shop, code, kind=kind, by="x", through=through)

    def _checkout(self, shop: Organization, opened: Purchase) -> bool:
        """All go to the page twice, some never pay, some spend between the price and the money, some pay slowly."""
        with suppress(BillingError):
            purchases.open_checkout(opened, BACK)
        opened.refresh_from_db()
        purchases.open_checkout(opened, BACK)
        if self.chance.random() < 0.3:
            self.spends(shop)
        fate = self.chance.random()
        if fate < 0.1:
            return False
        if fate < 0.2 and self.account.rows[opened.checkout_ref]["mode"] == "payment":
            self.account.pay_later(opened.checkout_ref)
            (self.account.arrive if self.chance.random() < 0.7 else self.account.bounce)(opened.checkout_ref)
            return True
        self.account.pay(opened.checkout_ref)
        return True

    def ends_the_subscription(self, shop: Organization) -> bool:
        charged = purchases.subscription_of(shop)
        if charged is None:
            return False
        self.account.cancel(charged.ref)
        return True

    def changes_card(self, shop: Organization) -> bool:
        """A card stops working, or works again."""
        known = ProviderCustomer.objects.of(shop).first()
        if known is None:
            return False
        self.account.bad_cards ^= {known.ref}
        return True

    # --- spending ----------------------------------------------------------------------------------------------------
    def spends(self, shop: Organization) -> bool:
        free = available(shop)
        if free:
            spend(shop, self.chance.randint(1, free), f"ad {self.chance.random()}")
        return free > 0

    def dies_at_work(self, shop: Organization) -> bool:
        free = available(shop)
        if free:
            key = f"dead {self.chance.random()}"
            ledger.hold(shop, key=key, amount=self.chance.randint(1, free), lease=LEFT_OPEN)
        return free > 0

    # --- money back --------------------------------------------------------------------------------------------------
    def is_refunded(self, shop: Organization) -> bool:
        payment = self._last_payment(shop)
        most = refunds.refundable(payment) if payment else 0
        if payment is None or most <= 0:
            return False
        self._give_back(payment, self.chance.randint(1, most))
        return True

    def is_refunded_whole(self, shop: Organization) -> bool:
        """As goodwill: what was used of it becomes a debt."""
        payment = self._last_payment(shop)
        if payment is None:
            return False
        left = payment.amount_fen - sum(row.amount_fen for row in payment.refunds.exclude(state="failed"))
        self._give_back(payment, left)
        return True

    def _give_back(self, payment: Payment, amount_fen: int) -> None:
        row = refunds.refund(payment, amount_fen=amount_fen, reason="asked", by="ann")
        if row.provider == "manual":
            self._pay_back(row)

    def _pay_back(self, row: Refund) -> None:
        self.statement.append((row.organization_id, -row.amount_fen))
        refunds.close_refund(row, note="ICBC 43", by="ann")

    def is_refunded_at_the_provider(self, shop: Organization) -> bool:
        """A person in the provider's dashboard, who knows nothing of credits."""
        payment = self._last_payment(shop)
        if payment is None or payment.provider == "manual" or self._quarrel_of(payment.intent):
            return False
        left = payment.amount_fen - self.account.refunded(payment.intent)
        if left:
            self.account.refund(payment.intent, self.chance.randint(1, left))
        return left > 0

    def loses_a_refund(self, shop: Organization) -> bool:
        """The buyer's bank sends a refund back to us."""
        row = Refund.objects.of(shop).filter(provider="stripe", state="succeeded").order_by("-id").first()
        if row is None or self.account.rows[row.fact]["status"] != "succeeded":
            return False
        self.account.fail_refund(row.fact)
        return True

    def quarrels(self, shop: Organization) -> bool:
        payment = self._last_payment(shop)
        if payment is None or payment.provider == "manual" or self._quarrel_of(payment.intent):
            return False
        if payment.amount_fen <= self.account.refunded(payment.intent):
            return False
        row = self.account.dispute(payment.intent)
        if self.chance.random() < 0.7:
            self.account.close_dispute(row["id"], won=self.chance.random() < 0.5)
        return True

    def _quarrel_of(self, intent: str) -> bool:
        return any(row["payment_intent"] == intent for row in self.account.of("dispute"))

    def _last_payment(self, shop: Organization) -> Payment | None:
        return Payment.objects.of(shop).order_by("-id").first()


def _rank(code: str) -> int:
    plan = catalogue.plan_on_sale(code)
    assert plan is not None
    return plan.rank
