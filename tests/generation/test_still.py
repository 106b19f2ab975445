"""The still engine: exact, repeatable, smooth, and never with the product cut off or a hole at the edge."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.camera import CAMERA_MOVES, path, reach
from generation.domain.engine_spec import Framing, Move
from generation.domain.framing import Photo, compose, in_photo
from generation.domain.geometry import Box
from generation.domain.shot_plan import ShotPlan
from generation.engines.edges import Edges, judge
from generation.engines.plate import Plate, make_plate
from generation.engines.still import Still
from generation.errors import Cancelled, MediaBroken
from generation.ffmpeg import opened, probe
from generation.watch import NullWatch
from tests.cases import mostly_slow
from tests.generation.makers import StopWatch, drawn_photo, small_plan

BUSY = Edges(left=False, top=False, right=False, bottom=False)
PLAIN = Edges(left=True, top=True, right=True, bottom=True)


def film(plan: ShotPlan, photo: Path, out: Path) -> list[np.ndarray]:
    """The frames' planes, as decoded."""
    Still().film(plan, {plan.photo.sha256: photo}, out, NullWatch())
    with opened(out) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


@pytest.mark.parametrize("move", CAMERA_MOVES)
def test_every_move_films_exactly_what_was_planned(move: Move, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = small_plan(drawn_photo(photo), frames=7, move=move)
    frames = film(plan, photo, tmp_path / "clip.mp4")
    facts = probe(tmp_path / "clip.mp4")
    assert (len(frames), facts.frames, facts.width, facts.height, facts.fps) == (7, 7, 64, 96, 30)
    assert np.abs(frames[0].astype(int) - frames[-1]).max() > 3, "the camera did not move"


def test_equal_plans_give_equal_frames_and_another_seed_does_not(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    image = drawn_photo(photo)
    one, two, other = (film(small_plan(image, seed=seed), photo, tmp_path / "c.mp4") for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[-1], other[-1])


def test_the_product_is_where_the_clip_says(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = replace(small_plan(drawn_photo(photo), frames=3, move=Move.STATIC), width=160, height=240)
    filmed = Still().film(plan, {plan.photo.sha256: photo}, tmp_path / "c.mp4", NullWatch())
    with opened(tmp_path / "c.mp4") as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    red = (frame[:, :, 0] > 150) & (frame[:, :, 1] < 110)
    rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
    assert filmed.subject is not None
    assert columns[0] / 160 == pytest.approx(filmed.subject.x0, abs=0.03)
    assert (columns[-1] + 1) / 160 == pytest.approx(filmed.subject.x1, abs=0.03)
    assert rows[0] / 240 == pytest.approx(filmed.subject.y0, abs=0.03)
    assert (rows[-1] + 1) / 240 == pytest.approx(filmed.subject.y1, abs=0.03)


def test_where_nobody_knows_the_product_it_is_looked_for(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    image = drawn_photo(photo)
    known = small_plan(image)
    unknown = replace(known, image=replace(image, subject=None))
    found = Still().film(unknown, {image.sha256: photo}, tmp_path / "c.mp4", NullWatch()).subject
    given = Still().film(known, {image.sha256: photo}, tmp_path / "c.mp4", NullWatch()).subject
    assert found is not None
    assert given is not None
    for a, b in zip((found.x0, found.y0, found.x1, found.y1), (given.x0, given.y0, given.x1, given.y1), strict=True):
        assert a == pytest.approx(b, abs=0.06)


def test_the_colours_of_the_photo_arrive(tmp_path: Path) -> None:
    """BT.709, limited range: the whole way from BGR through planes, encoder and decoder."""
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), np.full((240, 320, 3), (200, 90, 30), np.uint8))
    image = replace(drawn_photo(tmp_path / "other.png"), sha256="f" * 64, subject=None)
    plan = replace(small_plan(image), image=image)
    (frame, *_) = film(plan, photo, tmp_path / "c.mp4")
    luma, blue, red = frame[:96].mean(), frame[96:120].mean(), frame[120:].mean()
    grey = (0.2126 * 30 + 0.7152 * 90 + 0.0722 * 200) / 255
    assert luma == pytest.approx(16 + 219 * grey, abs=1.0)
    assert blue == pytest.approx(128 + 224 * (200 / 255 - grey) / 1.8556, abs=1.0)
    assert red == pytest.approx(128 + 224 * (30 / 255 - grey) / 1.5748, abs=1.0)


def test_a_cancel_stops_within_a_few_frames_and_leaves_no_file(tmp_path: Path) -> None:
    photo, out = tmp_path / "photo.png", tmp_path / "clip.mp4"
    plan = small_plan(drawn_photo(photo), frames=60)
    watch = StopWatch(Cancelled("enough"), at=3)
    with pytest.raises(Cancelled, match="enough"):
        Still().film(plan, {plan.photo.sha256: photo}, out, watch)
    assert not out.exists()


def test_a_photo_of_another_size_than_planned_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = small_plan(drawn_photo(photo))
    drawn_photo(photo, width=300)
    with pytest.raises(MediaBroken, match="another size"):
        Still().film(plan, {plan.photo.sha256: photo}, tmp_path / "c.mp4", NullWatch())


def test_what_is_no_photo_is_refused(tmp_path: Path) -> None:
    plan = small_plan(drawn_photo(tmp_path / "photo.png"))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no photo")
    with pytest.raises(MediaBroken, match="broken.png is not a photo"):
        Still().film(plan, {plan.photo.sha256: broken}, tmp_path / "c.mp4", NullWatch())


def textured(width: int, height: int) -> np.ndarray:
    noise = np.random.default_rng(3).normal(128, 60, (height, width, 3))
    return np.clip(cv2.GaussianBlur(noise, (0, 0), 0.8), 0, 255).astype(np.uint8)


def plate_for(
    photo: np.ndarray, move: Move, framing: Framing, subject: Box, edges: Edges
) -> tuple[Plate, list[np.ndarray]]:
    """A plate, and the luma of each frame that a camera takes of it (128 x 192)."""
    height, width = photo.shape[:2]
    views = path(move, 1.0, 5, 24, 30, 1.5)
    sheet = Photo(width, height, subject, edges.left, edges.top)
    aim = compose(sheet, framing, 128, views, 1.5)
    plate = make_plate(photo, aim, in_photo(reach(views, 1.5), aim), subject, edges, 128)
    frames = []
    for view in views:
        out = np.zeros((288, 128), np.uint8)
        plate.sample(aim, view, out, 128, 192)
        frames.append(out)
    return plate, frames


@pytest.mark.parametrize("size", [(400, 200), (200, 400), (300, 300), (900, 150)])
@pytest.mark.parametrize("framing", mostly_slow(Framing, [Framing.WIDE]))
@pytest.mark.parametrize("edges", [BUSY, PLAIN])
def test_the_camera_never_leaves_the_plate(size: tuple[int, int], framing: Framing, edges: Edges) -> None:
    photo = np.full((size[1], size[0], 3), 128, np.uint8)
    subject = Box(0.3, 0.2, 0.6, 0.9)
    for move in CAMERA_MOVES:
        views = path(move, 1.0, 5, 24, 30, 1.5)
        aim = compose(Photo(*size, subject, edges.left, edges.top), framing, 128, views, 1.5)
        seen = in_photo(reach(views, 1.5), aim)
        plate = make_plate(photo, aim, seen, subject, edges, 128)
        (left, top), (across, down) = plate.origin, plate.scale
        height, width = plate.luma.shape
        # The outer half of the outermost pixel is the same as its middle, so it may be seen.
        assert (seen.x0 - left) * across > -0.51
        assert (seen.y0 - top) * down > -0.51
        assert (seen.x1 - left) * across < width + 0.51
        assert (seen.y1 - top) * down < height + 0.51
        out = np.zeros((288, 128), np.uint8)
        plate.sample(aim, views[-1], out, 128, 192)
        assert out[:192].min() > 60, "a hole in the picture"


def test_fine_texture_neither_pulses_nor_blurs_while_the_camera_moves() -> None:
    photo = textured(900, 900)
    for move in (Move.TRUCK_LEFT, Move.PUSH, Move.ORBIT):
        _, frames = plate_for(photo, move, Framing.WIDE, Box(0.2, 0.2, 0.8, 0.8), BUSY)
        detail = np.array([cv2.Laplacian(frame[:192].astype(np.float32), cv2.CV_32F).std() for frame in frames])
        assert np.abs(np.diff(detail)).max() / detail.mean() < 0.03
    area = cv2.resize(photo, (128, 128), interpolation=cv2.INTER_AREA)
    assert detail.mean() > 0.6 * cv2.Laplacian(area[:, :, 1].astype(np.float32), cv2.CV_32F).std()


def test_a_plain_wall_goes_on_without_a_seam() -> None:
    across = np.linspace(180, 230, 400)[None, :, None]
    down = np.linspace(-12, 12, 200)[:, None, None]
    photo = np.clip(across + down + np.zeros((1, 1, 3)), 0, 255).astype(np.uint8)
    cv2.rectangle(photo, (150, 60), (250, 150), (30, 30, 160), -1)
    edges = judge(photo)
    assert edges == PLAIN
    _, frames = plate_for(photo, Move.STATIC, Framing.MEDIUM, Box(0.37, 0.29, 0.63, 0.76), edges)
    columns = frames[0][:192, [4, 124]].astype(np.float32)
    smooth = cv2.GaussianBlur(columns, (1, 9), 0)
    assert np.abs(np.diff(smooth, axis=0)).max() < 3.0, "a step in the wall"


def test_texture_at_the_edge_is_not_plain() -> None:
    photo = np.full((200, 400, 3), 220, np.uint8)
    photo[-40:] = textured(400, 40)
    assert judge(photo) == Edges(left=True, top=True, right=True, bottom=False) or not judge(photo).bottom
    assert judge(photo).top


def test_no_ghost_of_the_product_appears_in_the_continued_background() -> None:
    photo = textured(600, 200) // 4 + 96
    cv2.rectangle(photo, (60, 30), (540, 170), (0, 0, 255), -1)
    _, frames = plate_for(photo, Move.STATIC, Framing.MEDIUM, Box(0.1, 0.15, 0.9, 0.85), BUSY)
    red = frames[0][240:].reshape(96, 64).astype(int)  # the red-difference plane: the photo lies between rows 28 and 52
    assert red[34:46, 15:50].min() > 200, "the product itself is red"
    assert np.concatenate([red[:25], red[55:]]).max() < 140


def test_chroma_samples_sit_where_players_expect_them() -> None:
    """On the left luma pixel of each pair, half-way between two rows (H.264's default)."""
    for axis, offset in ((1, 0.0), (0, 0.5)):
        ramp = np.linspace(0, 255, 480).reshape((1, 480) if axis else (480, 1)) * np.ones((480, 480))
        photo = np.dstack([np.zeros((480, 480)), np.zeros((480, 480)), ramp]).round().astype(np.uint8)
        _, frames = plate_for(photo, Move.STATIC, Framing.CLOSE, Box(0.3, 0.3, 0.7, 0.7), PLAIN)
        luma = frames[0][:192].astype(float).mean(1 - axis)
        red = frames[0][240:].reshape(96, 64).astype(float).mean(1 - axis)
        from_luma = (luma - 16) / (219 * 0.2126)
        from_red = (red - 128) / 112
        slope, start = np.polyfit(np.arange(len(luma)), from_luma, 1)
        places = (from_red - start) / slope
        assert (places - 2 * np.arange(len(red))).mean() == pytest.approx(offset, abs=0.2)


def test_a_tall_photo_fills_an_upright_canvas_without_any_continuation() -> None:
    plate, _ = plate_for(textured(400, 800), Move.PUSH, Framing.WIDE, Box(0.3, 0.3, 0.7, 0.6), BUSY)
    assert plate.origin[0] >= 0
    assert plate.origin[1] >= 0
