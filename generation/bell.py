"""Ringing: a message only says "look", so a lost one costs seconds and a doubled one nothing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from generation.models import RenderJob

log = logging.getLogger(__name__)
_silent: ContextVar[bool] = ContextVar("generation_bell_silent", default=False)


@contextmanager
def silenced() -> Iterator[None]:
    """Inside, nothing rings: for a caller that works the queue off itself, such as ``manage.py make_ad``."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def ring_workers(job: RenderJob, delay: float = 0.0) -> None:
    """Tell the workers of this kind of job, ``delay`` seconds after the present transaction is committed."""
    ring(f"generation.tasks.{job.kind}", job.public_id, delay)


def ring_back(job: RenderJob) -> None:
    """Tell whoever ordered the job that it has ended."""
    if job.reply_to:
        ring(job.reply_to, job.reply_id)


def ring(task: str, argument: str, delay: float = 0.0) -> None:
    """Send ``task`` its one argument once the present transaction is committed; best effort."""
    if not _silent.get():
        transaction.on_commit(partial(_send, task, argument, delay))


def _send(task: str, argument: str, delay: float) -> None:
    try:
        current_app.send_task(task, args=[argument], countdown=delay or None, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the bell %s(%s) was not heard, the next round will find the work: %s", task, argument, error)
