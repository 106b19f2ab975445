"""The bell's end: each task works off whatever hits wait; the id in a message is only a hint for the log."""

import os
import socket
import threading

from celery import shared_task
from django.utils import timezone

from templates_engine import bell, hit_queue, hit_work


@shared_task(name=bell.ANALYSE)  # type: ignore[untyped-decorator]
def analyse(hit_id: str) -> None:
    """Measures the hits that wait, one after the other; safe to come twice or for a hit that is gone."""
    worker = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    while hit_work.work_one(worker) is not None:
        pass


@shared_task(name="templates_engine.tasks.look")  # type: ignore[untyped-decorator]
def look() -> None:
    """Heals lost bells and dead workers: hits of silent workers wait again, and whatever waits is rung for."""
    now = timezone.now()
    hit_work.reap(now)
    waiting = hit_queue.due(now).first()
    if waiting is not None:
        bell.ring(bell.ANALYSE, waiting.public_id)
