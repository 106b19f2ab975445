"""Saying in time that credits run low (on every page by ``low``, and once per threshold and period by mail and to the
customer's own systems), and that a membership ends."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from billing import catalogue, ledger
from billing.domain.catalogue import FREE
from billing.memberships import current_period
from billing.models import LowCreditNotice, Member, MembershipPeriod, Organization, Subscription
from billing.telling import tell

log = logging.getLogger(__name__)
TOLD = (Member.Role.OWNER, Member.Role.BILLING_ADMIN)


@dataclass(frozen=True)
class Low:
    """``available`` of ``full`` credits (the plan's for the period) are left: ``percent`` of them or less."""

    available: int
    full: int
    percent: int


def low(organization: Organization, available: int | None = None) -> Low | None:
    """Whether the credits of an organization are low, by the tightest threshold that they have reached.

    ``full`` is what its running month brought, or a free day brings. Packs count as available, so who has topped up is
    left in peace.
    """
    left = ledger.balance(organization).available if available is None else available
    period = current_period(organization)
    return _low(left, period.lot.amount if period else _free_credits())


def notice_low() -> int:
    """Note every running month whose credits have become low, and write to those who pay; how many notes were new.

    Safe to run twice and at any moment: a threshold is noted once in a period, and its mail is claimed before it is
    sent, so it goes out at most once.
    """
    now = timezone.now()
    running = MembershipPeriod.objects.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)
    found = Organization.objects.filter(pk__in=running.values("organization"))
    new = sum(_notice(organization) for organization in found)
    for notice in LowCreditNotice.objects.filter(mailed_at=None, period__ends_at__gt=now).select_related(
        "organization"
    ):
        _mail(notice)
    return new


def _low(available: int, full: int) -> Low | None:
    reached = [percent for percent in settings.LOW_CREDIT_PERCENTS if available * 100 <= percent * full]
    return Low(available, full, min(reached)) if reached and full else None


def _free_credits() -> int:
    free = catalogue.plan_on_sale(FREE)
    return free.daily_credits if free else 0


def _notice(organization: Organization) -> bool:
    """Whether this call noted something."""
    period = current_period(organization)
    available = ledger.balance(organization).available
    state = _low(available, period.lot.amount) if period else None
    if period is None or state is None:
        return False
    with transaction.atomic():
        _, new = LowCreditNotice.objects.get_or_create(
            period=period, percent=state.percent, defaults={"organization": organization, "available": available}
        )
        if new:
            data: dict[str, str | int | None] = {"plan": period.plan_code, "available": available}
            data |= {"full": state.full, "percent": state.percent}
            tell(organization, "credits.low", f"{period.public_id}:{state.percent}", data)
    return new


def notice_ending() -> int:
    """Say of every membership that ends soon, and that nothing prolongs, that it does; how many were looked at.

    Once per month that was bought: what was said is known by its key.
    """
    now = timezone.now()
    soon = now + timedelta(days=settings.MEMBERSHIP_NOTICE_DAYS)
    ending = MembershipPeriod.objects.filter(ends_at__gt=now, ends_at__lte=soon, starts_at__lte=now, ended_at=None)
    found = [period for period in ending.select_related("organization") if not _goes_on(period)]
    for period in found:
        with transaction.atomic():
            data = {"plan": period.plan_code, "ends_at": period.ends_at.isoformat(timespec="seconds")}
            tell(period.organization, "membership.expiring", period.public_id, data)
    return len(found)


def _goes_on(period: MembershipPeriod) -> bool:
    """A later month of this or a higher plan is there, or a subscription will bring one."""
    later = MembershipPeriod.objects.of(period.organization).filter(
        rank__gte=period.rank, ends_at__gt=period.ends_at, ended_at=None
    )
    charged = Subscription.objects.of(period.organization).exclude(state=Subscription.State.ENDED)
    renewing = charged.filter(must_end=False, ends_with_period=False, plan__rank__gte=period.rank)
    return later.exists() or renewing.exists()


def _mail(notice: LowCreditNotice) -> None:
    to = addresses(notice.organization)
    if not (settings.LOW_CREDIT_MAIL and to):
        return
    mine = LowCreditNotice.objects.filter(pk=notice.pk, mailed_at=None)
    if not mine.update(mailed_at=timezone.now()):
        return
    try:
        _message(notice, to).send()
    except OSError:  # the mail server is away: the next round tries again
        log.warning("low-credit mail to %s could not be sent", notice.organization.public_id, exc_info=True)
        LowCreditNotice.objects.filter(pk=notice.pk).update(mailed_at=None)


def addresses(organization: Organization) -> list[str]:
    """Of those who own an organization or look after its money, once each."""
    people = Member.objects.filter(organization=organization, role__in=TOLD).exclude(user__email="")
    return sorted(set(people.values_list("user__email", flat=True)))


def _message(notice: LowCreditNotice, to: list[str]) -> EmailMessage:
    """Chinese first. To each by blind copy: who pays need not know each other's address."""
    name, left, share = notice.organization.name, notice.available, notice.percent
    plans = f"{settings.SITE_URL}/plans" if settings.SITE_URL else "/plans"
    body = (
        f"{name}：本期会员点数只剩 {left} 点（{share}% 或更少）。用完后新的广告要等补充点数才能开始，正在做的不受影响。\n"
        f"补充点数或升级会员：{plans}\n\n"
        f"{name}: {left} credits are left of this month's plan ({share} % or less). When they are used up, new ads wait "
        f"for more credits; work under way is not affected.\nTop up or upgrade: {plans}\n"
    )
    return EmailMessage(f"点数不多了：还剩 {left} 点 / Credits are running low: {left} left", body, bcc=to)
