"""Places inside the safe box on every aspect, and how a clip is laid into another one without losing its subject."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generation.domain.geometry import Box
from generation.domain.layout import (
    ASPECTS,
    MAX_ENLARGE,
    LayoutImpossible,
    PixelBox,
    Zone,
    canvas_for,
    place,
    place_beside,
    reframe,
    safe_pixels,
    scaled,
    zone,
)
from generation.domain.timeline import Canvas

MASTER = Canvas(1080, 1920)
aspects = st.sampled_from(sorted(ASPECTS))
safe_boxes = st.builds(
    Box, st.floats(0.0, 0.2), st.floats(0.0, 0.2), st.floats(0.75, 1.0), st.floats(0.6, 1.0)
)  # fmt: skip
short_sides = st.sampled_from([216, 360, 540, 720, 1080])


def subjects() -> st.SearchStrategy[Box]:
    edges = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted).filter(lambda pair: pair[1] - pair[0] > 0.02)
    return st.tuples(edges, edges).map(lambda pairs: Box(pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]))


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        ("9:16", (1080, 1920)),
        ("1:1", (1080, 1080)),
        ("16:9", (1920, 1080)),
        ("3:4", (1080, 1440)),
        ("4:5", (1080, 1350)),
    ],
)
def test_canvases(aspect: str, size: tuple[int, int]) -> None:
    made = canvas_for(aspect, MASTER)
    assert (made.width, made.height, made.fps) == (*size, 30)


def test_an_unknown_aspect_is_refused() -> None:
    with pytest.raises(LayoutImpossible, match="aspect '2:1' is unknown"):
        canvas_for("2:1", MASTER)


def test_lengths_scale_with_the_short_side() -> None:
    assert scaled(88, MASTER) == 88
    assert scaled(88, Canvas(216, 384)) == pytest.approx(17.6)
    assert scaled(88, Canvas(1920, 1080)) == 88


@given(aspects, safe_boxes, short_sides)
def test_zones_lie_in_the_safe_box_and_never_touch_each_other(aspect: str, safe: Box, short: int) -> None:
    canvas = canvas_for(aspect, Canvas(short, short * 16 // 9 // 2 * 2))
    inside = safe_pixels(canvas, safe)
    zones = [zone(kind, canvas, safe) for kind in Zone]
    for index, one in enumerate(zones):
        assert inside.contains(one)
        assert not any(value % 2 for value in (one.x, one.y, one.width, one.height))
        assert not any(one.overlaps(other) for other in zones[index + 1 :])


@given(aspects, safe_boxes, st.sampled_from(list(Zone)), st.integers(2, 1200), st.integers(2, 500))
def test_what_is_placed_lies_in_its_zone_or_is_refused(
    aspect: str, safe: Box, kind: Zone, width: int, height: int
) -> None:
    canvas = canvas_for(aspect, MASTER)
    home = zone(kind, canvas, safe)
    if width > home.width or height > home.height:
        with pytest.raises(LayoutImpossible, match=f"{kind} of"):
            place(kind, width, height, canvas, safe)
        return
    box = place(kind, width, height, canvas, safe)
    assert home.contains(box)
    assert (box.width - width, box.height - height) in {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert box.x % 2 == box.y % 2 == 0


def test_a_price_tag_stands_beside_the_product() -> None:
    safe = Box(0.06, 0.0782, 0.8611, 0.75)
    left_product, right_product = PixelBox(0, 300, 400, 800), PixelBox(500, 300, 500, 800)
    home = zone(Zone.PRICE_TAG, MASTER, safe)
    right = place_beside(Zone.PRICE_TAG, 400, 150, MASTER, safe, [left_product])
    left = place_beside(Zone.PRICE_TAG, 400, 150, MASTER, safe, [right_product])
    assert (right.right, right.y) == (home.right, home.y)
    assert (left.x, left.y) == (home.x, home.y)
    assert place_beside(Zone.PRICE_TAG, 400, 150, MASTER, safe, []) == place(Zone.PRICE_TAG, 400, 150, MASTER, safe)


@given(aspects, subjects())
def test_a_reframed_product_lies_on_the_canvas(aspect: str, subject: Box) -> None:
    canvas = canvas_for(aspect, MASTER)
    box = reframe(MASTER.width, MASTER.height, canvas, subject).shown(subject, MASTER.width, MASTER.height)
    assert -4 <= box.x <= box.right <= canvas.width + 4
    assert -4 <= box.y <= box.bottom <= canvas.height + 4


def test_a_caption_is_centred_on_the_picture_when_the_safe_box_is_nearly_so() -> None:
    box = place(Zone.CAPTION, 400, 100, MASTER, Box(120 / 1080, 0.15, 888 / 1080, 0.65))
    assert (box.x + box.right) / 2 == 540
    assert box.bottom == 1248
    lopsided = Box(0.4, 0.15, 0.95, 0.65)
    box = place(Zone.CAPTION, 400, 100, MASTER, lopsided)
    assert abs((box.x + box.right) / 2 - 0.675 * 1080) <= 2


@given(aspects, subjects(), short_sides)
def test_reframing_keeps_the_subject_and_stays_on_both_pictures(aspect: str, subject: Box, short: int) -> None:
    canvas = canvas_for(aspect, MASTER)
    width, height = short, short * 16 // 9 // 2 * 2
    made = reframe(width, height, canvas, subject)
    window, target = made.window, made.target
    assert PixelBox(0, 0, width, height).contains(window)
    assert PixelBox(0, 0, canvas.width, canvas.height).contains(target)
    assert not any(value % 2 for box in (window, target) for value in (box.x, box.y, box.width, box.height))
    # Rounding to even pixels may cost two of them on either side.
    assert window.y - 3 <= subject.y0 * height
    assert subject.y1 * height <= window.bottom + 3
    assert target.width / window.width == pytest.approx(target.height / window.height, rel=0.03)
    own = canvas_for("9:16", Canvas(1080, 1920)).width / width
    assert target.width / window.width <= MAX_ENLARGE * max(own, 1) * 1.02


@given(subjects(), st.sampled_from([(1920, 1080), (1440, 1080), (1080, 1080)]))
def test_a_wide_clip_loses_only_its_sides(subject: Box, size: tuple[int, int]) -> None:
    made = reframe(*size, MASTER, subject)
    assert made.window.height == size[1]
    assert made.window.x - 3 <= subject.x0 * size[0]
    assert subject.x1 * size[0] <= made.window.right + 3


def test_the_same_canvas_changes_nothing() -> None:
    made = reframe(1080, 1920, MASTER, None)
    assert made.identical
    assert made.window == made.target == PixelBox(0, 0, 1080, 1920)


def test_a_small_clip_is_only_enlarged() -> None:
    made = reframe(720, 1280, MASTER, None)
    assert made.fills
    assert not made.identical
    assert made.window == PixelBox(0, 0, 720, 1280)


def test_a_subject_that_fits_is_cropped_to_it() -> None:
    made = reframe(1080, 1920, Canvas(1080, 1080), Box(0.1, 0.5, 0.9, 0.8))
    assert made.fills
    assert made.window == PixelBox(0, 708, 1080, 1080)


@given(subjects())
def test_fill_is_never_a_thin_strip(subject: Box) -> None:
    square = Canvas(1080, 1080)
    made = reframe(1080, 1920, square, subject)
    assume(not made.fills)
    assert made.target.width <= square.width / 1.19


def test_pixel_boxes_know_each_other() -> None:
    one = PixelBox(0, 0, 10, 10)
    assert one.overlaps(PixelBox(8, 8, 10, 10))
    assert not one.overlaps(PixelBox(10, 0, 4, 4))
    assert one.contains(PixelBox(2, 2, 8, 8))
    assert not one.contains(PixelBox(2, 2, 10, 8))
