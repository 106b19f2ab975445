"""The end card on every aspect: its text inside the safe box, its photo on the picture, its entrance in order."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.deliver.safe_zones import safe_zone
from generation.domain.layout import ASPECTS, LayoutImpossible, PixelBox, canvas_for, safe_pixels
from generation.domain.timeline import Canvas, EndCard
from generation.errors import MediaBroken, MediaMissing
from generation.render.endcard import EndCardPicture, draw_endcard
from tests.generation.footage import PHOTO, small_timeline

MASTER = Canvas(360, 640)
CARD = EndCard("一口下去|整个早晨都醒了", "山野咖啡", "¥66", "¥99", "今天下单送滤纸", "点击下方链接", "a", PHOTO)
TEXT_ONLY = EndCard("", "", "", "", "", "Buy now")


def drawn(card: EndCard, files: Mapping[str, Path], aspect: str = "9:16", theme: str = "ember") -> EndCardPicture:
    timeline = replace(small_timeline(MASTER), theme=theme)
    return draw_endcard(card, timeline, 75, canvas_for(aspect, MASTER), safe_zone(aspect).box, files)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@pytest.mark.parametrize("card", [CARD, replace(CARD, headline="Your mornings, awake", offer=""), TEXT_ONLY])
def test_all_text_lies_in_the_safe_box_and_apart(aspect: str, card: EndCard, files: Mapping[str, Path]) -> None:
    picture = drawn(card, files, aspect)
    inside = safe_pixels(canvas_for(aspect, MASTER), safe_zone(aspect).box)
    boxes = []
    for cue in picture.cues:
        rows, columns = np.nonzero(cue.picture[:, :, 3] > 0.6)
        box = PixelBox(
            cue.x + int(columns.min()), cue.y + int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
        )
        assert inside.x - 1 <= box.x
        assert box.right <= inside.right + 1
        assert inside.y - 1 <= box.y
        assert box.bottom <= inside.bottom + 1
        assert not any(box.overlaps(other) for other in boxes)
        boxes.append(box)
    if picture.photo is not None:
        canvas = canvas_for(aspect, MASTER)
        assert PixelBox(0, 0, canvas.width, canvas.height).contains(picture.photo.box)


@pytest.mark.parametrize("theme", ["ember", "ink", "jade", "berry"])
def test_every_theme_gives_readable_text(theme: str, files: Mapping[str, Path]) -> None:
    """The headline differs from the ground behind it by at least 4.5 : 1 (WCAG 2.2, contrast minimum)."""
    picture = drawn(CARD, files, theme=theme)
    headline = picture.cues[1]
    rows, columns = np.nonzero(headline.picture[:, :, 3] > 0.98)
    text = np.median(headline.picture[rows, columns, :3], axis=0)
    luma = float(np.median(picture.ground.luma[headline.y : headline.y + 40]))
    lights = sorted([_light(text), (luma - 16) / 219], reverse=True)
    linear = [max(value, 0.0) ** 2.2 for value in lights]
    assert (linear[0] + 0.05) / (linear[1] + 0.05) >= 4.5


def _light(rgb: np.ndarray) -> float:
    return float(rgb @ np.array([0.2126, 0.7152, 0.0722]))


def test_parts_enter_in_turn_and_then_all_are_there(files: Mapping[str, Path]) -> None:
    picture = drawn(CARD, files)
    starts = [cue.start for cue in picture.cues]
    assert starts[0] > 0
    assert len(set(starts)) == len(starts)
    before = picture.frame(-5)
    assert np.array_equal(before.flat, picture.ground.flat)
    late = picture.frame(60)
    for cue in picture.cues:
        assert cue.start < 30
        assert not np.array_equal(
            late.luma[cue.y : cue.y + 30, max(cue.x, 0) : cue.x + 60],
            picture.ground.luma[cue.y : cue.y + 30, max(cue.x, 0) : cue.x + 60],
        )


def test_the_photo_comes_nearer_and_never_jumps(files: Mapping[str, Path]) -> None:
    picture = drawn(replace(TEXT_ONLY, image="a", image_sha256=PHOTO), files)
    photo = picture.photo
    assert photo is not None
    part = (slice(photo.box.y, photo.box.bottom), slice(photo.box.x, photo.box.right))
    frames = [picture.frame(at).luma[part].astype(float) for at in range(12, 75)]
    steps = [float(np.abs(after - before).mean()) for before, after in pairwise(frames)]
    assert max(steps) < 4.0
    assert float(np.abs(frames[-1] - frames[5]).mean()) > 1.0


@pytest.mark.parametrize("size", [(300, 300), (900, 300), (200, 700)])
def test_a_photo_of_any_shape_is_shown_whole_or_nearly(size: tuple[int, int], tmp_path: Path) -> None:
    """A red rim of 12 % round a white photo must still be seen at the panel's edges in the middle of two sides."""
    image = Image.new("RGB", size, (200, 20, 20))
    inner = (round(size[0] * 0.76), round(size[1] * 0.76))
    image.paste(Image.new("RGB", inner, (250, 250, 250)), (round(size[0] * 0.12), round(size[1] * 0.12)))
    path = tmp_path / "shape.png"
    image.save(path)
    photo = drawn(replace(TEXT_ONLY, image="a", image_sha256="5" * 64), {"5" * 64: path}).photo
    assert photo is not None
    red = (photo.sheet[:, :, 0] > 0.6) & (photo.sheet[:, :, 1] < 0.3)
    assert red.mean() > 0.1
    assert photo.sheet[:, :, 3].min() == pytest.approx(1.0, abs=1e-5)


def test_a_logo_takes_the_place_of_the_brand_name(files: Mapping[str, Path]) -> None:
    named, with_logo = drawn(CARD, files), drawn(replace(CARD, logo="l", logo_sha256=PHOTO), files)
    assert len(named.cues) == len(with_logo.cues)
    assert named.cues[0].picture.shape != with_logo.cues[0].picture.shape


def test_missing_and_broken_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaMissing, match="upload it again"):
        drawn(CARD, {})
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    with pytest.raises(MediaBroken, match="upload it again"):
        drawn(CARD, {PHOTO: broken})


def test_texts_that_never_fit_are_refused(files: Mapping[str, Path]) -> None:
    with pytest.raises(LayoutImpossible, match="shorten its headline"):
        drawn(replace(CARD, headline="一二三四五六七八九十" * 6), files)
