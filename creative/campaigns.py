"""Many ads ordered as one: one quote, one hold admitted whole or not at all, and no bad item stops the rest."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing import ledger
from billing.domain.plans import Entitlements
from billing.errors import BillingError
from billing.memberships import ensure_daily, entitlements_for
from billing.models import Organization
from creative import allowed, bell, dressing, payment, production, quotes, telling, voicing
from creative.drafts import keep, prepare
from creative.errors import AdNotCancellable, AdNotOrderable, BriefRefused, CreativeError
from creative.models import Ad, Campaign, Product
from creative.payment import LIVE
from creative.prepared import Prepared, Wishes
from templates_engine import library

log = logging.getLogger(__name__)
MAX_SPOKEN = 20  # ads whose lines are spoken while somebody waits for the quote
MAX_ADS = 100  # one campaign; above it drafting takes longer than a request should, and the grid is no longer a page
State = Campaign.State


@dataclass(frozen=True)
class Combination:
    """One ad to be made; an empty ``template_id`` means the one that fits best."""

    product: Product
    lang: str
    template_id: str


def draft_campaign(
    organization: Organization,
    *,
    name: str,
    products: Sequence[Product],
    template_ids: Sequence[str] = (),
    langs: Sequence[str] = ("zh",),
    aspects: Sequence[str] = ("9:16",),
    seconds: int = 15,
    theme: str = "ember",
    music: bool = True,
    engine: str = "",
    seed: int = 1,
    track: str = "",
    spoken: bool = False,
    agency: Organization | None = None,
) -> Campaign:
    """Drafts for every product x language x template of that language; ``left_out`` says what cannot be made, and why.

    Every ad has the merchant's own ``track`` and is ``spoken``, as in ``drafts.draft``. Raises ``PlanTooSmall`` without the
    entitlement, ``NotFound`` for a track that is not theirs, ``BriefRefused`` when nothing at all can be made.
    """
    entitlements = entitlements_for(organization)
    allowed.require(entitlements, lambda plan: plan.campaigns, "批量项目", "campaigns")
    dress = dressing.dress_for(organization, agency, track=track, spoken=spoken)
    wanted = combinations(organization, products, template_ids, langs)
    if not 0 < len(wanted) <= MAX_ADS:
        raise BriefRefused(
            f"一个项目要有 1 到 {MAX_ADS} 条广告，现在是 {len(wanted)} 条。",
            f"a campaign has 1 to {MAX_ADS} ads, this one would have {len(wanted)}.",
        )
    if spoken:
        _can_speak(len(wanted))
    prepared: list[Prepared] = []
    left_out: list[dict[str, str]] = []
    for item in wanted:  # the slow part, before any row is locked
        wishes = Wishes(item.lang, tuple(aspects), seconds, item.template_id, engine, seed, theme, music)
        try:
            prepared.append(prepare(organization, item.product, wishes, entitlements, dress))
        except CreativeError as error:
            left_out.append(_left_out(item, error))
    if not prepared:
        first = left_out[0]
        raise BriefRefused(f"没有一条能做：{first['reason_zh']}", f"none of them can be made: {first['reason']}")
    return _save(organization, name.strip()[:120] or "Campaign", prepared, left_out)


def _can_speak(count: int) -> None:
    """Raises ``BriefRefused``, once instead of for every ad."""
    why = voicing.silent()
    if why is not None:
        raise why
    if count > MAX_SPOKEN:
        raise BriefRefused(
            f"带配音的项目一次最多 {MAX_SPOKEN} 条，现在是 {count} 条：请分成几批，或不要配音。",
            f"a campaign with a voice has {MAX_SPOKEN} ads at most, this one would have {count}: split it up.",
        )


def _save(
    organization: Organization, name: str, prepared: Sequence[Prepared], left_out: list[dict[str, str]]
) -> Campaign:
    with transaction.atomic():
        campaign = Campaign.objects.create(organization=organization, name=name, left_out=left_out)
        for one in prepared:
            keep(one, campaign=campaign)
        campaign.credits_quoted = quotes.campaign_total(campaign)
        campaign.save(update_fields=["credits_quoted"])
    return campaign


def combinations(
    organization: Organization, products: Sequence[Product], template_ids: Sequence[str], langs: Iterable[str]
) -> list[Combination]:
    """A language without a chosen template of its own gets the best fitting one."""
    by_lang: dict[str, list[str]] = {}
    for template in library.visible(organization):
        if template.id in template_ids:
            by_lang.setdefault(template.lang, []).append(template.id)
    return [
        Combination(product, lang, template_id)
        for product in products
        for lang in dict.fromkeys(langs)
        for template_id in by_lang.get(lang, [""])
    ]


def _left_out(item: Combination, error: CreativeError) -> dict[str, str]:
    return {
        "product": item.product.public_id,
        "product_name": str(item.product),
        "template": item.template_id,
        "lang": item.lang,
        "reason": error.en,
        "reason_zh": error.zh,
    }


def order_campaign(campaign: Campaign, *, by: AbstractBaseUser | None = None) -> Campaign:
    """One hold for all ads, ordered by a member (None: a program); ordering twice changes nothing.

    Raises the ledger's refusals, ``PlanTooSmall`` where the plan has become one that does not allow it, or
    ``AdNotOrderable`` where the quote has changed since, with nothing started.
    """
    organization = campaign.organization
    quotes.renew_campaign(campaign)
    ensure_daily(organization)
    rights = entitlements_for(organization)
    if campaign.state == State.DRAFT:
        _check_rights(campaign, rights)
    with transaction.atomic():
        mine = Campaign.objects.filter(pk=campaign.pk, state=State.DRAFT, credits_quoted=campaign.credits_quoted)
        if mine.update(state=State.RUNNING, ordered_by_id=by.pk if by else None):
            now = timezone.now()
            Ad.objects.filter(campaign=campaign, state=Ad.State.DRAFT).update(
                state=Ad.State.HELD, ordered_at=now, ordered_by_id=by.pk if by else None
            )
            bell.ring(bell.ADVANCE_CAMPAIGN, campaign.public_id)
            payment.take_hold(campaign, concurrency=rights.concurrency)
    campaign.refresh_from_db()
    if campaign.state == State.DRAFT:
        raise AdNotOrderable(
            "批次里有台词刚刚改过，报价变了，还没有下单。请看看新的报价再下单。",
            "a script of this campaign was edited a moment ago and the quote has changed: look at it, then order.",
        )
    if campaign.cancel_requested and campaign.state == State.FINISHED:
        raise AdNotOrderable("这个项目已经取消：请新建一个。", "this campaign was cancelled: make a new one.")
    return campaign


def _check_rights(campaign: Campaign, rights: Entitlements) -> None:
    """Raises PlanTooSmall for what the drafts were made with and the plan of now does not allow."""
    allowed.require(rights, lambda plan: plan.campaigns, "批量项目", "campaigns")
    for ad in campaign.ads.filter(state=Ad.State.DRAFT):
        allowed.check_ad(ad, rights)


def unfinished() -> list[str]:
    return list(Campaign.objects.filter(state=State.RUNNING).order_by("id").values_list("public_id", flat=True))


def advance_campaign(campaign_id: str) -> Campaign | None:
    """Advance each ad of a running campaign, and settle once all have ended. Called by workers, like ``advance``."""
    campaign = Campaign.objects.select_related("organization").filter(public_id=campaign_id).first()
    if campaign is None or campaign.state != State.RUNNING:
        return campaign
    if not _keep_hold(campaign):
        Ad.objects.filter(campaign=campaign, state__in=LIVE).update(cancel_requested=True)
    for ad_id in Ad.objects.filter(campaign=campaign, state__in=LIVE).values_list("public_id", flat=True):
        try:
            production.advance(ad_id)
        except Exception:  # a bug in one ad must not keep the others waiting; the log has it
            log.exception("%s of %s could not be advanced", ad_id, campaign_id)
    if not Ad.objects.filter(campaign=campaign, state__in=LIVE).exists():
        _finish(campaign)
    campaign.refresh_from_db()
    return campaign


def cancel_campaign(campaign: Campaign) -> Campaign:
    """Stop what is not ready; ready ads stay and are paid, all other credits return."""
    drafts = Campaign.objects.filter(pk=campaign.pk, state=State.DRAFT)
    with transaction.atomic():
        if drafts.update(state=State.FINISHED, cancel_requested=True, finished_at=timezone.now(), credits_settled=0):
            Ad.objects.filter(campaign=campaign, state=Ad.State.DRAFT).update(
                state=Ad.State.CANCELLED, reason_code="cancelled", finished_at=timezone.now()
            )
    if Campaign.objects.filter(pk=campaign.pk, state=State.RUNNING).update(cancel_requested=True):
        Ad.objects.filter(campaign=campaign, state__in=LIVE).update(cancel_requested=True)
        bell.ring(bell.ADVANCE_CAMPAIGN, campaign.public_id)
    campaign.refresh_from_db()
    if not campaign.cancel_requested:
        raise AdNotCancellable("这个项目已经结束。", "this campaign has already ended.")
    return campaign


def _keep_hold(campaign: Campaign) -> bool:
    """Extend the lease, or hold again what ran out while everything was down. ``False``: the credits are gone."""
    if campaign.hold_id is not None and ledger.heartbeat(campaign.hold_id):
        return True
    try:
        with transaction.atomic():
            mine = Campaign.objects.filter(pk=campaign.pk, state=State.RUNNING, holds_taken=campaign.holds_taken)
            if mine.update(holds_taken=campaign.holds_taken):
                payment.take_hold(campaign, concurrency=None)
    except BillingError as error:
        log.warning("%s: %s", campaign.public_id, error)
        return False
    return True


def _finish(campaign: Campaign) -> None:
    """Running -> finished, the ready ads paid, in one transaction, the ledger last."""
    ready = Ad.objects.filter(campaign=campaign, state=Ad.State.READY)
    used = ready.aggregate(used=Sum("credits_settled"))["used"] or 0
    with transaction.atomic():
        mine = Campaign.objects.filter(pk=campaign.pk, state=State.RUNNING)
        if mine.update(state=State.FINISHED, finished_at=timezone.now()):
            telling.campaign_finished(campaign, ready=ready.count(), credits=used)
            paid = payment.collect(campaign, used)
            Campaign.objects.filter(pk=campaign.pk).update(credits_settled=paid)
