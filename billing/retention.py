"""How long the plan of an organization keeps its finished files, read from every membership that counted for it."""

from django.db.models import F, Q
from django.db.models.functions import Coalesce, Least

from billing.domain.catalogue import read_entitlements
from billing.domain.retention import Span
from billing.memberships import free_plan
from billing.models import MembershipPeriod, Organization, OrgLink


def free_days() -> int:
    """Days that the free plan of today keeps a file."""
    return _days(free_plan().entitlements)


def spans_of(organization: Organization) -> tuple[Span, ...]:
    """The organization's own memberships, and those of agencies for the time in which they paid for it."""
    spans = [*_spans(organization)]
    ties = OrgLink.objects.of(organization).filter(merchant=organization, payer=OrgLink.Payer.AGENCY)
    for tie in ties.exclude(started_at=None).select_related("agency"):
        for span in _spans(tie.agency):
            starts = max(span.starts, tie.started_at or span.starts)
            ends = min(span.ends, tie.ended_at or span.ends)
            if starts < ends:
                spans.append(Span(starts, ends, span.days))
    return tuple(spans)


def _spans(organization: Organization) -> list[Span]:
    """A month that was ended early (refunded, traded in) counts for as long as it ran."""
    periods = MembershipPeriod.objects.of(organization).annotate(
        until=Least("ends_at", Coalesce(F("ended_at"), F("ends_at")))
    )
    rows = periods.filter(Q(until__gt=F("starts_at"))).values_list("starts_at", "until", "entitlements")
    return [Span(starts, until, _days(entitlements)) for starts, until, entitlements in rows]


def _days(entitlements: object) -> int:
    return read_entitlements(entitlements).retention_days
