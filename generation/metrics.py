"""How the queue fares, as plain numbers."""

from dataclasses import dataclass

from django.db.models import Count, Min
from django.utils import timezone

from generation.models import RenderJob


@dataclass(frozen=True)
class QueueState:
    """One kind of job. ``oldest_waiting_s``: seconds since the oldest waiting job was ordered, 0 when none waits."""

    waiting: int
    running: int
    oldest_waiting_s: int


def queue_states() -> dict[str, QueueState]:
    """Kind of job -> its state."""
    return {kind: _state(kind) for kind in RenderJob.Kind.values}


def running_by_tenant() -> dict[int, int]:
    """Tenant -> number of its running jobs, for those that have any."""
    rows = RenderJob.objects.filter(state=RenderJob.State.RUNNING).values_list("tenant").annotate(Count("pk"))
    return dict(rows)


def _state(kind: str) -> QueueState:
    jobs = RenderJob.objects.filter(kind=kind)
    waiting = jobs.filter(state=RenderJob.State.PENDING).aggregate(count=Count("pk"), oldest=Min("created_at"))
    oldest = waiting["oldest"]
    return QueueState(
        waiting=waiting["count"],
        running=jobs.filter(state=RenderJob.State.RUNNING).count(),
        oldest_waiting_s=0 if oldest is None else int((timezone.now() - oldest).total_seconds()),
    )
