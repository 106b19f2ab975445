"""Is the product on screen, seen with its photo."""

import cv2
import numpy as np
import pytest

from templates_engine.analyse.product import ProductWatch
from tests.templates_engine.footage_maker import Painted, Picture


def product(seed: int) -> Picture:
    """A block with marks of many sizes."""
    dice = np.random.default_rng(seed)
    coarse = cv2.resize(dice.integers(0, 256, (12, 10, 3), np.uint8), (200, 240), interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(dice.integers(0, 120, (48, 40, 3), np.uint8), (200, 240), interpolation=cv2.INTER_CUBIC)
    return cv2.addWeighted(coarse, 0.7, fine, 0.6, 0)


def frame(at_ms: int, seed: int | None, turn: float = 0.0, size: float = 0.6) -> Painted:
    """The product, turned and scaled, before a backdrop of other marks."""
    picture = cv2.resize(np.random.default_rng(99).integers(60, 160, (30, 20, 3), np.uint8), (320, 480))
    if seed is not None:
        shift = cv2.getRotationMatrix2D((100, 120), turn, size)
        shift[:, 2] += (60, 120)
        laid = cv2.warpAffine(product(seed), shift, (320, 480))
        cover = cv2.warpAffine(np.full((240, 200), 255, np.uint8), shift, (320, 480))
        picture[cover > 127] = laid[cover > 127]
    return Painted(at_ms, picture, picture)


@pytest.mark.parametrize(("turn", "size"), [(0, 0.6), (12, 0.8), (-20, 1.1)])
def test_the_product_is_found_turned_and_at_another_size(turn: float, size: float) -> None:
    watch = ProductWatch([product(1)])
    for at_ms in range(0, 2_000, 500):
        watch.see(frame(at_ms, 1 if at_ms < 1_000 else None, turn, size))
    assert (watch.share(0, 1_000), watch.share(1_000, 2_000), watch.share(0, 2_000)) == (1.0, 0.0, 0.5)


def test_another_product_is_not_taken_for_it() -> None:
    watch = ProductWatch([product(1)])
    for at_ms, seed in enumerate(range(2, 8)):
        watch.see(frame(at_ms * 500, seed))
    assert watch.share(0, 3_000) == 0.0


def test_without_photos_nothing_is_known() -> None:
    watch = ProductWatch([])
    watch.see(frame(0, 1))
    assert watch.share(0, 500) is None
