"""Joined films in a real Chromium: they play over their joins, and a seek shows the picture of that moment."""

import base64
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from generation.deliver.readback import decoded
from generation.render.yuv import to_rgb
from generation.segments.batch import Variant, cut_variants
from generation.segments.film import segments_of
from generation.watch import NullWatch
from tests.generation.footage import PHOTO, save_photo
from tests.generation.variants import batch, footage

SMALL = (27, 48)
LIKE = 6.0  # mean difference of colour values, of 255; neighbouring shots differ by more than 20
OPEN = """data => new Promise((done, failed) => {
  const film = document.createElement('video');
  film.muted = true;
  film.onloadeddata = () => done([film.duration, film.videoWidth, film.videoHeight]);
  film.onerror = () => failed(film.error.message);
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  film.src = URL.createObjectURL(new Blob([bytes], {type: 'video/mp4'}));
  document.body.append(film);
})"""
SEEK = """([at, width, height]) => new Promise((done, failed) => {
  const film = document.querySelector('video');
  film.onerror = () => failed(film.error.message);
  film.requestVideoFrameCallback((now, shown) => {
    const sheet = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
    sheet.imageSmoothingQuality = 'high';
    sheet.drawImage(film, 0, 0, width, height);
    done([film.currentTime, shown.mediaTime, Array.from(sheet.getImageData(0, 0, width, height).data)]);
  });
  film.currentTime = at;
})"""
PLAY = """() => { const film = document.querySelector('video'); film.currentTime = 2.9; return film.play(); }"""


@pytest.fixture(scope="module", params=[0, 8], ids=["cuts", "dissolves"])
def joined(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Variant:
    folder = tmp_path_factory.mktemp("joined")
    orders = batch(2, 1, 1, dissolve=request.param)
    clips, files = footage(folder, orders), {PHOTO: save_photo(folder)}
    found: list[Variant] = []
    cut_variants(orders, clips, files, folder / "out", NullWatch(), found.append)
    return found[1]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def shown_at(page: Page, frame: int) -> tuple[float, float, np.ndarray]:
    """(time, time of the picture, the picture) after a seek into the middle of a frame."""
    now, of_picture, values = page.evaluate(SEEK, [(frame + 0.5) / 30, *SMALL])
    return now, of_picture, np.array(values, np.float32).reshape(SMALL[1], SMALL[0], 4)[..., :3]


def expected_at(path: Path, frame: int) -> np.ndarray:
    picture = to_rgb(decoded(path, [frame])[frame])
    return cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA).astype(np.float32)


@pytest.mark.browser
def test_a_joined_film_can_be_sought_and_shows_the_picture_of_that_moment(page: Page, joined: Variant) -> None:
    assert joined.delivered is not None
    video, frames = joined.delivered.video, joined.delivered.frames
    length, width, height = page.evaluate(OPEN, base64.b64encode(video.read_bytes()).decode())
    assert abs(length - frames / 30) <= 1 / 30
    assert (width, height) == (216, 384)
    begins = [segment.start for segment in segments_of(joined.order)]
    wanted = [0, 40, *begins[1:], *(at - 1 for at in begins[1:]), frames - 2, 60]
    for frame in wanted:
        now, of_picture, picture = shown_at(page, frame)
        assert abs(now - (frame + 0.5) / 30) < 0.002
        assert abs(of_picture - frame / 30) < 0.002
        assert np.abs(picture - expected_at(video, frame)).mean() < LIKE, f"frame {frame}"


@pytest.mark.browser
def test_a_joined_film_plays_over_its_joins(page: Page, joined: Variant) -> None:
    assert joined.delivered is not None
    page.evaluate(OPEN, base64.b64encode(joined.delivered.video.read_bytes()).decode())
    page.evaluate(PLAY)
    page.wait_for_function("document.querySelector('video').ended", timeout=60_000)
    end = page.evaluate("[document.querySelector('video').currentTime, document.querySelector('video').error]")
    assert abs(end[0] - joined.delivered.frames / 30) <= 1 / 30
    assert end[1] is None
