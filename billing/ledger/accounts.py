"""What an account shows: its balance and its credit statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, Sum
from django.utils import timezone

from billing.models import Entry, Lot, Organization


@dataclass(frozen=True)
class LotBalance:
    """Credits of one lot that can be used now; ``expires_at`` None = never."""

    lot_id: int
    kind: str
    free: int
    expires_at: datetime | None


@dataclass(frozen=True)
class Balance:
    """``available`` credits can be used, ``held`` ones are reserved for running work; ``lots`` in drawing order."""

    available: int
    held: int
    lots: tuple[LotBalance, ...]


@dataclass(frozen=True)
class StatementLine:
    """One line of the credit statement.

    ``credits`` is the change of what is available, ``spent`` what this line pays for good, and ``cursor`` asks for the
    lines before this one.
    """

    cursor: int
    at: datetime
    kind: str
    words: str
    credits: int
    spent: int
    lot_id: int
    lot_words: str
    reference: str
    reason: str


def balance(organization: Organization, at: datetime | None = None) -> Balance:
    """The credits of an organization, as far as known now, that can be used at ``at`` (default: now)."""
    moment = at or timezone.now()
    lots = Lot.objects.of(organization)
    live = lots.filter(Q(expires_at=None) | Q(expires_at__gt=moment), starts_at__lte=moment, free__gt=0).order_by(
        "priority", F("expires_at").asc(nulls_last=True), "id"
    )
    shown = tuple(LotBalance(lot.pk, lot.kind, lot.free, lot.expires_at) for lot in live)
    held = lots.filter(held__gt=0).aggregate(sum=Sum("held"))["sum"] or 0
    return Balance(sum(lot.free for lot in shown), held, shown)


def statement(
    organization: Organization,
    *,
    before: int | None = None,
    limit: int = 50,
    reference: str = "",
    references: Collection[str] | None = None,
    kinds: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    lot_id: int | None = None,
) -> tuple[StatementLine, ...]:
    """The newest ``limit`` journal lines, newest first: before a line's ``cursor``, of one ``reference`` or of some.

    ``kinds`` are those of ``Entry`` (none: all), ``since`` <= the line's time < ``until``, ``lot_id`` one grant's lines.
    """
    entries = Entry.objects.of(organization).select_related("lot", "hold").order_by("-id")
    if before is not None:
        entries = entries.filter(id__lt=before)
    if reference:
        entries = entries.filter(hold__reference=reference)
    if references is not None:
        entries = entries.filter(hold__reference__in=references)
    if kinds:
        entries = entries.filter(kind__in=kinds)
    if since is not None:
        entries = entries.filter(at__gte=since)
    if until is not None:
        entries = entries.filter(at__lt=until)
    if lot_id is not None:
        entries = entries.filter(lot=lot_id)
    return tuple(_line(entry) for entry in entries[:limit])


def _line(entry: Entry) -> StatementLine:
    return StatementLine(
        cursor=entry.pk,
        at=entry.at,
        kind=entry.kind,
        words=entry.get_kind_display(),
        credits=entry.d_free,
        spent=entry.d_spent,
        lot_id=entry.lot_id,
        lot_words=entry.lot.get_kind_display(),
        reference=entry.hold.reference if entry.hold else "",
        reason=entry.reason,
    )
