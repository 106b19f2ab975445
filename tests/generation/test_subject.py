"""Finding the product: on drawn scenes whose truth is known, and honest doubt where nothing stands out."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.geometry import Box
from generation.errors import MediaBroken
from generation.subject import find_subject, search_subject
from tests.cases import mostly_slow

TRUTH = Box(0.35, 0.3, 0.7, 0.8)


def overlap(one: Box, two: Box) -> float:
    """Intersection over union."""
    width = min(one.x1, two.x1) - max(one.x0, two.x0)
    height = min(one.y1, two.y1) - max(one.y0, two.y0)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one.width * one.height + two.width * two.height - shared)


def scene(
    wall: tuple[int, int, int], product: tuple[int, int, int], noise: float, size: tuple[int, int] = (600, 400)
) -> np.ndarray:
    width, height = size
    picture = np.full((height, width, 3), wall, np.float32)
    picture += np.linspace(-20, 20, width)[None, :, None]
    x0, y0, x1, y1 = (
        round(v * s) for v, s in zip((TRUTH.x0, TRUTH.y0, TRUTH.x1, TRUTH.y1), (width, height) * 2, strict=True)
    )
    cv2.ellipse(picture, ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2), 0, 0, 360, product, -1)
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("wall", "product", "noise"),
    [
        ((235, 235, 235), (40, 40, 190), 2),
        ((20, 20, 22), (170, 120, 40), 3),
        ((120, 160, 120), (60, 60, 60), 6),
        ((200, 220, 235), (150, 90, 60), 12),
    ],
)
@pytest.mark.parametrize("size", mostly_slow([(600, 400), (400, 600), (2400, 1600)], [(600, 400)]))
def test_a_product_before_a_wall_is_found(
    wall: tuple[int, int, int], product: tuple[int, int, int], noise: float, size: tuple[int, int]
) -> None:
    found = find_subject(scene(wall, product, noise, size))
    assert found is not None
    assert overlap(found, TRUTH) > 0.8


def test_the_same_photo_always_gives_the_same_box() -> None:
    photo = scene((200, 210, 220), (90, 60, 160), 8)
    assert search_subject(photo) == search_subject(photo)


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_stands_out_the_answer_is_that_nobody_knows(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert find_subject(noise) is None
    assert find_subject(np.full((300, 400, 3), 200, np.uint8)) is None


def test_a_file_is_read_and_a_broken_one_named(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), scene((235, 235, 235), (40, 40, 190), 2))
    assert find_subject(path) is not None
    path.write_bytes(b"nothing")
    with pytest.raises(MediaBroken, match=r"photo.png is not a photo"):
        find_subject(path)
