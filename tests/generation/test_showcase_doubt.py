"""Two readings of a photo: what one has left out of the product the other may add, and never something else."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.engines.showcase.doubt import asked_twice, joined
from generation.engines.showcase.scene import SceneMaps
from tests.generation.makers import drawn_photo


@pytest.fixture
def photo(tmp_path: Path) -> np.ndarray:
    """A red block from 0.4 to 0.6 across and 0.25 to 0.85 down."""
    path = tmp_path / "photo.png"
    drawn_photo(path)
    return cv2.imread(str(path))


def matte(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    out = np.zeros((60, 80), np.float32)
    out[round(y0 * 60) : round(y1 * 60), round(x0 * 80) : round(x1 * 80)] = 1
    return out


def test_a_piece_of_the_product_that_was_left_out_is_added(photo: np.ndarray) -> None:
    whole = joined(photo, matte(0.4, 0.25, 0.6, 0.65))
    height, width = whole.shape
    assert whole[round(0.75 * height), round(0.5 * width)] == 1
    assert whole[round(0.75 * height), round(0.3 * width)] == 0


def test_what_is_known_whole_stays_as_it_is(photo: np.ndarray) -> None:
    whole = joined(photo, matte(0.4, 0.25, 0.6, 0.85))
    assert abs(float((whole > 0.5).mean()) - 0.2 * 0.6) < 0.01


@pytest.mark.parametrize("other", [(0.05, 0.1, 0.2, 0.5), (0.4, 0.25, 0.6, 0.40)])
def test_another_thing_or_far_more_of_it_is_not_added(
    photo: np.ndarray, other: tuple[float, float, float, float]
) -> None:
    before = matte(*other)
    after = joined(photo, before)
    assert abs(float((after > 0.5).mean()) - float((before > 0.5).mean())) < 0.01


@pytest.mark.parametrize(("confidence", "whole"), [(1.0, False), (0.0, True)])
def test_colour_is_asked_only_where_the_reader_is_unsure(photo: np.ndarray, confidence: float, whole: bool) -> None:
    part = matte(0.4, 0.25, 0.6, 0.65)
    blank = np.zeros_like(part)
    found = asked_twice(photo, SceneMaps(part, blank, np.dstack([blank, blank]), blank, confidence))
    assert bool(found[round(0.75 * found.shape[0]), round(0.5 * found.shape[1])] == 1) is whole


@pytest.mark.parametrize(("believed", "whole"), [(0.02, False), (0.3, True)])
def test_a_sure_reader_takes_only_pieces_it_half_believes_in(photo: np.ndarray, believed: float, whole: bool) -> None:
    part = matte(0.4, 0.25, 0.6, 0.65)
    part[round(0.65 * 60) : round(0.85 * 60), round(0.4 * 80) : round(0.6 * 80)] = believed
    blank = np.zeros_like(part)
    found = asked_twice(photo, SceneMaps(part, blank, np.dstack([blank, blank]), blank, 0.95))
    assert bool(found[round(0.75 * found.shape[0]), round(0.5 * found.shape[1])] == 1) is whole
