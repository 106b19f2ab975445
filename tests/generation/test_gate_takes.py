"""The ladder: next seed, the photo's product put back, the still engine; one job, one clip, and the row says how."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.files.storage import default_storage

from generation import jobs, media
from generation.domain.engine_spec import EngineSpec, Framing, Move
from generation.domain.geometry import Box
from generation.domain.quality import seed_of_take
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines import registry
from generation.engines.base import Filmed
from generation.engines.still import SPEC as STILL
from generation.engines.still import Still
from generation.errors import Cancelled, ClipRejected
from generation.film import film_to_file
from generation.gate import text
from generation.models import Clip, RenderJob
from generation.queue import submit_film, work_one
from generation.takes import Kept, film_takes
from generation.watch import NullWatch, Watch
from tests.generation.defects import DEFECTS, Frames, read_clip, write_frames
from tests.generation.makers import StopWatch, small_plan, stored_photo

pytestmark = pytest.mark.slow  # films several takes of each shot

FILM = [RenderJob.Kind.FILM]
SPEC = replace(STILL, id="painter", moves=frozenset(Move), weights="w1")
MUG = Path(__file__).parents[2] / "creative" / "demo_photos" / "mug_front.jpg"
ON_MUG = Box(0.2, 0.15, 0.8, 0.9)
LABEL = Box(0.34, 0.33, 0.66, 0.45)  # of the mug in the frame, off its edges
Spoil = Callable[[Frames], Frames]


class Painter:
    """Films as ``still`` does; ``spoils`` says what becomes of the frames of each take, the last for all that follow."""

    spec: EngineSpec = SPEC

    def __init__(self) -> None:
        self.spoils: list[Spoil | None] = [None]
        self.seeds: list[int] = []

    def missing(self) -> list[str]:
        return []

    def load(self) -> None:
        pass

    def film(self, plan: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        self.seeds.append(plan.seed)
        filmed = Still().film(replace(plan, seed=1), images, out, watch)
        spoil = self.spoils[min(len(self.seeds), len(self.spoils)) - 1]
        if spoil is not None:
            frames, fps = read_clip(out)
            write_frames(out, spoil(frames), fps)
        return filmed


def planted(name: str, place: Box = ON_MUG) -> Spoil:
    return lambda frames: DEFECTS[name](frames, place)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(text, "installed", lambda: False)
    settings.GATE_TAKES = 2


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Painter]:
    one = Painter()
    monkeypatch.setattr(registry, "MAKERS", {"painter": lambda: one, "still": Still})
    registry._made.cache_clear()
    yield one
    registry._made.cache_clear()


def mug_ref(name: str) -> ImageRef:
    height, width = cv2.imread(str(MUG)).shape[:2]
    return ImageRef(media.sha256_of(MUG), name, width, height, ON_MUG)


def order(image: ImageRef | None = None, **changes: Any) -> ShotPlan:
    request = ShotRequest(image or mug_ref("mug"), Move.PUSH, Framing.MEDIUM, 1.0, 20, 30, 240, 426, 5)
    return replace(plan(SPEC, request), **changes)


def film(shot: ShotPlan, folder: Path, best_of: int = 1, watch: Watch | None = None) -> Kept:
    return film_takes(shot, {shot.photo.sha256: MUG}, folder, watch or NullWatch(), film_to_file, best_of)


def test_a_good_first_take_is_kept_and_nothing_else_is_filmed(painter: Painter, tmp_path: Path) -> None:
    kept = film(order(), tmp_path)
    assert (kept.take.number, kept.take.way, painter.seeds) == (1, "take", [5])
    assert kept.take.plan == order()
    told = kept.as_json()
    assert (told["passed"], told["mode"], told["way"], len(told["tried"])) == (True, "enforce", "take", 1)  # type: ignore[arg-type]


def test_after_a_bad_take_the_next_seed_is_filmed(painter: Painter, tmp_path: Path) -> None:
    painter.spoils = [planted("flicker"), None]
    kept = film(order(), tmp_path)
    assert (kept.take.number, kept.take.plan.seed) == (2, seed_of_take(5, 2))
    assert painter.seeds == [5, seed_of_take(5, 2)]
    tried = kept.as_json()["tried"]
    assert isinstance(tried, list)
    assert [(take["passed"], "flicker" in take["faults"]) for take in tried] == [(False, True), (True, False)]


@pytest.mark.slow
def test_of_several_takes_the_best_that_passes_is_kept(painter: Painter, tmp_path: Path) -> None:
    slightly = lambda frames: [cv2.GaussianBlur(f, (0, 0), 0.1 + 0.03 * i) for i, f in enumerate(frames)]  # noqa: E731
    painter.spoils = [slightly, planted("jerk"), None]
    kept = film(order(), tmp_path, best_of=3)
    assert len(painter.seeds) == 3
    assert kept.take.number == 3
    assert kept.take.report.verdict.score == max(take.report.verdict.score for take in kept.tried)


def test_where_only_the_label_is_wrong_the_photos_product_is_put_back(painter: Painter, tmp_path: Path) -> None:
    painter.spoils = [planted("label_changes", LABEL)]
    kept = film(order(), tmp_path)
    assert (kept.take.way, kept.take.plan.engine, painter.seeds[0]) == ("composite", "painter", 5)
    assert [take.way for take in kept.tried] == ["take", "take", "composite"]
    assert kept.take.report.verdict.passed
    bad, _ = read_clip(kept.tried[0].clip)
    good, _ = read_clip(kept.take.clip)
    assert len(good) == len(bad) == 20
    label = np.s_[140:190, 82:158]
    assert np.abs(good[-1][label].astype(int) - bad[-1][label]).mean() > 10
    assert np.abs(good[-1][:40].astype(int) - bad[-1][:40]).mean() < 1.5  # what is not the product stays


def test_a_product_out_of_shape_is_not_pasted_over_but_filmed_by_still(painter: Painter, tmp_path: Path) -> None:
    painter.spoils = [planted("product_morph")]
    kept = film(order(), tmp_path)
    assert (kept.take.way, kept.take.plan.engine, kept.take.plan.weights) == ("still", "still", "none")
    assert [take.report.verdict.passed for take in kept.tried] == [False] * (len(kept.tried) - 1) + [True]
    filmed = kept.take.filmed
    assert (filmed.frames, filmed.width, filmed.height, filmed.fps) == (20, 240, 426, 30)


def test_still_films_moves_that_it_has_not_as_the_nearest_that_it_has(painter: Painter, tmp_path: Path) -> None:
    painter.spoils = [planted("black_half")]
    kept = film(order(move=Move.CRANE), tmp_path)
    assert (kept.take.way, kept.take.plan.move) == ("still", Move.PUSH)


@pytest.mark.slow
def test_as_many_takes_as_set_are_filmed(painter: Painter, tmp_path: Path, settings: Any) -> None:
    settings.GATE_TAKES = 3
    painter.spoils = [planted("frozen")]
    assert film(order(), tmp_path).take.way == "still"
    assert painter.seeds == [5, seed_of_take(5, 2), seed_of_take(5, 3)]


def test_in_report_mode_the_take_is_kept_with_its_verdict(painter: Painter, tmp_path: Path, settings: Any) -> None:
    settings.GATE = "report"
    painter.spoils = [planted("flicker")]
    told = film(order(), tmp_path).as_json()
    assert (told["way"], told["passed"], told["mode"], len(painter.seeds)) == ("take", False, "report", 1)


def test_demo_weights_are_only_reported_on(painter: Painter, tmp_path: Path) -> None:
    painter.spec = replace(SPEC, weights="demo-1234")
    painter.spoils = [planted("flicker")]
    kept = film(order(weights="demo-1234"), tmp_path)
    assert (kept.take.way, kept.mode.value, kept.take.report.verdict.passed) == ("take", "report", False)


def test_from_text_alone_nothing_can_be_shown_instead(painter: Painter, tmp_path: Path) -> None:
    shot = order(image=None)
    text_only = replace(shot, image=None, prompt="a mug")

    def shoot(one: ShotPlan, images: Mapping[str, Path], out: Path, watch: Watch) -> Filmed:
        filmed = Still().film(shot, {shot.photo.sha256: MUG}, out, watch)
        frames, fps = read_clip(out)
        write_frames(out, DEFECTS["frozen"](frames, ON_MUG), fps)
        return filmed

    with pytest.raises(ClipRejected, match="none of 2 takes is good enough .*stands still.*: change the text"):
        film_takes(text_only, {}, tmp_path, NullWatch(), shoot)


@pytest.mark.parametrize("at", [3, 12, 18])
def test_a_cancel_stops_the_ladder_wherever_it_is(at: int, painter: Painter, tmp_path: Path) -> None:
    painter.spoils = [planted("flicker")]
    with pytest.raises(Cancelled, match="enough"):
        film(order(), tmp_path, watch=StopWatch(Cancelled("enough"), at=at))


@pytest.mark.django_db
def test_one_job_ends_with_one_clip_whose_row_says_how_it_was_made(painter: Painter) -> None:
    media.store(MUG, "photos/mug.jpg")
    shot = order(mug_ref("photos/mug.jpg"))
    painter.spoils = [planted("flicker"), None]
    job = submit_film(shot, tenant=4)
    done = work_one("w1", FILM)
    assert done is not None
    assert (done.pk, done.state, done.attempts, done.progress) == (job.pk, "done", 1, 1000)
    clip = Clip.objects.get()
    assert (clip.key, clip.file) == (shot.key, f"clips/4/{shot.key[:2]}/{shot.key}.mp4")
    assert (clip.take, clip.engine, clip.seed, clip.plan["seed"]) == (2, "painter", seed_of_take(5, 2), 5)
    assert (clip.quality["passed"], clip.quality["way"], len(clip.quality["tried"])) == (True, "take", 2)
    assert clip.evidence == f"evidence/4/{shot.key[:2]}/{shot.key}.jpg"
    assert default_storage.size(clip.evidence) <= 200_000
    assert submit_film(shot, tenant=4).state == "done"
    assert RenderJob.objects.count() == 1


@pytest.mark.django_db
def test_a_shot_that_still_had_to_film_says_so(painter: Painter) -> None:
    media.store(MUG, "photos/mug.jpg")
    shot = order(mug_ref("photos/mug.jpg"))
    painter.spoils = [planted("black_half")]
    submit_film(shot, tenant=4)
    work_one("w1", FILM)
    clip = Clip.objects.get()
    assert (clip.key, clip.engine, clip.weights, clip.plan["engine"]) == (shot.key, "still", "none", "painter")
    assert (clip.quality["way"], clip.take, clip.frames) == ("still", 3, 20)


@pytest.mark.django_db
def test_a_cancel_while_it_is_judged_leaves_no_row(painter: Painter, monkeypatch: pytest.MonkeyPatch) -> None:
    media.store(MUG, "photos/mug.jpg")
    job = submit_film(order(mug_ref("photos/mug.jpg")), tenant=4)
    painter.spoils = [lambda frames: (jobs.request_cancel(job), frames)[1]]
    ended = work_one("w1", FILM)
    assert ended is not None
    assert (ended.state, ended.clip, Clip.objects.count()) == ("cancelled", None, 0)
    assert not default_storage.exists("clips/4") and not default_storage.exists("evidence/4")  # noqa: PT018


@pytest.mark.django_db
def test_a_tiny_clip_is_kept_unjudged_and_without_evidence(tmp_path: Path) -> None:
    submit_film(small_plan(stored_photo(tmp_path)), tenant=1)
    work_one("w1", FILM)
    clip = Clip.objects.get()
    assert (clip.quality["judged"], clip.evidence, clip.take) == (False, "", 1)
    assert "too small" in clip.quality["notes"][0]
