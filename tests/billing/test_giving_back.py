"""Money that goes back in odd ways: unheard, twice, too late, in quarrels; nobody keeps credits and their money."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from billing import ledger, memberships, purchases, refunds, settlement, sweeping
from billing.errors import NothingToRefund, PaymentRefused
from billing.ledger import sql
from billing.models import Dispute, Lot, Organization, Payment, Purchase, Refund, Subscription
from billing.settlement import Money
from tests.billing.buying import available, bought, spend, transfer
from tests.billing.conftest import NOON, Clock, columns, lot
from tests.billing.stripe_fake import FakeStripe, Postman


@pytest.fixture(autouse=True)
def stopped(clock: Clock) -> None:
    """Every test here lives at NOON."""


@pytest.fixture
def gold(shop: Organization, fake: FakeStripe, post: Postman) -> Purchase:
    """A month card, paid and delivered."""
    return bought(shop, fake, post, "gold")


def give_back(purchase: Purchase, fen: int) -> Refund:
    return refunds.refund(purchase.payments.get(surplus=False), amount_fen=fen, reason="x", by="ann")


# --- refunds ----------------------------------------------------------------------------------------------------------
def test_the_message_of_our_refund_comes_before_its_answer(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    fake.lost_answers = 3
    row = give_back(gold, 3300)
    assert (row.state, row.fact) == ("requested", "")
    post.round()
    row.refresh_from_db()
    assert (row.state, Refund.objects.count(), fake.account.balance) == ("succeeded", 1, 3300)
    sweeping.sweep()
    assert fake.account.balance == 3300


def test_a_refund_is_heard_of_its_charge_too(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    fake.account.refund(gold.payments.get().intent, 3300)
    (told,) = [event for event in fake.account.events if event["type"] == "charge.refunded"]
    assert post.post(told) == 200
    post.act()
    assert (Refund.objects.get().amount_fen, available(gold.organization)) == (3300, 330)


def test_two_refunds_of_one_amount_are_two(gold: Purchase, fake: FakeStripe) -> None:
    facts = {give_back(gold, 1000).fact for _ in range(2)}
    assert (len(facts), fake.account.balance, available(gold.organization)) == (2, 4600, 460)
    assert refunds.refundable(gold.payments.get()) == 4600


def test_no_more_goes_back_than_is_left(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    give_back(gold, 4000)
    with pytest.raises(NothingToRefund, match="2600 of 6600 fen are left"):
        give_back(gold, 2601)
    assert (Refund.objects.count(), fake.account.balance, available(gold.organization)) == (1, 2600, 260)


def test_what_a_trade_in_has_paid_is_not_paid_out(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    """23,300 of 26,600 fen came as money now: after 20,000 went back, 3,300 are left, whatever the credits are worth."""
    spend(gold.organization, 330, "ad")
    upgrade = bought(gold.organization, fake, post, "platinum")
    give_back(upgrade, 20_000)
    assert upgrade.trade_in_fen == 3300
    assert refunds.refundable(upgrade.payments.get()) == 3300


def test_a_foreign_refund_that_failed_takes_nothing(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    fake.account.refund(gold.payments.get().intent, 3300)["status"] = "failed"
    post.round()
    assert not Refund.objects.exists()
    assert available(gold.organization) == 660


def test_a_refund_that_stripe_refuses_fails_at_once(gold: Purchase, fake: FakeStripe) -> None:
    fake.account.dispute(gold.payments.get().intent)  # and nobody told us yet
    row = give_back(gold, 3300)
    assert (row.state, available(gold.organization)) == ("failed", 660)
    assert "Stripe will not send this money back" in row.error


def test_what_stripe_has_done_is_noted_though_nothing_was_left(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    """Ours waits for Stripe to come back, and somebody gives the same money back in Stripe's dashboard meanwhile."""
    fake.down = 100
    ours = give_back(gold, 6600)
    fake.down = 0
    fake.account.refund(gold.payments.get().intent, 6600)
    post.round()
    theirs = Refund.objects.exclude(pk=ours.pk).get()
    assert (theirs.state, theirs.amount_fen, theirs.credits_withdrawn) == ("succeeded", 6600, 0)
    sweeping.sweep()  # ours is refused now; its credits are not the customer's, who has all the money
    ours.refresh_from_db()
    theirs.refresh_from_db()
    gold.refresh_from_db()
    assert (ours.state, theirs.credits_withdrawn, gold.state) == ("failed", 660, "refunded")
    assert (available(gold.organization), refunds.debts(gold.organization), fake.account.balance) == (0, 0, 0)
    assert memberships.current_period(gold.organization) is None
    assert ledger.audit() == []


def test_money_that_came_twice_goes_back_without_credits(shop: Organization) -> None:
    done = transfer(shop, "gold")
    settlement.receive(done, Money("manual", "again", 6600, "CNY", NOON))
    surplus = Payment.objects.get(surplus=True)
    spend(shop, 100, "ad")
    assert refunds.refundable(surplus) == 6600
    row = refunds.refund(surplus, amount_fen=6600, reason="paid twice", by="ann")
    with pytest.raises(PaymentRefused):
        refunds.close_refund(row, note=" ", by="ann")
    row = refunds.close_refund(row, note="ICBC 77", by="ann")
    done.refresh_from_db()
    assert (row.state, row.credits_withdrawn, row.credits_owed) == ("succeeded", 0, 0)
    assert (done.state, available(shop), refunds.debts(shop)) == ("granted", 560, 0)
    assert refunds.refundable(surplus) == 0
    assert memberships.current_period(shop) is not None


def test_credits_that_expired_unused_are_neither_refundable_nor_owed(gold: Purchase, clock: Clock) -> None:
    spend(gold.organization, 60, "ad")
    clock.passes(days=31)
    assert refunds.refundable(gold.payments.get()) == 0
    ledger.lapse()
    row = give_back(gold, 6600)  # goodwill
    assert (row.state, row.credits_withdrawn, row.credits_owed) == ("succeeded", 0, 60)


def test_credits_at_work_are_owed_once(gold: Purchase) -> None:
    work = ledger.hold(gold.organization, key="ad", amount=660)
    rows = [give_back(gold, 3300), give_back(gold, 3300)]
    assert [row.credits_owed for row in rows] == [330, 330]
    assert refunds.debts(gold.organization) == 660
    ledger.settle(work.pk, used=660)
    assert available(gold.organization) == 0


def test_the_bonus_goes_back_by_the_same_share(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    pack = bought(shop, fake, post, "topup_3300", pack=True)  # and a bonus of 200
    row = give_back(pack, 16_500)
    assert (row.credits_withdrawn, available(shop)) == (1750, 1750)


def test_who_gets_all_the_money_back_is_charged_no_more(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    first = bought(shop, fake, post, "gold", kind="subscription")
    give_back(first, 3300)
    assert purchases.subscription_of(shop) is not None
    give_back(first, 3300)
    assert (purchases.subscription_of(shop), memberships.current_period(shop)) == (None, None)
    sweeping.sweep()
    assert [row["status"] for row in fake.account.of("subscription")] == ["canceled"]
    assert Subscription.objects.get().state == "ended"


def test_a_full_refund_that_fails_brings_everything_back(gold: Purchase, fake, post: Postman, clock: Clock) -> None:
    shop, ends = gold.organization, gold.lot.expires_at
    row = give_back(gold, 6600)
    gold.refresh_from_db()
    assert (gold.state, available(shop), memberships.current_period(shop)) == ("refunded", 0, None)
    post.round()  # nothing but the message of the failure will tell
    clock.passes(days=5)
    fake.account.fail_refund(row.fact)
    post.round()
    gold.refresh_from_db()
    assert (gold.state, available(shop), memberships.current_period(shop)) == ("granted", 660, gold.period)
    assert Lot.objects.get(kind="admin").expires_at == ends
    assert refunds.settle_refund(row, "succeeded") is False  # a late word changes nothing
    row.refresh_from_db()
    assert (row.state, available(shop)) == ("failed", 660)
    give_back(gold, 6600)  # the lot that came again is taken too
    assert available(shop) == 0


def test_what_fails_after_the_month_brings_no_credits(gold: Purchase, fake, post: Postman, clock: Clock) -> None:
    row = give_back(gold, 3300)
    clock.passes(days=31)
    fake.account.fail_refund(row.fact)
    post.round()
    row.refresh_from_db()
    assert (row.state, available(gold.organization), Lot.objects.count()) == ("failed", 0, 1)


# --- taking from a lot ------------------------------------------------------------------------------------------------
def test_a_withdrawal_takes_what_is_free_once(shop: Organization) -> None:
    mine = lot(shop, 50)
    ledger.hold(shop, key="ad", amount=20)
    assert [ledger.withdraw(mine.pk, most=25, key="a", reason="x") for _ in range(2)] == [25, 25]
    assert columns(mine) == (5, 20, 0, 25)
    assert ledger.withdraw(mine.pk, most=25, key="b", reason="x") == 5
    assert columns(mine) == (0, 20, 0, 30)
    assert ledger.audit() == []


def test_a_rival_spent_what_was_to_be_withdrawn(shop: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = lot(shop, 50)
    real, before = sql.lot_to_close, [sql.lot_to_close(mine.pk)]
    spend(shop, 40, "rival")
    monkeypatch.setattr(sql, "lot_to_close", lambda lot_id: before.pop() if before else real(lot_id))
    assert ledger.withdraw(mine.pk, most=50, key="a", reason="x") == 10
    assert (columns(mine), before) == ((0, 0, 40, 10), [])
    assert ledger.audit() == []


# --- disputes ---------------------------------------------------------------------------------------------------------
def test_a_dispute_that_is_told_again_changes_nothing_more(
    gold: Purchase, fake: FakeStripe, post: Postman, money_rows: Callable[[], list[object]]
) -> None:
    quarrel = fake.account.dispute(gold.payments.get().intent)
    post.round()
    assert memberships.current_period(gold.organization) is None
    fake.account.close_dispute(quarrel["id"], won=True)
    post.round()
    before = money_rows()[:-1]  # the messages themselves are kept
    for kind in ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"):
        fake.account.tell(kind, quarrel)
    post.round()
    assert money_rows()[:-1] == before
    assert available(gold.organization) == 660
    quarrel["status"] = "lost"  # a closed dispute stays closed
    fake.account.tell("charge.dispute.closed", quarrel)
    post.round()
    assert (Dispute.objects.get().state, refunds.debts(gold.organization)) == ("won", 0)


def test_time_in_a_quarrel_is_given_back(gold: Purchase, fake: FakeStripe, post: Postman, clock: Clock) -> None:
    quarrel = fake.account.dispute(gold.payments.get().intent)
    post.round()
    left = gold.lot.expires_at - clock.now
    clock.passes(days=40)
    fake.account.close_dispute(quarrel["id"], won=True)
    post.round()
    again = Lot.objects.get(kind="admin")
    assert (again.amount, again.expires_at - clock.now) == (660, left)
    assert memberships.current_period(gold.organization) is None  # the month itself is over


def test_staff_who_parked_an_account_unpark_it(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    Organization.objects.update(parked_reason="the audit found something")
    quarrel = fake.account.dispute(gold.payments.get().intent)
    post.round()
    fake.account.close_dispute(quarrel["id"], won=True)
    post.round()
    assert Organization.objects.get().parked_reason == "the audit found something"


@pytest.mark.parametrize("first", [0, 1])
def test_an_account_is_parked_until_the_last_quarrel_is_over(
    gold: Purchase, fake: FakeStripe, post: Postman, first: int
) -> None:
    pack = bought(gold.organization, fake, post, "topup_330", pack=True)
    quarrels = [fake.account.dispute(one.payments.get().intent)["id"] for one in (gold, pack)]
    post.round()
    fake.account.close_dispute(quarrels.pop(first), won=True)
    post.round()
    assert Organization.objects.get().parked_reason != ""
    fake.account.close_dispute(quarrels.pop(), won=True)
    post.round()
    assert Organization.objects.get().parked_reason == ""


def test_work_that_returns_after_a_lost_dispute_brings_nothing(gold: Purchase, fake, post: Postman) -> None:
    shop = gold.organization
    work = ledger.hold(shop, key="ad", amount=100)
    quarrel = fake.account.dispute(gold.payments.get().intent)
    fake.account.close_dispute(quarrel["id"], won=False)
    post.round()
    ledger.release(work.pk)
    assert available(shop) == 0
    assert ledger.audit() == []


def test_a_refund_in_a_quarrel_does_not_end_it(gold: Purchase, fake: FakeStripe, post: Postman) -> None:
    intent = gold.payments.get().intent
    fake.account.dispute(intent)
    post.round()
    fake.account.refund(intent, 6600)
    post.round()
    gold.refresh_from_db()
    assert (gold.state, available(gold.organization)) == ("disputed", 0)


def test_the_time_that_is_left_is_never_less_than_none(shop: Organization, clock: Clock) -> None:
    """The dispute is opened, by the bank's clock, after the credits have ended: they come back ended."""
    from billing import disputes

    done = transfer(shop, "gold")
    told = {"fact": "dp_1", "amount_fen": 6600, "opened_at": clock.now + timedelta(days=60)}
    disputes.seen(done.payments.get(), state="open", **told)
    disputes.seen(done.payments.get(), state="won", **told)
    assert (Dispute.objects.get().state, available(shop)) == ("won", 0)
