"""What an agency's account has paid for one merchant, month by month and work by work.

A work counts in the month in which its credits were reserved, as its budget does, so a month of a client is exactly the
holds on that month's budget. A tie that has ended keeps its months.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from billing.models import Budget, Hold, OrgLink
from creative.models import Ad, Campaign, Reshoot

KINDS = {"ad": "ad", "cmp": "campaign", "rsh": "reshoot"}  # by the prefix of a public id


@dataclass(frozen=True)
class Month:
    """``held`` runs, ``spent`` is paid, of ``cap`` credits. The works are those that were paid; ``ads`` those finished."""

    month: date
    cap: int
    held: int
    spent: int
    ads: int
    campaigns: int
    reshoots: int

    @property
    def left(self) -> int:
        return max(0, self.cap - self.held - self.spent)


@dataclass(frozen=True)
class Work:
    """One hold: ``number`` is the public id of what it was for, ``by`` the user name of whoever ordered it."""

    at: datetime
    kind: str
    number: str
    name: str
    state: str
    held: int
    spent: int
    refunded: int
    by: str


def months(link: OrgLink) -> tuple[Month, ...]:
    """Every month in which something was begun, the newest first."""
    holds = Hold.objects.filter(budget__link=link, state=Hold.State.CAPTURED).values_list("budget_id", "reference")
    paid: dict[int, Counter[str]] = {}
    campaigns: dict[str, int] = {}
    for budget_id, reference in holds:
        paid.setdefault(budget_id, Counter())[_kind(reference)] += 1
        if _kind(reference) == "campaign":
            campaigns[reference] = budget_id
    for reference in _ads_of(link, campaigns):
        paid[campaigns[reference]]["ad"] += 1
    return tuple(_month(one, paid.get(one.pk, Counter())) for one in Budget.objects.filter(link=link))


def _ads_of(link: OrgLink, campaigns: Iterable[str]) -> Iterable[str]:
    """The campaign of each finished ad of these campaigns."""
    ready = Ad.objects.of(link.merchant).filter(campaign__public_id__in=list(campaigns), state=Ad.State.READY)
    return ready.values_list("campaign__public_id", flat=True)


def _month(budget: Budget, paid: "Counter[str]") -> Month:
    works = paid["ad"], paid["campaign"], paid["reshoot"]
    return Month(budget.month, budget.cap, budget.held, budget.spent, *works)


def works(link: OrgLink, month: date | None = None) -> tuple[Work, ...]:
    """Every work of a month, or of all, the newest first; those that were given back included."""
    holds = Hold.objects.filter(budget__link=link).select_related("budget").order_by("-id")
    if month is not None:
        holds = holds.filter(budget__month=month)
    rows = list(holds)
    told = _told(link, {hold.reference for hold in rows})
    return tuple(_work(hold, *told.get(hold.reference, (hold.reference, ""))) for hold in rows)


def _told(link: OrgLink, references: set[str]) -> dict[str, tuple[str, str]]:
    """(name, who ordered it) of each work."""
    found: dict[str, tuple[str, str]] = {}
    ads = Ad.objects.of(link.merchant).filter(public_id__in=references)
    for ad in ads.select_related("product", "ordered_by").prefetch_related("product__texts"):
        found[ad.public_id] = str(ad.product), _user_name(ad)
    for campaign in Campaign.objects.of(link.merchant).filter(public_id__in=references).select_related("ordered_by"):
        found[campaign.public_id] = campaign.name, _user_name(campaign)
    reshoots = Reshoot.objects.of(link.merchant).filter(public_id__in=references)
    for one in reshoots.select_related("ad__product", "ordered_by").prefetch_related("ad__product__texts"):
        found[one.public_id] = f"{one.ad.product} #{one.index + 1}", _user_name(one)
    return found


def _user_name(row: Ad | Campaign | Reshoot) -> str:
    return row.ordered_by.get_username() if row.ordered_by else ""


def _kind(reference: str) -> str:
    return KINDS.get(reference.partition("_")[0], "other")


def _work(hold: Hold, name: str, by: str) -> Work:
    spent = hold.captured - hold.refunded
    return Work(
        hold.created_at, _kind(hold.reference), hold.reference, name, hold.state, hold.amount, spent, hold.refunded, by
    )
