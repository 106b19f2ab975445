"""The record of what staff does: one row per action, with how the account stood before and after it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.errors import DeskRefused
from billing.memberships import current_period
from billing.models import Organization, StaffAction
from billing.refunds import debts

REASON = 300


@dataclass(frozen=True)
class Standing:
    """How an account stands: credits that can be used, are reserved, are owed; its plan; why it is stopped ("" = not)."""

    available: int
    held: int
    debt: int
    plan: str
    suspended: str
    parked: str


@dataclass(frozen=True)
class Effect:
    """What an action has done; ``subject`` is the name of the row that it was about."""

    credits: int | None = None
    amount_fen: int | None = None
    subject: str = ""


def standing(organization: Organization) -> Standing:
    """As the database has it now."""
    now = Organization.objects.get(pk=organization.pk)
    balance, period = ledger.balance(now), current_period(now)
    return Standing(
        available=balance.available,
        held=balance.held,
        debt=debts(now),
        plan=period.plan_code if period else "",
        suspended=now.suspended_reason,
        parked=now.parked_reason,
    )


def reasoned(reason: str) -> str:
    """The reason as it is kept. Raises DeskRefused if there is none."""
    if not reason.strip():
        raise DeskRefused("请写明原因，供日后查账。", "Write the reason, for the record.")
    return reason.strip()[:REASON]


@transaction.atomic
def act(
    organization: Organization,
    kind: StaffAction.Kind,
    do: Callable[[], Effect],
    *,
    reason: str,
    by: str,
    key: str,
    second: str = "",
) -> StaffAction:
    """Do something for a customer and note it, in one transaction. The same key answers with the first action again.

    The organization's row is locked first, as deliveries and refunds do, so actions for one customer come one after the
    other. What ``do`` raises undoes everything.
    """
    why = reasoned(reason)
    Organization.objects.select_for_update().get(pk=organization.pk)
    earlier = StaffAction.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    before = standing(organization)
    effect = do()
    return StaffAction.objects.create(
        organization=organization,
        kind=kind,
        staff=by,
        second=second,
        reason=why,
        credits=effect.credits,
        amount_fen=effect.amount_fen,
        subject=effect.subject,
        before=asdict(before),
        after=asdict(standing(organization)),
        key=key,
        at=timezone.now(),
    )
