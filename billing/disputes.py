"""Disputes: while a payer's bank quarrels about a payment, what it bought is frozen.

Opened: free credits are withdrawn, the month ends, and the account starts no new work until the quarrel is over. Won:
the credits come back in a lot of their own with the time that was left. Lost: the money is gone, what was spent is a
debt, and the account stays as it is until a person has looked.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.models import Dispute, Lot, MembershipPeriod, Organization, Payment, Purchase
from billing.refunds import again_key, brought_again, used_for_good
from billing.telling import tell


@transaction.atomic
def seen(payment: Payment, *, fact: str, amount_fen: int, state: str, opened_at: datetime) -> Dispute:
    """The provider tells of a dispute. Told again, late or out of order, it changes nothing more."""
    Organization.objects.select_for_update().get(pk=payment.organization_id)
    row, opened = Dispute.objects.get_or_create(
        provider=payment.provider,
        fact=fact,
        defaults={
            "organization_id": payment.organization_id,
            "payment": payment,
            "amount_fen": amount_fen,
            "opened_at": opened_at,
        },
    )
    if opened:
        _freeze(row)
        facts: dict[str, str | int | None] = {"purchase": payment.purchase.public_id, "amount_fen": amount_fen}
        facts["currency"] = payment.currency
        tell(payment.organization, "dispute.opened", f"{payment.provider}:{fact}", facts)
    if state != Dispute.State.OPEN:
        _close(row, state)
    row.refresh_from_db()
    return row


def _parked(row: Dispute) -> str:
    return f"dispute {row.fact}"


def _freeze(row: Dispute) -> None:
    purchase = row.payment.purchase
    taken = 0
    for lot in _lots(purchase):
        taken += ledger.withdraw(lot.pk, most=lot.amount, key=f"dispute:{row.fact}", reason=_parked(row))
    Dispute.objects.filter(pk=row.pk).update(credits_withdrawn=taken)
    MembershipPeriod.objects.filter(purchase=purchase, ended_at=None).update(ended_at=timezone.now())
    Purchase.objects.filter(pk=purchase.pk).update(state=Purchase.State.DISPUTED)
    Organization.objects.filter(pk=row.organization_id, parked_reason="").update(parked_reason=_parked(row))


def _close(row: Dispute, state: str) -> None:
    still_open = Dispute.objects.filter(pk=row.pk, state=Dispute.State.OPEN)
    if still_open.update(state=state, closed_at=timezone.now()) == 0:
        return
    row.refresh_from_db()
    if state == Dispute.State.WON:
        _give_back(row)
        return
    Dispute.objects.filter(pk=row.pk).update(credits_owed=used_for_good(row.payment))
    for lot in _lots(row.payment.purchase):
        ledger.revoke(lot.pk, key=f"dispute:{row.fact}:lost", reason=_parked(row))


def _give_back(row: Dispute) -> None:
    purchase, now = row.payment.purchase, timezone.now()
    state = Purchase.State.GRANTED if purchase.lot_id else Purchase.State.PAID
    Purchase.objects.filter(pk=purchase.pk, state=Purchase.State.DISPUTED).update(state=state)
    MembershipPeriod.objects.filter(purchase=purchase, ends_at__gt=now).update(ended_at=None)
    _unpark(row)
    lot = purchase.lot
    if row.credits_withdrawn and lot is not None:
        ledger.grant(
            row.organization,
            key=again_key(purchase, row.fact),
            amount=row.credits_withdrawn,
            kind=Lot.Kind.ADMIN,
            expires_at=None if lot.expires_at is None else now + max(lot.expires_at - row.opened_at, timedelta()),
            reason=f"{_parked(row)} won",
        )


def _unpark(row: Dispute) -> None:
    """The account goes on, unless another quarrel is still open."""
    other = Dispute.objects.of(row.organization).filter(state=Dispute.State.OPEN).order_by("id").first()
    parked = Organization.objects.filter(pk=row.organization_id, parked_reason=_parked(row))
    parked.update(parked_reason=_parked(other) if other else "")


def _lots(purchase: Purchase) -> list[Lot]:
    return [lot for lot in (purchase.lot, purchase.bonus_lot, *brought_again(purchase)) if lot is not None]
