"""Covers and previews: the platform's size, the label still in them, and nothing left behind where they fail."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.deliver.aigc import read_aigc
from generation.deliver.covers import cover
from generation.deliver.platforms import platform, platforms
from generation.deliver.previews import preview_gif, preview_mp4, preview_webp
from generation.deliver.readback import decoded
from generation.errors import CutRefused, DeliverableRefused, FfmpegFailed, GenerationError, MediaBroken, MissingGlyph
from generation.ffmpeg import probe
from tests.generation.finished import finished


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("finished") / "ad.mp4", frames=105)


@pytest.fixture(scope="module")
def poster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poster") / "poster.jpg"
    Image.new("RGB", (1080, 1920), (150, 120, 100)).save(path)
    return path


def test_the_preview_is_small_silent_and_carries_its_labels(film: Path, tmp_path: Path) -> None:
    made = preview_mp4(film, tmp_path / "preview.mp4")
    facts = probe(made)
    assert (facts.width, facts.height, facts.fps, facts.frames) == (360, 640, 15, 53)
    assert dict(read_aigc(made)) == dict(read_aigc(film))
    assert made.stat().st_size < film.stat().st_size
    shown, small = decoded(film, [0])[0].luma, decoded(made, [0])[0].luma
    whole = np.asarray(Image.fromarray(shown).resize((360, 640), Image.Resampling.BOX), float)
    assert np.corrcoef(whole.ravel(), small.astype(float).ravel())[0, 1] > 0.97  # the label with its picture
    assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".mp4"]


def test_a_webp_shows_the_first_three_seconds_and_a_gif_all(film: Path, tmp_path: Path) -> None:
    with Image.open(preview_webp(film, tmp_path / "p.webp")) as webp:
        assert (webp.format, webp.size, webp.n_frames) == ("WEBP", (360, 640), 30)
    with Image.open(preview_gif(film, tmp_path / "p.gif")) as gif:
        assert (gif.format, gif.size, gif.n_frames) == ("GIF", (270, 480), 28)


@pytest.mark.slow
def test_a_preview_of_a_film_without_metadata_is_not_given_out(tmp_path: Path) -> None:
    bare = finished(tmp_path / "bare.mp4", frames=66, metadata="")
    with pytest.raises(DeliverableRefused, match="0 AIGC labels"):
        preview_mp4(bare, tmp_path / "preview.mp4")
    assert not (tmp_path / "preview.mp4").exists()


@pytest.mark.parametrize("make", [preview_mp4, preview_webp, preview_gif])
def test_what_is_no_film_gives_no_preview(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "no.mp4").write_bytes(b"no film")
    with pytest.raises((MediaBroken, FfmpegFailed)):
        make(tmp_path / "no.mp4", tmp_path / "out.mp4")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["no.mp4"]


@pytest.mark.parametrize(
    ("code", "size", "known"),
    [("kuaishou", (1080, 1920), True), ("douyin", (1080, 1920), False), ("reels", (1080, 1920), True)],
)
def test_a_cover_has_the_platforms_size(code: str, size: tuple[int, int], known: bool, poster: Path) -> None:
    made = cover(platform(code), "9:16", poster)
    assert ((made.width, made.height), made.known) == (size, known)
    with Image.open(io.BytesIO(made.jpeg)) as picture:
        assert (picture.format, picture.size) == ("JPEG", size)


def test_a_title_stands_inside_the_platforms_safe_box(poster: Path) -> None:
    bare, titled = (
        np.asarray(Image.open(io.BytesIO(cover(platform("reels"), "9:16", poster, title).jpeg)).convert("L"), float)
        for title in ("", "一口下去|都醒了")
    )
    rows, columns = np.nonzero(np.abs(titled - bare) > 30)
    box = platform("reels").zone("9:16").box
    assert box.y0 * 1920 - 2 <= rows.min() < rows.max() <= box.y1 * 1920 + 2
    assert box.x0 * 1080 - 2 <= columns.min() < columns.max() <= box.x1 * 1080 + 2
    assert len(rows) > 5000


@pytest.mark.parametrize(
    ("title", "error", "message"),
    [
        ("这杯咖啡真的很好喝啊" * 4, CutRefused, "does not fit"),
        ("一|二|三", CutRefused, "at most 2 lines, this one has 3"),
        ("قهوة", MissingGlyph, "قهوة"),
    ],
)
def test_a_title_that_cannot_be_set_is_refused(
    title: str, error: type[GenerationError], message: str, poster: Path
) -> None:
    with pytest.raises(error, match=message):
        cover(platform("reels"), "9:16", poster, title)


def test_a_cover_of_another_shape_or_of_no_picture_is_refused(poster: Path, tmp_path: Path) -> None:
    with pytest.raises(CutRefused, match=r"a cover on Xiaohongshu is 3:4, not 9:16"):
        cover(platform("xiaohongshu"), "9:16", poster)
    with pytest.raises(CutRefused, match="1080x1920 gives no 3:4 cover"):
        cover(platform("xiaohongshu"), "3:4", poster)
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaBroken, match=r"no\.jpg cannot be read"):
        cover(platform("reels"), "9:16", tmp_path / "no.jpg")


@pytest.mark.parametrize("code", [place.code for place in platforms()])
def test_every_cover_size_is_of_its_shape(code: str) -> None:
    for asked in platform(code).covers:
        across, down = (int(part) for part in asked.aspect.split(":"))
        assert asked.size is None or asked.size[0] / asked.size[1] == pytest.approx(across / down, rel=0.01)
