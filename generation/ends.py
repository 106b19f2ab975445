"""What becomes of a job whose work raised something: each error leads to one change of its row."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from generation import jobs
from generation.errors import Broken, Cancelled, GenerationError, JobLost
from generation.models import RenderJob

log = logging.getLogger(__name__)


@contextmanager
def ending(*taken: RenderJob) -> Iterator[None]:
    """Whatever the block raises becomes the end, or the next attempt, of those of ``taken`` that it still holds.

    A job that has ended meanwhile stays as it is. Only the end of the process passes through.
    """
    names = ", ".join(str(job) for job in taken)
    try:
        yield
    except Cancelled:
        for job in taken:
            jobs.stop(job)
    except JobLost as lost:
        log.warning("%s", lost)
    except (KeyboardInterrupt, SystemExit):
        for job in taken:
            jobs.give_back(job)
        raise
    except GenerationError as error:
        log.warning("%s: %s", names, error)
        for job in taken:
            jobs.fail(job, error)
    except Exception as error:  # a bug or a machine in trouble: the queue must live on, and the job is tried again
        log.exception("%s broke", names)
        # What the tenant reads must not show the inside of the machine.
        broken = Broken(f"something unexpected broke ({type(error).__name__}): the worker's log has the details")
        for job in taken:
            jobs.fail(job, broken)
