"""What a model is shown, and how its frames become a clip: sizes, colours, and the product whole. No torch here."""

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.engine_spec import Framing, Move
from generation.domain.shot_plan import ImageRef, ShotPlan, ShotRequest, plan
from generation.engines.pipelines.conditions import first_of, last_of
from generation.engines.pipelines.frames import to_planes
from generation.engines.pipelines.table import entries
from generation.errors import MediaBroken
from generation.ffmpeg import ClipWriter, opened
from tests.generation.makers import drawn_photo

SPEC = entries()["ltx-condition"].spec("abc", distilled=False, demo=((192, 320), (320, 192), (224, 224)))


def planned(image: ImageRef, **change: object) -> ShotPlan:
    asked: dict[str, object] = {
        "image": image, "move": Move.STATIC, "framing": Framing.MEDIUM, "strength": 1.0, "frames": 25, "fps": 24,
        "width": 1080, "height": 1920, "seed": 3,
    }  # fmt: skip
    return plan(SPEC, ShotRequest(**(asked | change)))  # type: ignore[arg-type]


@pytest.mark.parametrize("canvas", [(1080, 1920), (1920, 1080), (1080, 1080)])
@pytest.mark.parametrize("photo_size", [(320, 240), (240, 480), (900, 200)])
@pytest.mark.parametrize("move", [Move.PUSH, Move.TRUCK_LEFT, Move.TURN])
def test_a_picture_has_exactly_the_size_and_the_whole_product(
    canvas: tuple[int, int], photo_size: tuple[int, int], move: Move, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    made = planned(drawn_photo(photo, *photo_size), move=move, width=canvas[0], height=canvas[1])
    still = first_of(made, photo)
    assert still.pixels.shape == (made.height, made.width, 3)
    assert still.pixels.dtype == np.uint8
    red = (still.pixels[:, :, 0] > 150) & (still.pixels[:, :, 1] < 100)
    rows, columns = np.flatnonzero(red.any(1)), np.flatnonzero(red.any(0))
    assert rows[0] > 0
    assert rows[-1] < made.height - 1, "the product is cut"
    assert columns[0] > 0
    assert columns[-1] < made.width - 1, "the product is cut"
    assert still.subject is not None
    assert still.subject.x0 - 0.02 <= columns[0] / made.width
    assert columns[-1] / made.width <= still.subject.x1 + 0.02
    wide, tall = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    assert wide / tall == pytest.approx(0.2 * photo_size[0] / (0.6 * photo_size[1]), rel=0.12), "stretched"


def test_its_colours_are_those_of_the_photo(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    still = first_of(planned(drawn_photo(photo)), photo)
    middle = still.pixels[still.pixels.shape[0] // 2 - 20, still.pixels.shape[1] // 2]
    assert np.abs(middle.astype(int) - (200, 40, 40)).max() <= 4


def test_both_pictures_are_composed_for_a_camera_at_rest(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    image = drawn_photo(photo)
    made = planned(image, move=Move.PUSH, last_image=image)
    first = first_of(made, photo)
    assert np.array_equal(first.pixels, last_of(made, photo).pixels)
    assert np.array_equal(first.pixels, first_of(planned(image, move=Move.TRUCK_LEFT, seed=4), photo).pixels)
    with pytest.raises(ValueError, match="without a last image"):
        last_of(planned(image), photo)


def test_a_clips_own_frame_is_shown_untouched(tmp_path: Path) -> None:
    frame = np.random.default_rng(0).integers(0, 255, (320, 192, 3), np.uint8)
    path = tmp_path / "frame.png"
    assert cv2.imwrite(str(path), frame)
    image = ImageRef(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, 192, 320)
    made = planned(image, framing=Framing.EXACT)
    assert np.array_equal(first_of(made, path).pixels, frame[:, :, ::-1])
    twice = cv2.resize(frame, (384, 640), interpolation=cv2.INTER_NEAREST)
    assert cv2.imwrite(str(path), twice)
    scaled = first_of(replace(made, image=replace(image, width=384, height=640)), path)
    assert np.abs(scaled.pixels.astype(int) - frame[:, :, ::-1]).max() <= 1


def test_a_photo_that_is_not_the_planned_one_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    made = planned(drawn_photo(photo))
    with pytest.raises(MediaBroken, match="another size than this shot was planned with"):
        first_of(replace(made, image=replace(made.photo, width=321)), photo)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_any_colour_becomes_the_standards_numbers(colour: tuple[int, int, int]) -> None:
    """ITU-R BT.709-6, limited range, written out in floating point."""
    red, green, blue = (value / 255 for value in colour)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    wanted = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
    planes = np.empty((6, 4), np.uint8)
    to_planes(np.full((4, 4, 3), colour, np.uint8), planes)
    got = planes[0, 0], planes.reshape(-1)[16], planes.reshape(-1)[20]
    assert np.abs(np.array(got, float) - wanted).max() <= 0.51
    assert all(len(set(part)) == 1 for part in (planes[:4].ravel().tolist(), planes.reshape(-1)[16:20].tolist()))


def test_chroma_lies_where_players_look_for_it() -> None:
    """On the left pixel of each pair across, half-way between two rows down."""
    for axis, offset in ((1, 0.0), (0, 0.5)):
        ramp = np.linspace(60, 200, 64).reshape((1, 64) if axis else (64, 1)) * np.ones((64, 64))
        frame = np.dstack([ramp, np.full((64, 64), 128.0), np.full((64, 64), 128.0)]).round().astype(np.uint8)
        planes = np.empty((96, 64), np.uint8)
        to_planes(frame, planes)
        red = planes.reshape(-1)[64 * 64 * 5 // 4 :].reshape(32, 32).astype(float).mean(1 - axis)
        value = (red - 128) / 224 * 1.5748 * 255 + 128
        # R - Y' = (1 - 0.2126) (R - 128) where the other two stay at 128
        places = ((value - 128) / (1 - 0.2126) + 128 - 60) / (200 - 60) * 63
        assert (places - 2 * np.arange(32))[4:-4].mean() == pytest.approx(offset, abs=0.2)


def test_colours_survive_the_clip(tmp_path: Path) -> None:
    frame = np.zeros((64, 96, 3), np.uint8)
    colours = [(235, 64, 52), (52, 235, 64), (64, 52, 235), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
    for index, colour in enumerate(colours):
        frame[:, index * 16 : (index + 1) * 16] = colour
    planes = np.empty((96, 96), np.uint8)
    to_planes(frame, planes)
    with ClipWriter(tmp_path / "clip.mp4", 96, 64, 24) as writer:
        for _ in range(3):
            writer.write(planes)
    with opened(tmp_path / "clip.mp4") as container:
        shown = list(container.decode(video=0))[-1].to_ndarray(format="rgb24", src_colorspace="itu709")
    for index, colour in enumerate(colours):
        assert np.abs(shown[32, index * 16 + 8].astype(int) - colour).max() <= 6
