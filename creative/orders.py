"""Ordering and cancelling an ad."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from billing.domain.plans import Entitlements
from billing.memberships import ensure_daily, entitlements_for
from creative import allowed, bell, payment, quotes
from creative.errors import AdNotCancellable, AdNotOrderable
from creative.models import Ad
from creative.payment import LIVE

State = Ad.State


def order(ad: Ad, *, entitlements: Entitlements | None = None, by: AbstractBaseUser | None = None) -> Ad:
    """Reserve the quoted credits and start. An ad that is on its way (or ready) is returned as it is, nothing charged.

    ``entitlements`` stand in for those of the membership where the operator of the machine orders; ``by`` is the member
    who does, None for a program.

    Raises the ledger's ``InsufficientCredits`` or ``TooManyOpenHolds`` with nothing started, ``PlanTooSmall`` for a draft
    that the plan of now does not allow (it was made under a higher one), and ``AdNotOrderable``
    for an ad that was cancelled, has failed, or belongs to a campaign, whose script is another than ``ad`` holds, or whose
    quote was made off-peak and is dearer now.
    """
    if ad.campaign_id is not None:
        raise AdNotOrderable(
            "这条广告属于一个批量项目：请在项目里下单。", "this ad is part of a campaign: order the campaign."
        )
    quotes.renew(ad)
    ensure_daily(ad.organization)
    rights = entitlements or entitlements_for(ad.organization)
    if ad.state == State.DRAFT:
        allowed.check_ad(ad, rights)
    with transaction.atomic():
        mine = Ad.objects.filter(pk=ad.pk, state=State.DRAFT, script_version=ad.script_version)
        mine = mine.filter(price_percent=ad.price_percent)
        if mine.update(state=State.HELD, ordered_at=timezone.now(), ordered_by_id=by.pk if by else None):
            bell.ring(bell.ADVANCE, ad.public_id)
            payment.take_hold(ad, concurrency=rights.concurrency)
    ad.refresh_from_db()
    if ad.state == State.DRAFT:
        raise AdNotOrderable(
            "台词刚刚改过，报价也可能变了，还没有下单。请看看新的台词和报价再下单。",
            "the script was edited a moment ago, and its price may have changed: look at it, then order.",
        )
    if ad.state in (State.FAILED, State.CANCELLED):
        raise AdNotOrderable(
            "这条广告已经结束：请用同样的商品新建一条。",
            "this ad has already ended: make a new one of the same product.",
        )
    return ad


def cancel(ad: Ad) -> Ad:
    """Stop an ad that is not ready yet; every credit returns. A draft is simply ended. Calling it twice does no harm.

    Raises ``AdNotCancellable`` for an ad that is ready or has failed. The running shot stops within seconds.
    """
    Ad.objects.filter(pk=ad.pk, state=State.DRAFT).update(
        state=State.CANCELLED,
        reason_code="cancelled",
        reason="已取消。",
        reason_en="cancelled.",
        finished_at=timezone.now(),
    )
    if Ad.objects.filter(pk=ad.pk, state__in=LIVE).update(cancel_requested=True):
        bell.ring(bell.ADVANCE, ad.public_id)
    ad.refresh_from_db()
    if ad.state in (State.READY, State.FAILED):
        raise AdNotCancellable("这条广告已经结束，无法取消。", "this ad has already ended and cannot be cancelled.")
    return ad
