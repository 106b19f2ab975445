"""Money that has come, and what it brings: a payment is noted once, then its purchase is delivered once.

Two transactions, so that money is never forgotten because a delivery failed: the sweeper delivers what is paid and not
yet delivered. Both are named by business facts, so telling the same thing twice, late or in another order changes
nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.domain.proration import credits_for, worth
from billing.memberships import GRACE, begin_period
from billing.models import (
    Invoice,
    Lot,
    MembershipPeriod,
    Organization,
    Payment,
    PlanVersion,
    Purchase,
    Subscription,
    TradeIn,
)


@dataclass(frozen=True)
class Money:
    """One payment as whoever keeps the money tells it; ``fact`` is its name there, ``intent`` what refunds name."""

    provider: str
    fact: str
    amount_fen: int
    currency: str
    paid_at: datetime
    intent: str = ""
    note: str = ""
    receipt_url: str = ""
    confirmed_by: str = ""


def receive(purchase: Purchase, money: Money) -> Payment:
    """Note a payment of a purchase and deliver what was bought. The same fact again finds everything done.

    Money that does not fit (another amount, paid twice) is noted all the same, and the purchase says what is wrong.
    """
    payment = _note(purchase.pk, money)
    deliver(payment.purchase_id)
    return payment


@transaction.atomic
def _note(purchase_id: int, money: Money) -> Payment:
    earlier = Payment.objects.filter(provider=money.provider, fact=money.fact).first()
    if earlier is not None:
        return earlier
    # The lock makes two tellers of one fact come one after the other.
    purchase = Purchase.objects.select_for_update().get(pk=purchase_id)
    payable = Purchase.objects.filter(pk=purchase_id, state__in=(Purchase.State.PENDING, Purchase.State.FAILED))
    problem = _misfit(purchase, money)
    first = payable.update(state=Purchase.State.PAID, paid_at=money.paid_at, problem=problem) == 1
    payment, created = Payment.objects.get_or_create(
        provider=money.provider,
        fact=money.fact,
        defaults={
            "organization_id": purchase.organization_id,
            "purchase": purchase,
            "intent": money.intent,
            "amount_fen": money.amount_fen,
            "currency": money.currency,
            "surplus": not first,
            "note": money.note[:300],
            "receipt_url": money.receipt_url,
            "confirmed_by": money.confirmed_by,
            "paid_at": money.paid_at,
        },
    )
    if created:
        _invoice(payment, purchase)
    if created and not first:
        Purchase.objects.filter(pk=purchase_id, problem="").update(problem="paid more than once: give the surplus back")
    return payment


def _misfit(purchase: Purchase, money: Money) -> str:
    wanted, came = (purchase.due_fen, purchase.currency), (money.amount_fen, money.currency)
    return "" if wanted == came else f"{came[0]} fen {came[1]} came for {wanted[0]} fen {wanted[1]}: nothing delivered"


def _invoice(payment: Payment, purchase: Purchase) -> None:
    title = purchase.plan.code if purchase.plan else purchase.pack_code
    Invoice.objects.create(
        organization_id=payment.organization_id,
        number=f"INV-{payment.paid_at:%Y}-{payment.pk:08d}",
        payment=payment,
        title=f"{title} {purchase.get_kind_display()}",
        amount_fen=payment.amount_fen,
        currency=payment.currency,
        issued_at=timezone.now(),
    )


def undelivered() -> Iterable[int]:
    """Purchases that are paid and have brought nothing yet, for the sweeper."""
    waiting = Purchase.objects.filter(state=Purchase.State.PAID, problem="")
    return waiting.order_by("id").values_list("pk", flat=True)


@transaction.atomic
def deliver(purchase_id: int) -> bool:
    """Paid -> granted, with its credits and rights. True if this call did it."""
    owner = Purchase.objects.values_list("organization_id", flat=True).get(pk=purchase_id)
    Organization.objects.select_for_update().get(pk=owner)  # first, as begin_period does: one order of locks
    rows = Purchase.objects.select_for_update(of=("self",)).select_related("plan", "organization", "subscription")
    purchase = rows.get(pk=purchase_id)
    if purchase.state != Purchase.State.PAID or purchase.problem:
        return False
    now = timezone.now()
    if purchase.plan is None:
        brought = _bring_pack(purchase, now)
    else:
        brought = _bring_month(purchase, purchase.plan, _take_trade_ins(purchase, now), now)
    done = {"state": Purchase.State.GRANTED, "granted_at": now, **brought}
    return Purchase.objects.filter(pk=purchase_id, state=Purchase.State.PAID).update(**done) == 1


def _bring_pack(purchase: Purchase, now: datetime) -> dict[str, object]:
    expires_at = now + timedelta(days=purchase.pack_days or 0)
    lot = _lot(purchase, Lot.Kind.TOPUP, purchase.credits, expires_at)
    if not purchase.bonus_credits:
        return {"lot": lot}
    return {"lot": lot, "bonus_lot": _lot(purchase, Lot.Kind.BONUS, purchase.bonus_credits, expires_at)}


def _lot(purchase: Purchase, kind: Lot.Kind, credits: int, expires_at: datetime) -> Lot:
    return ledger.grant(
        purchase.organization,
        key=f"{kind.value}:{purchase.public_id}",
        amount=credits,
        kind=kind,
        expires_at=expires_at,
        reason=f"{purchase.number} {purchase.pack_code}",
    )


def _bring_month(purchase: Purchase, plan: PlanVersion, missing_fen: int, now: datetime) -> dict[str, object]:
    """``missing_fen``: value that was to come from credits which were spent before the money came. The new month brings
    so many credits less, so nobody gets a credit below its price."""
    fewer = credits_for(missing_fen, purchase.price_fen, purchase.credits) if missing_fen else 0
    organization, subscription = purchase.organization, purchase.subscription
    newest = subscription is not None and not _overtaken(purchase)
    period = begin_period(
        organization,
        plan,
        key=f"purchase:{purchase.public_id}",
        at=_beginning(organization, plan, now),
        source=purchase.provider,
        credits=max(purchase.credits - fewer, 1),
        follows=_renewed(subscription, now) if newest else None,
    )
    _replace_lower(organization, plan, subscription)
    if subscription is not None and newest:
        Subscription.objects.filter(pk=subscription.pk).update(last_period=period, plan=plan)
        Subscription.objects.filter(pk=subscription.pk, next_plan=plan).update(next_plan=None)
    return {"period": period, "lot_id": period.lot_id}


def _overtaken(purchase: Purchase) -> bool:
    """A later month of the subscription was delivered before this one: only that says which plan it is on by now."""
    later = Purchase.objects.filter(subscription=purchase.subscription, paid_at__gt=purchase.paid_at)
    return later.exclude(period=None).exists()


def _beginning(organization: Organization, plan: PlanVersion, now: datetime) -> datetime:
    """Now; for a plan below what is bought already, when the last month of a higher plan ends."""
    higher = MembershipPeriod.objects.of(organization).filter(rank__gt=plan.rank, ends_at__gt=now, ended_at=None)
    last = higher.order_by("-ends_at").first()
    return last.ends_at if last else now


def _renewed(subscription: Subscription | None, now: datetime) -> MembershipPeriod | None:
    """The month that a renewal continues, although it may have ended some hours or, in grace, days ago."""
    last = subscription.last_period if subscription else None
    if last is None or last.ended_at is not None or last.ends_at <= now - GRACE:
        return None
    return last


def _take_trade_ins(purchase: Purchase, now: datetime) -> int:
    """Take the credits that pay for a part of this purchase. The fen that are missing because they were spent."""
    missing = 0
    for row in TradeIn.objects.of(purchase.organization).filter(purchase=purchase).select_related("lot").order_by("id"):
        alive = row.lot.expires_at is None or row.lot.expires_at > now
        taken = ledger.withdraw(
            row.lot_id,
            most=row.credits if alive else 0,
            key=f"trade-in:{purchase.public_id}",
            reason=f"{purchase.number}: upgrade",
        )
        TradeIn.objects.filter(pk=row.pk, taken=None).update(taken=taken)
        missing += row.value_fen - worth(taken, row.value_fen, row.credits)
    return missing


def _replace_lower(organization: Organization, plan: PlanVersion, kept: Subscription | None) -> None:
    """Months of lower plans that are traded in whole end, and their subscriptions are charged no more."""
    lower = MembershipPeriod.objects.of(organization).filter(rank__lt=plan.rank, ended_at=None)
    traded = lower.filter(lot__free=0, lot__held=0, lot__spent=0, ends_at__gt=timezone.now())
    traded.update(ended_at=timezone.now())
    charged = Subscription.objects.of(organization).exclude(state=Subscription.State.ENDED)
    if kept is not None:
        charged = charged.exclude(pk=kept.pk)
    charged.filter(plan__rank__lt=plan.rank).update(must_end=True)
