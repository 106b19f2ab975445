"""Shadows that move with a product: only those that the photo shows are taken away where they were."""

import numpy as np
import pytest

from generation.engines.showcase.light import evident


@pytest.mark.parametrize("wall", [60, 230])
def test_a_shadow_on_an_even_wall_is_none(wall: int) -> None:
    claimed = np.full((60, 40), 0.6, np.float32)
    assert evident(claimed, np.full((600, 400, 3), wall, np.uint8)).max() < 0.01


def test_a_shadow_is_as_deep_as_the_photo_shows_and_no_deeper_than_was_read() -> None:
    wall = np.full((600, 400, 3), 200, np.uint8)
    wall[280:320, 180:220] = 120
    whole, half = (evident(np.full((60, 40), depth, np.float32), wall) for depth in (0.9, 0.2))
    assert whole[30, 20] == pytest.approx(0.4, abs=0.05)
    assert half[30, 20] == pytest.approx(0.2, abs=0.01)
    assert whole[5, 5] < 0.01
