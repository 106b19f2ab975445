"""Thin things that a coarse matte has left out: those of the product are gathered, those of a shelf behind it are not."""

import numpy as np
import pytest

from generation.engines.showcase.strays import gathered

WALL, BLOCK, RED = (200, 205, 210), (60, 50, 40), (30, 30, 220)


def picture() -> tuple[np.ndarray, np.ndarray]:
    """A dark block before a plain wall, and its outline."""
    photo = np.full((320, 320, 3), WALL, np.uint8)
    outline = np.zeros((320, 320), np.uint8)
    photo[140:280, 110:210] = BLOCK
    outline[140:280, 110:210] = 1
    return photo, outline


@pytest.fixture
def strap() -> tuple[np.ndarray, np.ndarray]:
    photo, outline = picture()
    photo[70:140, 150:156] = RED
    return photo, outline


def test_a_lone_strap_is_gathered_whatever_the_reader_says(strap: tuple[np.ndarray, np.ndarray]) -> None:
    photo, outline = strap
    found = gathered(photo, outline, np.zeros((320, 320), np.float32))
    assert found[90, 153] == 1
    assert found[90, 140] == 0


@pytest.mark.parametrize(("belief", "taken"), [(0.05, False), (0.7, True)])
def test_books_in_a_row_are_taken_only_where_the_reader_believes_in_them(belief: float, taken: bool) -> None:
    photo, outline = picture()
    for x in (112, 122):
        photo[112:139, x : x + 5] = RED
    guess = np.full((320, 320), belief, np.float32)
    assert bool(gathered(photo, outline, guess)[125, 114]) is taken


def test_what_hangs_beside_other_things_is_theirs(strap: tuple[np.ndarray, np.ndarray]) -> None:
    photo, outline = strap
    photo[60:110, 162:180] = RED
    found = gathered(photo, outline, np.full((320, 320), 0.3, np.float32))
    assert np.array_equal(found, outline)
