"""The picture that an engine starts from: composed as ``still`` composes, at the planned size, in the photo's colours."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.domain.engine_spec import Framing, Mode, Move
from generation.engines.pipelines.conditions import first_of, last_of
from generation.engines.still import Still
from generation.errors import MediaBroken
from generation.ffmpeg import opened
from generation.watch import NullWatch
from tests.generation.makers import drawn_photo, small_plan

CAMERA = (Move.STATIC, Move.PUSH, Move.PULL, Move.TRUCK_LEFT, Move.ORBIT_RIGHT, Move.HANDHELD)


def red_box(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Of the product: left, top, right, bottom in pixels."""
    red = (picture[:, :, 2].astype(int) > 150) & (picture[:, :, 1] < 110)
    rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("move", CAMERA)
def test_it_is_what_still_would_film_with_a_camera_at_rest(move: Move, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = replace(small_plan(drawn_photo(photo), move=move), width=128, height=192)
    made = first_of(plan, photo)
    first, shown = made.pixels[:, :, ::-1], made.subject
    rest = replace(plan, move=Move.STATIC, strength=0.0)
    filmed = Still().film(rest, {plan.photo.sha256: photo}, tmp_path / "clip.mp4", NullWatch())
    with opened(tmp_path / "clip.mp4") as clip:
        frame = next(clip.decode(video=0)).to_ndarray(format="bgr24", src_colorspace="ITU709")
    assert first.shape == frame.shape == (192, 128, 3)
    assert shown is not None
    assert filmed.subject is not None
    assert shown.union(filmed.subject) == shown, "the model will move: there is room for that"
    assert np.abs(first.astype(int) - frame).mean() < 4
    assert red_box(first) == pytest.approx(red_box(frame), abs=2)


@pytest.mark.parametrize("framing", [Framing.MEDIUM, Framing.WIDE])
@pytest.mark.parametrize("move", [Move.PUSH, Move.TRUCK_LEFT, Move.ORBIT_RIGHT, Move.FLOAT])
@pytest.mark.parametrize("size", [(96, 160), (160, 96), (128, 128)])
def test_the_product_is_whole(move: Move, framing: Framing, size: tuple[int, int], tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = replace(small_plan(drawn_photo(photo)), move=move, framing=framing, width=size[0], height=size[1])
    first = first_of(plan, photo).pixels[:, :, ::-1]
    left, top, right, bottom = red_box(first)
    assert min(left, top, size[0] - right, size[1] - bottom) >= 1
    assert (bottom - top) / (right - left) == pytest.approx(0.6 * 240 / (0.2 * 320), rel=0.12), "it is stretched"


def test_a_frame_of_a_clip_is_taken_as_it_is(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    image = drawn_photo(photo, width=64, height=96)
    plan = replace(small_plan(image, move=Move.TRUCK_LEFT), framing=Framing.EXACT)
    first = first_of(plan, photo).pixels[:, :, ::-1]
    assert red_box(first) == pytest.approx(red_box(cv2.imread(str(photo))), abs=1)


def test_the_last_picture_is_composed_as_the_first_one_is(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    image = drawn_photo(photo)
    plan = replace(small_plan(image, move=Move.PUSH), mode=Mode.FIRST_LAST, last_image=image, width=128, height=192)
    first, last = first_of(plan, photo).pixels[:, :, ::-1], last_of(plan, photo).pixels[:, :, ::-1]
    assert np.array_equal(first, last)


def test_the_photos_colours_arrive(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    picture = np.full((240, 320, 3), (30, 90, 200), np.uint8)
    cv2.imwrite(str(photo), picture)
    image = replace(drawn_photo(tmp_path / "other.png"), sha256="f" * 64, subject=None)
    first = first_of(replace(small_plan(image), image=image), photo).pixels[:, :, ::-1]
    assert first.reshape(-1, 3).mean(0) == pytest.approx([30, 90, 200], abs=2)
    assert first.reshape(-1, 3).std(0).max() < 1.5


def test_a_photo_of_another_size_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    plan = small_plan(drawn_photo(photo))
    drawn_photo(photo, width=300)
    with pytest.raises(MediaBroken, match="another size"):
        first_of(plan, photo)
