"""The heartbeat of a running job."""

import threading

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from generation import heart, jobs
from generation.errors import Cancelled, JobLost
from generation.heart import JobWatch, beating
from generation.models import RenderJob
from generation.watch import NullWatch, Part
from tests.generation.makers import queued


def claimed() -> RenderJob:
    queued()
    job = jobs.claim("w1", ["film"])
    assert job is not None
    return job


@pytest.mark.django_db
def test_a_step_writes_progress_when_the_stage_changes_and_about_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    job = claimed()
    now = 100.0
    monkeypatch.setattr(heart.time, "monotonic", lambda: now)
    watch = JobWatch(job)

    def row() -> tuple[int, str]:
        return RenderJob.objects.values_list("progress", "stage").get()

    watch.step(0.1, "film")
    assert row() == (100, "film")
    watch.step(0.2, "film")
    assert row() == (100, "film")
    now += 1.0
    watch.step(0.3, "film")
    assert row() == (300, "film")
    watch.step(7.0, "store")
    assert row() == (1000, "store")


@pytest.mark.django_db
def test_a_step_raises_when_the_job_was_cancelled_or_lost() -> None:
    job = claimed()
    watch = JobWatch(job)
    jobs.request_cancel(job)
    with pytest.raises(Cancelled):
        watch.step(0.5, "film")
    RenderJob.objects.update(worker="w2")
    with pytest.raises(JobLost):
        watch.step(0.6, "film")


@pytest.mark.django_db
def test_a_busy_database_does_not_cost_the_shot(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = JobWatch(claimed())

    def busy(*_: object) -> bool:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(jobs, "heartbeat", busy)
    watch.step(0.5, "film")
    monkeypatch.undo()
    watch.step(0.6, "store")
    assert RenderJob.objects.get().progress == 600


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_the_heart_beats_while_the_work_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a real database file: the thread has a connection of its own."""
    monkeypatch.setattr(heart, "SILENT_SECONDS", 0.05)
    job = claimed()
    before = timezone.now()
    beaten = threading.Event()
    beat = JobWatch.beat

    def seen(watch: JobWatch) -> None:
        beat(watch)
        connection.close()
        beaten.set()

    monkeypatch.setattr(JobWatch, "beat", seen)
    with beating(job):
        assert beaten.wait(10)
    heartbeat = RenderJob.objects.get().heartbeat_at
    assert heartbeat is not None
    assert heartbeat > before
    assert f"heart of {job.public_id}" not in [thread.name for thread in threading.enumerate()]


def test_a_part_of_a_work_reports_its_share_of_the_whole() -> None:
    told = []

    class Whole(NullWatch):
        def step(self, fraction: float, stage: str) -> None:
            told.append((fraction, stage))

    part = Part(Whole(), 0.2, 0.7)
    part.step(0.0, "a")
    part.step(0.5, "b")
    part.step(9.0, "c")
    assert told == [(0.2, "a"), (pytest.approx(0.45), "b"), (pytest.approx(0.7), "c")]
