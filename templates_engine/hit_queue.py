"""Every change of a ``Hit`` at work, each one conditional UPDATE, so that no two workers ever measure the same one.

Who holds a hit is proved by (worker, attempts): ``attempts`` grows with each claim. A function that returns False has
changed nothing: the hit was deleted, or taken by another worker after a long silence.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from templates_engine.models import Hit

State = Hit.State
MOST_ATTEMPTS = 3
WAIT_S = 60  # before another attempt, and twice as long before the third


def due(now: datetime) -> "QuerySet[Hit]":
    """Hits that wait, whose turn is next first: of the tenant with the fewest at work, then the oldest."""
    working = Hit.objects.filter(state=State.WORKING, organization=OuterRef("organization"))
    busy = working.order_by().values("organization").annotate(count=Count("pk")).values("count")
    waiting = Hit.objects.filter(state=State.PENDING, due_at__lte=now)
    return waiting.annotate(busy=Coalesce(Subquery(busy), Value(0))).order_by("busy", "id")


def claim(worker: str) -> Hit | None:
    """Take the hit whose turn it is, or None when none waits."""
    while (pk := due(timezone.now()).values_list("pk", flat=True).first()) is not None:
        taken = take(pk, worker)
        if taken is not None:
            return taken
    return None


def take(pk: int, worker: str) -> Hit | None:
    """That very hit, if it still waits."""
    now = timezone.now()
    taken = Hit.objects.filter(pk=pk, state=State.PENDING).update(
        state=State.WORKING, worker=worker, attempts=F("attempts") + 1, beat_at=now, percent=0, stage="opening"
    )
    return Hit.objects.select_related("organization").get(pk=pk) if taken else None


def held(hit: Hit) -> "QuerySet[Hit]":
    """The row, if the attempt that ``hit`` was read in still owns it."""
    return Hit.objects.filter(pk=hit.pk, state=State.WORKING, worker=hit.worker, attempts=hit.attempts)


def beat(hit: Hit, percent: int, stage: str) -> bool:
    """Say that ``hit`` is alive and how far it is. False: stop, it is deleted or lost."""
    return bool(held(hit).update(beat_at=timezone.now(), percent=percent, stage=stage[:20]))


def fail(hit: Hit, code: str, zh: str, en: str) -> bool:
    """Over: of what came with the hit nothing is kept; what was wrong with it is."""
    return bool(
        held(hit).update(
            state=State.FAILED,
            error_code=code,
            error_zh=zh[:500],
            error_en=en[:500],
            lines=[],
            metrics=[],
            percent=0,
            stage="",
        )
    )


def again(hit: Hit) -> bool:
    """Back into the queue for another attempt; False where there have been enough."""
    if hit.attempts >= MOST_ATTEMPTS:
        return False
    due_at = timezone.now() + timedelta(seconds=WAIT_S * hit.attempts)
    return bool(held(hit).update(state=State.PENDING, worker="", due_at=due_at, percent=0, stage=""))


def silent(now: datetime) -> "QuerySet[Hit]":
    """Hits at work whose worker has not been heard of for too long."""
    limit = now - timedelta(seconds=settings.JOB_SILENT_SECONDS)
    return Hit.objects.filter(state=State.WORKING, beat_at__lt=limit)
