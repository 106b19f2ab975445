"""The bell's end of the queue: each task works off whatever is due; the id in a message is only a hint for the log.

Worker roles (each its own process, all on one machine or spread):

* film  ``celery -A config worker -Q film --pool threads -c 1 --prefetch-multiplier 1``, one per GPU (prefork and CUDA
  do not mix, and a busy solo worker answers no ping)
* cut   ``celery -A config worker -Q cut --pool prefork -c 2 --prefetch-multiplier 1``
* ring  ``celery -A config worker -Q ring --pool threads -c 4 --beat``

Nothing is lost with a message: ``reap`` runs every few seconds, returns the jobs of dead workers, and rings again for
whatever is due.
"""

import os
import socket
import threading

from celery import shared_task
from django.utils import timezone

from generation import bell, jobs
from generation.models import RenderJob
from generation.queue import work_one


@shared_task(name="generation.tasks.film")  # type: ignore[untyped-decorator]
def film(job_id: str) -> None:
    _work_off(RenderJob.Kind.FILM)


@shared_task(name="generation.tasks.cut")  # type: ignore[untyped-decorator]
def cut(job_id: str) -> None:
    _work_off(RenderJob.Kind.CUT)


@shared_task(name="generation.tasks.reap")  # type: ignore[untyped-decorator]
def reap() -> None:
    now = timezone.now()
    for job in jobs.reap(now):
        if not job.is_open:
            bell.ring_back(job)
    for kind in RenderJob.Kind.values:
        next_one = jobs.due([kind], None, now).order_by("not_before").first()
        if next_one is not None:
            bell.ring_workers(next_one)


def _work_off(kind: str) -> None:
    worker = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    while work_one(worker, [kind]) is not None:
        pass
