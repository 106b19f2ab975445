"""The heartbeat of a job at work: its row is written every few seconds, by the work or, when busy, by a thread."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from generation import jobs
from generation.models import RenderJob

log = logging.getLogger(__name__)
STEP_SECONDS = 1.0  # a person who waits looks about as often
SILENT_SECONDS = 5.0  # what the thread lets pass before it writes in place of the work


class JobWatch:
    """The ``Watch`` of one claimed job."""

    def __init__(self, job: RenderJob) -> None:
        self._job = job
        self._progress, self._stage = 0, ""
        self._written = time.monotonic()
        self._stopped = False

    def step(self, fraction: float, stage: str) -> None:
        changed = stage != self._stage
        self._progress, self._stage = round(min(max(fraction, 0.0), 1.0) * 1000), stage
        if changed or self.silence >= STEP_SECONDS:
            self.beat()
        if self._stopped:
            raise jobs.why_stopped(self._job)

    @property
    def silence(self) -> float:
        """Seconds since the row was last written."""
        return time.monotonic() - self._written

    def beat(self) -> None:
        self._written = time.monotonic()
        try:
            if not jobs.heartbeat(self._job, self._progress, self._stage):
                self._stopped = True
        except DatabaseError as error:  # a busy database must not cost a shot; only long silence loses the job
            log.warning("no heartbeat for %s: %s", self._job, error)


@contextmanager
def beating(job: RenderJob) -> Iterator[JobWatch]:
    """A watch for ``job`` whose row is kept alive until the end of the block, however long one step takes."""
    watch, ended = JobWatch(job), threading.Event()
    thread = threading.Thread(target=_beat, args=(watch, ended), name=f"heart of {job.public_id}", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def _beat(watch: JobWatch, ended: threading.Event) -> None:
    try:
        while not ended.wait(SILENT_SECONDS / 5):
            if watch.silence >= SILENT_SECONDS:
                watch.beat()
    finally:
        connection.close()  # this thread's own
