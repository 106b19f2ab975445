"""Where ads were published: noted by the merchant, and used to find the ad that a platform's export speaks of."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from billing.models import Organization
from creative.domain.platforms import platform_code
from creative.errors import AdNotReady, NotFound, PublicationRefused
from creative.models import Ad, PublishedAd
from templates_engine import feedback

State = Ad.State
UNSEEN = (State.DRAFT, State.FAILED, State.CANCELLED)  # of these there is no film that could have been published


@dataclass(frozen=True)
class Place:
    """An ad on a platform; ``platform`` is "" where neither the report nor the merchant says which."""

    ad: Ad
    platform: str
    published_at: datetime | None


def note(
    ad: Ad, *, platform: str, video_id: str = "", url: str = "", published_at: datetime | None = None
) -> PublishedAd:
    """Keeps where and when a ready ad was published; the same platform again is mended. Results of it are dated anew.

    Raises ``AdNotReady``, or ``PublicationRefused`` for a number that is another ad's, or a date that can not be.
    """
    if ad.state in UNSEEN or ad.finished_at is None:
        raise AdNotReady("做好的广告才能记发布地址。", "only a finished ad can have been published.")
    code = platform_code(platform)
    _check(code, url, published_at)
    values = {"video_id": video_id.strip()[:120], "url": url.strip(), "published_at": published_at}
    try:
        with transaction.atomic():
            row, _ = PublishedAd.objects.of(ad.organization).update_or_create(
                ad=ad, platform=code, defaults=values, create_defaults=values | {"organization": ad.organization}
            )
            feedback.date(ad.organization, ad.public_id, code, published_at or ad.finished_at)
    except IntegrityError as error:
        raise PublicationRefused(
            f"作品编号 {video_id} 已经记在另一条广告上，请核对。",
            f"{video_id!r} is already noted on another ad: check it.",
        ) from error
    return row


def forget(ad: Ad, platform: str) -> None:
    """Takes a note away again; results that came in stay. Raises ``NotFound``."""
    gone, _ = PublishedAd.objects.of(ad.organization).filter(ad=ad, platform=platform).delete()
    if not gone:
        raise NotFound("发布记录", "publication")


def find(organization: Organization, names: Collection[str]) -> Mapping[str, tuple[Place, ...]]:
    """For each of ``names`` (our ad's id, a platform's number, or an address that was noted) where that ad is published.

    Only ads of ``organization`` are found. A name that is our id gives a place for each platform noted, or one without.
    """
    wanted = set(names)
    found: dict[str, list[Place]] = defaultdict(list)
    ads = Ad.objects.of(organization).exclude(state__in=UNSEEN).select_related("product")
    for ad in ads.filter(public_id__in=wanted).prefetch_related("published"):
        noted = [Place(ad, row.platform, row.published_at or ad.finished_at) for row in ad.published.all()]
        found[ad.public_id] += noted or [Place(ad, "", ad.finished_at)]
    rows = PublishedAd.objects.of(organization).filter(Q(video_id__in=wanted) | Q(url__in=wanted))
    for row in rows.exclude(ad__state__in=UNSEEN).select_related("ad", "ad__product"):
        place = Place(row.ad, row.platform, row.published_at or row.ad.finished_at)
        for name in {row.video_id, row.url} & wanted - {""}:
            found[name].append(place)
    return {name: tuple(places) for name, places in found.items()}


def _check(platform: str, url: str, published_at: datetime | None) -> None:
    if not platform:
        raise PublicationRefused("请选择发布平台。", "say on which platform it was published.")
    if url.strip():
        try:
            URLValidator(schemes=["http", "https"])(url.strip())
        except ValidationError as error:
            raise PublicationRefused(
                "发布地址要以 https:// 开头。", "the address must be a whole one, beginning with https://."
            ) from error
    if published_at is not None and published_at > timezone.now():
        raise PublicationRefused("发布时间还没有到，请核对。", "the time of publishing lies in the future: check it.")
