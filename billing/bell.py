"""Ringing billing's own tasks: a message only says "look", so a lost one costs a minute and a doubled one nothing."""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: str, argument: int) -> None:
    """Send ``task`` its one argument once the present transaction is committed; best effort."""
    transaction.on_commit(partial(_send, task, argument))


def _send(task: str, argument: int) -> None:
    try:
        current_app.send_task(task, args=[argument], retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the bell %s(%s) was not heard, the sweeper will find the work: %s", task, argument, error)
