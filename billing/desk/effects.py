"""What each wish does, by one verb of the ledger, of memberships or of refunds; and how many credits it moves.

adjust     ``credits`` above 0 are given (for ``days``, 0 = for ever), below 0 taken from what is free
bonus      ``credits`` as a gift for ``days``
makegood   ``credits`` for work that went wrong; as the ledger's own make-good lots they pay no debt
comp       a month of ``plan_code`` that nobody pays
write_off  ``credits`` of a debt are no longer owed
refund     ``amount_fen`` of the payment ``subject`` go back
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from billing import catalogue, ledger, memberships, refunds
from billing.desk.audit import Effect
from billing.errors import DeskRefused, RefundTooLarge, UnknownPlan
from billing.models import Lot, Organization, Payment, StaffAction

Kind = StaffAction.Kind
CREDITS = (Kind.ADJUST, Kind.BONUS, Kind.MAKEGOOD, Kind.COMP, Kind.WRITE_OFF)
LOTS = {Kind.ADJUST: Lot.Kind.ADMIN, Kind.BONUS: Lot.Kind.BONUS, Kind.MAKEGOOD: Lot.Kind.MAKEGOOD}
LARGEST = 10_000_000  # credits; whatever is above it is a slip of the finger


@dataclass(frozen=True)
class Wish:
    """What staff wants for a customer; which fields count depends on ``kind``, as said above."""

    organization: Organization
    kind: StaffAction.Kind
    credits: int = 0
    amount_fen: int = 0
    subject: str = ""
    plan_code: str = ""
    days: int = 0


def check(wish: Wish) -> None:
    """Raises DeskRefused for what makes no sense, before anything is looked at."""
    if wish.kind in LOTS or wish.kind == Kind.WRITE_OFF:
        fits = wish.credits != 0 if wish.kind == Kind.ADJUST else wish.credits > 0
        if not fits or abs(wish.credits) > LARGEST:
            raise DeskRefused(
                f"点数要在 1 到 {LARGEST} 之间，{wish.credits} 不行。",
                f"{wish.credits} is no amount of credits to move.",
            )
    if wish.kind in (Kind.BONUS, Kind.MAKEGOOD) and wish.days <= 0:
        raise DeskRefused("请写明有效天数。", "Say for how many days these credits live.")
    if wish.kind == Kind.REFUND and wish.amount_fen <= 0:
        raise DeskRefused("退款金额要大于 0。", "A refund is more than nothing.")


def size(wish: Wish) -> int:
    """How many credits it moves, for the limit. Raises UnknownPlan."""
    if wish.kind == Kind.COMP:
        plan = catalogue.plan_on_sale(wish.plan_code)
        if plan is None:
            raise UnknownPlan(wish.plan_code)
        return plan.credits
    return abs(wish.credits)


def carry_out(wish: Wish, *, reason: str, by: str, key: str) -> Effect:
    """Inside the transaction of ``billing.desk.audit.act``, which holds the organization's lock."""
    return VERBS[wish.kind](wish, reason, by, key)


def _adjust(wish: Wish, reason: str, by: str, key: str) -> Effect:
    return _give(wish, reason, by, key) if wish.credits > 0 else _take(wish, reason, by, key)


def _give(wish: Wish, reason: str, by: str, key: str) -> Effect:
    lot = ledger.grant(
        wish.organization,
        key=f"desk:{key}",
        amount=wish.credits,
        kind=LOTS[wish.kind],
        expires_at=timezone.now() + timedelta(days=wish.days) if wish.days else None,
        actor=by[:120],
        reason=reason,
    )
    return Effect(lot.amount, subject=lot.key)


def _take(wish: Wish, reason: str, by: str, key: str) -> Effect:
    """From the lots in drawing order, all of it or nothing."""
    left = -wish.credits
    for lot in ledger.balance(wish.organization).lots:
        if not left:
            break
        left -= ledger.withdraw(lot.lot_id, most=left, key=f"desk:{key}", reason=reason, actor=by[:120])
    if left:
        free = -wish.credits - left
        raise DeskRefused(
            f"只有 {free} 点可用，扣不了 {-wish.credits} 点，什么都没有扣。",
            f"Only {free} credits are free, so {-wish.credits} cannot be taken; nothing was.",
        )
    return Effect(wish.credits, subject=f"desk:{key}")


def _comp(wish: Wish, reason: str, by: str, key: str) -> Effect:
    period = memberships.start_period(wish.organization, wish.plan_code, key=f"desk:{key}", source="comp")
    return Effect(period.lot.amount, subject=period.public_id)


def _write_off(wish: Wish, reason: str, by: str, key: str) -> Effect:
    try:
        ledger.forgive(wish.organization, wish.credits)
    except RefundTooLarge as error:
        raise DeskRefused(
            f"只欠 {error.refundable} 点，核销不了 {wish.credits} 点，什么都没有核销。",
            f"Only {error.refundable} credits are owed, so {wish.credits} cannot be written off; nothing was.",
        ) from error
    return Effect(wish.credits)


def _refund(wish: Wish, reason: str, by: str, key: str) -> Effect:
    payment = Payment.objects.of(wish.organization).filter(public_id=wish.subject).first()
    if payment is None:
        raise DeskRefused("这位客户没有这笔付款。", "This customer has no such payment.")
    row = refunds.open_refund(payment, amount_fen=wish.amount_fen, reason=reason, by=by)
    row.refresh_from_db()
    return Effect(-row.credits_withdrawn, row.amount_fen, row.public_id)


VERBS: dict[StaffAction.Kind, Callable[[Wish, str, str, str], Effect]] = {
    Kind.ADJUST: _adjust,
    Kind.BONUS: _give,
    Kind.MAKEGOOD: _give,
    Kind.COMP: _comp,
    Kind.WRITE_OFF: _write_off,
    Kind.REFUND: _refund,
}
