"""Stickers loop without a jolt, show the product, and keep to the size that a platform takes."""

from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from generation.errors import Cancelled, CutRefused
from generation.render.yuv import Frame, solid
from generation.shots.sticker import StickerWish, make_sticker, platforms, wish_for
from generation.shots.survey import Survey, survey
from generation.watch import NullWatch
from tests.generation.footage import coffee_pan, write_clip
from tests.generation.makers import StopWatch
from tests.generation.six_shots import Make, set_of, six_shots

pytestmark = pytest.mark.slow  # encodes stickers

SMALL = StickerWish(seconds=1.0, side=96)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    path = tmp_path_factory.mktemp("sticker") / "clip.mp4"
    write_clip(path, 45, coffee_pan(216, 384, 45, 0.2))
    return survey(path, NullWatch())


def frames_of(path: Path) -> list[np.ndarray]:
    with Image.open(path) as sticker:
        found = []
        for number in range(sticker.n_frames):
            sticker.seek(number)
            found.append(np.asarray(sticker.convert("RGB"), dtype=float))
    return found


@pytest.mark.parametrize(("name", "count", "delay"), [("s.gif", 12, 80), ("s.webp", 15, 67)])
def test_a_sticker_loops_for_ever_at_its_length(
    name: str, count: int, delay: int, clip: Survey, tmp_path: Path
) -> None:
    made = make_sticker(clip, SMALL, tmp_path / name, NullWatch())
    assert (made.width, made.height, made.frames) == (96, 170, count)
    assert made.bytes == (tmp_path / name).stat().st_size
    shown = 0
    with Image.open(tmp_path / name) as sticker:
        for number in range(sticker.n_frames):  # a picture that stands for two counts once, twice as long
            sticker.seek(number)
            sticker.load()
            shown += sticker.info["duration"]
        assert sticker.info["loop"] == 0
    assert shown == count * delay


@pytest.mark.parametrize("fades", [False, True])
def test_the_step_from_the_end_to_the_beginning_is_no_larger_than_others(
    fades: bool, clip: Survey, tmp_path: Path
) -> None:
    make_sticker(clip, replace(SMALL, fades=fades), tmp_path / "s.webp", NullWatch())
    frames = frames_of(tmp_path / "s.webp")
    steps = [
        float(np.abs(after - before).mean()) for before, after in zip(frames, [*frames[1:], frames[0]], strict=True)
    ]
    assert steps[-1] <= 1.15 * max(steps[:-1])
    assert max(steps) > 1.0, "nothing moves"


def test_the_colours_are_the_clips(tmp_path: Path) -> None:
    red = np.zeros((96, 96, 4), np.float32)
    red[:, :, 0], red[:, :, 3] = 0.8, 1.0
    write_clip(tmp_path / "clip.mp4", 10, lambda _: solid(red))
    for name in ("s.gif", "s.webp"):
        make_sticker(survey(tmp_path / "clip.mp4", NullWatch()), SMALL, tmp_path / name, NullWatch())
        assert np.abs(frames_of(tmp_path / name)[0] - [204, 0, 0]).max() < 9


def test_a_square_keeps_the_product_whole(tmp_path: Path) -> None:
    def picture(number: int) -> Frame:
        sheet = np.full((384, 216, 4), 0.85, np.float32)
        sheet[:, :, 3] = 1.0
        cv2.rectangle(sheet, (60 + number % 3, 230), (150, 350), (0.7, 0.1, 0.1, 1.0), -1)
        return solid(sheet)

    write_clip(tmp_path / "clip.mp4", 20, picture)
    wish = replace(SMALL, square=True, side=108)
    made = make_sticker(survey(tmp_path / "clip.mp4", NullWatch()), wish, tmp_path / "s.webp", NullWatch())
    assert (made.width, made.height) == (108, 108)
    for frame in frames_of(tmp_path / "s.webp"):
        red = (frame[:, :, 0] > 130) & (frame[:, :, 1] < 90)
        assert red.sum() == pytest.approx(91 * 121 / 4, rel=0.1), "a part of the product was cut off"


def test_a_file_is_made_small_enough_or_refused(clip: Survey, tmp_path: Path) -> None:
    free = make_sticker(clip, SMALL, tmp_path / "s.gif", NullWatch())
    most = free.bytes * 2 // 3
    less = make_sticker(clip, replace(SMALL, most=most), tmp_path / "s.gif", NullWatch())
    assert less.bytes <= most < free.bytes
    before = (tmp_path / "s.gif").read_bytes()
    with pytest.raises(CutRefused, match="more than 2: make it shorter or smaller"):
        make_sticker(clip, replace(SMALL, most=2000), tmp_path / "s.gif", NullWatch())
    assert (tmp_path / "s.gif").read_bytes() == before


def test_platforms_are_data_with_source_and_date(tmp_path: Path) -> None:
    assert all(rules["source"].startswith("http") and rules["read"] for rules in platforms().values())
    assert wish_for("wechat", SMALL, Path("s.gif")) == replace(SMALL, side=240, most=500_000, square=True)
    with pytest.raises(CutRefused, match="choose one of wechat, whatsapp"):
        wish_for("fax", SMALL, Path("s.gif"))
    with pytest.raises(CutRefused, match="whatsapp takes .webp, not '.gif'"):
        wish_for("whatsapp", SMALL, Path("s.gif"))


def test_a_turned_clip_stands_upright(tmp_path: Path) -> None:
    film = six_shots(tmp_path / "clip.mp4", Make(rotation=90, rate=Fraction(30)))
    made = make_sticker(survey(film, NullWatch()), SMALL, tmp_path / "s.webp", NullWatch())
    assert (made.width, made.height) == (96, 54)


@pytest.mark.parametrize(
    ("wish", "name", "message"),
    [
        (replace(SMALL, seconds=0.1), "s.gif", "lasts 0.5 to 10 s, not 0.1"),
        (replace(SMALL, side=2000), "s.gif", "64 to 1080 pixels wide, not 2000"),
        (SMALL, "s.mp4", "must end in .gif or .webp, not '.mp4'"),
    ],
)
def test_what_cannot_be_made_is_refused(
    wish: StickerWish, name: str, message: str, clip: Survey, tmp_path: Path
) -> None:
    before = set_of(tmp_path)
    with pytest.raises(CutRefused, match=message):
        make_sticker(clip, wish, tmp_path / name, NullWatch())
    assert set_of(tmp_path) == before


@pytest.mark.parametrize("at", [0, 7, 15])
def test_a_cancel_leaves_nothing(at: int, clip: Survey, tmp_path: Path) -> None:
    before = set_of(tmp_path)
    with pytest.raises(Cancelled):
        make_sticker(clip, SMALL, tmp_path / "s.gif", StopWatch(Cancelled("enough"), at))
    assert set_of(tmp_path) == before


def test_the_command(clip: Survey, tmp_path: Path) -> None:
    told = StringIO()
    options = ["--seconds", "0.5", "--for", "wechat"]
    call_command("sticker", "--clip", str(clip.path), "--out", str(tmp_path / "s.gif"), *options, stdout=told)
    assert "6 frames of 240x240 at 12.5 fps" in told.getvalue()
    with pytest.raises(CommandError, match="there is no clip"):
        call_command("sticker", "--clip", "none.mp4", "--out", "s.gif")
