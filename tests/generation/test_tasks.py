"""The bell: who is rung when, and that a lost ring never loses work."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from generation import bell, jobs, tasks
from generation.metrics import QueueState, queue_states, running_by_tenant
from generation.models import RenderJob
from generation.queue import request_cancel, submit_film, work_one
from tests.generation.makers import imagined_plan, queued, small_plan, stored_photo

pytestmark = pytest.mark.django_db
Rung = list[tuple[str, str, float | None]]


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """Everything that was rung: (task, argument, delay). Transactions are taken as committed at once."""
    heard: Rung = []

    def send(task: str, args: list[str], countdown: float | None, retry: bool) -> None:
        assert retry is False
        heard.append((task, *args, countdown))

    monkeypatch.setattr(bell.current_app, "send_task", send)
    monkeypatch.setattr(bell.transaction, "on_commit", lambda ring: ring())
    return heard


def test_ordering_rings_the_workers_once(rung: Rung) -> None:
    job = queued()
    queued()
    assert rung == [("generation.tasks.film", job.public_id, None)]


def test_nothing_rings_before_the_order_is_committed(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(bell.current_app, "send_task", lambda task, **_: heard.append(task))
    with django_capture_on_commit_callbacks(execute=True):
        queued()
        assert heard == []
    assert heard == ["generation.tasks.film"]


def test_inside_silenced_nothing_rings(rung: Rung) -> None:
    with bell.silenced():
        queued(1)
    assert rung == []
    queued(2)
    assert len(rung) == 1


def test_a_broken_bell_does_not_break_the_order(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(bell.current_app, "send_task", broken)
    with django_capture_on_commit_callbacks(execute=True):
        job = queued()
    assert RenderJob.objects.get() == job


def test_the_film_task_works_off_all_that_is_due_and_rings_back(rung: Rung, tmp_path: Path) -> None:
    photo = stored_photo(tmp_path)
    for seed in (1, 2):
        submit_film(small_plan(photo, seed=seed), tenant=1, reply_to="desk.advance", reply_id=f"ad_{seed}")
    rung.clear()
    tasks.film("job_any")
    assert list(RenderJob.objects.values_list("state", flat=True)) == ["done", "done"]
    assert rung == [("desk.advance", "ad_1", None), ("desk.advance", "ad_2", None)]


def test_a_failed_shot_rings_back_too(rung: Rung) -> None:
    submit_film(imagined_plan(), tenant=1, reply_to="desk.advance", reply_id="ad_1")
    rung.clear()
    tasks.film("job_any")
    assert RenderJob.objects.get().state == "failed"
    assert rung == [("desk.advance", "ad_1", None)]


def test_the_cut_task_leaves_films_alone(rung: Rung) -> None:
    queued()
    tasks.cut("job_any")
    assert RenderJob.objects.get().state == "pending"


def test_a_shot_that_will_be_tried_again_rings_later(
    rung: Rung, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit_film(small_plan(stored_photo(tmp_path)), tenant=1, reply_to="desk.advance", reply_id="ad_1")
    rung.clear()
    monkeypatch.setattr("generation.media.os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    work_one("w1", ["film"])
    ((task, argument, delay),) = rung
    assert (task, argument) == ("generation.tasks.film", job.public_id)
    assert delay is not None
    assert 1.0 < delay <= 2.0


def test_the_reaper_rings_for_what_is_due_and_for_what_has_ended(rung: Rung) -> None:
    job = submit_film(imagined_plan(), tenant=1, reply_to="desk.advance", reply_id="ad_1")
    rung.clear()
    tasks.reap()
    assert rung == [("generation.tasks.film", job.public_id, None)]
    jobs.claim("w1", ["film"])
    rung.clear()
    tasks.reap()
    assert rung == []
    RenderJob.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=91), attempts=3)
    tasks.reap()
    assert RenderJob.objects.get().state == "failed"
    assert rung == [("desk.advance", "ad_1", None)]


def test_the_numbers_of_the_queue() -> None:
    assert queue_states() == {"film": QueueState(0, 0, 0), "cut": QueueState(0, 0, 0)}
    assert running_by_tenant() == {}
    for seed in range(3):
        queued(seed, tenant=5)
    jobs.claim("w1", ["film"])
    RenderJob.objects.filter(state="pending").update(created_at=timezone.now() - timedelta(seconds=40))
    state = queue_states()["film"]
    assert (state.waiting, state.running) == (2, 1)
    assert 40 <= state.oldest_waiting_s < 50
    assert running_by_tenant() == {5: 1}


def test_cancelled_while_waiting_is_not_worked_on(rung: Rung) -> None:
    request_cancel(queued())
    tasks.film("job_any")
    assert RenderJob.objects.get().attempts == 0
