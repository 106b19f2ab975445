"""Ordering work, and each single step of a job's life."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import jobs
from generation.errors import Cancelled, JobLost, MediaMissing, StorageDown
from generation.models import Clip, RenderJob
from generation.queue import claim, heartbeat, reap, request_cancel, submit_again, submit_film
from tests.generation.makers import imagined_plan, queued

pytestmark = pytest.mark.django_db
State = RenderJob.State
FILM = [RenderJob.Kind.FILM]


def fresh(job: RenderJob) -> RenderJob:
    return RenderJob.objects.get(pk=job.pk)


def clip_for(job: RenderJob) -> Clip:
    return Clip.objects.create(
        tenant=job.tenant,
        key=job.key,
        file="clips/x.mp4",
        width=64,
        height=96,
        frames=3,
        fps=30,
        engine="still",
        engine_version="1",
        weights="none",
        seed=1,
        plan=job.spec,
        film_ms=1,
        bytes=1,
    )


def claimed(worker: str = "w1") -> RenderJob:
    job = claim(worker, FILM)
    assert job is not None
    return job


def test_an_ordered_shot_waits_with_everything_that_its_worker_needs() -> None:
    job = submit_film(imagined_plan(), tenant=7, priority=3, reply_to="creative.tasks.advance", reply_id="ad_1")
    row = fresh(job)
    assert (row.state, row.kind, row.tenant, row.priority, row.engine) == ("pending", "film", 7, 3, "still")
    assert (row.key, row.reply_to, row.reply_id) == (imagined_plan().key, "creative.tasks.advance", "ad_1")
    assert row.ripe_at - row.created_at == timedelta(minutes=6)
    assert row.public_id.startswith("job_")
    assert row.max_attempts == 3


def test_the_same_shot_is_queued_once_per_tenant() -> None:
    first = queued(tenant=1)
    assert queued(tenant=1).pk == first.pk
    assert queued(tenant=2).pk != first.pk
    claimed()
    assert queued(tenant=1).pk == first.pk
    assert RenderJob.objects.count() == 2


def test_the_database_itself_refuses_a_second_open_job() -> None:
    job = queued()
    job.pk, job.public_id = None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        job.save()
    assert RenderJob.objects.count() == 1


def test_a_shot_whose_clip_exists_comes_back_done_at_once() -> None:
    job = queued()
    clip = clip_for(job)
    assert jobs.finish(claimed(), clip=clip)
    again = queued()
    assert (again.pk, again.state, again.clip) == (job.pk, "done", clip)
    RenderJob.objects.all().delete()
    anew = queued()
    assert (anew.state, anew.progress, anew.clip) == ("done", 1000, clip)
    assert claim("w1", FILM) is None


def test_a_failed_shot_can_be_ordered_again() -> None:
    queued(priority=2)
    failed = claimed()
    assert jobs.fail(failed, MediaMissing("gone"))
    again = submit_again(fresh(failed))
    assert again.pk != failed.pk
    assert (again.state, again.attempts, again.priority, again.spec) == ("pending", 0, 2, failed.spec)


def test_a_claim_marks_the_job_and_leaves_nothing_for_the_next() -> None:
    queued()
    job = claimed()
    assert (job.state, job.worker, job.attempts) == ("running", "w1", 1)
    assert job.heartbeat_at is not None
    assert claim("w2", FILM) is None


def test_a_worker_takes_only_its_kinds_and_engines() -> None:
    queued()
    assert claim("w", [RenderJob.Kind.CUT]) is None
    assert claim("w", FILM, engines=["showcase"]) is None
    assert claim("w", FILM, engines=["still"]) is not None


def test_higher_priority_goes_first_then_age() -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        low = queued(1, tenant=1, priority=0)
        clock.shift(1)
        high = queued(2, tenant=2, priority=5)
        clock.shift(1)
        high_too = queued(3, tenant=3, priority=5)
        assert [claimed().pk for _ in range(3)] == [high.pk, high_too.pk, low.pk]


def test_waiting_raises_the_priority_by_one_a_minute_so_nobody_starves() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        old = queued(1, tenant=1, priority=0)
        clock.shift(timedelta(minutes=5, seconds=1))
        lower = queued(2, tenant=2, priority=4)
        higher = queued(3, tenant=3, priority=6)
        assert [claimed().pk for _ in range(3)] == [higher.pk, old.pk, lower.pk]


def test_among_equals_the_tenant_with_the_fewest_running_jobs_goes_first() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        batch = [queued(seed, tenant=1) for seed in range(3)]
        clock.shift(1)
        single = queued(9, tenant=2)
        assert [claimed(f"w{n}").pk for n in range(4)] == [batch[0].pk, single.pk, batch[1].pk, batch[2].pk]


def test_a_batch_of_one_tenant_does_not_pass_as_a_whole_through_a_single_worker() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        batch = [queued(seed, tenant=1) for seed in range(3)]
        first = claimed()
        clock.shift(20)
        late = queued(9, tenant=2)
        assert jobs.finish(first, clip=clip_for(first))
        assert [first.pk, claimed().pk] == [batch[0].pk, late.pk]


def shares(*tenants: tuple[int, int, int]) -> int:
    """Which tenant is next when each (tenant, running, ended of late) has one job waiting, ordered in this order."""
    number = 100
    for tenant, running, ended in tenants:
        for n in range(running + ended):
            job = queued(number, tenant=tenant)
            state = State.RUNNING if n < running else State.DONE
            RenderJob.objects.filter(pk=job.pk).update(state=state, started_at=timezone.now())
            number += 1
    for tenant, *_ in tenants:
        queued(number, tenant=tenant)
        number += 1
    return claimed().tenant


@pytest.mark.parametrize(
    ("tenants", "next_one"),
    [
        ([(1, 2, 0), (2, 1, 0)], 2),
        ([(1, 0, 3), (2, 0, 1)], 2),
        ([(2, 1, 0), (1, 0, 5)], 1),
        ([(1, 1, 1), (2, 0, 9), (3, 0, 8)], 3),
        ([(1, 1, 1), (2, 1, 1)], 1),
        ([(1, 0, 1), (2, 0, 0)], 2),
    ],
)
def test_running_jobs_count_before_those_of_late_and_these_before_age(
    tenants: list[tuple[int, int, int]], next_one: int
) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        assert shares(*tenants) == next_one


def test_heartbeats_show_progress_until_the_job_is_lost() -> None:
    queued()
    job = claimed()
    assert heartbeat(job, 420, "film")
    row = fresh(job)
    assert (row.progress, row.stage) == (420, "film")
    RenderJob.objects.update(worker="w2", attempts=2)
    assert not heartbeat(job, 900, "film")
    assert fresh(job).progress == 420
    assert isinstance(jobs.why_stopped(job), JobLost)


def test_a_done_job_has_its_clip() -> None:
    queued()
    job = claimed()
    clip = clip_for(job)
    assert jobs.finish(job, clip=clip)
    row = fresh(job)
    assert (row.state, row.progress, row.clip) == ("done", 1000, clip)
    assert row.finished_at is not None
    assert not jobs.fail(job, StorageDown("late"))
    assert not request_cancel(job)
    assert fresh(job).state == "done"


def test_a_lost_worker_can_neither_finish_nor_fail_what_another_has() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued()
        lost = claimed("w1")
        clock.shift(91)
        assert [job.pk for job in reap(timezone.now())] == [lost.pk]
        clock.shift(3)
        owner = claimed("w1")  # even under the same name
        before = RenderJob.objects.values().get()
        assert not jobs.finish(lost)
        assert not jobs.fail(lost, StorageDown("x"))
        assert not jobs.fail(lost, MediaMissing("x"))
        assert not jobs.give_back(lost)
        assert not heartbeat(lost, 1, "x")
        assert RenderJob.objects.values().get() == before
        assert jobs.finish(owner)


def test_a_transient_failure_is_tried_three_times_with_longer_pauses() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued()
        for pause in (2, 8):
            assert jobs.fail(claimed(), StorageDown("the disk is full"))
            assert claim("w1", FILM) is None
            clock.shift(pause - 0.1)
            assert claim("w1", FILM) is None
            clock.shift(0.1)
        assert jobs.fail(claimed(), StorageDown("the disk is full"))
        row = RenderJob.objects.get()
        assert (row.state, row.attempts, row.error_code, row.error) == (
            "failed",
            3,
            "storage_down",
            "the disk is full",
        )
        clock.shift(3600)
        assert claim("w1", FILM) is None


def test_a_permanent_failure_is_final() -> None:
    queued()
    job = claimed()
    assert jobs.fail(job, MediaMissing("upload it again"))
    row = fresh(job)
    assert (row.state, row.attempts, row.error_code, row.error) == ("failed", 1, "media_missing", "upload it again")


def test_cancelling_a_waiting_job_ends_it_at_once() -> None:
    job = queued()
    assert request_cancel(job)
    assert fresh(job).state == "cancelled"
    assert fresh(job).finished_at is not None
    assert claim("w1", FILM) is None
    assert not request_cancel(job)


def test_cancelling_a_running_job_stops_its_worker_and_never_turns_into_done() -> None:
    queued()
    job = claimed()
    assert request_cancel(job)
    assert fresh(job).state == "running"
    assert not heartbeat(job, 500, "film")
    assert not jobs.finish(job, clip=clip_for(job))
    assert fresh(job).clip is None
    assert isinstance(jobs.why_stopped(job), Cancelled)
    assert jobs.stop(job)
    assert fresh(job).state == "cancelled"


def test_only_who_was_asked_to_stop_may_stop() -> None:
    queued()
    job = claimed()
    assert not jobs.stop(job)
    assert fresh(job).state == "running"


def test_a_failure_after_the_request_to_cancel_ends_as_cancelled() -> None:
    queued()
    job = claimed()
    request_cancel(job)
    assert jobs.fail(job, StorageDown("x"))
    assert fresh(job).state == "cancelled"


def test_a_new_order_does_not_join_a_job_that_is_being_cancelled() -> None:
    queued()
    job = claimed()
    request_cancel(job)
    again = queued()
    assert again.pk != job.pk
    assert again.state == "pending"


def test_a_worker_that_shuts_down_gives_its_job_back_uncounted() -> None:
    queued()
    job = claimed()
    assert jobs.give_back(job)
    assert (fresh(job).state, fresh(job).attempts) == ("pending", 0)
    again = claimed("w2")
    request_cancel(again)
    assert jobs.give_back(again)
    assert fresh(job).state == "cancelled"


def test_the_reaper_takes_silent_jobs_only() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued(1)
        queued(2)
        silent, lively = claimed("w1"), claimed("w2")
        clock.shift(80)
        assert heartbeat(lively, 10, "film")
        clock.shift(11)
        assert [job.pk for job in reap(timezone.now())] == [silent.pk]
        assert (fresh(silent).state, fresh(silent).worker) == ("pending", "")
        assert fresh(lively).state == "running"


def test_a_heartbeat_in_the_very_moment_of_reaping_saves_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued()
        job = claimed()
        clock.shift(91)
        retire = jobs._retire

        def beaten_to_it(*arguments: object) -> bool:
            assert heartbeat(job, 10, "film")
            return retire(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(jobs, "_retire", beaten_to_it)
        assert reap(timezone.now()) == []
        assert fresh(job).state == "running"


def test_a_job_that_kills_every_worker_fails_at_last() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued()
        for _ in range(3):
            claimed()
            clock.shift(91)
            reap(timezone.now())
            clock.shift(10)
        row = RenderJob.objects.get()
        assert (row.state, row.attempts, row.error_code) == ("failed", 3, "worker_silent")
        assert claim("w1", FILM) is None


def test_a_silent_job_that_should_be_cancelled_is_cancelled() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued()
        job = claimed()
        request_cancel(job)
        clock.shift(91)
        reap(timezone.now())
        assert fresh(job).state == "cancelled"
