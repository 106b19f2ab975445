"""Asking for a fapiao, the tax invoice of mainland China. We keep the request; our finance team issues it elsewhere."""

import re

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from billing.errors import NotPayable, PaymentRefused
from billing.models import FapiaoRequest, Purchase, Refund

# GB 32100-2015: 18 characters, digits and capitals without I, O, S, V, Z. Older numbers of 15 or 20 are still around.
TAX_ID = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}|[0-9A-Z]{15}|[0-9A-Z]{20}")
WITH_MONEY = (Purchase.State.GRANTED, Purchase.State.PAID)


def request_fapiao(purchase: Purchase, *, title_kind: str, title: str, tax_id: str, email: str) -> FapiaoRequest:
    """Note the request for what was paid and not refunded. Raises NotPayable or PaymentRefused; nothing is noted then."""
    title, tax_id = title.strip(), tax_id.strip().upper()
    if purchase.state not in WITH_MONEY:
        raise NotPayable(f"Purchase {purchase.number} is {purchase.state}: there is no payment to make a fapiao for.")
    if not title:
        raise PaymentRefused("A fapiao needs a title: the name of the company or person that paid.")
    if title_kind == FapiaoRequest.Title.COMPANY and not TAX_ID.fullmatch(tax_id):
        raise PaymentRefused("The tax number has 18 characters (15 or 20 in older ones). Copy it from the licence.")
    try:
        with transaction.atomic():
            return FapiaoRequest.objects.create(
                organization_id=purchase.organization_id,
                purchase=purchase,
                title_kind=FapiaoRequest.Title(title_kind),
                title=title[:100],
                tax_id=tax_id if title_kind == FapiaoRequest.Title.COMPANY else "",
                email=email,
                amount_fen=_kept(purchase),
                created_at=timezone.now(),
            )
    except IntegrityError:
        raise PaymentRefused("A fapiao was asked for already. Look at its state in your purchases.") from None


def _kept(purchase: Purchase) -> int:
    back = Refund.objects.filter(payment__purchase=purchase).exclude(state=Refund.State.FAILED)
    kept = purchase.due_fen - (back.aggregate(sum=Sum("amount_fen"))["sum"] or 0)
    if kept <= 0:
        raise NotPayable(f"All money of purchase {purchase.number} went back: there is nothing to make a fapiao for.")
    return kept


def issue(request: FapiaoRequest, number: str) -> FapiaoRequest:
    """Finance has issued it under this number. Raises PaymentRefused, or NotPayable if it was answered before."""
    if not number.strip():
        raise PaymentRefused("Write the number of the fapiao: the buyer needs it.")
    return _answer(request, FapiaoRequest.State.ISSUED, number.strip()[:40])


def reject(request: FapiaoRequest) -> FapiaoRequest:
    """It cannot be issued so; the buyer may ask again. Raises NotPayable if it was answered before."""
    return _answer(request, FapiaoRequest.State.REJECTED, "")


def _answer(request: FapiaoRequest, state: str, number: str) -> FapiaoRequest:
    waiting = FapiaoRequest.objects.filter(pk=request.pk, state=FapiaoRequest.State.REQUESTED)
    if not waiting.update(state=state, fapiao_number=number):
        raise NotPayable("This fapiao request was answered already. Look at its state.")
    request.refresh_from_db()
    return request
