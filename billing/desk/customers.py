"""Everything about one customer that the desk shows, each part a table that can be downloaded too."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from billing.models import (
    Budget,
    Dispute,
    Entry,
    FapiaoRequest,
    Hold,
    Lot,
    MembershipPeriod,
    Organization,
    OrgLink,
    Payment,
    Purchase,
    Refund,
    StaffAction,
)

SHOWN = 12  # rows on the page; the download has all


@dataclass(frozen=True)
class Sheet:
    """One table: ``rows(organization)`` newest first, whole; each row has as many cells as there are ``columns``."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Callable[[Organization], Iterable[Sequence[object]]]


def _periods(organization: Organization) -> Iterable[Sequence[object]]:
    for row in MembershipPeriod.objects.of(organization).order_by("-starts_at", "-id"):
        yield row.public_id, row.plan_code, row.starts_at, row.ends_at, row.ended_at, row.source


def _lots(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Lot.objects.of(organization).order_by("-id"):
        parts = row.amount, row.free, row.held, row.spent, row.lapsed, row.debt
        yield row.pk, row.get_kind_display(), *parts, row.starts_at, row.expires_at, row.key


def _holds(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Hold.objects.of(organization).order_by("-id"):
        state = row.get_state_display()
        yield row.pk, row.reference, row.amount, row.captured, row.refunded, state, row.created_at, row.closed_at


def _entries(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Entry.objects.of(organization).select_related("hold").order_by("-id"):
        yield line(row)


def line(row: Entry) -> tuple[object, ...]:
    """One line of the journal, under the columns of the sheet ``entries``."""
    moved = row.d_free, row.d_held, row.d_spent, row.d_lapsed
    reference = row.hold.reference if row.hold else ""
    return row.pk, row.at, row.get_kind_display(), row.lot_id, reference, *moved, row.actor, row.reason


def _purchases(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Purchase.objects.of(organization).select_related("plan").order_by("-id"):
        what = row.plan.code if row.plan else row.pack_code
        how = row.provider, row.get_state_display(), row.problem
        yield row.number, row.get_kind_display(), what, row.credits, row.due_fen, *how, row.created_at, row.paid_at


def _payments(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Payment.objects.of(organization).select_related("purchase").order_by("-id"):
        yield row.public_id, row.purchase.number, row.amount_fen, row.currency, row.provider, row.fact, row.paid_at


def _refunds(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Refund.objects.of(organization).order_by("-id"):
        credits = row.credits_withdrawn, row.credits_owed, row.credits_collected, row.credits_forgiven
        yield (
            row.public_id,
            row.amount_fen,
            row.get_state_display(),
            *credits,
            row.reason,
            row.requested_by,
            row.created_at,
        )


def _disputes(organization: Organization) -> Iterable[Sequence[object]]:
    for row in Dispute.objects.of(organization).order_by("-id"):
        credits = row.credits_withdrawn, row.credits_owed, row.credits_collected, row.credits_forgiven
        yield row.fact, row.amount_fen, row.get_state_display(), *credits, row.opened_at, row.closed_at


def _fapiao(organization: Organization) -> Iterable[Sequence[object]]:
    for row in FapiaoRequest.objects.of(organization).order_by("-id"):
        state = row.get_state_display()
        yield row.public_id, row.title, row.tax_id, row.amount_fen, state, row.fapiao_number, row.email, row.created_at


def _links(organization: Organization) -> Iterable[Sequence[object]]:
    for row in OrgLink.objects.of(organization).select_related("agency", "merchant"):
        ends = row.agency.name, row.merchant.name
        yield row.public_id, *ends, row.get_payer_display(), row.monthly_cap, row.get_state_display(), row.started_at


def _budgets(organization: Organization) -> Iterable[Sequence[object]]:
    mine = Budget.objects.filter(link__in=OrgLink.objects.of(organization)).select_related("link__merchant")
    for row in mine.order_by("-month", "-id"):
        yield row.month, row.link.merchant.name, row.cap, row.held, row.spent, row.left


def _actions(organization: Organization) -> Iterable[Sequence[object]]:
    for row in StaffAction.objects.filter(organization=organization).order_by("-id"):
        who = row.staff, row.second
        yield row.at, row.get_kind_display(), *who, row.credits, row.amount_fen, row.reason, row.subject


PAID = ("credits_withdrawn", "credits_owed", "credits_collected", "credits_forgiven")
SHEETS = {
    sheet.name: sheet
    for sheet in (
        Sheet("memberships", "会员期 Memberships", ("id", "plan", "starts", "ends", "ended", "source"), _periods),
        Sheet(
            "lots",
            "点数批次 Lots",
            ("lot", "kind", "amount", "free", "held", "spent", "lapsed", "debt", "starts", "expires", "key"),
            _lots,
        ),
        Sheet(
            "holds",
            "预扣 Holds",
            ("hold", "reference", "amount", "captured", "refunded", "state", "created", "closed"),
            _holds,
        ),
        Sheet(
            "purchases",
            "购买 Purchases",
            ("number", "kind", "what", "credits", "due_fen", "provider", "state", "problem", "created", "paid"),
            _purchases,
        ),
        Sheet(
            "payments",
            "付款 Payments",
            ("payment", "number", "amount_fen", "currency", "provider", "fact", "paid"),
            _payments,
        ),
        Sheet(
            "refunds",
            "退款 Refunds",
            ("refund", "amount_fen", "state", *PAID, "reason", "by", "created"),
            _refunds,
        ),
        Sheet("disputes", "争议 Disputes", ("dispute", "amount_fen", "state", *PAID, "opened", "closed"), _disputes),
        Sheet(
            "fapiao",
            "发票申请 Fapiao",
            ("request", "title", "tax_id", "amount_fen", "state", "fapiao_number", "email", "created"),
            _fapiao,
        ),
        Sheet(
            "links",
            "机构与商家 Agency ties",
            ("link", "agency", "merchant", "payer", "monthly_cap", "state", "started"),
            _links,
        ),
        Sheet("budgets", "月度额度 Budgets", ("month", "merchant", "cap", "held", "spent", "left"), _budgets),
        Sheet(
            "entries",
            "账本分录 Journal",
            ("entry", "at", "kind", "lot", "reference", "d_free", "d_held", "d_spent", "d_lapsed", "actor", "reason"),
            _entries,
        ),
        Sheet(
            "actions",
            "人工操作 Staff actions",
            ("at", "kind", "staff", "second", "credits", "amount_fen", "reason", "subject"),
            _actions,
        ),
    )
}
