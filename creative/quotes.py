"""Quotes that outlive their hour: a draft priced off-peak costs the list price by day, and the other way round.

A quote is made at one tariff (``Ad.price_percent``). When it is ordered at another, it is priced anew: cheaper at once,
dearer only after the new price has been shown.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import localtime

from billing.domain.tariff import LIST, Tariff
from billing.pricing import tariff
from creative.errors import AdNotOrderable
from creative.models import Ad, AdShot, Campaign


def renew(ad: Ad) -> None:
    """Bring the quote of a draft to the tariff of now. Raises ``AdNotOrderable`` where it has become dearer.

    The new price is kept in either case, so call it outside of a transaction: ordering once more is agreeing to it. An
    ad of a campaign is priced with its campaign.
    """
    before = ad.credits_quoted
    if ad.state == Ad.State.DRAFT and ad.campaign_id is None and _renew(ad, tariff()):
        # Only the price: a script that was edited meanwhile must still be refused to whoever has not seen it.
        ad.refresh_from_db(fields=["credits_quoted", "price_percent"])
        _refuse_dearer(before, ad.credits_quoted)


def renew_campaign(campaign: Campaign) -> None:
    """The same for all drafts of a campaign. Raises ``AdNotOrderable`` where the whole has become dearer."""
    if campaign.state != Campaign.State.DRAFT:
        return
    before, current = campaign.credits_quoted, tariff()
    with transaction.atomic():
        # Another quote than the one that was seen: whoever edited it meanwhile priced it, and ordering refuses it.
        if Campaign.objects.select_for_update().get(pk=campaign.pk).credits_quoted != before:
            return
        ads = campaign.ads.filter(state=Ad.State.DRAFT).exclude(price_percent=current.percent).order_by("id")
        if not sum(_renew(ad, current) for ad in ads):
            return
        quote_again(campaign.pk)
    campaign.refresh_from_db(fields=["credits_quoted"])
    _refuse_dearer(before, campaign.credits_quoted)


def campaign_total(campaign: Campaign) -> int:
    """Each clip counts once, however many ads of the campaign show it."""
    shots = AdShot.objects.filter(ad__campaign=campaign)
    return sum(dict(shots.values_list("clip_key", "credits")).values())


def quote_again(campaign_id: int) -> None:
    """The quote of a draft one of whose ads was changed; call it inside the transaction that changed the ad."""
    campaign = Campaign.objects.get(pk=campaign_id)
    drafts = Campaign.objects.filter(pk=campaign_id, state=Campaign.State.DRAFT)
    drafts.update(credits_quoted=campaign_total(campaign))


def _renew(ad: Ad, current: Tariff) -> bool:
    """Whether this call replaced a quote of another tariff."""
    if ad.price_percent == current.percent:
        return False
    with transaction.atomic():
        mine = Ad.objects.filter(
            pk=ad.pk, state=Ad.State.DRAFT, script_version=ad.script_version, price_percent=ad.price_percent
        )
        if not mine.update(price_percent=current.percent):  # locks the draft; or somebody else changed or ordered it
            return False
        shots = list(ad.shots.all())
        for shot in shots:
            shot.credits = current.reduced(shot.list_credits)
            shot.save(update_fields=["credits"])
        Ad.objects.filter(pk=ad.pk).update(credits_quoted=sum(shot.credits for shot in shots))
    return True


def _refuse_dearer(before: int, now: int) -> None:
    if now > before:
        raise AdNotOrderable(
            f"错峰时段已经结束：报价从 {before} 点变为 {now} 点，还没有下单，也没有扣点。同意新的报价就再下一次单。",
            f"the off-peak hours are over and the quote has changed from {before} to {now} credits; nothing was ordered "
            "or charged. Order once more if you agree to it.",
        )


@dataclass(frozen=True)
class OffPeakPrice:
    """That a draft is quoted off-peak: ``percent`` of ``listed`` credits; ``until`` such as 08:00, empty if it is over."""

    listed: int
    percent: int
    until: str

    @property
    def share(self) -> str:
        return f"{self.percent}%"


def off_peak_price(draft: Ad | Campaign) -> OffPeakPrice | None:
    """What to say beside the quote of a draft; None where it is the list price, or no draft any more."""
    ads = draft.ads.all() if isinstance(draft, Campaign) else Ad.objects.filter(pk=draft.pk)
    percent = min(ads.filter(state=Ad.State.DRAFT).values_list("price_percent", flat=True), default=LIST)
    if percent == LIST:
        return None
    current = tariff()
    until = until_words(current) if current.percent == percent else ""
    shots = dict(AdShot.objects.filter(ad__in=ads).values_list("clip_key", "list_credits"))
    return OffPeakPrice(sum(shots.values()), percent, until)


def until_words(current: Tariff) -> str:
    """The time of day at which off-peak hours end, such as ``08:00``; empty outside of them."""
    return f"{localtime(current.until):%H:%M}" if current.until else ""
