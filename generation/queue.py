"""The queue of films and cuts: order work, and work it off. (``jobs`` changes rows, ``turns`` says whose turn it is.)

The database is the queue and Celery only its bell: the same functions serve the workers and a command without a broker.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import bell, jobs
from generation.cut import run_cut_job
from generation.domain.cut_order import CutOrder
from generation.domain.shot_plan import ShotPlan
from generation.domain.shot_plan_json import plan_to_dict
from generation.domain.timeline_json import order_to_dict
from generation.ends import ending
from generation.film import run_film_job
from generation.heart import beating
from generation.jobs import claim, fail, finish, heartbeat, reap, request_cancel
from generation.models import Clip, RenderJob, Rendition
from generation.together import cut_together
from generation.turns import ripe_at
from generation.watch import Watch

__all__ = [
    "claim",
    "fail",
    "finish",
    "heartbeat",
    "reap",
    "request_cancel",
    "submit_again",
    "submit_cut",
    "submit_film",
    "work_one",
]
log = logging.getLogger(__name__)
RUNNERS: dict[str, Callable[[RenderJob, Watch], None]] = {
    RenderJob.Kind.FILM: run_film_job,
    RenderJob.Kind.CUT: run_cut_job,
}


def submit_film(plan: ShotPlan, *, tenant: int, priority: int = 0, reply_to: str = "", reply_id: str = "") -> RenderJob:
    """Order one shot. ``reply_to``: the Celery task to ring with ``reply_id`` when it has ended.

    The job that is returned may be older: the same shot of the same tenant is never queued twice, and a shot whose
    clip exists comes back as a job that is done. Only the first orderer of a shared job is rung; the others look by
    themselves.
    """
    job = RenderJob(
        kind=RenderJob.Kind.FILM,
        key=plan.key,
        engine=plan.engine,
        spec=plan_to_dict(plan),
    )
    return _submit(job, tenant, priority, reply_to, reply_id)


def submit_cut(order: CutOrder, *, tenant: int, priority: int = 0, reply_to: str = "", reply_id: str = "") -> RenderJob:
    """Order one finished file; everything else as ``submit_film``. Its clips must exist when its turn comes."""
    job = RenderJob(
        kind=RenderJob.Kind.CUT,
        key=order.key,
        spec=order_to_dict(order),
    )
    return _submit(job, tenant, priority, reply_to, reply_id)


def submit_again(job: RenderJob) -> RenderJob:
    """Order the same thing as a job that failed or was cancelled; it rings the same task at its end."""
    twin = RenderJob(kind=job.kind, key=job.key, engine=job.engine, spec=job.spec)
    return _submit(twin, job.tenant, job.priority, job.reply_to, job.reply_id)


def _submit(job: RenderJob, tenant: int, priority: int, reply_to: str, reply_id: str) -> RenderJob:
    now = timezone.now()
    job.tenant, job.priority, job.reply_to, job.reply_id = tenant, priority, reply_to, reply_id
    job.created_at = job.not_before = now
    job.ripe_at = ripe_at(priority, now)
    if job.kind == RenderJob.Kind.FILM:
        job.clip = Clip.objects.filter(tenant=tenant, key=job.key).first()
    else:
        job.rendition = Rendition.objects.filter(tenant=tenant, key=job.key).first()
    return _join_or_add(job) if job.clip is None and job.rendition is None else _done_already(job)


def _done_already(job: RenderJob) -> RenderJob:
    known = RenderJob.objects.filter(
        tenant=job.tenant,
        kind=job.kind,
        key=job.key,
        state=RenderJob.State.DONE,
        clip=job.clip,
        rendition=job.rendition,
    ).first()
    if known is not None:
        return known
    job.state, job.progress, job.finished_at = RenderJob.State.DONE, 1000, job.created_at
    job.save()
    return job


def _join_or_add(job: RenderJob) -> RenderJob:
    """The open job for the same thing, or this one. The partial unique index decides between two who order at once."""
    twins = RenderJob.objects.filter(
        tenant=job.tenant, kind=job.kind, key=job.key, state__in=RenderJob.OPEN, cancel_requested=False
    )
    known = twins.first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:
        return twins.get()
    bell.ring_workers(job)
    return job


def work_one(worker: str, kinds: Collection[str], engines: Collection[str] | None = None) -> RenderJob | None:
    """Claim one job and work it off, whatever becomes of it. ``None`` when nothing was due.

    A cut takes along the waiting cuts of the same ad in other shapes (``jobs.claim_along``).
    """
    job = claim(worker, kinds, engines)
    if job is None:
        return None
    taken = [job, *jobs.claim_along(job)]
    for each in taken:
        log.info("%s takes %s, attempt %d of %d", worker, each, each.attempts, each.max_attempts)
    _run(taken)
    for each in taken:
        _tell(each)
    return job


def _run(taken: Sequence[RenderJob]) -> None:
    with ending(*taken), ExitStack() as hearts:
        watches = [hearts.enter_context(beating(job)) for job in taken]
        if len(taken) == 1:
            RUNNERS[taken[0].kind](taken[0], watches[0])
        else:
            cut_together(list(zip(taken, watches, strict=True)))


def _tell(job: RenderJob) -> None:
    job.refresh_from_db()
    if job.is_open:
        wait = max((job.not_before - timezone.now()).total_seconds(), 0.0)
        bell.ring_workers(job, delay=wait)
    else:
        log.info("%s after %d attempt(s) %s", job, job.attempts, job.error)
        bell.ring_back(job)
