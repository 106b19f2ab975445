"""The credit statement, filtered by what the ledger does not know: products and campaigns."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing import catalogue, ledger
from billing.ledger import StatementLine
from billing.models import Organization
from creative.models import Ad, Campaign, Reshoot


@dataclass(frozen=True)
class Asked:
    """What to keep; empty or None: everything. Both days are included and are those of the catalogue's time zone."""

    kind: str = ""
    first: date | None = None
    last: date | None = None
    product: str = ""
    campaign: str = ""

    def __bool__(self) -> bool:
        return self != Asked()


def lines(
    organization: Organization, asked: Asked, *, before: int | None = None, limit: int = 50, reference: str = ""
) -> tuple[StatementLine, ...]:
    """The newest lines that fit, newest first; a product or campaign that is not theirs keeps none."""
    zone = ZoneInfo(catalogue.current().timezone)
    return ledger.statement(
        organization,
        before=before,
        limit=limit,
        reference=reference,
        references=_references(organization, asked) if asked.product or asked.campaign else None,
        kinds=(asked.kind,) if asked.kind else (),
        since=datetime.combine(asked.first, time.min, tzinfo=zone) if asked.first else None,
        until=datetime.combine(asked.last + timedelta(days=1), time.min, tzinfo=zone) if asked.last else None,
    )


def _references(organization: Organization, asked: Asked) -> set[str]:
    """The public ids under which holds for this product or campaign are: of ads, of reshoots, of campaigns."""
    ads = Ad.objects.of(organization)
    if asked.product:
        ads = ads.filter(product__public_id=asked.product)
    if asked.campaign:
        ads = ads.filter(campaign__public_id=asked.campaign)
    reshoots = Reshoot.objects.of(organization).filter(ad__in=ads)
    campaigns = Campaign.objects.of(organization).filter(pk__in=ads.values("campaign"))
    return {public_id for rows in (ads, reshoots, campaigns) for public_id in rows.values_list("public_id", flat=True)}
