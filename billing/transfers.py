"""Confirming a bank transfer: one member of staff below a limit, two different ones from it on, each with evidence.

Whoever is a member of the buying organization too is never alone enough.
"""

from datetime import date, datetime, time

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing import settlement
from billing.errors import NotAllowed, NotPayable, PaymentRefused
from billing.models import Member, Provider, Purchase, TransferConfirmation
from billing.settlement import Money

OPEN = (Purchase.State.PENDING, Purchase.State.FAILED)  # a transfer that came late is still money


def confirm(purchase: Purchase, *, staff: str, amount_fen: int, received_on: date, note: str) -> Purchase:
    """Say that the money of a transfer is on our bank's statement; ``note`` is the bank's number of it.

    From ``settings.TRANSFER_SECOND_PERSON_FEN`` on, or said by a member of the buyer, it counts when a second person has
    said the same. Raises PaymentRefused, NotPayable, or NotAllowed for the same person twice.
    """
    _check(purchase, amount_fen, received_on, note)
    try:
        with transaction.atomic():
            TransferConfirmation.objects.create(
                organization_id=purchase.organization_id,
                purchase=purchase,
                staff=staff,
                amount_fen=amount_fen,
                received_on=received_on,
                note=note.strip()[:300],
                at=timezone.now(),
            )
    except IntegrityError:
        raise NotAllowed("You have confirmed this transfer already. A second person must look at it.") from None
    return finish(purchase)


def finish(purchase: Purchase) -> Purchase:
    """Deliver a purchase that has all its confirmations; the sweeper calls it again after a crash."""
    said = list(purchase.confirmations.order_by("id"))
    if len(said) >= people_needed(purchase):
        moment = datetime.combine(said[0].received_on, time(12), tzinfo=timezone.get_current_timezone())
        money = Money(
            provider=Provider.MANUAL.value,
            fact=f"transfer:{purchase.public_id}",
            amount_fen=said[0].amount_fen,
            currency=purchase.currency,
            paid_at=moment,
            note=said[0].note,
            confirmed_by=", ".join(row.staff for row in said)[:150],
        )
        settlement.receive(purchase, money)
    purchase.refresh_from_db()
    return purchase


def people_needed(purchase: Purchase) -> int:
    said = purchase.confirmations.values("staff")
    own = Member.objects.filter(organization_id=purchase.organization_id, user__username__in=said)
    return 2 if purchase.due_fen >= settings.TRANSFER_SECOND_PERSON_FEN or own.exists() else 1


def unfinished() -> list[Purchase]:
    """Purchases that were confirmed and whose payment was not noted, because a process died in between."""
    rows = Purchase.objects.filter(provider=Provider.MANUAL, state__in=OPEN, confirmations__isnull=False)
    return [row for row in rows.distinct() if row.confirmations.count() >= people_needed(row)]


def _check(purchase: Purchase, amount_fen: int, received_on: date, note: str) -> None:
    if purchase.provider != Provider.MANUAL or purchase.state not in OPEN:
        raise NotPayable(f"Purchase {purchase.number} waits for no transfer: it is {purchase.state}.")
    if amount_fen != purchase.due_fen:
        raise PaymentRefused(
            f"{amount_fen} fen are not the {purchase.due_fen} fen of {purchase.number}. Send a wrong amount back and ask "
            "for a new transfer, or correct what you typed."
        )
    if received_on > timezone.localdate():
        raise PaymentRefused("A transfer cannot have come in the future. Take the date of the bank's statement.")
    if not note.strip():
        raise PaymentRefused("Write the bank's number of the transfer: it is the evidence.")
