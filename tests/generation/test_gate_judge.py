"""The gate passes a good clip, and catches each of the nine things that go wrong with one."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.engine_spec import Framing, Move
from generation.domain.geometry import Box
from generation.domain.quality import MEASURES
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.registry import engine
from generation.errors import MediaBroken
from generation.gate import evidence, text
from generation.gate.judge import UNREAD, Asked, Report, Shown, judge
from generation.gate.limits import thresholds
from generation.media import sha256_of
from generation.watch import NullWatch
from tests.generation.defects import DEFECTS, read_clip, write_frames
from tests.generation.makers import drawn_photo, small_plan

pytestmark = pytest.mark.slow  # judges whole films

MUG = Path(__file__).parents[2] / "creative" / "demo_photos" / "mug_front.jpg"
ON_MUG = Box(0.2, 0.15, 0.8, 0.9)
SIZE, FRAMES, FPS = (240, 426), 24, 30


@pytest.fixture(autouse=True)
def no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of text is an extra: nothing here may depend on it."""
    monkeypatch.setattr(text, "installed", lambda: False)


def order(photo: Path, move: Move, engine_id: str = "still", seed: int = 3) -> ShotPlan:
    height, width = cv2.imread(str(photo)).shape[:2]
    image = ImageRef(sha256_of(photo), photo.name, width, height, ON_MUG)
    request = ShotRequest(image, move, Framing.MEDIUM, 1.0, FRAMES, FPS, *SIZE, seed)
    return plan(engine(engine_id).spec, request)


def film(folder: Path, shot: ShotPlan, photo: Path) -> tuple[Path, Box]:
    clip = folder / f"{shot.engine}_{shot.move}.mp4"
    filmed = engine(shot.engine).film(shot, {shot.photo.sha256: photo}, clip, NullWatch())
    return clip, filmed.subject or ON_MUG


def asked(move: Move | None) -> Asked:
    return Asked(move, subject=ON_MUG)


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Box]:
    return film(tmp_path_factory.mktemp("good"), order(MUG, Move.PUSH), MUG)


@pytest.fixture(scope="module")
def good(pushed: tuple[Path, Box]) -> Report:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "installed", lambda: False)
        return judge(MUG, pushed[0], asked(Move.PUSH))


def test_a_good_clip_passes_with_a_number_for_everything(good: Report) -> None:
    assert good.verdict.passed
    assert good.verdict.reasons("en") == []
    assert good.verdict.score > 0.8
    missing = {name for name, value in asdict(good.measures).items() if value is None}
    assert missing == {"last", "text"}
    assert good.measures.kept == pytest.approx(1.0, abs=0.1)
    assert good.notes == (UNREAD,)
    assert good.version == thresholds(Move.PUSH).version


def test_the_report_is_plain_json_values(good: Report) -> None:
    told = good.as_json()
    assert told["judged"] is True
    assert told["passed"] is True
    assert told["faults"] == []
    assert set(told["numbers"]) == set(MEASURES) - {"last", "text"}  # type: ignore[call-overload]
    assert told["notes"] == [UNREAD]


def test_the_same_clip_gets_the_same_verdict(good: Report, pushed: tuple[Path, Box]) -> None:
    assert judge(MUG, pushed[0], asked(Move.PUSH)).as_json() == good.as_json()


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_each_defect_is_caught(name: str, pushed: tuple[Path, Box], tmp_path: Path) -> None:
    clip, place = pushed
    frames, fps = read_clip(clip)
    spoiled = write_frames(tmp_path / "bad.mp4", DEFECTS[name](frames, place), fps)
    verdict = judge(MUG, spoiled, asked(Move.PUSH)).verdict
    assert not verdict.passed
    assert {fault.measure for fault in verdict.rejections} & CAUGHT_BY[name]
    assert len(verdict.reasons("zh")) == len(verdict.reasons("en")) >= 1


CAUGHT_BY = {
    "frozen": {"frozen"},
    "black_half": {"black"},
    "flicker": {"flicker"},
    "hidden_cut": {"jump", "cut"},
    "jerk": {"jerk"},
    "product_morph": {"kept", "bend"},
    "label_changes": {"kept"},
    "growing_noise": {"harsher"},
    "growing_blur": {"softer"},
}


@pytest.mark.slow
@pytest.mark.parametrize("move", list(Move))
def test_every_move_passes_and_every_defect_in_it_is_caught(move: Move, tmp_path: Path) -> None:
    clip, place = film(tmp_path, order(MUG, move, "showcase"), MUG)
    report = judge(MUG, clip, asked(move))
    assert report.verdict.passed, report.verdict.reasons("en")
    frames, fps = read_clip(clip)
    for name, defect in DEFECTS.items():
        spoiled = write_frames(tmp_path / "bad.mp4", defect(frames, place), fps)
        assert not judge(MUG, spoiled, asked(move)).verdict.passed, name


def test_a_clip_of_another_product_is_rejected(pushed: tuple[Path, Box]) -> None:
    other = MUG.with_name("speaker_front.jpg")
    report = judge(other, pushed[0], Asked(Move.PUSH))
    assert not report.verdict.passed
    assert {fault.measure for fault in report.verdict.rejections} & {"kept", "identity", "first"}


def test_a_plain_product_that_changes_its_colour_is_rejected(tmp_path: Path) -> None:
    photo = tmp_path / "plain.png"
    image = drawn_photo(photo, width=640, height=480)
    shot = replace(small_plan(image, frames=FRAMES), width=240, height=426)
    clip = tmp_path / "clip.mp4"
    engine("still").film(shot, {image.sha256: photo}, clip, NullWatch())
    facts = Asked(Move.PUSH, subject=image.subject)
    report = judge(photo, clip, facts)
    assert (report.verdict.passed, report.measures.identity) == (True, None)
    frames, fps = read_clip(clip)
    other = [frame[:, :, ::-1] for frame in frames]
    turned = judge(photo, write_frames(tmp_path / "blue.mp4", other, fps), facts)
    assert "hue" in {fault.measure for fault in turned.verdict.rejections}


def test_a_shot_that_was_ordered_to_stand_still_may(tmp_path: Path, pushed: tuple[Path, Box]) -> None:
    frames, fps = read_clip(pushed[0])
    still = write_frames(tmp_path / "still.mp4", frames[:1] * FRAMES, fps)
    assert judge(MUG, still, replace(asked(Move.STATIC), strength=0.0)).verdict.passed
    assert not judge(MUG, still, asked(Move.STATIC)).verdict.passed


def test_where_a_clip_ends_on_another_photo_both_ends_are_compared(tmp_path: Path, pushed: tuple[Path, Box]) -> None:
    frames, fps = read_clip(pushed[0])
    ends = replace(asked(Move.PUSH), last=Shown(MUG, ON_MUG))
    measures = judge(MUG, pushed[0], ends).measures
    assert measures.first is not None
    assert measures.last is not None
    assert measures.last < 5
    strange = write_frames(tmp_path / "end.mp4", [*frames[:-6], *(255 - frame for frame in frames[-6:])], fps)
    assert "last" in {fault.measure for fault in judge(MUG, strange, ends).verdict.rejections}


def test_without_a_photo_the_film_itself_is_judged(pushed: tuple[Path, Box]) -> None:
    report = judge(None, pushed[0], Asked())
    assert report.verdict.passed
    assert (report.measures.kept, report.measures.first, report.compared) == (None, None, ())


def test_a_tiny_clip_is_not_judged_and_passes(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    shot = small_plan(drawn_photo(photo))
    clip = tmp_path / "clip.mp4"
    engine("still").film(shot, {shot.photo.sha256: photo}, clip, NullWatch())
    report = judge(photo, clip, Asked(Move.PUSH))
    assert (report.verdict.passed, report.verdict.judged) == (True, False)
    assert report.verdict.note.startswith("too small: 3 frames of 64x96")


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    with pytest.raises(MediaBroken, match="broken.mp4"):
        judge(MUG, broken, Asked())


def test_a_photo_that_is_gone_is_refused(pushed: tuple[Path, Box], tmp_path: Path) -> None:
    with pytest.raises(MediaBroken, match="gone.jpg is not a photo"):
        judge(tmp_path / "gone.jpg", pushed[0], asked(Move.PUSH))


def test_a_drawn_matte_says_what_the_product_is(pushed: tuple[Path, Box], tmp_path: Path) -> None:
    matte = np.zeros(cv2.imread(str(MUG)).shape[:2], np.uint8)
    matte[500:900, 400:800] = 255
    cv2.imwrite(str(tmp_path / "matte.png"), matte)
    report = judge(MUG, pushed[0], replace(asked(Move.PUSH), matte=tmp_path / "matte.png"))
    (compared,) = report.compared
    rows, columns = np.flatnonzero(compared.product.outline.any(1)), np.flatnonzero(compared.product.outline.any(0))
    scale = compared.product.scale
    assert rows[0] / scale == pytest.approx(500, abs=20)
    assert columns[-1] / scale == pytest.approx(800, abs=20)


def test_the_work_tells_how_far_it_is_and_can_be_stopped(pushed: tuple[Path, Box]) -> None:
    told: list[float] = []
    judge(MUG, pushed[0], asked(Move.PUSH), told.append)
    assert told == sorted(told)
    assert len(told) >= 6

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(MUG, pushed[0], asked(Move.PUSH), stop)


def test_the_evidence_is_one_small_picture(good: Report, tmp_path: Path) -> None:
    picture = evidence.draw(good)
    assert picture.shape[0] == evidence.HIGH + evidence.BAND
    assert len(evidence.encoded(good)) <= evidence.MOST_BYTES
    for name in ("shown.png", "shown.jpg"):
        path = evidence.write(good, tmp_path / name)
        assert cv2.imread(str(path)).shape == picture.shape


@pytest.fixture(scope="module", autouse=True)
def one_core() -> Iterator[None]:
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(before)
