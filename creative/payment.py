"""Credits of ads: what a draft costs, the hold that an order takes, and the one moment in which an ad is paid.

A clip is paid once per tenant, by the first ad that becomes ready with it: ``PaidClip`` says so. An ad that fails pays
nothing, and what was filmed for it stays in the cache unpaid, so the next ad that uses it pays. Extra shapes and
cutting are free. While a shot is filmed anew, the reshoot holds and pays in the place of its ad.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from billing import ledger
from billing.access import name_in_journal
from billing.budgets import budget_of, funds
from billing.domain.tariff import Tariff
from billing.models import Organization
from billing.payers import payer_of
from billing.pricing import tariff
from creative import telling
from creative.models import Ad, AdShot, Campaign, PaidClip, Reshoot
from generation.domain.shot_plan_json import plan_from_dict
from generation.models import Clip

LIVE = (Ad.State.HELD, Ad.State.SHOOTING, Ad.State.ASSEMBLING, Ad.State.CHECKING)


class HoldLost(Exception):
    """The hold was closed by somebody else in the very moment of paying: nothing was written, look again."""


@dataclass(frozen=True)
class Filming:
    """One shot to price: ``ms`` of picture, dissolve handles included."""

    clip_key: str
    ms: int


@dataclass(frozen=True)
class Quote:
    """What the shots cost at one tariff, and what they would at the list price, in order."""

    tariff: Tariff
    credits: tuple[int, ...]
    listed: tuple[int, ...]


def price(organization: Organization, shots: Iterable[Filming], kind: str = "i2v") -> Quote:
    """Credits of each shot by the rates of ``kind``: 0 where its clip is paid for, or an earlier shot is the same."""
    shots = tuple(shots)
    settled = set(paid_keys(organization, [shot.clip_key for shot in shots]))
    current = tariff()
    listed = []
    for shot in shots:
        free = shot.clip_key in settled
        listed.append(0 if free else current.rates.cost(kind, "std", duration_ms=shot.ms))
        settled.add(shot.clip_key)
    return Quote(current, tuple(map(current.reduced, listed)), tuple(listed))


def paid_keys(organization: Organization, keys: Iterable[str]) -> "QuerySet[PaidClip, str]":
    rows = PaidClip.objects.of(organization).filter(clip_key__in=list(keys))
    return rows.values_list("clip_key", flat=True)


def open_reshoot(ad: Ad) -> Reshoot | None:
    """The one that is under way; ``ad`` as it was looked at."""
    return ad.reshoots.filter(state=Reshoot.State.OPEN, number=ad.round).first() if ad.round else None


def payer(ad: Ad) -> Ad | Reshoot:
    """Whose hold pays for what the ad is doing now."""
    return open_reshoot(ad) or ad


def take_hold(row: Ad | Campaign | Reshoot, *, concurrency: int | None) -> None:
    """Reserve the whole quote under the next key of ``row``, on the account of whoever pays for it now.

    Call it inside a transaction, as its last step. The credits move last and only under the number that this row says,
    so two callers take one hold. ``concurrency`` None: the work runs already and only needs its credits again. Raises the
    ledger's refusals (``InsufficientCredits`` and others), which roll everything back.
    """
    number = row.holds_taken + 1
    pays = payer_of(row.organization)
    hold = ledger.hold(
        pays.account,
        key=f"{row.public_id}:{number}",
        amount=row.credits_quoted,
        reference=row.public_id,
        concurrency=concurrency,
        budget=budget_of(pays.link).pk if pays.link else None,
        actor=_orderer(row),
        running=concurrency is None,
    )
    type(row).objects.filter(pk=row.pk).update(hold=hold, holds_taken=number)
    row.hold, row.holds_taken = hold, number


def _orderer(row: Ad | Campaign | Reshoot) -> str:
    """Whoever ordered it, for the journal; as the row says now, not as it was when it was read."""
    ordered = type(row).objects.filter(pk=row.pk).select_related("ordered_by").get().ordered_by
    return name_in_journal(ordered, row.organization)[:120] if ordered else ""


def keep_hold(ad: Ad) -> None:
    """Extend the lease; take a new hold where the lease ran out while everything was down.

    Raises the ledger's refusals when the credits are no longer there. The ads of a campaign share its hold.
    """
    row = payer(ad)
    if row.hold_id is None or ledger.heartbeat(row.hold_id):
        return
    states = LIVE if isinstance(row, Ad) else (Reshoot.State.OPEN,)
    with transaction.atomic():
        mine = type(row).objects.filter(pk=row.pk, state__in=states, holds_taken=row.holds_taken)
        if mine.update(holds_taken=row.holds_taken):  # locks the row; else somebody else did it, or it has ended
            take_hold(row, concurrency=None)


def pay(ad: Ad) -> bool:
    """Checking -> ready, the clips marked as paid and the hold settled, all in one transaction, the ledger last.

    ``False``: the ad was cancelled or finished by somebody else. Raises ``HoldLost``.
    """
    with transaction.atomic():
        mine = Ad.objects.filter(pk=ad.pk, state=Ad.State.CHECKING, cancel_requested=False, round=ad.round)
        if not mine.update(state=Ad.State.READY, finished_at=timezone.now()):
            return False
        telling.ad_ended(ad, Ad.State.READY)
        row = payer(ad)
        free = isinstance(row, Reshoot) and row.kind == Reshoot.Kind.ORDER  # the clips of the film that was there
        used = 0 if free else sum(_pay_clip(ad, shot, row) for shot in ad.shots.order_by("clip_key"))
        if isinstance(row, Reshoot):
            _note_reshoot(row, used)
        else:
            Ad.objects.filter(pk=ad.pk).update(credits_settled=used)
        if row.hold_id is not None and not ledger.settle(row.hold_id, used=used, key=row.public_id):
            raise HoldLost(ad.public_id)
    return True


def _note_reshoot(reshoot: Reshoot, used: int) -> None:
    """Open -> done; what it was quoted and what it cost are added to those of its ad."""
    Reshoot.objects.filter(pk=reshoot.pk).update(
        state=Reshoot.State.DONE, credits_settled=used, finished_at=timezone.now()
    )
    Ad.objects.filter(pk=reshoot.ad_id).update(
        credits_quoted=F("credits_quoted") + reshoot.credits_quoted,
        credits_settled=Coalesce(F("credits_settled"), 0) + used,
    )


def _pay_clip(ad: Ad, shot: AdShot, row: Ad | Reshoot) -> int:
    """What this shot costs now: nothing if an ad has paid for the clip since the quote."""
    orders = row if isinstance(row, Reshoot) else ad.campaign or ad
    plan = plan_from_dict(shot.plan)
    clip = Clip.objects.filter(tenant=ad.organization_id, key=shot.clip_key).first()
    metered = {
        "paid_by": orders.public_id,
        "index": shot.index,
        "engine": clip.engine if clip else plan.engine,
        "ms": plan.frames * 1000 // plan.fps,
        "engine_ms": clip.film_ms if clip else 0,
        "ordered_by_id": orders.ordered_by_id,
    }
    _, first = PaidClip.objects.get_or_create(
        organization=ad.organization,
        clip_key=shot.clip_key,
        defaults={"ad": ad, "credits": shot.credits} | metered,
    )
    return shot.credits if first else 0


def collect(campaign: Campaign, used: int) -> int:
    """Pay for the ready ads of a campaign; credits paid. Call it last in the transaction that finishes the campaign.

    Where its hold has run out and the credits were spent elsewhere, what is left of the balance is taken.
    """
    if campaign.hold is not None and ledger.settle(campaign.hold.pk, used=used, key=campaign.public_id):
        return used
    campaign.credits_quoted = min(used, funds(campaign.organization).available)
    take_hold(campaign, concurrency=None)
    if campaign.hold is None or not ledger.settle(
        campaign.hold.pk, used=campaign.credits_quoted, key=campaign.public_id
    ):
        raise HoldLost(campaign.public_id)
    return campaign.credits_quoted


def give_back(row: Ad | Reshoot) -> None:
    """All credits return. Call it last inside the transaction that ends it; a hold that is gone is back already."""
    if row.hold_id is not None:
        ledger.release(row.hold_id)
