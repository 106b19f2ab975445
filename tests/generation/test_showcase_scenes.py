"""The invented scenes that the DiT learns from: repeatable, whole, and true to the rig's own geometry."""

import numpy as np
import pytest

from generation.domain.engine_spec import Move
from generation.domain.rig import REST, Pose, poses, seen
from generation.engines.showcase.latents import KEYS, Latents, decoded, encoded, picture_size
from generation.engines.showcase.moves import NUMBER, ORDER
from generation.engines.showcase.training.batches import batch, mirror
from generation.engines.showcase.training.exam import Answer, mark, papers
from generation.engines.showcase.training.furniture import shelf
from generation.engines.showcase.training.pool import HELD_OUT, SHAPES, Stock, one
from generation.engines.showcase.training.sets import grid
from generation.engines.showcase.training.truth import affine_fit, background, matrix, product, projected, residual


def test_a_scene_is_always_the_same_and_whole() -> None:
    size, made = one(7)
    again = one(7)[1]
    width, height = size
    assert made.photo.shape == (height, width, 3)
    assert made.matte.shape == made.nearness.shape == made.shadow.shape == made.relief.shape == (height, width)
    assert made.normal.shape == (height, width, 2)
    for name in ("photo", "matte", "nearness", "normal", "shadow", "relief"):
        assert np.array_equal(getattr(made, name), getattr(again, name))
    assert made.centre == again.centre


@pytest.mark.parametrize("seed", range(6))
def test_every_scene_has_a_product_and_a_background_with_a_distance(seed: int) -> None:
    size, made = one(seed)
    assert size in [shape for shape, _ in SHAPES]
    assert 0.01 < made.matte.mean() / 255 < 0.75
    assert 0 < made.nearness.min() <= made.nearness.max() <= 1.41
    assert np.abs(made.centre).max() < 1.0


def test_a_shelf_is_furniture_of_many_colours_that_stands_on_the_floor() -> None:
    made = shelf(np.random.default_rng(3))
    solid = made.alpha > 0.5
    assert solid[-8:].any()
    assert len(np.unique((made.albedo[solid] * 8).astype(int), axis=0)) > 8
    assert 0.05 < solid.mean() < 0.9


def test_what_is_held_out_is_never_trained_on() -> None:
    assert all(paper.example.photo.tobytes() != one(index)[1].photo.tobytes() for index, paper in enumerate(papers(2)))
    assert HELD_OUT > 10**12


@pytest.mark.parametrize("move", Move)
def test_a_flat_product_really_moves_as_the_rig_says(move: Move) -> None:
    x, y = grid(12, 16)
    for pose in poses(move, 1.0, 3, KEYS, 2, 4 / 3):
        got = product(pose, (0.1, -0.05), np.zeros_like(x), x, y)
        want = projected(matrix(pose.product(0.1, -0.05)), x, y)
        assert np.allclose(got, want, atol=1e-6)


@pytest.mark.parametrize("nearness", [0.2, 0.7, 1.0])
def test_the_background_really_moves_as_the_rig_says(nearness: float) -> None:
    x, y = grid(6, 8)
    pose = Pose(x=0.03, y=-0.02, z=0.1, yaw=0.05, pitch=-0.03, roll=0.02, zoom=1.1)
    got_x, got_y = background(pose, np.full_like(x, nearness), x, y)
    for row, column in ((0, 0), (3, 5), (7, 2)):
        want = seen(pose, nearness, float(x[row, column]), float(y[row, column]))
        assert (got_x[row, column], got_y[row, column]) == pytest.approx(want, abs=1e-6)


def test_a_flat_product_has_no_motion_of_its_own_and_a_round_one_a_little() -> None:
    x, y = (part.ravel() for part in grid(20, 20))
    pose = Pose(turn=0.15)
    flat = residual(pose, (0.0, 0.0), 1.0, np.zeros_like(x), x, y)
    round_ = residual(pose, (0.0, 0.0), 1.0, 0.2 * np.sqrt(np.clip(0.3 - x**2, 0, 1)), x, y)
    assert np.abs(flat).max() < 1e-9
    assert 1e-4 < np.abs(round_).max() < 0.2


def test_the_best_affine_move_is_exact_for_an_affine_truth() -> None:
    x, y = (part.ravel() for part in grid(9, 9))
    got = affine_fit(x, y, 1.1 * x - 0.2 * y + 0.3, 0.1 * x + 0.9 * y - 0.1)
    assert np.allclose(got[0], 1.1 * x - 0.2 * y + 0.3)
    assert np.allclose(got[1], 0.1 * x + 0.9 * y - 0.1)


def test_a_mirrored_scene_is_its_mirror_image_twice_over() -> None:
    made = one(3)[1]
    once, twice = mirror(made), mirror(mirror(made))
    assert np.array_equal(once.photo, made.photo[:, ::-1])
    assert np.array_equal(once.normal[..., 0], -made.normal[:, ::-1, 0])
    assert once.centre == (-made.centre[0], made.centre[1])
    assert np.array_equal(twice.normal, made.normal)


def test_layers_survive_being_made_latents() -> None:
    size, made = one(4)
    given = batch(np.random.default_rng(1), size, [made])
    matte, nearness, _, shadow, _ = decoded(given.clean)
    assert given.photo.shape == (1, 3, size[1], size[0])
    assert matte.shape == (1, size[1] // 2, size[0] // 2)
    assert nearness.shape == shadow.shape == (1, size[1] // 4, size[0] // 4)
    assert abs(float(matte.mean()) - made.matte.mean() / 255) < 1e-3
    assert abs(float(nearness.mean()) - float(np.clip(made.nearness, 0.02, 1.4).mean())) < 2e-2


def test_the_right_answer_gets_full_marks_and_no_answer_few() -> None:
    paper = papers(1, first=1)[0]
    right = mark(paper, Answer.of(paper.asked.clean))
    blank = mark(paper, Answer.of(Latents(*(part * 0 - 1 for part in paper.asked.clean))))
    assert right.outline == 1.0
    assert right.nearness == pytest.approx(0.0, abs=1e-6)
    assert right.error < 0.5 * right.rival
    assert blank.outline == 0.0
    assert blank.error > right.error


def test_a_full_shelf_gives_up_its_oldest_scene() -> None:
    stock = Stock(room=20, shelves={})
    size, made = one(5)
    for counter in range(40):
        stock.add(size, made, counter)
    assert len(stock.shelves[size]) == max(8, int(20 * dict(SHAPES)[size]))
    assert stock.drawn(np.random.default_rng(0), 3)[0] == size


def test_every_move_has_its_number_for_ever() -> None:
    assert set(ORDER) == set(Move)
    assert NUMBER[Move.STATIC] == 0
    assert NUMBER[Move.LIGHT_SWEEP] == 15
    assert len(REST.numbers()) == 15


@pytest.mark.parametrize(
    ("photo", "size"),
    [((1200, 1200), (128, 128)), ((1080, 1920), (96, 176)), ((1600, 1067), (160, 112)), ((4000, 200), (256, 64))],
)
def test_the_dit_looks_at_any_shape_of_photo(photo: tuple[int, int], size: tuple[int, int]) -> None:
    assert picture_size(*photo) == size


def test_encoding_wants_maps_of_the_picture_and_halves_them() -> None:
    import torch

    flat = torch.zeros(2, 32, 48)
    made = encoded(flat, flat + 0.5, torch.zeros(2, 2, 32, 48), flat, torch.zeros(2, KEYS, 6))
    assert [tuple(part.shape) for part in made] == [(2, 1, 16, 24), (2, 4, 8, 12), (2, KEYS, 6)]
    assert made.outline.unique().tolist() == [-1.0]
    assert made.layout[:, 0].unique().tolist() == [0.0]
