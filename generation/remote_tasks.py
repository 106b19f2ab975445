"""The memory of remote engines in the database: which task of a server films which shot."""

import logging
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from generation.engines.remote.memory import Ticket
from generation.models import RemoteTask

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)  # of a task that nobody came back for: no server remembers one for longer


class RemoteTasks:
    """Each call is one short statement or two, and no transaction stays open. A database in trouble must not cost a
    shot: without the row, what is lost is only that a shot may be filmed twice after a crash.
    """

    def recall(self, engine: str, key: str) -> Ticket | None:
        try:
            row = RemoteTask.objects.filter(engine=engine, key=key).first()
        except DatabaseError as error:
            log.warning("cannot look for a remote task: %s", error)
            return None
        return None if row is None else Ticket(row.remote_id, row.submitted_at.timestamp())

    def keep(self, engine: str, key: str, ticket: Ticket) -> None:
        at = datetime.fromtimestamp(ticket.since, UTC)
        try:
            RemoteTask.objects.update_or_create(
                engine=engine, key=key, defaults={"remote_id": ticket.id, "submitted_at": at}
            )
            RemoteTask.objects.filter(submitted_at__lt=timezone.now() - KEPT).delete()
        except DatabaseError as error:
            log.warning("cannot keep the remote task %s: %s", ticket.id, error)

    def forget(self, engine: str, key: str, ticket: Ticket) -> None:
        try:
            RemoteTask.objects.filter(engine=engine, key=key, remote_id=ticket.id).delete()
        except DatabaseError as error:
            log.warning("cannot forget the remote task %s: %s", ticket.id, error)
