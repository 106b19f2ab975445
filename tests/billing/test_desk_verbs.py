"""The billing desk's verbs: exact credits, one row of the record each, one effect per key, two people above a limit."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from billing import ledger, memberships, refunds
from billing.desk import wishes
from billing.desk.effects import Wish
from billing.errors import DeskRefused, NothingToRefund
from billing.models import Entry, Lot, Organization, Payment, Refund, StaffAction, StaffRequest
from billing.organizations import add_member
from tests.billing.buying import available, bought, spend, transfer
from tests.billing.conftest import Clock, columns, everything, lot
from tests.billing.stripe_fake import FakeStripe, Postman

Kind = StaffAction.Kind


def rows() -> list[object]:
    """The ledger and everything that the desk writes."""
    return [
        *everything(),
        *(list(model.objects.order_by("pk").values()) for model in (StaffAction, StaffRequest, Refund)),
    ]


def propose(wish: Wish, *, by: str = "ann", key: str = "k1", reason: str = "shot 3 was dark") -> Any:
    return wishes.propose(wish, reason=reason, by=by, key=key)


def gold_payment(shop: Organization) -> Payment:
    transfer(shop, "gold")
    return Payment.objects.get(organization=shop)


def test_credits_are_given_with_their_expiry_and_noted(shop: Organization, clock: Clock) -> None:
    done = propose(Wish(shop, Kind.ADJUST, credits=120, days=10))
    given = Lot.objects.get()
    assert (given.kind, columns(given)) == ("admin", (120, 0, 0, 0))
    assert (given.expires_at - clock.now).days == 10
    line = Entry.objects.get()
    assert (line.kind, line.d_free, line.actor, line.reason) == ("grant", 120, "ann", "shot 3 was dark")
    assert (done.kind, done.staff, done.second, done.credits, done.reason) == (
        "adjust",
        "ann",
        "",
        120,
        "shot 3 was dark",
    )
    assert (done.organization, done.subject, done.at) == (shop, given.key, clock.now)
    assert (done.before["available"], done.after["available"]) == (0, 120)


def test_credits_without_days_never_end(shop: Organization) -> None:
    propose(Wish(shop, Kind.ADJUST, credits=5))
    assert Lot.objects.get().expires_at is None


def test_credits_are_taken_in_drawing_order_all_or_nothing(shop: Organization, clock: Clock) -> None:
    late, soon = lot(shop, 50, key="late", hours=9), lot(shop, 30, key="soon", hours=3)
    done = propose(Wish(shop, Kind.ADJUST, credits=-40))
    assert (columns(soon), columns(late)) == ((0, 0, 0, 30), (40, 0, 0, 10))
    assert (done.credits, done.before["available"], done.after["available"]) == (-40, 80, 40)
    assert ledger.audit(shop) == []
    before = rows()
    with pytest.raises(DeskRefused, match="Only 40 credits"):
        propose(Wish(shop, Kind.ADJUST, credits=-41), key="k2")
    assert rows() == before


def test_held_credits_are_not_taken(shop: Organization) -> None:
    lot(shop, 10)
    ledger.hold(shop, key="ad", amount=6)
    with pytest.raises(DeskRefused):
        propose(Wish(shop, Kind.ADJUST, credits=-5))
    assert ledger.balance(shop).held == 6
    assert not StaffAction.objects.exists()


@pytest.mark.parametrize(("kind", "lot_kind"), [(Kind.BONUS, "bonus"), (Kind.MAKEGOOD, "makegood")])
def test_gifts_live_for_their_days(shop: Organization, clock: Clock, kind: Kind, lot_kind: str) -> None:
    done = propose(Wish(shop, kind, credits=30, days=7))
    given = Lot.objects.get()
    assert (given.kind, given.free, (given.expires_at - clock.now).days) == (lot_kind, 30, 7)
    assert (done.kind, done.credits) == (kind, 30)


def test_a_free_month_brings_the_plan_and_is_worth_no_money(shop: Organization) -> None:
    done = propose(Wish(shop, Kind.COMP, plan_code="gold"))
    period = memberships.current_period(shop)
    assert period is not None
    assert (period.source, period.lot.amount, done.credits, done.subject) == ("comp", 660, 660, period.public_id)
    assert (done.before["plan"], done.after["plan"]) == ("", "gold")
    assert not Payment.objects.exists()


def test_a_refund_takes_credits_and_waits_for_the_bank(shop: Organization) -> None:
    payment = gold_payment(shop)
    done = propose(Wish(shop, Kind.REFUND, amount_fen=3300, subject=payment.public_id))
    row = Refund.objects.get()
    assert (row.amount_fen, row.state, row.requested_by, row.credits_withdrawn) == (3300, "requested", "ann", 330)
    assert (done.amount_fen, done.credits, done.subject) == (3300, -330, row.public_id)
    assert (done.before["available"], done.after["available"], available(shop)) == (660, 330, 330)


def test_the_provider_is_asked_after_the_refund_is_noted(shop: Organization, fake: FakeStripe, post: Postman) -> None:
    payment = bought(shop, fake, post, "gold").payments.get()
    wish = Wish(shop, Kind.REFUND, amount_fen=6600, subject=payment.public_id)
    done = propose(wish)
    assert Refund.objects.get(public_id=done.subject).fact.startswith("re_")
    assert (fake.account.refunded(payment.intent), available(shop)) == (6600, 0)
    assert propose(wish) == done
    assert fake.account.refunded(payment.intent) == 6600


def test_more_than_was_paid_is_not_refunded(shop: Organization) -> None:
    payment = gold_payment(shop)
    before = rows()
    with pytest.raises((NothingToRefund, DeskRefused)):
        propose(Wish(shop, Kind.REFUND, amount_fen=6601, subject=payment.public_id))
    assert rows() == before


def test_the_payment_of_another_customer_is_not_refunded(shop: Organization, charlies_shop: Organization) -> None:
    payment = gold_payment(shop)
    before = rows()
    with pytest.raises(DeskRefused, match="no such payment"):
        propose(Wish(charlies_shop, Kind.REFUND, amount_fen=100, subject=payment.public_id))
    assert rows() == before


@pytest.fixture
def debtor(shop: Organization) -> Organization:
    """Gold is bought, 500 credits of it are used, and all its money goes back: 500 credits are owed."""
    payment = gold_payment(shop)
    spend(shop, 500, "ad")
    refunds.refund(payment, amount_fen=6600, reason="goodwill", by="ben")
    assert refunds.debts(shop) == 500
    return shop


def test_a_debt_is_written_off_in_part_and_later_grants_pay_only_the_rest(debtor: Organization) -> None:
    done = propose(Wish(debtor, Kind.WRITE_OFF, credits=200))
    assert (done.credits, done.before["debt"], done.after["debt"], refunds.debts(debtor)) == (200, 500, 300, 300)
    lot(debtor, 1000, key="next")
    assert (available(debtor), refunds.debts(debtor)) == (700, 0)
    assert ledger.audit(debtor) == []


def test_more_than_is_owed_is_not_written_off(debtor: Organization) -> None:
    before = rows()
    with pytest.raises(DeskRefused, match="Only 500 credits are owed, so 501"):
        propose(Wish(debtor, Kind.WRITE_OFF, credits=501))
    assert rows() == before


def test_a_bonus_pays_the_debt_first_and_a_make_good_does_not(debtor: Organization) -> None:
    propose(Wish(debtor, Kind.MAKEGOOD, credits=50, days=7), key="k1")
    assert (available(debtor), refunds.debts(debtor)) == (50, 500)
    done = propose(Wish(debtor, Kind.BONUS, credits=100, days=7), key="k2")
    assert (available(debtor), refunds.debts(debtor)) == (50, 400)
    assert (done.before["debt"], done.after["debt"]) == (500, 400)


@pytest.mark.parametrize(
    "wish",
    [
        {"kind": Kind.ADJUST, "credits": 0},
        {"kind": Kind.ADJUST, "credits": 10_000_001},
        {"kind": Kind.BONUS, "credits": -5, "days": 3},
        {"kind": Kind.BONUS, "credits": 5},
        {"kind": Kind.MAKEGOOD, "credits": 5},
        {"kind": Kind.WRITE_OFF, "credits": -1},
        {"kind": Kind.REFUND, "amount_fen": 0},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(shop: Organization, wish: dict[str, Any]) -> None:
    before = rows()
    with pytest.raises(DeskRefused):
        propose(Wish(shop, **wish))
    assert rows() == before


def test_no_action_without_a_reason(shop: Organization) -> None:
    before = rows()
    with pytest.raises(DeskRefused, match="reason"):
        propose(Wish(shop, Kind.ADJUST, credits=5), reason="  ")
    assert rows() == before


def test_the_same_form_sent_twice_acts_once(shop: Organization) -> None:
    first = propose(Wish(shop, Kind.ADJUST, credits=5))
    assert propose(Wish(shop, Kind.ADJUST, credits=5)) == first
    assert (available(shop), StaffAction.objects.count()) == (5, 1)


# --- the second person ------------------------------------------------------------------------------------------------
def test_the_limit_itself_needs_nobody_else_and_one_credit_more_does(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_CREDITS = 100
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=100)), StaffAction)
    waits = propose(Wish(shop, Kind.ADJUST, credits=1), key="k2")
    assert (waits.state, waits.asked_by, waits.credits, available(shop)) == ("waiting", "ann", 1, 100)


def asked(shop: Organization, settings: Any, **fields: Any) -> StaffRequest:
    settings.DESK_ALONE_CREDITS = 100
    waits = propose(Wish(shop, Kind.ADJUST, **({"credits": 101} | fields)))
    assert isinstance(waits, StaffRequest)
    return waits


def test_a_request_changes_nothing_but_the_record(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    assert (available(shop), Lot.objects.count()) == (0, 0)
    noted = StaffAction.objects.get()
    assert (noted.kind, noted.staff, noted.credits, noted.subject) == ("asked", "ann", 101, waits.public_id)
    assert noted.before == noted.after


def test_a_second_person_approves_and_it_is_done_once(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    done = wishes.approve(waits, by="ben", note="seen")
    assert (done.staff, done.second, done.credits, available(shop)) == ("ann", "ben", 101, 101)
    waits.refresh_from_db()
    assert (waits.state, waits.decided_by, waits.note) == ("approved", "ben", "seen")
    assert Entry.objects.get().actor == "ann"


def test_the_same_person_never_approves(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    before = rows()
    for decide in (wishes.approve, wishes.decline):
        with pytest.raises(DeskRefused, match="yourself"):
            decide(waits, by="ann", note="me")
    assert rows() == before


def test_the_database_too_refuses_the_same_person(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRequest.objects.filter(pk=waits.pk).update(state="approved", decided_by="ann")
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffAction.objects.create(kind="adjust", staff="ann", second="ann", reason="x", key="x", at=waits.asked_at)
    assert StaffRequest.objects.get().state == "waiting"


def test_of_two_approvals_in_one_moment_one_has_an_effect(shop: Organization, settings: Any) -> None:
    """Both have read the request while it was waiting."""
    waits = asked(shop, settings)
    ben, cat = (StaffRequest.objects.get(pk=waits.pk) for _ in range(2))
    wishes.approve(ben, by="ben")
    before = rows()
    with pytest.raises(DeskRefused, match="decided before"):
        wishes.approve(cat, by="cat")
    assert rows() == before
    assert (available(shop), StaffAction.objects.filter(kind="adjust").count()) == (101, 1)


def test_declining_does_nothing_and_needs_a_reason(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    before = rows()
    with pytest.raises(DeskRefused, match="reason"):
        wishes.decline(waits, by="ben", note="")
    assert rows() == before
    noted = wishes.decline(waits, by="ben", note="no such shot")
    assert (noted.kind, noted.staff, noted.reason, available(shop)) == ("declined", "ben", "no such shot", 0)
    with pytest.raises(DeskRefused):
        wishes.approve(waits, by="cat")
    assert available(shop) == 0


def test_what_cannot_be_done_any_more_waits_on(shop: Organization, settings: Any) -> None:
    lot(shop, 150)
    waits = asked(shop, settings, credits=-120)
    spend(shop, 100, "ad")
    before = rows()
    with pytest.raises(DeskRefused, match="Only 50"):
        wishes.approve(waits, by="ben")
    assert rows() == before
    assert StaffRequest.objects.get().state == "waiting"


def test_many_small_ones_count_together_for_a_day(shop: Organization, settings: Any, clock: Clock) -> None:
    settings.DESK_ALONE_CREDITS = 100
    for number in (1, 2):
        assert isinstance(propose(Wish(shop, Kind.BONUS, credits=50, days=3), key=f"k{number}"), StaffAction)
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=1), key="k3"), StaffRequest)
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=1), key="k4", by="ben"), StaffAction)
    clock.passes(hours=24)
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=100), key="k5"), StaffAction)


def test_taking_counts_as_giving_and_a_month_as_its_credits(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_CREDITS = 659
    lot(shop, 700)
    assert isinstance(propose(Wish(shop, Kind.COMP, plan_code="gold")), StaffRequest)
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=-660), key="k2"), StaffRequest)
    assert isinstance(propose(Wish(shop, Kind.ADJUST, credits=-659), key="k3"), StaffAction)


def test_large_refunds_wait_too_and_go_out_with_the_approval(shop: Organization, settings: Any) -> None:
    settings.DESK_ALONE_FEN = 6599
    payment = gold_payment(shop)
    waits = propose(Wish(shop, Kind.REFUND, amount_fen=6600, subject=payment.public_id))
    assert (waits.state, available(shop), Refund.objects.count()) == ("waiting", 660, 0)
    done = wishes.approve(waits, by="ben")
    assert (done.second, done.amount_fen, available(shop), Refund.objects.get().amount_fen) == ("ben", 6600, 0, 6600)


def test_a_member_of_the_shop_gives_it_nothing_alone(shop: Organization) -> None:
    add_member(shop, User.objects.create_user("ann"), "viewer")
    waits = propose(Wish(shop, Kind.ADJUST, credits=1))
    assert (waits.state, available(shop)) == ("waiting", 0)


# --- the record -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement", ["UPDATE billing_staffaction SET reason = 'other'", "DELETE FROM billing_staffaction"]
)
def test_the_record_only_grows(shop: Organization, statement: str) -> None:
    propose(Wish(shop, Kind.ADJUST, credits=5))
    before = rows()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert rows() == before


def test_what_was_asked_for_is_never_changed(shop: Organization, settings: Any) -> None:
    waits = asked(shop, settings)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRequest.objects.filter(pk=waits.pk).update(credits=9)
    assert StaffRequest.objects.get().credits == 101
