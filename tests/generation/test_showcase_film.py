"""The showcase engine: the product rigid, the background by its depth, the same frames every time, no hole anywhere."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.engine_spec import Framing, Mode, Move
from generation.domain.geometry import Box
from generation.domain.rig import Pose, poses
from generation.domain.shot_plan import ImageRef, MatteRef, ShotPlan
from generation.engines.showcase.engine import Showcase
from generation.engines.showcase.scene import SceneReader
from generation.engines.showcase.shoot import Shoot, framed, photographed, set_up
from generation.engines.showcase.warp import Frame, expose
from generation.errors import Cancelled, MediaBroken
from generation.ffmpeg import opened, probe
from generation.media import sha256_of
from generation.watch import NullWatch
from tests.cases import mostly_slow
from tests.generation.makers import StopWatch, drawn_photo
from tests.generation.showcase_scenes import BOX, Told, maps, scene_photo, shot, speckled

WIDTH, HEIGHT = 160, 240


def film(plan: ShotPlan, files: dict[str, Path], out: Path, reader: SceneReader | None = None) -> list[np.ndarray]:
    """The frames' planes, as decoded."""
    engine = Showcase() if reader is None else Showcase(lambda: reader)
    engine.film(plan, files, out, NullWatch())
    with opened(out) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def stage(plan: ShotPlan, photo: Path, reader: SceneReader, way: tuple[Pose, ...]) -> Shoot:
    seen = photographed(plan.photo, {plan.photo.sha256: photo})
    return set_up(seen, plan, way, framed(seen, plan, way), reader, NullWatch())


def exposed(shoot: Shoot, index: int) -> np.ndarray:
    """A frame's luma."""
    frame = Frame.of(shoot.layers.lattice.width, shoot.layers.lattice.height)
    expose(shoot.layers, index, shoot.poses[index], frame)
    return frame.luma.copy()


def way_of(plan: ShotPlan) -> tuple[Pose, ...]:
    return poses(plan.move, plan.strength, plan.seed, plan.frames, plan.fps, plan.height / plan.width, plan.easing)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    scene_photo(path)
    return path


@pytest.fixture(scope="module")
def image(photo: Path) -> ImageRef:
    return ImageRef(sha256_of(photo), photo.name, 240, 360, BOX)


def shift(one: np.ndarray, two: np.ndarray, part: tuple[slice, slice]) -> tuple[float, float]:
    """How far what is in a part of the first picture went until the second, pixels."""
    mask = np.zeros_like(one)
    mask[part] = 255
    start = cv2.goodFeaturesToTrack(one, 60, 0.01, 4, mask=mask)
    ends, found, _ = cv2.calcOpticalFlowPyrLK(one, two, start, None, winSize=(13, 13), maxLevel=2)
    x, y = np.median((ends - start)[found.ravel() > 0, 0], axis=0)
    return float(x), float(y)


# The camera and the light at once; CI films them all.
QUICK = {Move.PUSH, Move.LIGHT_SWEEP}


@pytest.mark.parametrize("move", mostly_slow(Move, QUICK))
def test_every_move_films_exactly_what_was_planned(move: Move, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    plan = shot(drawn_photo(path), move, width=64, height=96, framing=Framing.MEDIUM)
    frames = film(plan, {plan.photo.sha256: path}, tmp_path / "clip.mp4")
    facts = probe(tmp_path / "clip.mp4")
    assert (len(frames), facts.frames, facts.width, facts.height, facts.fps) == (7, 7, 64, 96, 30)
    assert np.abs(frames[0].astype(int) - frames[3]).max() > 3 or np.abs(frames[0].astype(int) - frames[-1]).max() > 3


@pytest.mark.slow
def test_equal_plans_give_equal_frames_and_another_seed_does_not(photo: Path, image: ImageRef, tmp_path: Path) -> None:
    one, two, other = (
        film(shot(image, Move.ORBIT, seed=seed), {image.sha256: photo}, tmp_path / "c.mp4") for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[-1], other[-1])


def test_at_rest_the_layers_make_the_photo_again(photo: Path, image: ImageRef) -> None:
    plan = shot(image, Move.STATIC, strength=0.0)
    shoot = stage(plan, photo, Told(maps()), way_of(plan))
    layered = exposed(shoot, 0)
    flat = exposed(stage(plan, photo, Told(maps(confidence=0.0)), way_of(plan)), 0)
    apart = np.abs(layered.astype(int) - flat)
    rim = np.zeros((HEIGHT, WIDTH), np.uint8)
    box = shoot.box(0, HEIGHT / WIDTH)
    assert box is not None
    corners = [
        round(edge * side) for edge, side in zip((box.x0, box.y0, box.x1, box.y1), (WIDTH, HEIGHT) * 2, strict=True)
    ]
    cv2.rectangle(rim, corners[:2], corners[2:], 1, 7)
    inner = (slice(14, -14), slice(14, -14))  # where the edges of the photo are continued, the two differ a little
    assert apart[inner][rim[inner] == 0].max() <= 2
    assert apart[rim == 1].mean() < 6


@pytest.mark.slow
def test_the_product_moves_as_one_rigid_thing(photo: Path, image: ImageRef) -> None:
    """Inside the product each frame is the resting one through the rig's own homography, to a rounding."""
    for move in (Move.TRUCK_LEFT, Move.ORBIT_LEFT, Move.TURN, Move.FLOAT, Move.PUSH):
        plan = shot(image, move, frames=11)
        way = (*way_of(plan)[:-1], Pose())
        shoot = stage(plan, photo, Told(maps()), way)
        rest, index = exposed(shoot, len(way) - 1), 0 if move is not Move.FLOAT else 8
        assert shoot.layers.front is not None
        place = shoot.layers.front.place(index, way[index])
        middle = np.array([[1 / WIDTH, 0, -0.5], [0, 1 / WIDTH, -0.5 * HEIGHT / WIDTH], [0, 0, 1]])
        pixels = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
        home = np.linalg.inv(middle @ pixels) @ place @ middle @ pixels
        wanted = cv2.warpPerspective(rest, home, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
        box = shoot.box(index, HEIGHT / WIDTH)
        assert box is not None
        inside = (
            slice(round((box.y0 + 0.05) * HEIGHT), round((box.y1 - 0.05) * HEIGHT)),
            slice(round((box.x0 + 0.07) * WIDTH), round((box.x1 - 0.07) * WIDTH)),
        )
        assert np.abs(exposed(shoot, index)[inside].astype(int) - wanted[inside]).mean() < 2.5, move


def test_the_background_moves_by_its_nearness(photo: Path, image: ImageRef) -> None:
    for nearness in (0.3, 0.7):
        plan = shot(image, Move.TRUCK_RIGHT, frames=11)
        way = way_of(plan)
        shoot = stage(plan, photo, Told(maps(nearness)), way)
        first, last = exposed(shoot, 0), exposed(shoot, 10)
        across = (way[10].x - way[0].x) * WIDTH
        corner = (slice(3, 35), slice(8, 152))  # far above the product
        assert shift(first, last, corner)[0] == pytest.approx(-nearness * across, abs=0.3)
        box = shoot.box(5, HEIGHT / WIDTH)
        assert box is not None
        product = (
            slice(round(box.y0 * HEIGHT) + 6, round(box.y1 * HEIGHT) - 8),
            slice(round(box.x0 * WIDTH) + 12, round(box.x1 * WIDTH) - 12),
        )
        assert shift(first, last, product)[0] == pytest.approx(-across, abs=0.3)


@pytest.mark.slow
def test_the_products_own_motion_is_held_within_bounds(photo: Path, image: ImageRef) -> None:
    plan = shot(image, Move.STATIC, strength=0.0, frames=3)
    wild = np.tile(np.array([[1.5, 0, 0.4], [0, 1.5, 0], [0, 0, 1.0]]), (3, 1, 1))
    shoot = stage(plan, photo, Told(maps(), wild), way_of(plan))
    calm = stage(plan, photo, Told(maps()), way_of(plan))
    moved, still = shoot.box(1, HEIGHT / WIDTH), calm.box(1, HEIGHT / WIDTH)
    assert moved is not None
    assert still is not None
    assert 0 < abs(moved.x1 - still.x1) <= 0.006 + 1e-6
    assert abs(moved.y0 - still.y0) <= 0.006 + 1e-6


@pytest.mark.slow
def test_who_does_not_know_the_product_films_one_rigid_plane(photo: Path, image: ImageRef) -> None:
    plan = shot(image, Move.TRUCK_RIGHT, frames=11)
    way = way_of(plan)
    for blind in (maps(0.3, confidence=0.0), maps(0.3, box=None), maps(0.3, confidence=0.2)):
        shoot = stage(plan, photo, Told(blind), way)
        assert shoot.layers.front is None
        first, last = exposed(shoot, 0), exposed(shoot, 10)
        across = (way[10].x - way[0].x) * WIDTH
        for part in ((slice(3, 35), slice(8, 152)), (slice(90, 175), slice(60, 100))):
            assert shift(first, last, part)[0] == pytest.approx(-across, abs=0.3)


@pytest.mark.slow
def test_the_less_sure_the_reader_the_less_depth(photo: Path, image: ImageRef) -> None:
    ways = []
    for confidence in (1.0, 0.45, 0.35):
        plan = shot(image, Move.TRUCK_RIGHT, frames=11)
        shoot = stage(plan, photo, Told(maps(0.3, confidence)), way_of(plan))
        corner = (slice(3, 35), slice(8, 152))
        ways.append(abs(shift(exposed(shoot, 0), exposed(shoot, 10), corner)[0]))
    assert ways[0] < ways[1] - 0.5 < ways[2] - 1.0


def test_the_outline_that_the_user_drew_wins(photo: Path, image: ImageRef, tmp_path: Path) -> None:
    drawn = np.zeros((360, 240), np.uint8)
    drawn[36:90, 24:216] = 255
    path = tmp_path / "matte.png"
    cv2.imwrite(str(path), drawn)
    own = replace(image, matte=MatteRef(sha256_of(path), path.name))
    plan = shot(own, Move.TRUCK_RIGHT, frames=11)
    files = {image.sha256: photo, sha256_of(path): path}
    seen = photographed(own, files)
    assert seen.subject == Box(0.1, 0.1, 0.9, 0.25)
    way = way_of(plan)
    shoot = set_up(seen, plan, way, framed(seen, plan, way), Told(maps(0.3, confidence=0.0)), NullWatch())
    assert shoot.layers.front is not None
    filmed = Showcase(lambda: Told(maps(0.3))).film(plan, files, tmp_path / "c.mp4", NullWatch())
    assert filmed.facts == {"confidence": [1.0], "rigid_plane": [False]}
    assert filmed.subject is not None
    assert filmed.subject.width > 2 * filmed.subject.height


@pytest.mark.parametrize("size", [(400, 200), (200, 400), (900, 150)])
@pytest.mark.parametrize("framing", mostly_slow(Framing, [Framing.MEDIUM]))
def test_the_camera_never_sees_a_hole(size: tuple[int, int], framing: Framing, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), 128, np.uint8))
    image = ImageRef(sha256_of(path), path.name, *size, Box(0.3, 0.2, 0.6, 0.9))
    for move in (Move.ORBIT_LEFT, Move.CRANE, Move.PULL, Move.TURN):
        plan = shot(image, move, framing=framing, width=64, height=96)
        shoot = stage(plan, path, Told(maps(0.1, box=Box(0.3, 0.2, 0.6, 0.9))), way_of(plan))
        for index in (0, 6):
            assert exposed(shoot, index).min() > 60, "a hole in the picture"


@pytest.mark.slow
def test_a_photo_that_cuts_the_product_off_does_not_let_it_fly(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    image = scene_photo(path)
    plan = shot(image, Move.FLOAT, framing=Framing.EXACT)
    cut = Box(0.3, 0.4, 0.7, 1.0)
    shoot = stage(plan, path, Told(maps(box=cut)), way_of(plan))
    assert all(pose.lift_y == 0 for pose in shoot.poses)
    turned = stage(
        shot(image, Move.TURN, framing=Framing.EXACT), path, Told(maps(box=cut)), way_of(shot(image, Move.TURN))
    )
    assert all(pose.turn == 0 for pose in turned.poses)
    assert turned.poses[0].yaw != 0


@pytest.mark.slow
def test_a_shadow_goes_with_a_product_that_turns(tmp_path: Path) -> None:
    """What the shadow took from the light is given back where it leaves."""
    path = tmp_path / "photo.png"
    image = scene_photo(path)
    seen = maps()
    shadow = np.zeros_like(seen.matte)
    shadow[72:84, 20:44] = 0.4
    plan = shot(image, Move.FLOAT, frames=31)
    way = way_of(plan)
    with_shadow = stage(plan, path, Told(replace(seen, shadow=shadow)), way)
    without = stage(plan, path, Told(seen), way)
    apart = exposed(with_shadow, 25).astype(int) - exposed(without, 25)
    assert apart.max() > 4
    assert np.abs(apart[:80]).max() == 0, "far from the shadow nothing changes"


def test_a_background_out_of_focus_has_no_ghost_of_the_product(photo: Path, image: ImageRef) -> None:
    plan = shot(image, Move.RACK_ZOOM)
    shoot = stage(plan, photo, Told(maps()), way_of(plan))
    assert len(shoot.layers.blurred) == 3
    for plate in (shoot.layers.back, *shoot.layers.blurred):
        assert plate.chroma[1].max() < 140, "the product is red, the wall grey"


def test_the_product_is_where_the_clip_says(photo: Path, image: ImageRef, tmp_path: Path) -> None:
    plan = shot(image, Move.STATIC, frames=3)
    filmed = Showcase(lambda: Told(maps())).film(plan, {image.sha256: photo}, tmp_path / "c.mp4", NullWatch())
    with opened(tmp_path / "c.mp4") as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    red = frame[:, :, 0] > frame[:, :, 2] + 25
    rows, columns = np.flatnonzero(red.mean(1) > 0.15), np.flatnonzero(red.mean(0) > 0.15)
    assert filmed.subject is not None
    assert columns[0] / WIDTH == pytest.approx(filmed.subject.x0, abs=0.03)
    assert (columns[-1] + 1) / WIDTH == pytest.approx(filmed.subject.x1, abs=0.03)
    assert rows[0] / HEIGHT == pytest.approx(filmed.subject.y0, abs=0.03)
    assert (rows[-1] + 1) / HEIGHT == pytest.approx(filmed.subject.y1, abs=0.03)


@pytest.mark.slow
def test_a_large_photo_is_worked_on_no_larger_than_it_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), speckled(800, 1200, 3, 60, 200).astype(np.uint8))
    image = ImageRef(sha256_of(path), path.name, 800, 1200, BOX)
    plan = shot(image, Move.PUSH)
    shoot = stage(plan, path, Told(maps()), way_of(plan))
    assert max(shoot.layers.back.luma.shape) < 560
    assert shoot.layers.near.photo[0] < 400


def test_a_cancel_stops_within_a_few_frames_and_leaves_no_file(photo: Path, image: ImageRef, tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    plan = shot(image, frames=60)
    for at in (0, 2, 9):
        with pytest.raises(Cancelled, match="enough"):
            Showcase().film(plan, {image.sha256: photo}, out, StopWatch(Cancelled("enough"), at=at))
        assert not out.exists()


def test_what_is_no_photo_or_another_photo_is_refused(tmp_path: Path) -> None:
    path, out = tmp_path / "photo.png", tmp_path / "c.mp4"
    plan = shot(drawn_photo(path))
    drawn_photo(path, width=300)
    with pytest.raises(MediaBroken, match="another size"):
        Showcase().film(plan, {plan.photo.sha256: path}, out, NullWatch())
    path.write_bytes(b"no photo")
    with pytest.raises(MediaBroken, match="photo.png is not a photo"):
        Showcase().film(plan, {plan.photo.sha256: path}, out, NullWatch())
    assert not out.exists()


@pytest.mark.parametrize(("drawn", "says"), [(np.zeros((5, 5), np.uint8), "another size"), (None, "draw the outline")])
def test_an_outline_that_does_not_fit_is_refused(
    photo: Path, image: ImageRef, tmp_path: Path, drawn: np.ndarray | None, says: str
) -> None:
    path, out = tmp_path / "matte.png", tmp_path / "c.mp4"
    if drawn is None:
        path.write_bytes(b"no picture")
    else:
        cv2.imwrite(str(path), drawn)
    plan = shot(replace(image, matte=MatteRef("a" * 64, "matte.png")))
    with pytest.raises(MediaBroken, match=says):
        Showcase().film(plan, {image.sha256: photo, "a" * 64: path}, out, NullWatch())
    assert not out.exists()


@pytest.mark.slow
def test_a_shot_ends_exactly_on_the_last_photo(photo: Path, image: ImageRef, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    last = drawn_photo(other, width=240, height=360)
    plan = shot(image, Move.PUSH, frames=21, last_image=last)
    assert plan.mode is Mode.FIRST_LAST
    files = {image.sha256: photo, last.sha256: other}
    frames = film(plan, files, tmp_path / "c.mp4", Told(maps()))
    alone = film(shot(image, Move.PUSH, frames=21), files, tmp_path / "a.mp4", Told(maps()))
    rest = film(shot(last, Move.STATIC, strength=0.0, frames=3), files, tmp_path / "r.mp4", Told(maps()))
    middle = (slice(60, 180), slice(40, 120))
    assert np.abs(frames[0][middle].astype(int) - alone[0][middle]).mean() < 3, "begins as without a last photo"
    # Framing leaves room for the way, so the last photo is a little smaller than where nothing moves.
    assert np.abs(frames[-1][middle].astype(int) - rest[0][middle]).mean() < 12
    assert np.abs(frames[-1].astype(int) - frames[-2]).mean() < 1.0, "it arrives softly"


@pytest.mark.slow
def test_two_photos_are_both_looked_at_and_a_cancel_between_them_leaves_nothing(
    photo: Path, image: ImageRef, tmp_path: Path
) -> None:
    other, out = tmp_path / "other.png", tmp_path / "c.mp4"
    last = drawn_photo(other, width=240, height=360)
    plan = shot(image, Move.PUSH, frames=9, last_image=last)
    files = {image.sha256: photo, last.sha256: other}
    reader = Told(maps())
    Showcase(lambda: reader).film(plan, files, out, NullWatch())
    assert reader.asked == 2
    out.unlink()
    with pytest.raises(Cancelled):
        Showcase(lambda: reader).film(plan, files, out, StopWatch(Cancelled("enough"), at=6))
    assert not out.exists()
