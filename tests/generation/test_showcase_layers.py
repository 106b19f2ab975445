"""What the showcase engine is made of: matte, clean plate, nearness, light, and the change to another photo."""

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.domain.camera import apply
from generation.domain.engine_spec import Move
from generation.domain.framing import Aim
from generation.domain.geometry import Box
from generation.domain.rig import REST, Pose, landing, poses
from generation.engines.showcase.baseline import read_maps
from generation.engines.showcase.cutout import own_colours
from generation.engines.showcase.doubt import doubt
from generation.engines.showcase.ending import glinting, matched, share, wipe
from generation.engines.showcase.light import BRIGHTER, band, darken, lighten, moved_shadow, sheen
from generation.engines.showcase.matte import fitted, refine
from generation.engines.showcase.membrane import membrane
from generation.engines.showcase.nearness import Lattice, Near, gentled, near_map, through, widest
from generation.engines.showcase.patches import fill
from generation.engines.showcase.plate_maker import clean_plate
from generation.engines.showcase.rim import widened
from generation.engines.showcase.scene import SceneMaps, product_box
from generation.engines.showcase.warp import Frame
from tests.generation.showcase_scenes import maps, speckled


def quiet() -> None:
    pass


def ring(size: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A dark ring with a hole on a light wall, and its true alpha."""
    picture = np.full((size, size, 3), (205, 210, 215), np.uint8)
    alpha = np.zeros((size, size), np.uint8)
    cv2.circle(alpha, (150, 150), 90, 255, 34, cv2.LINE_AA)
    share = alpha[:, :, None] / 255
    picture = (picture * (1 - share) + np.array([40, 60, 90]) * share).astype(np.uint8)
    noise = np.random.default_rng(0).normal(0, 2, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8), alpha.astype(np.float32) / 255


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    a, b = one >= 0.5, two >= 0.5
    return float((a & b).sum() / (a | b).sum())


def test_a_coarse_matte_is_refined_to_the_pixel_also_in_holes() -> None:
    photo, true = ring()
    coarse = cv2.resize(true, (24, 24), interpolation=cv2.INTER_AREA)
    alpha = refine(photo, coarse)
    assert overlap(alpha, true) > 0.97
    assert overlap(cv2.resize(coarse, (300, 300)), true) < overlap(alpha, true) - 0.02
    assert alpha[150, 150] == 0, "the hole"
    assert alpha[150, 60] == 1
    assert np.abs(alpha - true).mean() < 0.01


def test_a_thin_strap_that_the_matte_lacks_is_gathered_but_no_shadow_and_no_table() -> None:
    photo = np.full((400, 400, 3), 215, np.uint8)
    photo[330:] = (150, 170, 190)  # a table
    shadow = cv2.GaussianBlur(np.float32(np.hypot(*np.mgrid[-330:70, -200:200]) < 90), (0, 0), 15)
    photo = (photo * (1 - 0.25 * shadow[:, :, None])).astype(np.uint8)
    cv2.line(photo, (200, 150), (140, 0), (60, 40, 30), 5)
    photo[150:335, 150:250] = (40, 40, 190)
    coarse = np.zeros((64, 64), np.float32)
    coarse[24:54, 24:40] = 1
    alpha = refine(photo, coarse)
    assert alpha[75, 170] > 0.8, "the strap"
    assert alpha[240, 200] == 1
    assert alpha[300, 120] < 0.05, "the shadow"
    assert alpha[350, 60] == 0, "the table"
    grass = np.clip(photo + speckled(400, 400, 6, -60, 60), 0, 255).astype(np.uint8)
    assert refine(grass, coarse)[60, 165] == 0, "where nothing is plain, nothing is gathered"


def test_a_colour_that_disagrees_does_not_move_the_outline_far() -> None:
    photo, _ = ring()
    coarse = np.zeros((60, 60), np.float32)
    coarse[5:20, 5:20] = 1  # where there is nothing but wall
    alpha = refine(photo, coarse)
    assert overlap(alpha, cv2.resize(coarse, (300, 300))) > 0.6
    assert alpha[200:].max() == 0


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nothing_or_everything_is_no_product(value: float) -> None:
    photo, _ = ring()
    assert refine(photo, np.full((20, 20), value, np.float32)).max() == 0


def test_the_users_outline_is_taken_as_it_is() -> None:
    photo, true = ring()
    alpha = fitted(photo, (true * 255).astype(np.uint8))
    assert np.abs(alpha - true).max() < 0.5
    assert overlap(alpha, true) > 0.98


def test_the_products_colour_does_not_bleed_at_its_rim() -> None:
    """Product over plate gives the photo again, and over another plate no trace of the old one."""
    true = np.zeros((120, 120), np.float32)
    cv2.circle(true, (60, 60), 40, 1.0, -1)
    alpha = cv2.GaussianBlur(true, (0, 0), 2)
    back, front = np.full((120, 120, 3), (200, 210, 220), np.uint8), np.array([30, 40, 160])
    photo = np.round(alpha[:, :, None] * front + (1 - alpha[:, :, None]) * back).astype(np.uint8)
    colours = own_colours(photo, back, alpha)
    seen = alpha > 0.2
    assert np.abs(colours[seen].astype(int) - front).max() <= 10
    again = alpha[:, :, None] * colours + (1 - alpha[:, :, None]) * back
    assert np.abs(again - photo).max() < 3


def test_a_rim_out_of_focus_is_as_wide_as_the_lens_made_it() -> None:
    true = np.zeros((400, 400), np.float32)
    cv2.circle(true, (200, 200), 110, 1.0, -1)
    blurred, cut = cv2.GaussianBlur(true, (0, 0), 3.0), cv2.GaussianBlur(true, (0, 0), 0.6)
    photo = np.round(blurred[:, :, None] * (40, 50, 60) + (1 - blurred[:, :, None]) * (200, 205, 190)).astype(np.uint8)
    out = widened(photo, cut)
    outside = (true == 0) & (blurred > 0.05)
    assert np.abs(out - blurred)[outside].mean() < 0.4 * np.abs(cut - blurred)[outside].mean()
    assert (out >= cut).all()
    assert out[10, 10] == 0
    grass = np.clip(photo + speckled(400, 400, 5, -90, 90), 0, 255).astype(np.uint8)
    assert np.abs(widened(grass, cut) - cut).mean() < 0.002, "in front of texture nobody can tell"


def test_a_smooth_wall_goes_on_behind_the_product_as_a_smooth_wall() -> None:
    down, across = np.mgrid[0:200, 0:300].astype(np.float32)
    wall = np.dstack([120 + 0.2 * across, 110 + 0.25 * down, 90 + 0.1 * across + 0.1 * down])
    known = np.ones((200, 300), np.float32)
    known[60:150, 90:220] = 0
    out = membrane(wall * known[:, :, None], known)
    assert np.abs(out - wall).max() < 3
    assert np.array_equal(out[known > 0], wall[known > 0])


def test_stripes_go_on_behind_the_product() -> None:
    across = np.arange(160)
    stripes = np.where(across // 8 % 2, 60, 200)[None, :, None] * np.ones((160, 1, 3))
    hole = np.zeros((160, 160), bool)
    hole[60:100, 50:110] = True
    guess = stripes.astype(np.float32)
    guess[hole] = 130
    out = fill(guess, hole, ~hole, quiet)
    inside = np.abs(out.picture - stripes)[hole]
    assert inside.mean() < 25, "grey would be 70 away"
    assert np.array_equal(out.source[~hole][:, 1], np.broadcast_to(across, (160, 160))[~hole])
    again = fill(guess, hole, ~hole, quiet)
    assert np.array_equal(out.picture, again.picture)


@pytest.mark.parametrize("textured", [True, False])
def test_no_ghost_of_the_product_stays_in_the_plate(textured: bool) -> None:
    photo = (speckled(300, 240, 4, 80, 160) if textured else np.full((240, 300, 3), 140.0)).astype(np.uint8)
    alpha = np.zeros((240, 300), np.float32)
    alpha[60:180, 100:200] = 1
    photo[alpha > 0] = (0, 0, 230)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 1)
    calls: list[int] = []
    plate = clean_plate(photo, alpha, 30.0, lambda: calls.append(1))
    redder = plate[:, :, 2].astype(int) - plate[:, :, 0]
    assert redder.max() < 20
    untouched = cv2.dilate((alpha > 0.02).astype(np.uint8), np.ones((13, 13))) == 0
    assert np.array_equal(plate[untouched], photo[untouched])
    assert bool(calls) is textured


def test_where_the_outline_is_faint_the_background_holds_on_to_the_product() -> None:
    photo = np.full((200, 200, 3), 225, np.uint8)
    photo[60:140, 60:140] = (40, 40, 200)
    photo[60:140, 100:140] = 222  # half of the product is as white as the wall, and the matte lacks it
    alpha = np.zeros((200, 200), np.float32)
    alpha[60:140, 60:100] = 1
    found = doubt(photo, alpha, maps(0.3, box=Box(0.3, 0.3, 0.5, 0.7), size=(50, 50)))
    assert found.share < 0.1, "red on white is sure"
    alpha[60:140, 60:140] = 1
    found = doubt(photo, alpha, maps(0.3, box=Box(0.3, 0.3, 0.7, 0.7), size=(50, 50)))
    assert 0.3 < found.share < 0.8
    assert doubt(photo, alpha, maps(0.3, box=Box(0.3, 0.3, 0.7, 0.7), size=(50, 50)), drawn=True).share == 0
    height, width = found.held.shape
    assert found.held[height // 2, round(0.71 * width)] > 0.9, "white on white"
    assert found.held[height // 2, round(0.27 * width)] < 0.1
    assert found.held[5, 5] == 0


def test_gaps_in_the_outline_are_held_and_the_ground_at_its_feet_too() -> None:
    photo, alpha = ring()
    found = doubt(photo, alpha, maps(0.3, box=None))
    assert found.held[20, 20] == 0
    gap = photo.copy(), alpha.copy()
    gap[1][:, 140:160] = 0
    assert doubt(*gap, maps(0.3, box=None)).held[round(60 / 300 * 256), 128] == 1, "between two parts of the product"
    ground = maps(0.95, box=None)
    assert doubt(photo, alpha, ground).held[round(262 / 300 * 256), 128] == 1


ASPECT = 1.5
LATTICE = Lattice.over(160, 240)


@given(st.sampled_from(list(Move)), st.integers(0, 99), st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_what_lies_at_a_node_is_what_the_camera_brings_there(move: Move, seed: int, pattern: int) -> None:
    """The inverse of the background's motion: forth through the rig again, each node is met; and nothing folds."""
    way = poses(move, 1.0, seed, 5, 30, ASPECT)
    values = np.clip(speckled(40, 60, pattern, -0.5, 1.6)[:, :, 0], 0, 1.4).astype(np.float32)
    near = near_map(values, np.zeros((4, 4), np.float32), 1.0, (400, 600), Aim(200, 300, 380), way, ASPECT)
    for pose in way:
        x, y = near.back(pose, LATTICE)
        nearness = near.sample(near.values, (x, y))
        u = x - nearness * pose.x
        v = y - nearness * pose.y
        away = 1 - nearness * pose.z
        there = through(np.array(pose.layer(0.0)).reshape(3, 3), u / away, v / away)
        assert np.abs(there[0] - LATTICE.x).max() < 1e-3
        assert np.abs(there[1] - LATTICE.y).max() < 1e-3
        assert np.diff(x, axis=1).min() > 0.3 * 16 / 160, "a fold"
        assert np.diff(y, axis=0).min() > 0.3 * 16 / 160


def test_what_is_held_moves_with_the_product() -> None:
    way = poses(Move.ORBIT_LEFT, 1.0, 1, 5, 30, ASPECT)
    held = np.zeros((60, 40), np.float32)
    held[20:40, 15:25] = 1
    near = near_map(np.full((60, 40), 0.2, np.float32), held, 1.0, (400, 600), Aim(200, 300, 400), way, ASPECT)
    assert near.values[64, 43] == pytest.approx(1.0, abs=0.01)
    assert near.values[2, 2] < 0.8
    blind = near_map(np.full((60, 40), 0.2, np.float32), held * 0, 0.0, (400, 600), Aim(200, 300, 400), way, ASPECT)
    assert np.all(blind.values == 1)


@pytest.mark.parametrize(("told", "filmed"), [(0.96, 0.92), (0.9, 0.84), (0.7, 0.7)])
def test_a_wall_close_behind_is_moved_away_a_little_and_a_far_one_is_not(told: float, filmed: float) -> None:
    way = poses(Move.TRUCK_LEFT, 1.0, 1, 30, 30, ASPECT)
    nearness, nothing = np.full((60, 40), told, np.float32), np.zeros((60, 40), np.float32)
    near = near_map(nearness, nothing, 1.0, (400, 600), Aim(200, 300, 400), way, ASPECT)
    assert np.allclose(near.values, filmed, atol=1e-4)


@given(st.integers(0, 30), st.floats(0.005, 0.2))
@settings(max_examples=30, deadline=None)
def test_gentled_is_above_and_nowhere_steeper(seed: int, steepest: float) -> None:
    values = np.random.default_rng(seed).random((30, 40)).astype(np.float32)
    out = gentled(values, steepest)
    assert (out >= values).all()
    assert out.max() == values.max()
    for axis in (0, 1):
        assert np.abs(np.diff(out, axis=axis)).max() <= steepest + 1e-6


def test_a_camera_at_rest_moves_nothing() -> None:
    near = Near(np.full((10, 10), 0.5, np.float32), (100, 100), Aim(50, 50, 100))
    x, y = near.back(REST, LATTICE)
    assert np.abs(x - LATTICE.x).max() < 1e-6
    assert np.abs(y - LATTICE.y).max() < 1e-6
    assert widest((REST,), ASPECT) == 0


def test_the_lattice_meets_the_pixels() -> None:
    """Enlarged, each node's own place arrives at the middle of each pixel."""
    for half, width, height in ((False, 160, 240), (True, 80, 120)):
        x, y = LATTICE.fine(LATTICE.x, half=half), LATTICE.fine(LATTICE.y, half=half)
        assert x.shape == (height, width)
        assert np.allclose(x[0], (np.arange(width) + 0.5) / width - 0.5, atol=1e-6)
        assert np.allclose(y[:, 0], ((np.arange(height) + 0.5) / height - 0.5) * ASPECT, atol=1e-6)


def test_light_lifts_the_middle_tones_and_never_clips() -> None:
    luma = np.arange(256, dtype=np.uint8).reshape(16, 16)
    lit = luma.copy()
    lighten(lit, np.full((16, 16), 255, np.uint8))
    assert (lit >= luma).all()
    assert lit[luma <= 235].max() <= 235
    assert np.array_equal(lit[luma >= 235], luma[luma >= 235])
    assert (np.diff(lit.ravel()[:236].astype(int)) >= 0).all(), "light text stays lighter than what it is printed on"
    dark = luma.copy()
    lighten(dark, np.zeros((16, 16), np.uint8))
    assert np.array_equal(dark, luma)
    assert BRIGHTER[125] > BRIGHTER[40] > BRIGHTER[16] >= BRIGHTER[235] == 0


def test_the_light_stands_where_the_pose_says_and_runs_ahead_on_a_side() -> None:
    points = (LATTICE.x, LATTICE.y * 0)
    places = [int(np.argmax(band(Pose(light=light, glow=1.0), points)[7])) for light in (-0.6, 0.0, 0.6)]
    assert places == sorted(places)
    assert len(set(places)) == 3
    flat = np.zeros((*LATTICE.x.shape, 2), np.float32)
    turned = flat + np.array([0.7, 0.0], np.float32)
    ahead = [int(np.argmax(sheen(Pose(glow=1.0), points, normal)[7])) for normal in (flat, turned)]
    assert ahead[1] < ahead[0], "what faces right catches a light from the right before it arrives"
    assert band(Pose(light=0.3, glow=0.0), points).max() == 0


def test_a_shadow_that_leaves_gives_the_light_back() -> None:
    here, gone = np.full((8, 8), 0.5, np.float32), np.zeros((8, 8), np.float32)
    luma = np.full((8, 8), 66, np.uint8)
    for factor, wanted in ((moved_shadow(here, gone, 0.0), 116), (moved_shadow(here, here, 0.0), 66)):
        out = luma.copy()
        darken(out, cv2.convertScaleAbs(factor, alpha=128.0))
        assert np.abs(out.astype(int) - wanted).max() <= 1
    assert moved_shadow(here, here, 1.0).min() > 1, "in the air it is paler"


def test_a_box_needs_something_to_stand_around() -> None:
    assert product_box(np.zeros((50, 50), np.float32)) is None
    matte = np.zeros((50, 100), np.float32)
    matte[10:30, 20:60] = 0.9
    assert product_box(matte) == Box(0.2, 0.2, 0.6, 0.6)


def test_the_baseline_finds_a_product_a_wall_and_a_table() -> None:
    photo = np.full((300, 200, 3), 225, np.uint8)
    cv2.rectangle(photo, (70, 120), (130, 240), (40, 60, 180), -1)
    noise = np.random.default_rng(1).normal(0, 2, photo.shape)
    seen = read_maps(np.clip(photo + noise, 0, 255).astype(np.uint8))
    box = product_box(seen.matte)
    assert box is not None
    assert (box.x0, box.y1) == (pytest.approx(0.35, abs=0.04), pytest.approx(0.8, abs=0.04))
    column = seen.nearness[:, 3]
    assert column[0] == pytest.approx(0.35)
    assert column[-1] == 1
    assert (np.diff(column) >= 0).all()
    assert seen.confidence > 0.5
    assert read_maps(np.full((80, 80, 3), 128, np.uint8)).confidence == 0


def test_another_outline_replaces_the_matte_only() -> None:
    seen = maps(0.4, confidence=0.1)
    other = seen.with_matte(np.ones((600, 400), np.float32))
    assert (other.confidence, other.matte.shape) == (1.0, seen.matte.shape)
    assert other.matte.min() == pytest.approx(1.0)
    assert other.nearness is seen.nearness
    assert isinstance(other, SceneMaps)


@pytest.mark.parametrize("frames", [1, 8, 60, 150])
def test_the_change_is_complete_at_both_ends(frames: int) -> None:
    done = [share(index, frames, 30) for index in range(frames)]
    assert done == sorted(done)
    if frames > 4:
        assert (done[0], done[-1]) == (0.0, 1.0)
        assert sum(0 < one < 1 for one in done) <= 24


def test_the_two_products_meet_half_way() -> None:
    way = poses(Move.PUSH, 1.0, 1, 61, 30, ASPECT)
    boxes = Box(-0.3, -0.4, 0.1, 0.2), Box(-0.1, -0.3, 0.25, 0.35)
    one, two = matched(way, landing(way), boxes, 30)
    middle = round(0.52 * 60)

    def middle_of(pose: Pose, box: Box) -> tuple[float, ...]:
        left, right = apply(pose.layer(1.0), box.x0, box.y0), apply(pose.layer(1.0), box.x1, box.y1)
        size = math.sqrt((right[0] - left[0]) * (right[1] - left[1]))
        return (left[0] + right[0]) / 2, (left[1] + right[1]) / 2, size

    for a, b in zip(middle_of(one[middle], boxes[0]), middle_of(two[middle], boxes[1]), strict=True):
        assert a == pytest.approx(b, abs=0.06)
    assert one[0] == way[0]
    assert two[-1] == landing(way)[-1]
    assert matched(way, way, (None, boxes[1]), 30) == (way, way)


def test_a_glint_passes_only_while_it_changes() -> None:
    way = poses(Move.PUSH, 1.0, 1, 61, 30, ASPECT)
    lit = glinting(way, 30)
    assert (lit[0], lit[-1]) == (way[0], way[-1])
    assert max(pose.glow for pose in lit) == pytest.approx(0.5, abs=0.02)


def test_a_wipe_goes_from_one_picture_to_the_other() -> None:
    def filled(luma: int) -> Callable[[], Frame]:
        def make() -> Frame:
            frame = Frame.of(160, 240)
            frame.whole[:] = luma
            return frame

        return make

    for done, left, right in ((0.0, 50, 50), (0.5, 200, 50), (1.0, 200, 200)):
        frame = filled(50)()
        wipe(frame, filled(200)(), done, LATTICE)
        assert (frame.luma[120, 0], frame.luma[120, -1]) == (left, right)
        assert (frame.chroma[0][60, 0], frame.chroma[0][60, -1]) == (left, right)
