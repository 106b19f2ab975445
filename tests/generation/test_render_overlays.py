"""Captions, price tag, brand mark and AI label: inside the safe box on every aspect, and moving as they should."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.deliver.safe_zones import safe_zone
from generation.domain.captions import CaptionTooLong
from generation.domain.geometry import Box
from generation.domain.layout import ASPECTS, LayoutImpossible, PixelBox, Zone, canvas_for, safe_pixels, zone
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.errors import CutRefused, MissingGlyph
from generation.render.brand_mark import brand_mark_cue
from generation.render.captions import caption_cues
from generation.render.label import ai_label
from generation.render.palette import caption_styles, theme
from generation.render.price_tag import price_tag_cue
from generation.render.stage import MOTIONS, Cue, Pose, draw_all
from generation.render.staging import stage_ad
from tests.generation.footage import grey, small_timeline

MASTER = Canvas(360, 640)
STYLES = list(caption_styles())


def caption(text: str, style: str = "bold_center", start: int = 0, end: int = 75, name: str = "c") -> Overlay:
    return Overlay(name, OverlayKind.CAPTION, start, end, text, style)


def cues_of(*overlays: Overlay, canvas: Canvas = MASTER, aspect: str = "9:16") -> tuple[list[Cue], list[str]]:
    return caption_cues(overlays, small_timeline(), canvas_for(aspect, canvas), safe_zone(aspect).box)


def ink(cue: Cue) -> PixelBox:
    """Where a sprite is clearly there; its soft shadow is not counted."""
    rows, columns = np.nonzero(cue.picture[:, :, 3] > 0.6)
    return PixelBox(
        cue.x + int(columns.min()),
        cue.y + int(rows.min()),
        int(np.ptp(columns)) + 1,
        int(np.ptp(rows)) + 1,
    )


def assert_inside(cue: Cue, canvas: Canvas, safe: Box) -> None:
    home, box = safe_pixels(canvas, safe), ink(cue)
    assert home.x - 1 <= box.x
    assert box.right <= home.right + 1
    assert home.y - 1 <= box.y
    assert box.bottom <= home.bottom + 1


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@pytest.mark.parametrize("style", STYLES)
def test_captions_lie_in_the_safe_box(aspect: str, style: str) -> None:
    texts = ["到手价¥66|一口下去整个早晨都醒了☕", "Wake up slow? This cup helps you", "gypsy jungle, quay 66"]
    seconds = ["One sip, wide awake", "一口就醒", ""]
    small = Canvas(216, 384)
    overlays = [
        replace(caption(text, style, 75 * at, 75 * at + 75, f"c{at}"), second_text=second)
        for at, (text, second) in enumerate(zip(texts, seconds, strict=True))
    ]
    cues, notes = cues_of(*overlays, canvas=small, aspect=aspect)
    assert notes == []
    for cue in cues:
        assert_inside(cue, canvas_for(aspect, small), safe_zone(aspect).box)


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="好喝咖啡一杯清晨香浓0123 ABcde，！|", min_size=1, max_size=28), st.sampled_from(STYLES))
def test_any_text_is_set_inside_the_safe_box_or_refused_by_name(text: str, style: str) -> None:
    if not text.replace("|", "").strip("，！ "):
        return
    try:
        cues, _ = cues_of(caption(text, style))
    except CaptionTooLong as refusal:
        cues, named = [], refusal.text
        assert named == text.replace("|", "")
    for cue in cues:
        assert_inside(cue, MASTER, safe_zone("9:16").box)


def test_pages_of_a_long_caption_follow_each_other_without_a_gap() -> None:
    cues, _ = cues_of(caption("云南高山咖啡豆|手工采摘|日晒处理|中度烘焙|浓香不苦|每天一杯刚刚好", start=30, end=180))
    assert len(cues) > 1
    assert (cues[0].start, cues[-1].end) == (30, 180)
    assert [cue.end for cue in cues[:-1]] == [cue.start for cue in cues[1:]]
    assert min(cue.end - cue.start for cue in cues) >= 15


def test_one_type_size_for_the_whole_ad() -> None:
    short = caption("好喝", name="a", end=30)
    long = caption("清晨的第一口手冲咖啡香|慢慢醒过来的周末早上", name="b", start=30, end=60)
    alone = ink(cues_of(short)[0][0]).height
    together = ink(cues_of(short, long)[0][0]).height
    assert together < alone


def test_a_caption_without_room_or_time_is_refused_by_name() -> None:
    with pytest.raises(CaptionTooLong, match="一二三"):
        cues_of(caption("一二三四五六七八九十" * 8, end=20))


def test_emoji_are_drawn_and_missing_letters_refused() -> None:
    cues, notes = cues_of(caption("好喝😋"))
    assert len(cues) == 1
    assert notes == []
    _, notes = cues_of(caption("好喝\U0001fadd"))
    assert notes == [f"c: {chr(0x1FADD)!r} left out, no typeface of ours has it"]
    with pytest.raises(MissingGlyph):
        cues_of(caption("தமிழ்"))


def test_a_caption_of_emoji_alone_is_set_or_refused_by_name() -> None:
    cues, _ = cues_of(caption("😋👍🏽🎁"))
    assert_inside(cues[0], MASTER, safe_zone("9:16").box)
    with pytest.raises(CutRefused, match=r"the caption 'c' .* has nothing that can be drawn"):
        cues_of(caption("\U0001fadd"))


@pytest.mark.slow
def test_a_caption_of_300_characters_is_paged_given_time_and_refused_by_name_without() -> None:
    text = "这款咖啡豆来自云南高山，手工采摘日晒处理，" * 15
    cues, _ = cues_of(caption(text, end=1800))
    assert len(cues) > 10
    assert (cues[0].start, cues[-1].end) == (0, 1800)
    with pytest.raises(CaptionTooLong, match="这款咖啡豆来自云南高山"):
        cues_of(caption(text, end=90))


def test_an_unknown_style_or_theme_names_the_known_ones() -> None:
    with pytest.raises(CutRefused, match="no caption style 'loud': choose one of bold_center, highlight"):
        cues_of(caption("好", "loud"))
    with pytest.raises(CutRefused, match="no theme 'mud': choose one of ember"):
        theme("mud")


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@pytest.mark.parametrize("master", [Canvas(216, 384), Canvas(540, 960), Canvas(1080, 1920)])
@pytest.mark.parametrize("text", ["AI生成", "AI 合成"])
def test_the_label_obeys_the_law_on_every_canvas(aspect: str, master: Canvas, text: str) -> None:
    canvas, safe = canvas_for(aspect, master), safe_zone(aspect).box
    label = ai_label(text, 450, canvas, safe)
    assert label.smallest_glyph >= 0.05 * min(canvas.width, canvas.height)
    assert label.cue.start == 0
    assert label.cue.pose(0) == Pose()
    assert label.solid_until / canvas.fps >= 2.5
    assert label.cue.end == 90
    assert_inside(label.cue, canvas, safe)
    assert safe_pixels(canvas, safe).contains(label.box)


def test_a_label_that_is_too_long_for_its_place_is_refused() -> None:
    with pytest.raises(LayoutImpossible, match="label of"):
        ai_label("人工智能生成", 450, MASTER, safe_zone("9:16").box)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_tag_and_mark_lie_in_the_safe_box(aspect: str) -> None:
    canvas, safe = canvas_for(aspect, MASTER), safe_zone(aspect).box
    tag = Overlay("p", OverlayKind.PRICE_TAG, 10, 60, "¥1,299.00", second_text="¥1,599.00")
    assert_inside(price_tag_cue(tag, theme("jade"), canvas, safe), canvas, safe)
    mark = Overlay("m", OverlayKind.BRAND_MARK, 0, 60, "SHANYE COFFEE CO")
    assert_inside(brand_mark_cue(mark, canvas, safe), canvas, safe)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_a_price_tag_takes_the_corner_of_the_label_once_that_is_gone(aspect: str) -> None:
    canvas, safe = canvas_for(aspect, MASTER), safe_zone(aspect).box
    corner = zone(Zone.LABEL, canvas, safe)
    for start, in_corner in ((60, False), (90, True)):
        tag = Overlay("p", OverlayKind.PRICE_TAG, start, start + 60, "¥899", second_text="¥999")
        cue = price_tag_cue(tag, theme("jade"), canvas, safe)
        assert (cue.y < corner.bottom) == in_corner


def test_texts_that_no_size_can_fit_are_refused() -> None:
    canvas, safe = MASTER, safe_zone("9:16").box
    with pytest.raises(LayoutImpossible, match="price tag .* too long"):
        price_tag_cue(Overlay("p", OverlayKind.PRICE_TAG, 0, 9, "¥" + "9" * 30), theme("ink"), canvas, safe)
    with pytest.raises(LayoutImpossible, match="brand mark .* too long"):
        brand_mark_cue(Overlay("m", OverlayKind.BRAND_MARK, 0, 9, "brand " * 12), canvas, safe)


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_overlays_of_an_ad_never_touch(aspect: str) -> None:
    timeline = small_timeline(Canvas(360, 640))
    staging = stage_ad(replace(timeline, shots=timeline.shots[:-1]), aspect, safe_zone(aspect).box, {})
    boxes = [(ink(cue), cue) for cue in staging.cues]
    for index, (box, cue) in enumerate(boxes):
        for other, after in boxes[index + 1 :]:
            together = max(cue.start, after.start) < min(cue.end, after.end)
            assert not (together and box.overlaps(other))
    assert staging.cues[-1] is staging.label.cue


def cue(start: int = 10, end: int = 40, enter: str = "pop") -> Cue:
    return Cue(np.ones((20, 40, 4), np.float32), 40, 60, start, end, 30, enter=enter)


@pytest.mark.parametrize("enter", sorted(MOTIONS))
def test_a_sprite_is_there_from_its_first_frame_to_its_last_and_never_outside(enter: str) -> None:
    sprite = cue(enter=enter)
    for at in range(50):
        frame = grey(60)
        sprite.draw(frame, at)
        changed = bool((frame.luma != 60).any())
        assert changed == (10 <= at < 40)
    assert sprite.pose(25) == Pose()


def test_opacity_rises_and_falls_steadily() -> None:
    sprite = cue()
    rising = [sprite.pose(at).opacity for at in range(10, 20)]
    falling = [sprite.pose(at).opacity for at in range(34, 40)]
    assert rising == sorted(rising)
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] > 0


def test_what_starts_with_the_picture_is_complete_at_once() -> None:
    assert cue(start=0).pose(0) == Pose()


def test_at_rest_it_stands_exactly_where_it_was_put() -> None:
    frame = grey(60)
    draw_all(frame, [cue()], 25)
    rows, columns = np.nonzero(frame.luma != 60)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (60, 79, 40, 79)
    assert set(np.unique(frame.luma[60:80, 40:80])) == {235}


def test_a_pulse_swells_and_returns() -> None:
    sprite = replace(cue(), pulse=0.05)
    scales = [sprite.pose(at).scale for at in range(19, 35)]
    assert max(scales) == pytest.approx(1.05, abs=0.005)
    assert min(scales) >= 1.0


def test_an_unknown_motion_names_the_known_ones() -> None:
    with pytest.raises(CutRefused, match="no motion 'spin': choose one of pop"):
        cue(enter="spin").pose(10)
