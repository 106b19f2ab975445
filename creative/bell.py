"""Telling the reconciler to look. A lost message costs seconds, a periodic task finds all unfinished work."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from generation import bell as film_bell

ADVANCE = "creative.tasks.advance"
ADVANCE_CAMPAIGN = "creative.tasks.advance_campaign"
log = logging.getLogger(__name__)
_silent: ContextVar[bool] = ContextVar("creative_bell_silent", default=False)


@contextmanager
def silenced() -> Iterator[None]:
    """Inside, neither this bell nor that of the film workers rings: for a command that does all the work itself."""
    with ExitStack() as stack:
        stack.enter_context(film_bell.silenced())
        token = _silent.set(True)
        stack.callback(_silent.reset, token)
        yield


def ring(task: str, public_id: str) -> None:
    """Ring once the present transaction is committed; best effort."""
    if not _silent.get():
        transaction.on_commit(partial(_send, task, public_id))


def _send(task: str, public_id: str) -> None:
    try:
        current_app.send_task(task, args=[public_id], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the bell %s(%s) was not heard, the next round will find the work: %s", task, public_id, error)
