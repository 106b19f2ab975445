"""Whose turn it is in the queue.

First the priority, which grows by one for each ``AGEING`` of waiting up to the top, so that nobody starves. Among
equals the tenant with the fewest running jobs, then the one with the fewest jobs of late (with a single worker
nothing else runs when it claims, and a batch of a hundred shots would pass as a whole). Then age.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Case, Count, Q, QuerySet, Value, When

from generation.models import RenderJob

TOP_PRIORITY = 9
AGEING = timedelta(minutes=1)
OF_LATE = timedelta(minutes=10)


def ripe_at(priority: int, created_at: datetime) -> datetime:
    """When waiting will have raised ``priority`` (0..9) to the top."""
    return created_at + (TOP_PRIORITY - priority) * AGEING


def in_turn(jobs: "QuerySet[RenderJob]", now: datetime) -> "QuerySet[RenderJob]":
    """The waiting ``jobs``, next one first."""
    steps_to_top = Case(
        *(When(ripe_at__lte=now + steps * AGEING, then=Value(steps)) for steps in range(TOP_PRIORITY)),
        default=Value(TOP_PRIORITY),
    )
    return jobs.order_by(steps_to_top, *_share(now), "created_at", "pk")


def _share(now: datetime) -> list[Case]:
    """What each job's tenant has of the workers, as a number to sort by (running jobs, then those of late), if any has.

    Only few tenants are at work at a time, so they are counted once instead of for each waiting row.
    """
    running = Q(state=RenderJob.State.RUNNING)
    counts = (
        RenderJob.objects.filter(running | Q(started_at__gte=now - OF_LATE))
        .values_list("tenant")
        .annotate(running=Count("pk", filter=running), of_late=Count("pk"))
    )
    tenants = defaultdict(list)
    for tenant, runs, of_late in counts:
        tenants[runs, of_late].append(tenant)
    ranks = [When(tenant__in=tenants[share], then=Value(rank)) for rank, share in enumerate(sorted(tenants), start=1)]
    return [Case(*ranks, default=Value(0))] if ranks else []  # PostgreSQL takes a bare number for a column's position
