"""What the billing desk asks of the rooms above it: which ad a hold was for, and how long engines have filmed."""

from datetime import datetime

from django.db.models import QuerySet, Sum
from django.urls import reverse

from billing.desk.works import EngineTime, Shot, Work
from creative.models import Ad, Campaign, PaidClip, Reshoot
from generation.models import Clip


def work(reference: str) -> Work | None:
    """The ad, reshoot or campaign of that public id."""
    if (ad := Ad.objects.select_related("organization", "campaign").filter(public_id=reference).first()) is not None:
        reshoots = ad.reshoots.values_list("public_id", flat=True)
        names = [ad.public_id, *reshoots, *([ad.campaign.public_id] if ad.campaign else [])]
        paid = PaidClip.objects.filter(ad=ad)
        return _work(ad, f"广告 Ad {ad.public_id}", "creative_ad", names, paid)
    if (shoot := Reshoot.objects.select_related("organization", "ad").filter(public_id=reference).first()) is not None:
        paid = PaidClip.objects.filter(paid_by=reference)
        title = f"补拍 Reshoot {shoot.ad.public_id} #{shoot.index + 1}"
        return _work(shoot, title, "creative_reshoot", [reference], paid)
    if (many := Campaign.objects.select_related("organization").filter(public_id=reference).first()) is not None:
        paid = PaidClip.objects.filter(paid_by=reference)
        return _work(many, f"批量 Campaign {many.name}", "creative_campaign", [reference], paid)
    return None


def engine_times(since: datetime, until: datetime) -> tuple[EngineTime, ...]:
    """Of every clip that was filmed then, whether an ad has paid for it or not."""
    filmed = Clip.objects.filter(created_at__gte=since, created_at__lt=until)
    sums = filmed.values("engine").annotate(ms=Sum("film_ms")).order_by("engine")
    return tuple(EngineTime(row["engine"], row["ms"] or 0) for row in sums)


def _work(row: Ad | Reshoot | Campaign, title: str, page: str, names: list[str], paid: QuerySet[PaidClip]) -> Work:
    return Work(
        reference=row.public_id,
        organization_id=row.organization.public_id,
        title=title,
        state=row.get_state_display(),
        address=reverse(f"admin:{page}_change", args=[row.pk]),
        references=tuple(names),
        shots=tuple(_shot(clip) for clip in paid.select_related("ad").order_by("ad_id", "index", "pk")),
    )


def _shot(clip: PaidClip) -> Shot:
    return Shot(clip.ad.public_id, clip.index + 1, clip.clip_key, clip.engine, clip.ms, clip.engine_ms, clip.credits)
