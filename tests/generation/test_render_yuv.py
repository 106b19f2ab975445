"""Planes, layers and blits against plain arithmetic and against FFmpeg's own conversion."""

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.render.yuv import Frame, blit, cropped, layer, mix, paste, resized, solid, to_rgb
from tests.generation.footage import grey


def opaque(rgb: np.ndarray) -> np.ndarray:
    return np.dstack([rgb.astype(np.float32), np.ones(rgb.shape[:2], np.float32)])


def smooth_rgb(seed: int, width: int = 32, height: int = 48) -> np.ndarray:
    """Slow gradients, so that halved colour planes lose nothing."""
    dice = np.random.default_rng(seed)
    corners = dice.uniform(0.05, 0.95, (2, 2, 3))
    across, down = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)[:, None, None]
    top = corners[0, 0] * (1 - across) + corners[0, 1] * across
    low = corners[1, 0] * (1 - across) + corners[1, 1] * across
    return top * (1 - down) + low * down


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_colours_survive_the_way_to_planes_and_back(seed: int) -> None:
    rgb = smooth_rgb(seed, 160, 160)
    assert np.abs(to_rgb(solid(opaque(rgb))) / 255 - rgb).max() < 0.02


def test_planes_are_what_ffmpeg_makes_of_the_same_picture() -> None:
    rgb = smooth_rgb(3)
    ours = solid(opaque(rgb))
    picture = av.VideoFrame.from_ndarray((rgb * 255).round().astype(np.uint8), format="rgb24")
    theirs = picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG").to_ndarray()
    assert np.abs(ours.planar.astype(int) - theirs).max() <= 2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(-14, 40), st.integers(-14, 54), st.floats(0, 1))
def test_a_blit_is_the_over_operator(seed: int, x: int, y: int, opacity: float) -> None:
    dice = np.random.default_rng(seed)
    x, y = x // 2 * 2, y // 2 * 2
    frame = solid(opaque(smooth_rgb(seed)))
    alpha = dice.uniform(0, 1, (14, 14, 1)).astype(np.float32)
    rgba = np.dstack([dice.uniform(0, 1, (14, 14, 3)).astype(np.float32) * alpha, alpha])
    luma = 16 * alpha[:, :, 0] + 219 * (rgba[:, :, :3] @ np.array([0.2126, 0.7152, 0.0722]))
    expected = frame.luma.astype(float).copy()
    for row in range(14):
        for column in range(14):
            if 0 <= y + row < frame.height and 0 <= x + column < frame.width:
                below = expected[y + row, x + column]
                share = opacity * alpha[row, column, 0]
                expected[y + row, x + column] = below * (1 - share) + opacity * luma[row, column]
    untouched = frame.copy()
    blit(frame, layer(rgba), x, y, opacity)
    assert np.abs(frame.luma - expected).max() <= 2
    outside = np.ones(frame.luma.shape, bool)
    outside[max(y, 0) : max(y + 14, 0), max(x, 0) : max(x + 14, 0)] = False
    assert np.array_equal(frame.luma[outside], untouched.luma[outside])


def test_an_invisible_layer_changes_nothing() -> None:
    frame = grey(90)
    blit(frame, layer(np.ones((20, 20, 4), np.float32)), 10, 10, 0.0)
    assert np.array_equal(frame.flat, grey(90).flat)


@pytest.mark.parametrize(("share", "luma"), [(0.25, 75), (0.5, 100), (1.0, 150)])
def test_a_cross_fade_is_a_weighted_mean(share: float, luma: int) -> None:
    frame = grey(50)
    mix(frame, grey(150), share)
    assert set(np.unique(frame.luma)) == {luma}
    assert set(np.unique(frame.chroma)) == {128}


def test_cutting_out_and_pasting_back_restores_the_picture() -> None:
    frame = solid(opaque(smooth_rgb(5)))
    part = cropped(frame, 8, 12, 16, 20)
    assert (part.width, part.height) == (16, 20)
    emptied = grey(16, 32, 48)
    paste(emptied, part, 8, 12)
    assert np.array_equal(cropped(emptied, 8, 12, 16, 20).flat, part.flat)
    assert emptied.luma[0, 0] == 16


def test_resizing_keeps_flat_colour() -> None:
    small = resized(grey(77, 64, 64), 20, 30)
    assert (small.width, small.height) == (20, 30)
    assert set(np.unique(small.luma)) == {77}


def test_planes_are_views_of_one_buffer() -> None:
    frame = Frame(8, 4)
    frame.flat[:] = np.arange(48)
    assert frame.luma[1, 0] == 8
    assert frame.chroma[0, 0, 0] == 32
    assert frame.chroma[1, 1, 3] == 47
    assert frame.planar.shape == (6, 8)
