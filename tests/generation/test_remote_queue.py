"""Remote engines in the queue: the ticket in the database, takeover by the next worker, and how each fault ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from generation import jobs
from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines import registry
from generation.engines.remote.memory import Ticket
from generation.ffmpeg import probe
from generation.media import local
from generation.models import Clip, RemoteTask, RenderJob
from generation.queue import submit_film, work_one
from generation.remote_tasks import RemoteTasks
from tests.generation.makers import stored_photo
from tests.generation.video_server import Time, VideoServer, may_connect, no_waiting, time_, video, videos

__all__ = ["may_connect", "no_waiting", "time_", "videos"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # waits between attempts
KEY = "a" * 64


@pytest.fixture
def shot(videos: VideoServer, no_waiting: Time, tmp_path: Path, settings: Any) -> ShotPlan:
    """The clock runs from the present: tickets are dated."""
    no_waiting.seconds = timezone.now().timestamp()
    settings.REMOTE_ENGINES = videos.setting()
    image: ImageRef = stored_photo(tmp_path)
    spec = registry.engine("remote-test").spec
    return plan(spec, ShotRequest(image, Move.PUSH, Framing.MEDIUM, 0.8, 9, 8, 64, 96, seed=3))


def work() -> RenderJob:
    """The next attempt, at once instead of after its back-off."""
    RenderJob.objects.filter(state="pending").update(not_before=timezone.now())
    job = work_one("w", ["film"])
    assert job is not None
    return job


def work_off() -> RenderJob:
    job = work()
    while job.is_open:
        job = work()
    return job


def test_a_shot_is_filmed_checked_and_stored(videos: VideoServer, shot: ShotPlan) -> None:
    submit_film(shot, tenant=1)
    job = work()
    assert (job.state, job.error_code, job.attempts) == ("done", "", 1)
    clip = Clip.objects.get()
    assert (clip.engine, clip.weights, clip.frames, clip.fps) == ("remote-test", "acme/video-1", 9, 8)
    with local(clip.file) as path:
        assert probe(path).frames == 9
    assert not RemoteTask.objects.exists()


def test_the_next_worker_takes_over_what_a_dead_one_ordered(videos: VideoServer, shot: ShotPlan) -> None:
    submit_film(shot, tenant=1)
    videos.faults.polls = 4
    keep = RemoteTasks.keep

    def keep_and_die(self: RemoteTasks, engine: str, key: str, ticket: Ticket) -> None:
        keep(self, engine, key, ticket)
        raise SystemExit

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteTasks, "keep", keep_and_die)
        with pytest.raises(SystemExit):
            work()
    assert RemoteTask.objects.get().remote_id == "task-1"
    assert videos.count == {"submit": 1}, "it died before the first question"
    job = work()
    assert (job.state, job.attempts) == ("done", 1)
    assert videos.count["submit"] == 1
    assert not RemoteTask.objects.exists()


def test_a_server_that_died_for_a_while_costs_an_attempt_and_no_second_film(
    videos: VideoServer, shot: ShotPlan, time_: Time
) -> None:
    submit_film(shot, tenant=1)
    videos.faults.polls = 5
    time_.after(1.2, videos.stop)
    job = work()
    assert (job.state, job.error_code, job.attempts) == ("pending", "server_down", 1)
    videos.start()
    job = work()
    assert (job.state, job.attempts) == ("done", 2)
    assert videos.count["submit"] == 1


Break = Callable[[VideoServer, Time], object]


@pytest.mark.parametrize(
    ("break_it", "code", "attempts"),
    [
        (lambda videos, _: videos.stop(), "server_down", 3),
        (lambda videos, _: setattr(videos.faults, "busy", 10**6), "server_busy", 3),
        (lambda videos, _: setattr(videos.faults, "broken", 10**6), "server_down", 3),
        (lambda videos, _: setattr(videos.faults, "loses", 10**6), "take_failed", 3),
        (lambda videos, _: setattr(videos.faults, "fails", "out of memory"), "take_failed", 3),
        (lambda videos, _: setattr(videos.faults, "polls", 10**6), "take_failed", 3),
        (lambda videos, _: setattr(videos.faults, "sends", lambda _: video(64, 96, 5, 8)), "clip_rejected", 3),
        (lambda videos, _: setattr(videos.faults, "sends", lambda _: b"no video"), "clip_rejected", 3),
        (lambda videos, _: setattr(videos.faults, "refuses", "no such model"), "server_refused", 1),
        (lambda videos, _: setattr(videos.faults, "redirect", "http://192.0.2.1/"), "server_misbehaved", 1),
    ],
)
def test_a_server_that_fails_for_good_ends_in_a_clear_failure(
    videos: VideoServer, shot: ShotPlan, time_: Time, break_it: Break, code: str, attempts: int
) -> None:
    submit_film(shot, tenant=1)
    break_it(videos, time_)
    job = work_off()
    assert (job.state, job.error_code, job.attempts) == ("failed", code, attempts)
    assert job.error.startswith("remote-test ")
    assert videos.url not in job.error
    assert not Clip.objects.exists()


def test_a_cancelled_job_stops_waiting(videos: VideoServer, shot: ShotPlan, time_: Time) -> None:
    job = submit_film(shot, tenant=1)
    videos.faults.polls = 1000
    time_.after(20, lambda: jobs.request_cancel(RenderJob.objects.get(pk=job.pk)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generation.heart.STEP_SECONDS", 0.0)  # the watch looks at the row at each step
        assert work().state == "cancelled"
    assert not Clip.objects.exists()
    assert RemoteTask.objects.get().remote_id == "task-1", "ordered again, it may be found finished"


def test_two_tenants_with_the_same_shot_may_share_a_task(videos: VideoServer, shot: ShotPlan) -> None:
    RemoteTasks().keep("remote-test", shot.key, Ticket("task-1", timezone.now().timestamp()))
    videos.answer("POST", "/v1/videos", {"size": "64x96", "num_frames": "9", "fps": "8"})
    submit_film(shot, tenant=1)
    submit_film(shot, tenant=2)
    assert [work().state, work().state] == ["done", "done"]
    assert Clip.objects.count() == 2


def test_a_ticket_is_kept_renewed_and_forgotten() -> None:
    tasks = RemoteTasks()
    now = timezone.now().timestamp()
    one, two = Ticket("one", now), Ticket("two", now + 1)
    assert tasks.recall("remote-a", KEY) is None
    tasks.keep("remote-a", KEY, one)
    assert tasks.recall("remote-a", KEY) == one
    assert tasks.recall("remote-b", KEY) is None
    tasks.keep("remote-a", KEY, two)
    tasks.forget("remote-a", KEY, one)
    assert tasks.recall("remote-a", KEY) == two, "the ticket of another worker stays"
    tasks.forget("remote-a", KEY, two)
    assert not RemoteTask.objects.exists()


def test_tickets_that_nobody_came_back_for_are_thrown_away() -> None:
    RemoteTask.objects.create(
        engine="remote-a", key="b" * 64, remote_id="old", submitted_at=datetime.now(UTC) - timedelta(days=8)
    )
    RemoteTasks().keep("remote-a", KEY, Ticket("new", timezone.now().timestamp()))
    assert list(RemoteTask.objects.values_list("remote_id", flat=True)) == ["new"]


def test_a_database_in_trouble_costs_no_shot(
    videos: VideoServer, shot: ShotPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``manage.py film`` needs no database at all."""

    def broken(*args: object, **kwargs: object) -> None:
        raise DatabaseError("no such table: generation_remotetask")

    for verb in ("filter", "update_or_create"):
        monkeypatch.setattr(RemoteTask.objects, verb, broken)
    photo = tmp_path / "photo.png"
    out = tmp_path / "clip.mp4"
    call_command("film", image=photo, out=out, engine="remote-test", seconds=1, size=(64, 96))
    assert (probe(out).frames, probe(out).fps) == (9, 8)
