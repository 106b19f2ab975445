"""Framing: the product is never cut in a medium or wide shot, and nothing is shown that need not be made up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.domain.camera import View, path, reach
from generation.domain.engine_spec import Framing, Move
from generation.domain.framing import MOST_ENLARGED, Aim, Photo, compose, in_photo, on_canvas
from generation.domain.geometry import Box

REST = (View(),)
UPRIGHT = 1920 / 1080
sides = st.integers(600, 2000)
shares = st.floats(0.02, 0.45)
subjects = st.builds(lambda a, b, c, d: Box(a, b, 1 - c, 1 - d), shares, shares, shares, shares)
photos = st.builds(Photo, sides, sides, subjects, st.booleans(), st.booleans())
aspects = st.sampled_from([UPRIGHT, 1.0, 1080 / 1920])
tracks = st.builds(
    lambda move, seed: path(move, 1.0, seed, 12, 30, UPRIGHT), st.sampled_from(list(Move)), st.integers(0, 99)
)


def plain(width: int, height: int, subject: Box | None) -> Photo:
    return Photo(width, height, subject, plain_sides=True, plain_ends=True)


def busy(width: int, height: int, subject: Box | None) -> Photo:
    return Photo(width, height, subject, plain_sides=False, plain_ends=False)


def seen(aim: Aim, aspect: float, views: tuple[View, ...] = REST) -> Box:
    return in_photo(reach(views, aspect), aim)


@given(photos, st.sampled_from([Framing.MEDIUM, Framing.WIDE]), aspects, tracks)
def test_the_product_with_air_stays_in_a_medium_or_wide_shot(
    photo: Photo, framing: Framing, aspect: float, views: tuple[View, ...]
) -> None:
    assert photo.subject is not None
    aim = compose(photo, framing, 1080, views, aspect)
    for view in views:
        shown = on_canvas(photo.subject, photo, aim, (view,), aspect)
        assert shown is not None
        assert min(shown.x0, shown.y0, 1 - shown.x1, 1 - shown.y1) > 0.0


@given(photos, st.sampled_from(list(Framing)), aspects, tracks)
def test_a_photo_is_not_enlarged_too_much_while_there_is_more_of_it(
    photo: Photo, framing: Framing, aspect: float, views: tuple[View, ...]
) -> None:
    aim = compose(photo, framing, 1080, views, aspect)
    enlarged = 1080 / (aim.width * min(view.zoom for view in views))
    everything = max(photo.width, photo.height / aspect)
    assert enlarged <= MOST_ENLARGED * 1.0001 or aim.width >= everything


@given(photos, aspects, tracks)
def test_a_close_shot_stays_within_the_photo(photo: Photo, aspect: float, views: tuple[View, ...]) -> None:
    box = seen(compose(photo, Framing.CLOSE, 64, views, aspect), aspect, views)
    assert min(box.x0, box.y0, photo.width - box.x1, photo.height - box.y1) > -1e-6


@given(photos, tracks)
def test_edges_that_are_not_plain_are_not_continued_where_the_product_fits_inside(
    photo: Photo, views: tuple[View, ...]
) -> None:
    middle = replace(photo, subject=Box(0.45, 0.45, 0.55, 0.55), plain_sides=False, plain_ends=False)
    aspect = photo.height / photo.width
    box = seen(compose(middle, Framing.WIDE, 64, views, aspect), aspect, views)
    assert min(box.x0, box.y0, photo.width - box.x1, photo.height - box.y1) > -1e-6


def test_a_small_product_fills_the_frame_as_its_framing_says() -> None:
    photo = plain(4000, 4000, Box(0.45, 0.45, 0.55, 0.55))
    widths = {framing: compose(photo, framing, 480, REST, 1.0).width for framing in Framing}
    assert widths[Framing.CLOSE] == pytest.approx(400 / 0.74)
    assert widths[Framing.MEDIUM] == pytest.approx(400 / 0.56)
    assert widths[Framing.WIDE] == pytest.approx(4000)


def test_a_wide_shot_of_a_studio_photo_shows_the_product_at_half_the_width() -> None:
    aim = compose(plain(1600, 1067, Box(0.3, 0.4, 0.75, 0.95)), Framing.WIDE, 1080, REST, UPRIGHT)
    assert aim.width == pytest.approx(0.45 * 1600 / 0.5)


def test_a_busy_landscape_photo_is_cropped_where_the_product_fits() -> None:
    aim = compose(busy(1600, 1067, Box(0.45, 0.2, 0.6, 0.8)), Framing.WIDE, 1080, REST, UPRIGHT)
    box = seen(aim, UPRIGHT)
    assert (box.y0, box.y1) == pytest.approx((0, 1067))


def test_a_product_wider_than_the_crop_is_fitted_with_six_hundredths_of_air() -> None:
    aim = compose(busy(1600, 1067, Box(0.2, 0.3, 0.8, 0.7)), Framing.MEDIUM, 1080, REST, UPRIGHT)
    assert aim.width == pytest.approx(0.6 * 1600 * 1.12)
    assert aim.x == pytest.approx(800)


def test_a_product_stands_above_the_captions_on_an_upright_canvas() -> None:
    photo = plain(1000, 4000, Box(0.3, 0.45, 0.7, 0.55))
    aim = compose(photo, Framing.MEDIUM, 480, REST, UPRIGHT)
    shown = on_canvas(Box(0.3, 0.45, 0.7, 0.55), photo, aim, REST, UPRIGHT)
    assert shown is not None
    assert shown.centre == pytest.approx((0.5, 0.415))


def test_an_edge_that_the_photo_cuts_itself_needs_no_air() -> None:
    whole = compose(busy(1000, 1000, Box(0.0, 0.3, 1.0, 0.7)), Framing.MEDIUM, 400, REST, UPRIGHT)
    assert whole.width == pytest.approx(1000 * (1 - 2 * 0.08))


def test_without_a_known_product_the_whole_photo_counts_as_one() -> None:
    box = seen(compose(busy(1600, 900, None), Framing.MEDIUM, 600, REST, UPRIGHT), UPRIGHT)
    assert box.x0 <= 0.08 * 1600 + 1
    assert box.x1 >= 0.92 * 1600 - 1


def test_a_close_shot_of_a_wide_product_is_a_detail_without_made_up_background() -> None:
    aim = compose(busy(1600, 1067, Box(0.1, 0.2, 0.9, 0.8)), Framing.CLOSE, 1080, REST, UPRIGHT)
    assert aim.width == pytest.approx(1067 / UPRIGHT)


def test_a_tiny_photo_is_shown_whole_rather_than_blown_up() -> None:
    aim = compose(busy(300, 200, Box(0.4, 0.4, 0.6, 0.6)), Framing.CLOSE, 1080, REST, UPRIGHT)
    assert aim.width == 300


def test_the_product_may_leave_a_close_shot() -> None:
    photo = busy(1600, 1067, Box(0.0, 0.0, 0.02, 0.02))
    assert on_canvas(Box(0.9, 0.9, 1.0, 1.0), photo, Aim(200, 200, 300), REST, 1.0) is None


def test_views_are_measured_from_the_aim() -> None:
    assert in_photo(Box(-0.5, -1.0, 0.5, 1.0), Aim(100, 200, 50)) == Box(75, 150, 125, 250)
