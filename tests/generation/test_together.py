"""Cuts of one ad in one pass: taken along by the queue, and yet each job with its own film, error and end."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from generation import jobs, media
from generation.cut import clip_files, order_files
from generation.deliver import deliver as cutting_room
from generation.deliver.deliver import Delivered
from generation.domain.cut_order import ClipFile, CutOrder
from generation.errors import CutRefused, GenerationError, MediaBroken, StorageDown
from generation.models import RenderJob, Rendition
from generation.queue import submit_cut, work_one
from generation.watch import NullWatch, Watch
from tests.generation.makers import queued_cut
from tests.generation.test_cut import CUT, Room, order

__all__ = ["order"]  # a fixture
pytestmark = pytest.mark.django_db
SHAPES = ("9:16", "1:1", "16:9")


class Studio(Room):
    """Stands in for the cutting room, for one shape or several; ``refuse`` some of them, or break ``together``."""

    def __init__(self) -> None:
        super().__init__()
        self.passes: list[tuple[str, ...]] = []
        self.refuse: dict[str, GenerationError] = {}
        self.together: BaseException | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def deliver_one(
        self, order: CutOrder, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path, watch: Watch
    ) -> Delivered:
        self.passes.append((order.aspect,))
        if order.aspect in self.refuse:
            raise self.refuse[order.aspect]
        return self.deliver(order, clips, files, workdir, watch)

    def deliver_each(
        self,
        order: CutOrder,
        aspects: Sequence[str],
        clips: Mapping[str, ClipFile],
        files: Mapping[str, Path],
        workdir: Path,
        watch: Watch,
    ) -> dict[str, Delivered | GenerationError]:
        self.passes.append(tuple(aspects))
        self.meanwhile()
        watch.step(0.5, "cut")
        if self.together is not None:
            raise self.together
        made: dict[str, Delivered | GenerationError] = {}
        for number, aspect in enumerate(aspects):
            folder = workdir / str(number)
            folder.mkdir()
            made[aspect] = self.refuse.get(aspect) or self.deliver(order, clips, files, folder, watch)
        return made


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    one = Studio()
    monkeypatch.setattr(cutting_room, "deliver", one.deliver_one)
    monkeypatch.setattr(cutting_room, "deliver_each", one.deliver_each)
    return one


def ordered(order: CutOrder, aspects: Sequence[str] = SHAPES) -> list[RenderJob]:
    return [
        submit_cut(replace(order, aspect=aspect), tenant=1, priority=2, reply_to="desk.advance", reply_id="ad_1")
        for aspect in aspects
    ]


def states(made: Sequence[RenderJob]) -> list[tuple[str, int, str]]:
    rows = {job.pk: job for job in RenderJob.objects.all()}
    return [(rows[job.pk].state, rows[job.pk].attempts, rows[job.pk].error_code) for job in made]


def test_three_shapes_are_cut_in_one_pass_and_each_has_its_own_film(order: CutOrder, studio: Studio) -> None:
    made = ordered(order)
    done = work_one("w1", CUT)
    assert done is not None
    assert done.pk == made[0].pk
    assert studio.passes == [SHAPES]
    assert states(made) == [("done", 1, "")] * 3
    rows = [RenderJob.objects.select_related("rendition").get(pk=job.pk) for job in made]
    assert [row.rendition.aspect for row in rows if row.rendition] == list(SHAPES)
    assert [row.rendition.key for row in rows if row.rendition] == [job.key for job in made]
    assert all(row.finished_at is not None and row.started_at is not None for row in rows)
    assert len({row.rendition.file for row in rows if row.rendition}) == 3
    assert work_one("w1", CUT) is None


def test_what_one_shape_is_refused_for_is_its_own(order: CutOrder, studio: Studio) -> None:
    studio.refuse["16:9"] = CutRefused("the caption does not fit: shorten it")
    made = ordered(order)
    work_one("w1", CUT)
    assert states(made) == [("done", 1, ""), ("done", 1, ""), ("failed", 1, "cannot_cut")]
    assert RenderJob.objects.get(pk=made[2].pk).error == "the caption does not fit: shorten it"
    assert studio.passes == [SHAPES]


def test_a_lasting_error_of_the_pass_is_found_by_cutting_each_alone(order: CutOrder, studio: Studio) -> None:
    studio.together = MediaBroken("a picture of 1:1 cannot be drawn")
    studio.refuse["1:1"] = MediaBroken("a picture of 1:1 cannot be drawn")
    made = ordered(order)
    work_one("w1", CUT)
    assert states(made) == [("done", 1, ""), ("failed", 1, "media_broken"), ("done", 1, "")]
    assert studio.passes == [SHAPES, ("9:16",), ("1:1",), ("16:9",)]


@pytest.mark.parametrize("trouble", [StorageDown("down"), RuntimeError("a bug")])
def test_after_trouble_in_the_pass_all_are_tried_again_and_each_alone(
    order: CutOrder, studio: Studio, trouble: Exception
) -> None:
    studio.together = trouble
    made = ordered(order)
    work_one("w1", CUT)
    assert {state[:2] for state in states(made)} == {("pending", 1)}
    RenderJob.objects.update(not_before=made[0].created_at)
    studio.together = None
    while work_one("w1", CUT) is not None:
        pass
    assert states(made) == [("done", 2, "")] * 3
    assert studio.passes == [SHAPES, ("9:16",), ("1:1",), ("16:9",)]


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), SystemExit()])
def test_a_worker_that_is_shut_down_gives_all_of_them_back(
    order: CutOrder, studio: Studio, stopped: BaseException
) -> None:
    studio.together = stopped
    made = ordered(order)
    with pytest.raises(type(stopped)):
        work_one("w1", CUT)
    assert states(made) == [("pending", 0, "")] * 3
    assert Rendition.objects.count() == 0
    assert list(RenderJob.objects.values_list("worker", flat=True)) == [""] * 3


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_cancelled_shape_leaves_and_the_others_are_made(order: CutOrder, studio: Studio, which: int) -> None:
    made = ordered(order)
    studio.meanwhile = lambda: jobs.request_cancel(made[which])
    work_one("w1", CUT)
    expected = [("done", 1, "")] * 3
    expected[which] = ("cancelled", 1, "")
    assert states(made) == expected
    assert Rendition.objects.count() == 2


def test_when_all_are_cancelled_the_pass_stops(order: CutOrder, studio: Studio) -> None:
    made = ordered(order)
    studio.meanwhile = lambda: [jobs.request_cancel(job) for job in made]
    work_one("w1", CUT)
    assert states(made) == [("cancelled", 1, "")] * 3
    assert studio.clips == {}, "the pass went on"
    assert Rendition.objects.count() == 0


def test_a_shape_that_another_worker_took_over_is_not_touched(order: CutOrder, studio: Studio) -> None:
    made = ordered(order)

    def reaped() -> None:
        RenderJob.objects.filter(pk=made[1].pk).update(worker="w2", attempts=2)

    studio.meanwhile = reaped
    work_one("w1", CUT)
    assert states(made) == [("done", 1, ""), ("running", 2, ""), ("done", 1, "")]
    assert Rendition.objects.count() == 2


def test_a_store_that_fails_for_one_shape_costs_only_its_attempt(
    order: CutOrder, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, store = ordered(order), media.store

    def full(path: Path, name: str) -> str:
        if made[1].key in name:
            raise StorageDown("no space")
        return store(path, name)

    monkeypatch.setattr(media, "store", full)
    work_one("w1", CUT)
    assert [state[:2] for state in states(made)] == [("done", 1), ("pending", 1), ("done", 1)]
    assert Rendition.objects.count() == 2


def test_only_untried_cuts_of_the_same_film_order_and_priority_are_taken_along() -> None:
    first = queued_cut("ad_1", "9:16")
    along = queued_cut("ad_1", "1:1")
    tried = queued_cut("ad_1", "16:9")
    RenderJob.objects.filter(pk=tried.pk).update(attempts=1)
    later = queued_cut("ad_1", "4:5")
    RenderJob.objects.filter(pk=later.pk).update(not_before=later.created_at.replace(year=2100))
    others = [queued_cut("ad_2", "1:1"), queued_cut("ad_1", "1:1", tenant=2), queued_cut("ad_1", "3:4", priority=1)]
    RenderJob.objects.filter(pk__in=[job.pk for job in others]).update(ripe_at=later.created_at.replace(year=2100))
    mine = jobs.claim("w1", CUT)
    assert mine is not None
    assert mine.pk == first.pk
    assert [job.pk for job in jobs.claim_along(mine)] == [along.pk]
    row = RenderJob.objects.get(pk=along.pk)
    assert (row.state, row.worker, row.attempts) == ("running", "w1", 1)
    assert RenderJob.objects.filter(state="pending").count() == 5
    assert jobs.claim_along(mine) == []


def test_a_cut_on_its_second_attempt_goes_alone() -> None:
    first, second = queued_cut("ad_1", "9:16"), queued_cut("ad_1", "1:1")
    RenderJob.objects.filter(pk=first.pk).update(attempts=1)
    mine = jobs.claim("w1", CUT)
    assert mine is not None
    assert (mine.pk, mine.attempts) == (first.pk, 2)
    assert jobs.claim_along(mine) == []
    assert RenderJob.objects.get(pk=second.pk).state == "pending"


@pytest.mark.slow
def test_a_real_pass_gives_the_films_that_single_cuts_give(order: CutOrder, tmp_path: Path) -> None:
    made = ordered(order, ("9:16", "1:1"))
    work_one("w1", CUT)
    assert states(made) == [("done", 1, "")] * 2
    with ExitStack() as stack:
        clips = clip_files(1, order, stack)
        files = order_files(order, stack)
        alone = cutting_room.deliver(replace(order, aspect="1:1"), clips, files, tmp_path, NullWatch())
    row = Rendition.objects.get(aspect="1:1")
    assert row.sha256 == alone.sha256
    assert media.sha256_of(Path(default_storage.path(row.file))) == alone.sha256
