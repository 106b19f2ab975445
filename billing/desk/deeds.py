"""What one person does alone: stopping and starting an organization, confirming transfers, papers about money.

A transfer above its own limit needs two people as well; ``billing.transfers`` sees to that.
"""

from datetime import date

from billing import fapiao, refunds, transfers
from billing.desk.audit import Effect, act, reasoned
from billing.errors import DeskRefused
from billing.models import FapiaoRequest, Organization, Purchase, Refund, StaffAction

Kind = StaffAction.Kind


def suspend(organization: Organization, *, reason: str, by: str, key: str) -> StaffAction:
    """Nothing new may be ordered from now on, and the organization's pages say the reason; what runs is finished.

    Raises DeskRefused if it is suspended already.
    """
    return act(organization, Kind.SUSPEND, lambda: _mark(organization, reasoned(reason)), reason=reason, by=by, key=key)


def unsuspend(organization: Organization, *, reason: str, by: str, key: str) -> StaffAction:
    """It may order again. Raises DeskRefused if it is not suspended."""
    return act(organization, Kind.UNSUSPEND, lambda: _mark(organization, ""), reason=reason, by=by, key=key)


def _mark(organization: Organization, words: str) -> Effect:
    rows = Organization.objects.filter(pk=organization.pk)
    rows = rows.filter(suspended_reason="") if words else rows.exclude(suspended_reason="")
    if not rows.update(suspended_reason=words):
        raise DeskRefused("已经是这个状态，没有改动。", "It is so already: nothing was changed.")
    return Effect(subject=organization.public_id)


def unpark(organization: Organization, *, reason: str, by: str, key: str) -> StaffAction:
    """A person has looked at the books (or the dispute) that stopped an account: it may order again. Raises DeskRefused."""

    def do() -> Effect:
        was = Organization.objects.values_list("parked_reason", flat=True).get(pk=organization.pk)
        if not Organization.objects.filter(pk=organization.pk).exclude(parked_reason="").update(parked_reason=""):
            raise DeskRefused(
                "这个账户没有在核对，没有改动。", "This account is not being checked: nothing was changed."
            )
        return Effect(subject=was[:160])

    return act(organization, Kind.UNPARK, do, reason=reason, by=by, key=key)


def confirm_transfer(
    purchase: Purchase, *, amount_fen: int, received_on: date, note: str, by: str, key: str
) -> StaffAction:
    """The money of a transfer is on the bank's statement; ``note`` is the bank's number. See ``billing.transfers``."""

    def do() -> Effect:
        transfers.confirm(purchase, staff=by, amount_fen=amount_fen, received_on=received_on, note=note)
        return Effect(amount_fen=amount_fen, subject=purchase.number)

    return act(purchase.organization, Kind.TRANSFER, do, reason=note, by=by, key=key)


def close_refund(row: Refund, *, note: str, by: str, key: str) -> StaffAction:
    """A refund by hand was made at the bank; ``note`` is the bank's number of it. Raises DeskRefused."""

    def do() -> Effect:
        waiting = Refund.objects.filter(pk=row.pk, state=Refund.State.REQUESTED, provider="manual")
        if not waiting.exists():
            raise DeskRefused("这笔退款不在等待转账。", "This refund waits for no transfer.")
        refunds.close_refund(row, note=note, by=by)
        return Effect(amount_fen=row.amount_fen, subject=row.public_id)

    return act(row.organization, Kind.REFUND_CLOSED, do, reason=note, by=by, key=key)


def issue_fapiao(row: FapiaoRequest, *, number: str, by: str, key: str) -> StaffAction:
    """Finance has issued the fapiao under this number."""

    def do() -> Effect:
        fapiao.issue(row, number)
        return Effect(amount_fen=row.amount_fen, subject=row.public_id)

    return act(row.organization, Kind.FAPIAO_ISSUED, do, reason=number, by=by, key=key)


def reject_fapiao(row: FapiaoRequest, *, reason: str, by: str, key: str) -> StaffAction:
    """It cannot be issued so; the buyer may ask again."""

    def do() -> Effect:
        fapiao.reject(row)
        return Effect(amount_fen=row.amount_fen, subject=row.public_id)

    return act(row.organization, Kind.FAPIAO_REJECTED, do, reason=reason, by=by, key=key)
