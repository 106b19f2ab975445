"""Memberships: months of a plan, what they permit, and the credits that come with them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing import catalogue, ledger
from billing.domain.calendar import add_months, day_of, next_midnight
from billing.domain.catalogue import FREE, read_entitlements
from billing.domain.plans import Entitlements, Rates
from billing.errors import KeyReused, UnknownPlan
from billing.models import Lot, MembershipPeriod, Organization, PlanVersion, Subscription
from billing.payers import payer_of

# How long the rights of a subscription outlive a month that could not be charged; credits do not.
GRACE = timedelta(days=7)


def start_period(
    organization: Organization, plan_code: str, *, key: str, at: datetime | None = None, source: str = "manual"
) -> MembershipPeriod:
    """One calendar month of a plan and its credits, which end with it. The same key gives the same month again.

    A plan that runs already is prolonged: the month begins where the last one ends, and month ends do not drift. Any
    other plan begins at ``at`` (default: now), beside what still runs. Raises UnknownPlan, or KeyReused if the key
    started another plan.
    """
    plan = _sold(plan_code)
    return begin_period(organization, plan, key=key, at=at or timezone.now(), source=source)


def begin_period(
    organization: Organization,
    plan: PlanVersion,
    *,
    key: str,
    at: datetime,
    source: str,
    credits: int | None = None,
    follows: MembershipPeriod | None = None,
) -> MembershipPeriod:
    """``start_period`` of a plan as it was bought, be it on sale still or not.

    ``credits``: how many come with it (default: the plan's); ``follows``: the month that this one continues although it
    may have ended a few days before ``at``. Raises KeyReused.
    """
    with transaction.atomic():
        # Two purchases at the same moment must come one after the other, or both would begin at the same end.
        Organization.objects.select_for_update().get(pk=organization.pk)
        earlier = MembershipPeriod.objects.of(organization).filter(key=key).first()
        if earlier is None:
            last = follows or _last_running(organization, plan, at)
            return _start(organization, plan, key=key, at=at, source=source, credits=credits or plan.credits, last=last)
    if earlier.plan_code != plan.code:
        raise KeyReused(key)
    return earlier


def _last_running(organization: Organization, plan: PlanVersion, at: datetime) -> MembershipPeriod | None:
    running = MembershipPeriod.objects.of(organization).filter(plan_code=plan.code, ends_at__gt=at, ended_at=None)
    return running.order_by("-ends_at").first()


def _sold(plan_code: str) -> PlanVersion:
    plan = catalogue.plan_on_sale(plan_code)
    if plan is None:
        raise UnknownPlan(plan_code)
    if plan.credits == 0:
        raise UnknownPlan(plan_code, f"The plan {plan_code!r} needs no membership: every account has it.")
    return plan


def _start(
    organization: Organization,
    plan: PlanVersion,
    *,
    key: str,
    at: datetime,
    source: str,
    credits: int,
    last: MembershipPeriod | None,
) -> MembershipPeriod:
    zone = catalogue.current().timezone
    anchor, number = (last.anchor_at, last.month_number + 1) if last else (at, 1)
    starts_at, ends_at = add_months(anchor, number - 1, zone), add_months(anchor, number, zone)
    lot = ledger.grant(
        organization,
        key=f"period:{key}",
        amount=credits,
        kind=Lot.Kind.PERIOD,
        starts_at=starts_at,
        expires_at=ends_at,
        reason=f"{plan.code} {source}",
    )
    return MembershipPeriod.objects.create(
        organization=organization,
        key=key,
        plan=plan,
        plan_code=plan.code,
        rank=plan.rank,
        entitlements=plan.entitlements,
        lot=lot,
        anchor_at=anchor,
        month_number=number,
        starts_at=starts_at,
        ends_at=ends_at,
        source=source,
    )


def current_period(organization: Organization, at: datetime | None = None) -> MembershipPeriod | None:
    """The membership that counts at ``at`` (default: now): of all that run, the one of the highest rank."""
    moment = at or timezone.now()
    running = MembershipPeriod.objects.of(organization).filter(starts_at__lte=moment, ends_at__gt=moment, ended_at=None)
    return running.order_by("-rank", "-ends_at").first()


def in_grace(organization: Organization, at: datetime | None = None) -> MembershipPeriod | None:
    """The last month of a subscription whose next payment is late, for GRACE after its end: its rights, not credits."""
    moment = at or timezone.now()
    charged = Subscription.objects.of(organization).exclude(state=Subscription.State.ENDED).filter(must_end=False)
    late = charged.filter(
        last_period__ends_at__lte=moment, last_period__ends_at__gt=moment - GRACE, last_period__ended_at=None
    )
    found = late.select_related("last_period").order_by("-last_period__rank").first()
    return found.last_period if found else None


def entitlements_for(organization: Organization, at: datetime | None = None) -> Entitlements:
    """What work of the organization may be: by the membership of whoever pays for it, itself or its agency."""
    return own_entitlements(payer_of(organization).account, at)


def own_entitlements(organization: Organization, at: datetime | None = None) -> Entitlements:
    """As bought with the organization's best running membership (or one in grace), else the free plan's.

    Seats and the number of merchants are its own; everything about work goes by ``entitlements_for``.
    """
    period = current_period(organization, at) or in_grace(organization, at)
    return read_entitlements(period.entitlements if period else free_plan().entitlements)


def ensure_daily(organization: Organization, at: datetime | None = None) -> Lot | None:
    """Today's free credits of an organization without a membership, until midnight; None for members.

    Once a day, however often it is called. Where an agency pays they are the agency's."""
    moment = at or timezone.now()
    organization = payer_of(organization).account
    if current_period(organization, moment) is not None:
        return None
    zone = catalogue.current().timezone
    key = f"daily:{day_of(moment, zone)}"
    # Looked up first, because the plan's amount may change in the middle of a day.
    today = Lot.objects.of(organization).filter(key=key).first()
    amount = free_plan().daily_credits
    if today is not None or amount == 0:
        return today
    return ledger.grant(
        organization,
        key=key,
        amount=amount,
        kind=Lot.Kind.DAILY,
        starts_at=moment,
        expires_at=next_midnight(moment, zone),
    )


def rates() -> Rates:
    """What work costs today."""
    return catalogue.current().rates


def free_plan() -> PlanVersion:
    """The plan of whoever has no membership, as it is today. Raises UnknownPlan."""
    free = catalogue.plan_on_sale(FREE)
    if free is None:
        raise UnknownPlan(FREE)
    return free
