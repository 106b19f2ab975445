"""The covers of one film: which platforms get one, what stands on it, and what happens where words do not fit."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from generation.deliver.cover_set import cover_set, titles_of
from generation.deliver.platforms import platforms
from generation.domain.timeline import Overlay, OverlayKind
from generation.errors import MediaBroken
from tests.generation.footage import small_timeline


@pytest.fixture
def poster(tmp_path: Path) -> Path:
    path = tmp_path / "poster.jpg"
    Image.new("RGB", (270, 480), (120, 70, 40)).save(path)
    return path


def test_the_title_is_the_opening_line_then_the_headline() -> None:
    ad = small_timeline()
    assert titles_of(ad) == ("早上起不来|这杯帮你醒", "一口下去|都醒了")
    two_pages = replace(
        ad, overlays=(*ad.overlays, Overlay("more", OverlayKind.CAPTION, 20, 36, "真的")),
    )  # fmt: skip
    assert titles_of(two_pages)[0] == "早上起不来|这杯帮你醒|真的"
    assert titles_of(replace(ad, overlays=(), shots=ad.shots[:-1])) == ()


def test_each_platform_of_the_shape_gets_its_cover(poster: Path) -> None:
    made = list(cover_set("9:16", poster, ("早上起不来",)))
    assert [item.platform for item in made] == ["douyin", "kuaishou", "channels", "tiktok", "reels", "shorts"]
    assert all(item.titled for item in made)
    sizes = {place.code: asked.size for place in platforms() for asked in place.covers if asked.aspect == "9:16"}
    for item in made:
        assert (item.cover.width, item.cover.height) == (sizes[item.platform] or (270, 480))
        with Image.open(io.BytesIO(item.cover.jpeg)) as picture:
            assert picture.size == (item.cover.width, item.cover.height)
    assert list(cover_set("4:5", poster, ("早上起不来",))) == []


@pytest.mark.slow
def test_words_that_do_not_fit_give_way_to_the_next_or_to_none(poster: Path) -> None:
    long = "这一行字太长了" * 9
    bare = {item.platform: item.cover.jpeg for item in cover_set("9:16", poster, ())}
    none = list(cover_set("9:16", poster, (long,)))
    assert [(item.titled, item.cover.jpeg == bare[item.platform]) for item in none] == [(False, True)] * 6
    second = {item.platform: item.cover.jpeg for item in cover_set("9:16", poster, (long, "早上起不来"))}
    first = {item.platform: item.cover.jpeg for item in cover_set("9:16", poster, ("早上起不来",))}
    assert second == first
    assert first["kuaishou"] != bare["kuaishou"]


def test_a_poster_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "poster.jpg").write_bytes(b"no picture")
    with pytest.raises(MediaBroken, match="cut the ad again"):
        list(cover_set("9:16", tmp_path / "poster.jpg", ("早上起不来",)))
