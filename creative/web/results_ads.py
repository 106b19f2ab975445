"""The ads of the page of results, each with the last numbers that were reported of it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.models import Organization
from creative.domain.platforms import PLATFORMS
from creative.models import Ad
from creative.web.words import chosen
from templates_engine import feedback
from templates_engine.domain.account import Compared, Published, compared
from templates_engine.domain.evidence_words import rounded


@dataclass(frozen=True)
class AdRow:
    """An ad on one platform. ``beside``: its views beside the account's usual then, "" where nothing can be compared."""

    ad: Ad
    platform: str
    age: str
    views: str
    beside: str
    hold: str
    completion: str
    orders: str
    per_views: str
    spend_fen: int | None
    currency: str
    reports: int


def ad_rows(organization: Organization) -> list[AdRow]:
    """The newest ads first, once for each platform."""
    published = feedback.published(organization)
    beside = {(one.ad_id, one.platform): one for one in compared(published)}
    ads = Ad.objects.of(organization).select_related("product", "brief").prefetch_related("product__texts")
    by_id = ads.in_bulk({one.ad_id for one in published}, field_name="public_id")
    rows = [
        _row(by_id[one.ad_id], one, beside.get((one.ad_id, one.platform))) for one in published if one.ad_id in by_id
    ]
    return sorted(rows, key=lambda row: (-row.ad.pk, row.platform))


def _row(ad: Ad, one: Published, beside: Compared | None) -> AdRow:
    last = one.snapshots[-1]
    return AdRow(
        ad,
        platform_word(one.platform),
        age_words(last.age_h),
        f"{last.views:,}",
        _("平时的 %(n)s 倍") % {"n": rounded(beside.ratio)} if beside else "",
        percent(last.hold_3s),
        percent(last.completion),
        "—" if last.orders is None else f"{last.orders:,}",
        rounded(1000 * last.orders / last.views) if last.orders is not None and last.views else "",
        last.spend_fen,
        last.currency,
        len(one.snapshots),
    )


def platform_word(code: str) -> str:
    place = PLATFORMS.get(code)
    return chosen(place.zh, place.en) if place is not None else code or _("平台未填")


def age_words(hours: int) -> str:
    """``30`` as 30 小时, ``72`` as 3 天."""
    if hours >= 48 and hours % 24 == 0:
        return _("%(n)d 天") % {"n": hours // 24}
    return _("%(n)d 小时") % {"n": hours}


def percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}" if share >= 0.095 else f"{share:.1%}"
