"""Filming a job: the clip is stored whole, named by its content; its row and the end of the job are one transaction."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from generation import ffmpeg, jobs
from generation.domain.engine_spec import EngineSpec
from generation.domain.shot_plan import ShotPlan
from generation.engines import registry
from generation.engines.base import Filmed
from generation.engines.still import SPEC, Still
from generation.film import film_to_file, known_clips
from generation.heart import JobWatch
from generation.models import Clip, RenderJob
from generation.queue import submit_film, work_one
from generation.watch import NullWatch, Watch
from tests.generation.makers import drawn_photo, imagined_plan, small_plan, stored_photo

pytestmark = pytest.mark.django_db
FILM = [RenderJob.Kind.FILM]


@pytest.fixture
def plan(tmp_path: Path) -> ShotPlan:
    return small_plan(stored_photo(tmp_path))


class Actor:
    """A stand-in engine that films as ``still`` does, after (or before) whatever a test wants to happen."""

    spec: EngineSpec = SPEC

    def __init__(self) -> None:
        self.filmed: list[str] = []

    def missing(self) -> list[str]:
        return []

    def load(self) -> None:
        pass

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        self.filmed.append(plan.key)
        self.before(plan, images, out, watch)
        result = Still().film(plan, images, out, watch)
        self.after(out)
        return result

    def before(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> None:
        pass

    def after(self, out: Path) -> None:
        pass


@pytest.fixture
def actor(monkeypatch: pytest.MonkeyPatch) -> Actor:
    one = Actor()
    monkeypatch.setattr(registry, "MAKERS", {"still": lambda: one})
    registry._made.cache_clear()
    yield one
    registry._made.cache_clear()


def stored_files() -> list[str]:
    root = Path(default_storage.path(""))
    return sorted(
        str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and "photos" not in path.parts
    )


def test_a_shot_is_filmed_stored_and_recorded(plan: ShotPlan) -> None:
    job = submit_film(plan, tenant=7)
    done = work_one("w1", FILM)
    assert done is not None
    assert (done.pk, done.state, done.progress, done.attempts) == (job.pk, "done", 1000, 1)
    clip = Clip.objects.get()
    assert done.clip == clip
    assert clip.file == f"clips/7/{plan.key[:2]}/{plan.key}.mp4"
    assert stored_files() == [clip.file]
    assert (clip.tenant, clip.key, clip.frames, clip.fps, clip.width, clip.height) == (7, plan.key, 3, 30, 64, 96)
    assert (clip.engine, clip.engine_version, clip.weights, clip.seed) == ("still", "1", "none", 1)
    assert clip.bytes == default_storage.size(clip.file)
    box = clip.subject_box
    assert box is not None
    assert box.width > 0.2
    assert known_clips(7, [plan.key, "other"]) == {plan.key}
    assert known_clips(8, [plan.key]) == set()
    facts = ffmpeg.probe(Path(default_storage.path(clip.file)))
    assert (facts.frames, facts.width, facts.height, facts.codec, facts.pixel_format) == (3, 64, 96, "h264", "yuv420p")


def test_with_nothing_to_do_a_worker_does_nothing() -> None:
    assert work_one("w1", FILM) is None


def test_a_shot_that_was_filmed_before_is_not_filmed_again(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)
    work_one("w1", FILM)
    assert submit_film(plan, tenant=1).state == "done"
    # An order that was queued just before the clip came to be finds it when its turn comes.
    late = RenderJob.objects.get()
    late.pk, late.public_id, late.state, late.clip, late.attempts = None, "", "pending", None, 0
    late.save()
    assert work_one("w1", FILM).state == "done"  # type: ignore[union-attr]
    assert actor.filmed == [plan.key]
    assert Clip.objects.count() == 1


def test_two_workers_with_the_same_shot_end_with_one_clip(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)

    def overtake(*_: object) -> None:
        actor.before = Actor().before  # type: ignore[method-assign]
        RenderJob.objects.update(state="pending", attempts=1)  # as the reaper would
        assert work_one("w2", FILM).state == "done"  # type: ignore[union-attr]

    actor.before = overtake  # type: ignore[method-assign]
    work_one("w1", FILM)
    job = RenderJob.objects.get()
    assert (job.state, job.worker, job.attempts, job.clip) == ("done", "w2", 2, Clip.objects.get())
    assert actor.filmed == [plan.key, plan.key]
    assert len(stored_files()) == 1


def test_a_clip_that_came_to_be_meanwhile_is_taken(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)
    work_one("w1", FILM)
    known = Clip.objects.get()
    values = {field.name: getattr(known, field.name) for field in Clip._meta.fields if field.name != "id"}
    known.delete()
    submit_film(plan, tenant=1)
    actor.after = lambda _: Clip.objects.create(**values)  # type: ignore[assignment, method-assign, misc]
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.clip) == ("done", Clip.objects.get())


def test_a_cancelled_shot_leaves_nothing(plan: ShotPlan, actor: Actor) -> None:
    job = submit_film(plan, tenant=1)
    actor.before = lambda *_: jobs.request_cancel(job)  # type: ignore[assignment, method-assign, misc]
    ended = work_one("w1", FILM)
    assert ended is not None
    assert (ended.state, ended.clip) == ("cancelled", None)
    assert (Clip.objects.count(), stored_files()) == (0, [])


def test_a_cancel_in_the_last_moment_never_turns_into_done(
    plan: ShotPlan, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit_film(plan, tenant=1)
    monkeypatch.setattr(JobWatch, "step", lambda *_: None)  # nobody looked before the end
    actor.after = lambda _: jobs.request_cancel(job)  # type: ignore[assignment, method-assign, misc]
    ended = work_one("w1", FILM)
    assert ended is not None
    assert (ended.state, ended.clip) == ("cancelled", None)
    assert Clip.objects.count() == 0


def test_a_worker_that_lost_its_job_changes_nothing(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)
    actor.before = lambda *_: RenderJob.objects.update(worker="w2", attempts=2)  # type: ignore[assignment, method-assign, misc]
    work_one("w1", FILM)
    job = RenderJob.objects.get()
    assert (job.state, job.worker, job.attempts) == ("running", "w2", 2)
    assert Clip.objects.count() == 0


def test_a_shot_without_its_photo_fails_with_what_to_do() -> None:
    submit_film(imagined_plan(), tenant=1)
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code, job.attempts) == ("failed", "media_missing", 1)
    assert "upload the photo again" in job.error


def test_a_photo_with_other_bytes_is_refused(plan: ShotPlan) -> None:
    drawn_photo(Path(default_storage.path(plan.photo.name)), noise_seed=6)
    submit_film(plan, tenant=1)
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code) == ("failed", "media_broken")
    assert "not the one that this shot was planned with" in job.error


def test_a_plan_of_another_version_of_the_engine_is_not_filmed(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)
    RenderJob.objects.update(spec=RenderJob.objects.get().spec | {"engine_version": "0"})
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code, actor.filmed) == ("failed", "engine_changed", [])


def test_an_engine_that_is_gone_is_named(plan: ShotPlan) -> None:
    submit_film(plan, tenant=1)
    RenderJob.objects.update(spec=RenderJob.objects.get().spec | {"engine": "showcase9"})
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code) == ("failed", "engine_not_found")
    assert job.error.startswith("there is no engine 'showcase9' here: choose one of ")
    assert job.error.endswith(", ".join(sorted(registry.MAKERS)))


def test_a_clip_that_is_not_as_planned_is_rejected_and_filmed_again(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)

    def short(out: Path) -> None:
        other = small_plan(plan.photo, frames=2)
        film_other = {plan.photo.sha256: Path(default_storage.path(plan.image.name))}
        Still().film(other, film_other, out, NullWatch())

    actor.after = short  # type: ignore[method-assign]
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code, job.attempts) == ("pending", "clip_rejected", 1)
    assert (Clip.objects.count(), stored_files()) == (0, [])


def test_an_unexpected_error_is_tried_again_and_told_without_its_inside(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)
    (actor.before,) = (lambda *_: 1 / 0,)  # type: ignore[assignment, method-assign]
    job = work_one("w1", FILM)
    assert job is not None
    assert (job.state, job.error_code) == ("pending", "internal")
    assert job.error == "something unexpected broke (ZeroDivisionError): the worker's log has the details"


def test_a_worker_that_is_shut_down_gives_the_shot_back(plan: ShotPlan, actor: Actor) -> None:
    submit_film(plan, tenant=1)

    def shut_down(*_: object) -> None:
        raise KeyboardInterrupt

    actor.before = shut_down  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        work_one("w1", FILM)
    job = RenderJob.objects.get()
    assert (job.state, job.attempts, job.worker) == ("pending", 0, "")


def test_film_to_file_needs_no_database_row(plan: ShotPlan, tmp_path: Path) -> None:
    photo = Path(default_storage.path(plan.photo.name))
    filmed = film_to_file(plan, {plan.photo.sha256: photo}, tmp_path / "clip.mp4", NullWatch())
    assert (filmed.frames, filmed.width, filmed.height, filmed.fps) == (3, 64, 96, 30)
    assert RenderJob.objects.count() == 0
