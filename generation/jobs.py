"""Every change of a ``RenderJob``, each one conditional UPDATE, so that no two workers ever own the same job.

Who holds a job is proved by (worker, attempts): ``attempts`` grows with each claim, so even the same worker cannot
finish an attempt that was taken from it. A function that returns ``False`` has changed nothing: the job is lost,
cancelled or over.
"""

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from generation.errors import Cancelled, GenerationError, JobLost, Transient
from generation.models import Clip, RenderJob, Rendition
from generation.turns import in_turn

State = RenderJob.State
BACK_OFF_SECONDS = (2.0, 8.0)  # after the first and the second failed attempt


def claim(worker: str, kinds: Collection[str], engines: Collection[str] | None = None) -> RenderJob | None:
    """Take the job whose turn it is, or ``None`` when nothing is due. ``engines``: only jobs of these."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    while True:
        guard: AbstractContextManager[object] = transaction.atomic() if skip_locked else nullcontext()
        with guard:
            waiting = in_turn(due(kinds, engines, timezone.now()), timezone.now())
            if skip_locked:
                waiting = waiting.select_for_update(skip_locked=True)
            found = waiting.values_list("pk", flat=True).first()
            if found is None:
                return None
            if _start(found, worker):
                return RenderJob.objects.get(pk=found)


def claim_along(job: RenderJob) -> list[RenderJob]:
    """Take the waiting cuts that want the film of the claimed cut ``job`` in another shape, for one pass over its clips.

    Only what nobody has tried before: a job that has failed or was killed once is tried alone, so that no shape can take
    the others down with it more than once.
    """
    if job.kind != RenderJob.Kind.CUT or job.attempts > 1:
        return []
    like_it = due([job.kind], [job.engine], timezone.now()).filter(
        tenant=job.tenant, priority=job.priority, reply_to=job.reply_to, reply_id=job.reply_id, attempts=0
    )
    shapes = [other for other in like_it.order_by("pk") if _but_for_shape(other.spec) == _but_for_shape(job.spec)]
    taken = [other.pk for other in shapes if _start(other.pk, job.worker)]
    return list(RenderJob.objects.filter(pk__in=taken).order_by("pk"))


def _but_for_shape(spec: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in spec.items() if name != "aspect"}


def due(kinds: Collection[str], engines: Collection[str] | None, now: datetime) -> "QuerySet[RenderJob]":
    jobs = RenderJob.objects.filter(state=State.PENDING, kind__in=kinds, not_before__lte=now)
    return jobs if engines is None else jobs.filter(engine__in=engines)


def _start(pk: int, worker: str) -> bool:
    now = timezone.now()
    return bool(
        RenderJob.objects.filter(pk=pk, state=State.PENDING).update(
            state=State.RUNNING,
            worker=worker,
            attempts=F("attempts") + 1,
            heartbeat_at=now,
            started_at=now,
            progress=0,
            stage="",
            error_code="",
            error="",
        )
    )


def _held(job: RenderJob) -> "QuerySet[RenderJob]":
    """The row, if the attempt that ``job`` was read in still owns it."""
    return RenderJob.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker, attempts=job.attempts)


def heartbeat(job: RenderJob, progress: int, stage: str) -> bool:
    """Say that the job is alive and ``progress`` per mille done. ``False``: stop, it is cancelled or lost."""
    alive = _held(job).filter(cancel_requested=False)
    return bool(alive.update(heartbeat_at=timezone.now(), progress=progress, stage=stage[:60]))


def why_stopped(job: RenderJob) -> Cancelled | JobLost:
    """The error to raise where ``heartbeat`` or ``finish`` said ``False``."""
    if _held(job).filter(cancel_requested=True).exists():
        return Cancelled(f"{job.public_id} was cancelled")
    return JobLost(f"{job.public_id} was silent for too long and is not {job.worker}'s any more")


def finish(job: RenderJob, *, clip: Clip | None = None, rendition: Rendition | None = None) -> bool:
    """Done, with its result. ``False`` when it was cancelled or lost meanwhile: then roll the result back."""
    return bool(
        _held(job)
        .filter(cancel_requested=False)
        .update(
            state=State.DONE, clip=clip, rendition=rendition, progress=1000, stage="done", finished_at=timezone.now()
        )
    )


def stop(job: RenderJob) -> bool:
    """The worker has stopped because somebody asked for it."""
    return bool(_held(job).filter(cancel_requested=True).update(state=State.CANCELLED, finished_at=timezone.now()))


def give_back(job: RenderJob) -> bool:
    """The worker is being shut down: somebody else may start at once, and the attempt does not count."""
    again = _held(job).filter(cancel_requested=False)
    return bool(again.update(state=State.PENDING, attempts=F("attempts") - 1, worker="", progress=0, stage="")) or stop(
        job
    )


def fail(job: RenderJob, error: GenerationError) -> bool:
    """Record what went wrong: pending again when another attempt may help, else failed (or cancelled, if asked)."""
    if isinstance(error, Transient):
        return _retire(_held(job), job.attempts, error.code, str(error), timezone.now())
    return _end(_held(job), error.code, str(error), timezone.now())


def reap(now: datetime) -> list[RenderJob]:
    """Take their jobs from workers that have been silent for ``JOB_SILENT_SECONDS``; returns those jobs."""
    limit = now - timedelta(seconds=settings.JOB_SILENT_SECONDS)
    text = "the worker fell silent: look at its log, and at the memory of its machine"
    taken = []
    for job in RenderJob.objects.filter(state=State.RUNNING, heartbeat_at__lt=limit):
        if _retire(_held(job).filter(heartbeat_at=job.heartbeat_at), job.attempts, "worker_silent", text, now):
            job.refresh_from_db()
            taken.append(job)
    return taken


def _retire(held: "QuerySet[RenderJob]", attempts: int, code: str, text: str, now: datetime) -> bool:
    """Pending again after a while, or over when the attempts are used up or nobody wants it any more."""
    wait = timedelta(seconds=BACK_OFF_SECONDS[min(attempts, len(BACK_OFF_SECONDS)) - 1])
    again = held.filter(cancel_requested=False, attempts__lt=F("max_attempts")).update(
        state=State.PENDING, worker="", not_before=now + wait, error_code=code, error=text, progress=0, stage=""
    )
    return bool(again) or _end(held, code, text, now)


def _end(held: "QuerySet[RenderJob]", code: str, text: str, now: datetime) -> bool:
    state = Case(When(cancel_requested=True, then=Value(State.CANCELLED)), default=Value(State.FAILED))
    return bool(held.update(state=state, error_code=code, error=text, finished_at=now))


def request_cancel(job: RenderJob) -> bool:
    """Cancel a waiting job at once, and ask the worker of a running one to stop. ``False``: it was over already."""
    waiting = Q(state=State.PENDING)
    return bool(
        RenderJob.objects.filter(pk=job.pk, state__in=RenderJob.OPEN).update(
            cancel_requested=True,
            finished_at=Case(When(waiting, then=Value(timezone.now())), default=F("finished_at")),
            state=Case(When(waiting, then=Value(State.CANCELLED)), default=F("state")),
        )
    )
