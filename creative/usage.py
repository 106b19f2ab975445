"""Metering: what was filmed and paid for, per shot, with its product, campaign, member and day.

The ledger says what was paid: each settled hold, less what was refunded. ``PaidClip`` says which shots it paid. So work
that failed, was cancelled or was rejected by the gate is not here, since no hold of it was settled; and the credits of
all lines add up to what the account has spent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from billing import catalogue
from billing.models import Hold, Organization
from creative.domain.metering import shared
from creative.models import PaidClip

MAX_DAYS = 366
USUAL_DAYS = 30


@dataclass(frozen=True)
class UsageLine:
    """One shot that was paid for, or (``ad_id`` empty) credits that were settled for anything else.

    ``at`` is when its hold was settled, ``day`` that day in the catalogue's time zone. ``ms`` of picture took the engine
    ``engine_ms``. ``credits`` are net of refunds; ``member`` is the user name of who ordered, empty for a program.
    """

    day: date
    at: datetime
    reference: str
    ad_id: str
    shot: int
    engine: str
    ms: int
    engine_ms: int
    product_id: str
    product: str
    campaign_id: str
    campaign: str
    member: str
    credits: int


@dataclass(frozen=True)
class Total:
    """The sum of the lines that share ``key`` (a day, an id, a name); ``name`` is for people."""

    key: str
    name: str
    shots: int
    ms: int
    engine_ms: int
    credits: int


KEYS: dict[str, Callable[[UsageLine], tuple[str, str]]] = {
    "day": lambda line: (line.day.isoformat(), line.day.isoformat()),
    "product": lambda line: (line.product_id, line.product),
    "campaign": lambda line: (line.campaign_id, line.campaign),
    "member": lambda line: (line.member, line.member),
    "engine": lambda line: (line.engine, line.engine),
    "ad": lambda line: (line.ad_id, line.product),
}


def usage(organization: Organization, first: date, last: date) -> tuple[UsageLine, ...]:
    """The lines of the days ``first`` to ``last`` (see ``span``), both included, oldest first."""
    zone = ZoneInfo(catalogue.current().timezone)
    begins = datetime.combine(first, time.min, tzinfo=zone)
    ends = datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)
    settled = Hold.objects.filter(state=Hold.State.CAPTURED, captured__gt=0, closed_at__gte=begins, closed_at__lt=ends)
    clips = PaidClip.objects.of(organization).exclude(paid_by="")
    # By the key of the settlement and not by the account: an agency may have paid for this organization.
    mine = settled.filter(settle_key__in=clips.values("paid_by"))
    holds = {hold.pk: hold for hold in (*mine, *settled.filter(organization=organization))}
    paid: dict[str, list[PaidClip]] = defaultdict(list)
    wanted = clips.filter(paid_by__in={hold.settle_key for hold in holds.values()})
    for clip in wanted.select_related("ad__product", "ad__campaign", "ordered_by").order_by("ad_id", "index", "id"):
        paid[clip.paid_by].append(clip)
    lines = [line for hold in holds.values() for line in _of_hold(hold, paid.get(hold.settle_key, []), zone)]
    return tuple(sorted(lines, key=lambda line: (line.at, line.ad_id, line.shot)))


def totals(lines: Iterable[UsageLine], by: str) -> tuple[Total, ...]:
    """The lines summed by one of KEYS: days in order, everything else with the largest first. KeyError otherwise."""
    key_of = KEYS[by]
    groups: dict[str, list[UsageLine]] = defaultdict(list)
    names: dict[str, str] = {}
    for line in lines:
        key, name = key_of(line)
        groups[key].append(line)
        names[key] = name
    sums = [_sum(key, names[key], group) for key, group in groups.items()]
    return tuple(sorted(sums, key=lambda total: (total.key,) if by == "day" else (-total.credits, total.key)))


def total_of(lines: Sequence[UsageLine]) -> Total:
    return _sum("", "", lines)


def span(first: date | None, last: date | None) -> tuple[date, date]:
    """The days to show where some of this was asked: the last 30 without any, and at most MAX_DAYS up to ``last``."""
    end = last or today()
    begin = min(first or end - timedelta(days=USUAL_DAYS - 1), end)
    return max(begin, end - timedelta(days=MAX_DAYS - 1)), end


def today() -> date:
    """The day it is in the catalogue's time zone."""
    return timezone.now().astimezone(ZoneInfo(catalogue.current().timezone)).date()


def _sum(key: str, name: str, lines: Sequence[UsageLine]) -> Total:
    return Total(
        key=key,
        name=name,
        shots=sum(1 for line in lines if line.ad_id),
        ms=sum(line.ms for line in lines),
        engine_ms=sum(line.engine_ms for line in lines),
        credits=sum(line.credits for line in lines),
    )


def _of_hold(hold: Hold, clips: Sequence[PaidClip], zone: ZoneInfo) -> Iterable[UsageLine]:
    """A hold may have got less than its shots cost, where credits ran out, or got back some: they share what is left."""
    at = hold.closed_at or hold.created_at
    cost, day = hold.captured - hold.refunded, at.astimezone(zone).date()
    if not clips:
        yield UsageLine(day, at, hold.reference, "", 0, "", 0, 0, "", "", "", "", "", cost)
        return
    for clip, credits in zip(clips, shared(cost, [clip.credits for clip in clips]), strict=True):
        ad = clip.ad
        yield UsageLine(
            day=day,
            at=at,
            reference=hold.reference,
            ad_id=ad.public_id,
            shot=clip.index,
            engine=clip.engine,
            ms=clip.ms,
            engine_ms=clip.engine_ms,
            product_id=ad.product.public_id,
            product=str(ad.product),
            campaign_id=ad.campaign.public_id if ad.campaign else "",
            campaign=ad.campaign.name if ad.campaign else "",
            member=clip.ordered_by.get_username() if clip.ordered_by else "",
            credits=credits,
        )
