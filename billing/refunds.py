"""Money that goes back. The credits go first, in the transaction that notes the refund, so they cannot be spent meanwhile.

Free credits are withdrawn; what was spent already is owed, and no balance becomes negative: later grants pay the debt.
A refund that the provider could not make gives the withdrawn credits back in a lot of their own.
"""

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from billing import ledger
from billing.domain.ledger import MAKE_GOOD_LIFE
from billing.domain.proration import credits_for, worth
from billing.errors import NothingToRefund, PaymentRefused, ProviderDown
from billing.models import (
    Dispute,
    Entry,
    Lot,
    MembershipPeriod,
    Organization,
    Payment,
    Purchase,
    Refund,
    Subscription,
    TradeIn,
)
from billing.providers import provider
from billing.telling import tell

STANDING = (Refund.State.REQUESTED, Refund.State.SUCCEEDED)


def refundable(payment: Payment) -> int:
    """Fen that can go back without anybody losing: what was paid for the credits that are still free."""
    left = payment.amount_fen - _given_back(payment)
    purchase = payment.purchase
    if payment.surplus or purchase.lot is None:
        return left
    now = timezone.now()
    lots = [lot for lot in (purchase.lot, *brought_again(purchase)) if lot.expires_at is None or lot.expires_at > now]
    free = sum(Lot.objects.filter(pk__in=[lot.pk for lot in lots]).values_list("free", flat=True))
    return min(left, worth(min(free, purchase.credits), purchase.price_fen, purchase.credits))


def brought_again(purchase: Purchase) -> list[Lot]:
    """Lots that gave credits of this purchase back, after a refund that failed or a dispute that was won."""
    mine = Lot.objects.filter(organization_id=purchase.organization_id, key__startswith=again_key(purchase, ""))
    return list(mine.order_by("id"))


def again_key(purchase: Purchase, why: str) -> str:
    return f"again:{purchase.public_id}:{why}"


def refund(payment: Payment, *, amount_fen: int, reason: str, by: str) -> Refund:
    """Give money of a payment back: credits are withdrawn now, then the provider is asked.

    More than ``refundable`` is allowed, as goodwill: what was used of it becomes a debt. Raises NothingToRefund or
    PaymentRefused. If the provider does not answer, the refund stays requested and the sweeper asks again.
    """
    return send(open_refund(payment, amount_fen=amount_fen, reason=reason, by=by))


def open_refund(payment: Payment, *, amount_fen: int, reason: str, by: str) -> Refund:
    """The first half of ``refund``: noted, its credits withdrawn, the provider not asked yet (``send``, or the sweeper)."""
    if not reason.strip():
        raise PaymentRefused("A refund needs a reason, for the record. Write one sentence.")
    return _request(payment.pk, amount_fen, reason, by, fact="")


def send(row: Refund) -> Refund:
    """Ask the provider for a requested refund; as often as it needs, it is made once."""
    if row.state != Refund.State.REQUESTED or row.fact:
        return row
    try:
        answer = provider(row.provider).refund(row)
    except ProviderDown as error:
        Refund.objects.filter(pk=row.pk).update(error=str(error)[:300])
    except NothingToRefund as error:
        settle_refund(row, Refund.State.FAILED, error=str(error))
    else:
        if answer.fact:
            # One commit: nobody asks again for a refund whose fact is known, so its state must be noted with it.
            with transaction.atomic():
                _lock(row.organization_id)
                Refund.objects.filter(pk=row.pk, fact="").update(fact=answer.fact, error="")
                settle_refund(row, answer.state)
    row.refresh_from_db()
    return row


def close_refund(row: Refund, *, note: str, by: str) -> Refund:
    """Staff has made a refund by hand; ``note`` is the bank's number of it. Raises PaymentRefused."""
    if not note.strip():
        raise PaymentRefused("Write the bank's number of the transfer back: it is the evidence.")
    Refund.objects.filter(pk=row.pk, state=Refund.State.REQUESTED).update(note=f"{note} ({by})"[:300])
    settle_refund(row, Refund.State.SUCCEEDED)
    row.refresh_from_db()
    return row


def seen(payment: Payment, *, fact: str, amount_fen: int, state: str, ours: str = "") -> None:
    """The provider tells of a refund: one of ours (``ours`` is its public id) or one that was made at the provider."""
    row = Refund.objects.filter(provider=payment.provider, fact=fact).first()
    if row is None and ours:
        Refund.objects.filter(public_id=ours, payment=payment, fact="").update(fact=fact, error="")
        row = Refund.objects.filter(provider=payment.provider, fact=fact).first()
    if row is None and state != Refund.State.FAILED:
        row = _request(payment.pk, amount_fen, "made at the provider", payment.provider, fact=fact)
    if row is not None:
        settle_refund(row, state)


@transaction.atomic
def _request(payment_id: int, amount_fen: int, reason: str, by: str, fact: str) -> Refund:
    payment = _locked(payment_id)
    earlier = Refund.objects.filter(provider=payment.provider, fact=fact).first() if fact else None
    if earlier is not None:
        return earlier
    left = payment.amount_fen - _given_back(payment)
    # What the provider has done is noted, whatever we think of it.
    if not fact and not 0 < amount_fen <= left:
        raise NothingToRefund(f"{amount_fen} fen cannot go back: {left} of {payment.amount_fen} fen are left.")
    row = Refund.objects.create(
        organization_id=payment.organization_id,
        payment=payment,
        provider=payment.provider,
        fact=fact,
        amount_fen=amount_fen,
        reason=reason[:300],
        requested_by=by,
        created_at=timezone.now(),
    )
    if not payment.surplus:
        _withdraw(payment, row, by)
    return row


def _locked(payment_id: int) -> Payment:
    """The payment as it is once its organization is locked."""
    _lock(Payment.objects.values_list("organization_id", flat=True).get(pk=payment_id))
    return Payment.objects.select_related("purchase__lot", "purchase__bonus_lot").get(pk=payment_id)


def _lock(organization_id: int) -> None:
    """First of all: the order of ``billing.settlement``, or a delivery and a refund would wait for each other's debts."""
    Organization.objects.select_for_update().get(pk=organization_id)


def _withdraw(payment: Payment, row: Refund, by: str) -> None:
    """Take back the credits that this money has bought, first the free ones; the rest is owed."""
    purchase = payment.purchase
    taken = owed = 0
    again = brought_again(purchase)
    for lot, bought in ((purchase.lot, purchase.credits), (purchase.bonus_lot, purchase.bonus_credits)):
        if lot is None:
            continue
        left = due = min(credits_for(row.amount_fen, purchase.price_fen, bought), lot.amount)
        for source in (lot, *again):
            key = f"refund:{row.public_id}:{lot.pk}"
            left -= ledger.withdraw(source.pk, most=left, key=key, reason=row.reason, actor=by)
        taken += due - left
        owed += left
    owed = min(owed, used_for_good(payment))
    Refund.objects.filter(pk=row.pk).update(credits_withdrawn=taken, credits_owed=owed)
    if _given_back(payment) >= payment.amount_fen:
        _take_everything(purchase, row, by)


def used_for_good(payment: Payment) -> int:
    """Credits of a payment that cannot be taken back and are not owed yet: spent, in work, traded in for an upgrade, or
    taken for an earlier debt."""
    purchase = payment.purchase
    lots = [lot.pk for lot in (purchase.lot, purchase.bonus_lot, *brought_again(purchase)) if lot is not None]
    in_work = sum(row.spent + row.held for row in Lot.objects.filter(pk__in=lots))
    traded = TradeIn.objects.filter(lot_id__in=lots).aggregate(sum=Sum("taken"))["sum"] or 0
    # A debt that these credits have paid is owed again when their own money goes back.
    repaid = Entry.objects.filter(lot_id__in=lots, kind=Entry.Kind.DEBT).aggregate(sum=Sum("d_lapsed"))["sum"] or 0
    owed = Refund.objects.filter(payment=payment, state__in=STANDING).aggregate(sum=Sum("credits_owed"))["sum"] or 0
    return max(in_work + traded + repaid - owed, 0)


def _take_everything(purchase: Purchase, row: Refund, by: str) -> None:
    """All the money goes back, so the month ends and its subscription too. Credits that a trade-in has paid stay."""
    if purchase.trade_in_fen == 0:
        for lot in (purchase.lot, purchase.bonus_lot, *brought_again(purchase)):
            if lot is not None:
                ledger.revoke(lot.pk, key=f"revoke:{row.public_id}", reason=row.reason, actor=by)
    MembershipPeriod.objects.filter(purchase=purchase, ended_at=None).update(ended_at=timezone.now())
    living = Subscription.objects.filter(purchase=purchase).exclude(state=Subscription.State.ENDED)
    living.update(must_end=True)


@transaction.atomic
def settle_refund(row: Refund, state: str, error: str = "") -> bool:
    """Requested -> succeeded or failed. True if this call did it.

    A success may still fail later (a closed bank account): then the credits come back too.
    """
    if state == Refund.State.REQUESTED:
        return False
    _lock(row.organization_id)
    before = STANDING if state == Refund.State.FAILED else (Refund.State.REQUESTED,)
    changed = Refund.objects.filter(pk=row.pk, state__in=before)
    if changed.update(state=state, closed_at=timezone.now(), error=error[:300]) == 0:
        return False
    now = Refund.objects.select_related("payment__purchase", "organization").get(pk=row.pk)
    purchase = Purchase.objects.filter(pk=now.payment.purchase_id)
    if state == Refund.State.FAILED:
        if _given_back(now.payment) < now.payment.amount_fen:
            purchase.filter(state=Purchase.State.REFUNDED).update(state=Purchase.State.GRANTED)
        _give_credits_back(now)
        return True
    if not now.payment.surplus and _given_back(now.payment) >= now.payment.amount_fen:
        purchase.exclude(state=Purchase.State.DISPUTED).update(state=Purchase.State.REFUNDED)
    _tell(now)
    return True


def _tell(row: Refund) -> None:
    facts: dict[str, str | int | None] = {"refund": row.public_id, "purchase": row.payment.purchase.public_id}
    facts |= {"amount_fen": row.amount_fen, "currency": row.payment.currency, "credits": row.credits_withdrawn}
    tell(row.organization, "refund.done", row.public_id, facts)


def _give_credits_back(row: Refund) -> None:
    lot = row.payment.purchase.lot
    alive = lot is not None and (lot.expires_at is None or lot.expires_at > timezone.now())
    if row.credits_withdrawn and lot is not None and alive:
        again = ledger.grant(
            row.organization,
            key=again_key(row.payment.purchase, row.public_id),
            amount=row.credits_withdrawn,
            kind=Lot.Kind.ADMIN,
            expires_at=lot.expires_at,
            reason=f"refund failed: {row.public_id}",
        )
        _take_what_others_lack(row, again)
    _give_collected_back(row)
    if _given_back(row.payment) < row.payment.amount_fen:
        periods = MembershipPeriod.objects.filter(purchase=row.payment.purchase, ends_at__gt=timezone.now())
        periods.update(ended_at=None)


def _take_what_others_lack(failed: Refund, again: Lot) -> None:
    """Another refund of the same money found these credits taken: it takes them now, or they would come for nothing."""
    purchase = failed.payment.purchase
    for other in Refund.objects.filter(payment=failed.payment, state__in=STANDING).order_by("id"):
        bought = (purchase.credits, purchase.bonus_credits)
        due = sum(credits_for(other.amount_fen, purchase.price_fen, credits) for credits in bought)
        missing = max(due - other.credits_withdrawn - other.credits_owed, 0)
        key = f"refund:{other.public_id}:{failed.public_id}"
        taken = ledger.withdraw(again.pk, most=missing, key=key, reason=other.reason)
        Refund.objects.filter(pk=other.pk).update(credits_withdrawn=F("credits_withdrawn") + taken)


def _give_collected_back(row: Refund) -> None:
    """There was no debt after all: what later grants have paid of it returns, and lives as long as those grants."""
    if not row.credits_collected:
        return
    paid = Entry.objects.of(row.organization).filter(kind=Entry.Kind.DEBT, key=f"debt:{row.public_id}")
    ends = [line.lot.expires_at for line in paid.select_related("lot")]
    lasting = [end for end in ends if end is not None]
    soonest = timezone.now() + MAKE_GOOD_LIFE
    ledger.grant(
        row.organization,
        key=f"debt-back:{row.public_id}",
        amount=row.credits_collected,
        kind=Lot.Kind.ADMIN,
        expires_at=max([soonest, *lasting]) if len(lasting) == len(ends) else None,
        reason=f"refund failed: {row.public_id}",
    )


def refunded(purchase: Purchase) -> int:
    """Fen of a purchase that went or go back. For a list, prefetch "payments__refunds"."""
    rows = (row for payment in purchase.payments.all() for row in payment.refunds.all())
    return sum(row.amount_fen for row in rows if row.state in STANDING)


def _given_back(payment: Payment) -> int:
    rows = Refund.objects.filter(payment=payment, state__in=STANDING)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def unsent() -> list[Refund]:
    """Refunds that the provider was not told of yet, for the sweeper. Those by hand wait for staff."""
    rows = Refund.objects.filter(state=Refund.State.REQUESTED, fact="").exclude(provider="manual")
    return list(rows.select_related("payment").order_by("id"))


def debts(organization: Organization) -> int:
    """Credits that were used although their money went back, over all refunds and lost disputes, and that are still owed:
    neither paid by later grants nor forgiven by our staff."""
    owed = Sum(F("credits_owed") - F("credits_collected") - F("credits_forgiven"))
    refunded = Refund.objects.of(organization).filter(state__in=STANDING).aggregate(sum=owed)["sum"]
    lost = Dispute.objects.of(organization).aggregate(sum=owed)["sum"]
    return (refunded or 0) + (lost or 0)
