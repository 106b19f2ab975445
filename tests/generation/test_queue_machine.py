"""The queue as a state machine: in whatever order, a job has one owner, and cancelled never turns into done."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from generation import jobs
from generation.errors import MediaMissing, StorageDown
from generation.models import RenderJob
from tests.generation.makers import queued, queued_cut

ENDS = {"done", "failed", "cancelled"}
ASPECTS = ["9:16", "1:1", "16:9"]
WORKERS = st.sampled_from(["w1", "w2", "w3"])


class Queue(RuleBasedStateMachine):
    """Attempts are what a worker holds in its hand; it may go on using one long after it was taken away."""

    attempts = Bundle("attempts")

    def __init__(self) -> None:
        super().__init__()
        RenderJob.objects.all().delete()
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.time = self.clock.start()
        self.owner: dict[int, int] = {}  # job -> number of the attempt that owns it now
        self.ended: dict[int, str] = {}
        self.asked: set[int] = set()

    def teardown(self) -> None:
        self.clock.stop()

    def owns(self, attempt: RenderJob) -> bool:
        return self.owner.get(attempt.pk) == attempt.attempts

    @rule(seed=st.integers(1, 4), tenant=st.integers(1, 3), priority=st.integers(0, 9))
    def order(self, seed: int, tenant: int, priority: int) -> None:
        queued(seed, tenant=tenant, priority=priority)

    @rule(ad=st.integers(1, 2), aspect=st.sampled_from(ASPECTS), priority=st.integers(0, 1))
    def order_cut(self, ad: int, aspect: str, priority: int) -> None:
        queued_cut(f"ad_{ad}", aspect, priority=priority)

    @rule(target=attempts, worker=WORKERS)
    def claim(self, worker: str) -> MultipleResults[RenderJob | None]:
        job = jobs.claim(worker, ["film", "cut"])
        taken = [] if job is None else [job, *jobs.claim_along(job)]
        for each in taken:
            assert each.pk not in self.owner, "claimed while another attempt owned it"
            self.owner[each.pk] = each.attempts
        if len(taken) > 1:
            assert {(each.reply_id, each.priority, each.attempts) for each in taken} == {
                (taken[0].reply_id, taken[0].priority, 1)
            }
        return multiple(*taken)

    @rule(attempt=attempts, progress=st.integers(0, 1000))
    def heartbeat(self, attempt: RenderJob | None, progress: int) -> None:
        if attempt is not None:
            expected = self.owns(attempt) and attempt.pk not in self.asked
            assert jobs.heartbeat(attempt, progress, "film") == expected

    @rule(attempt=consumes(attempts))
    def finish(self, attempt: RenderJob | None) -> None:
        if attempt is not None:
            expected = self.owns(attempt) and attempt.pk not in self.asked
            assert jobs.finish(attempt) == expected
            if expected:
                del self.owner[attempt.pk]

    @rule(attempt=attempts, lasting=st.booleans())
    def fail(self, attempt: RenderJob | None, lasting: bool) -> None:
        if attempt is not None:
            error = MediaMissing("gone") if lasting else StorageDown("down")
            assert jobs.fail(attempt, error) == self.owns(attempt)
            if self.owns(attempt):
                del self.owner[attempt.pk]

    @rule(attempt=attempts)
    def stop(self, attempt: RenderJob | None) -> None:
        if attempt is not None:
            expected = self.owns(attempt) and attempt.pk in self.asked
            assert jobs.stop(attempt) == expected
            if expected:
                del self.owner[attempt.pk]

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        rows = list(RenderJob.objects.order_by("pk"))
        if rows:
            job = data.draw(st.sampled_from(rows))
            assert jobs.request_cancel(job) == (job.state not in ENDS)
            if job.state not in ENDS:
                self.asked.add(job.pk)

    @rule(seconds=st.sampled_from([1, 9, 60, 100]))
    def wait(self, seconds: int) -> None:
        self.time.shift(seconds)

    @rule()
    def reap(self) -> None:
        silent = RenderJob.objects.filter(
            state="running", heartbeat_at__lt=timezone.now() - timedelta(seconds=90)
        ).values_list("pk", flat=True)
        expected = set(silent)
        assert {job.pk for job in jobs.reap(timezone.now())} == expected
        for pk in expected:
            del self.owner[pk]

    @invariant()
    def running_is_owned(self) -> None:
        running = dict(RenderJob.objects.filter(state="running").values_list("pk", "attempts"))
        assert running == self.owner

    @invariant()
    def ends_are_ends(self) -> None:
        now = dict(RenderJob.objects.filter(state__in=ENDS).values_list("pk", "state"))
        assert now.items() >= self.ended.items(), "a job that had ended changed again"
        self.ended = now

    @invariant()
    def never_more_than_three_attempts(self) -> None:
        assert not RenderJob.objects.filter(attempts__gt=3).exists()

    @invariant()
    def cancelled_is_never_done(self) -> None:
        assert not RenderJob.objects.filter(pk__in=self.asked, state="done").exists()

    @invariant()
    def one_open_job_per_shot(self) -> None:
        wanted = RenderJob.objects.filter(state__in=RenderJob.OPEN, cancel_requested=False)
        keys = list(wanted.values_list("tenant", "key"))
        assert len(keys) == len(set(keys))


def assert_kept(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Queue,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert RenderJob.objects.filter(state="running", worker="").count() == 0


@pytest.mark.django_db
def test_the_queue_keeps_its_promises() -> None:
    assert_kept(examples=15, steps=30)


@pytest.mark.django_db
@pytest.mark.slow
def test_the_queue_keeps_its_promises_for_long() -> None:
    assert_kept(examples=300, steps=60)
