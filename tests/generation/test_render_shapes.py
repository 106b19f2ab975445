"""Several shapes from one pass, shared shots, ramps, drawn shots and the overlays that phones and eyes must read."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from generation.deliver.safe_zones import safe_zone
from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import ASPECTS, LayoutImpossible, PixelBox, safe_pixels
from generation.domain.segments import plan_segments
from generation.domain.timeline import (
    Canvas,
    Composition,
    Overlay,
    OverlayKind,
    SecondClip,
    Stretch,
    TextCard,
    Timeline,
    TimelineShot,
    Transition,
)
from generation.domain.timeline_rules import validate
from generation.errors import CutRefused, MediaMissing
from generation.render.inspector import Inspector
from generation.render.picture import check_clips, pictures, pictures_of
from generation.render.staging import Staging, stage_ad
from generation.render.yuv import Frame, to_rgb
from tests.generation.footage import SMALL, coffee_pan, grey, small_timeline, write_clip
from tests.generation.small_ads import ad

MEDIUM = Canvas(540, 960)


def bare(made: Timeline, clips: Mapping[str, ClipFile]) -> list[Frame]:
    """Rendered without anything drawn over the pictures."""
    staging = stage_ad(made, "9:16", Box(0, 0, 1, 1), {}, clips)
    return list(pictures(made, replace(staging, cues=(), canvas=made.canvas), clips))


@pytest.mark.slow
def test_one_pass_makes_the_pictures_of_every_single_one(clips: Mapping[str, ClipFile]) -> None:
    """Two that show the clip as it is, too: neither may draw on the other's pictures."""
    made = ad(
        TimelineShot("a", "demo", "a" * 64, 0, 16, Transition.DISSOLVE, 6),
        TimelineShot(
            "b", "demo", "b" * 64, 0, 16, Transition.WHIP, 6, second=SecondClip("c" * 64, 0, Composition.STACKED)
        ),
        TimelineShot("c", "demo", "a" * 64, 0, 16),
        overlays=(Overlay("p", OverlayKind.PRICE_TAG, 4, 40, "¥6"),),
        canvas=SMALL,
    )
    stagings = [stage_ad(made, aspect, safe_zone(aspect).box, {}, clips) for aspect in ("9:16", "9:16", "1:1", "16:9")]
    together = list(pictures_of(made, stagings, clips))
    assert len(together) == made.duration
    for number, staging in enumerate(stagings):
        for at, alone in enumerate(pictures(made, staging, clips)):
            assert np.array_equal(together[at][number].flat, alone.flat), f"frame {at} of {staging.canvas}"


def test_each_shape_is_looked_at_by_its_own(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> None:
    made = small_timeline()
    stagings = [stage_ad(made, aspect, safe_zone(aspect).box, files, clips) for aspect in ("3:4", "4:5")]
    seen: list[list[tuple[int, int, int]]] = [[], []]
    looks = [(lambda at, frame, own=own: own.append((at, frame.width, frame.height)),) for own in seen]
    assert sum(1 for _ in pictures_of(made, stagings, clips, looks)) == made.duration
    assert seen[0] == [(at, 216, 288) for at in range(made.duration)]
    assert seen[1] == [(at, 216, 270) for at in range(made.duration)]


@pytest.mark.parametrize("frames", [8, 6])
def test_a_part_of_an_ad_fills_its_canvas_as_the_whole_does(
    frames: int, dark_and_light: Mapping[str, ClipFile]
) -> None:
    clips = {name: replace(clip, subject=Box(0.02, 0.02, 0.98, 0.98)) for name, clip in dark_and_light.items()}
    made = ad(
        TimelineShot("a", "demo", "dark", 0, 24, Transition.DISSOLVE, frames), TimelineShot("b", "demo", "light", 0, 24)
    )
    wide = replace(stage_ad(made, "1:1", Box(0, 0, 1, 1), {}, clips), cues=())
    whole = [frame.flat.tobytes() for frame in pictures(made, wide, clips)]
    for first in (1, 4, 5, 20, 21, 23, 30, 31):
        part = [frame.flat.tobytes() for frame in pictures(made, wide, clips, (), (first, 40))]
        assert [
            at for at, pair in enumerate(zip(part, whole[first:40], strict=True), first) if len(set(pair)) > 1
        ] == []
    parts = [
        frame.flat.tobytes()
        for one in plan_segments(made, [1], 0).segments
        for frame in pictures(
            one.timeline,
            replace(stage_ad(one.timeline, "1:1", Box(0, 0, 1, 1), {}, clips), cues=()),
            clips,
            (),
            one.window,
        )
    ]
    assert [at for at, pair in enumerate(zip(parts, whole, strict=True)) if len(set(pair)) > 1] == []


@pytest.mark.parametrize("kind", [kind for kind in Transition if kind is not Transition.CUT])
def test_no_transition_moves_its_cut(kind: Transition, dark_and_light: Mapping[str, ClipFile]) -> None:
    made = ad(TimelineShot("a", "demo", "dark", 0, 24, kind, 8), TimelineShot("b", "demo", "light", 0, 24))
    validate(made)
    lumas = [float(frame.luma.mean()) for frame in bare(made, dark_and_light)]
    assert len(lumas) == 48
    head = 0 if kind in {Transition.WHIP, Transition.MATCH_CUT} else 4
    assert lumas[:20] == pytest.approx([40 + at for at in range(20)], abs=1.6)
    assert lumas[28:] == pytest.approx([140 + head + at for at in range(4, 24)], abs=1.6)
    if head == 0:
        assert lumas[20:28] == pytest.approx([60, 61, 62, 63, 140, 141, 142, 143], abs=1.6)
    else:
        assert all(58 < luma < 240 for luma in lumas[20:28])


def test_a_ramp_plays_what_it_says(dark_and_light: Mapping[str, ClipFile]) -> None:
    ramp = (Stretch(10, 20), Stretch(6, 0), Stretch(8, 8))
    made = ad(TimelineShot("a", "demo", "dark", 0, 24, ramp=ramp))
    validate(made)
    lumas = [float(frame.luma.mean()) for frame in bare(made, dark_and_light)]
    assert lumas[0] == pytest.approx(40, abs=1.6)
    assert lumas[10:16] == pytest.approx([60] * 6, abs=1.6)
    assert lumas == sorted(lumas)
    assert lumas[-1] == pytest.approx(67, abs=1.6)


def test_split_pictures_lie_side_by_side(dark_and_light: Mapping[str, ClipFile]) -> None:
    second = SecondClip("light", 0, Composition.SIDE_BY_SIDE)
    picture = bare(ad(TimelineShot("a", "demo", "dark", 0, 3, second=second)), dark_and_light)[0]
    assert picture.luma[56, 4] < 60
    assert picture.luma[56, 60] > 130
    picture = bare(
        ad(TimelineShot("a", "demo", "dark", 0, 3, second=replace(second, how=Composition.STACKED))), dark_and_light
    )[0]
    assert picture.luma[4, 30] < 60
    assert picture.luma[108, 30] > 130


def test_a_wipe_turns_before_into_after(dark_and_light: Mapping[str, ClipFile]) -> None:
    second = SecondClip("light", 0, Composition.BEFORE_AFTER)
    frames = bare(ad(TimelineShot("a", "demo", "dark", 0, 40, second=second)), dark_and_light)
    assert frames[0].luma.max() < 60
    assert frames[20].luma[4, 2] > 140
    assert frames[20].luma[4, 61] < 80
    assert frames[39].luma.min() > 140


def test_a_second_clip_is_asked_for_by_name(dark_and_light: Mapping[str, ClipFile]) -> None:
    made = ad(TimelineShot("a", "demo", "dark", 0, 40, second=SecondClip("gone", 0, Composition.STACKED)))
    with pytest.raises(MediaMissing, match="shot 'a': its clip gone is not at hand"):
        check_clips(made, dark_and_light)
    long = ad(TimelineShot("a", "demo", "dark", 0, 40, ramp=(Stretch(40, 91),)))
    with pytest.raises(CutRefused, match="shot 'a' needs 91 frames with its handles, its clip has 90"):
        check_clips(long, dark_and_light)


def test_a_match_cut_needs_to_know_the_products(dark_and_light: Mapping[str, ClipFile]) -> None:
    made = ad(
        TimelineShot("a", "demo", "dark", 0, 24, Transition.MATCH_CUT, 8), TimelineShot("b", "demo", "light", 0, 24)
    )
    check_clips(made, dark_and_light)
    unknown = {**dark_and_light, "light": replace(dark_and_light["light"], subject=None)}
    with pytest.raises(CutRefused, match="shot 'a': a match cut needs to know .* the clip of shot 'b'"):
        check_clips(made, unknown)


def test_products_meet_in_the_pictures(tmp_path: Path) -> None:
    """Two bright boxes of different size and place: on both sides of the cut they cover the same pixels."""

    def boxed(box: Box, _: int) -> Frame:
        frame = grey(60, 160, 280)
        frame.luma[round(box.y0 * 280) : round(box.y1 * 280), round(box.x0 * 160) : round(box.x1 * 160)] = 220
        return frame

    small, large = Box(0.2, 0.3, 0.5, 0.5), Box(0.35, 0.4, 0.85, 0.75)
    clips = {
        name: write_clip(tmp_path / f"{name}.mp4", 30, partial(boxed, box), subject=box)
        for name, box in (("small", small), ("large", large))
    }
    made = ad(
        TimelineShot("a", "demo", "small", 0, 24, Transition.MATCH_CUT, 12),
        TimelineShot("b", "demo", "large", 0, 24),
        canvas=Canvas(160, 280),
    )
    frames = bare(made, clips)
    before, after = (frames[at].luma > 140 for at in (23, 24))
    assert (before & after).sum() / (before | after).sum() > 0.72
    start, end = (frames[at].luma > 140 for at in (0, 47))
    assert (start & end).sum() / (start | end).sum() < 0.3


def test_a_text_card_shows_its_words_and_may_stand_still() -> None:
    made = ad(
        TimelineShot("a", "hook", "", 0, 70, text_card=TextCard("99%的人|不知道", "真的")), canvas=Canvas(216, 384)
    )
    staging = stage_ad(made, "9:16", safe_zone("9:16").box, {})
    inspector = Inspector(30, 70, ((0, 70),))
    frames = list(pictures(made, staging, {}, (inspector.look,)))
    assert len(frames) == 70
    assert inspector.close(70) == ()
    assert frames[60].luma.std() > 20
    strict = Inspector(30, 70)
    for at, frame in enumerate(frames):
        strict.look(at, frame)
    assert [finding.kind for finding in strict.close(70)] == ["frozen"]


def test_a_text_card_that_is_too_long_is_named() -> None:
    made = ad(
        TimelineShot("a", "hook", "", 0, 30, text_card=TextCard("一二三四五六七八九十" * 9)), canvas=Canvas(216, 384)
    )
    with pytest.raises(LayoutImpossible, match="the text card '一二三"):
        stage_ad(made, "9:16", safe_zone("9:16").box, {})


EXTRAS = (
    Overlay("d", OverlayKind.DISCOUNT_BADGE, 0, 60, "限时|5折", second_text="到手价"),
    Overlay("c", OverlayKind.COUNTDOWN, 0, 60, "限时优惠", ends_on="2026-12-31"),
    Overlay("r", OverlayKind.RATING, 0, 60, "4.8", source="天猫旗舰店", count=12345),
    Overlay("q", OverlayKind.QR_CODE, 0, 60, "https://shop.example.cn/p/123456?c=ad_0123", second_text="扫码下单"),
)


def staged(aspect: str, *overlays: Overlay, canvas: Canvas = MEDIUM) -> Staging:
    made = ad(TimelineShot("a", "demo", "A", 0, 60), canvas=canvas, overlays=overlays)
    validate(made)
    return stage_ad(made, aspect, safe_zone(aspect).box, {})


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
@pytest.mark.parametrize("overlay", EXTRAS, ids=lambda overlay: overlay.id)
def test_overlays_lie_in_the_safe_box(aspect: str, overlay: Overlay) -> None:
    staging = staged(aspect, overlay)
    home = safe_pixels(staging.canvas, safe_zone(aspect).box)
    for cue in staging.cues[:-1]:
        rows, columns = np.nonzero(cue.picture[:, :, 3] > 0.6)
        top, left = cue.y + int(rows.min()), cue.x + int(columns.min())
        box = PixelBox(left, top, int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
        assert home.x - 2 <= box.x
        assert box.right <= home.right + 2
        assert home.y - 2 <= box.y
        assert box.bottom <= home.bottom + 2


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_a_phone_reads_the_code_off_the_finished_film(aspect: str, tmp_path: Path) -> None:
    """Encoded, decoded, read."""
    still = coffee_pan(270, 480, 60, 0.2)(0)
    clip = write_clip(tmp_path / "a.mp4", 60, lambda _: still)
    made = ad(TimelineShot("a", "demo", "A", 0, 60), canvas=Canvas(540, 960), overlays=(EXTRAS[3],))
    staging = stage_ad(made, aspect, safe_zone(aspect).box, {}, {"A": clip})
    canvas = staging.canvas
    wanted = list(islice(pictures(made, staging, {"A": clip}), 28, 32))
    film = write_clip(tmp_path / "film.mp4", len(wanted), lambda index: wanted[index])
    read = bare_frames(film, canvas)[3]
    assert cv2.QRCodeDetector().detectAndDecode(to_rgb(read))[0] == EXTRAS[3].text


def bare_frames(clip: ClipFile, canvas: Canvas) -> list[Frame]:
    from generation.render.source import clip_frames

    assert (clip.width, clip.height) == (canvas.width, canvas.height)
    return list(clip_frames(clip, 0, clip.frames, clip.fps))


def test_what_finds_no_place_is_refused_by_name() -> None:
    with pytest.raises(LayoutImpossible, match="qr code 'q' of .* does not fit"):
        staged("16:9", *EXTRAS, canvas=Canvas(216, 384))


def test_the_end_of_a_countdown_is_told_in_both_languages() -> None:
    from generation.render.countdown import _parts

    day = EXTRAS[1]
    assert [text for text, _ in _parts(day, "zh")] == ["12", "月", "31", "日", "截止"]
    assert [text for text, _ in _parts(day, "en")] == ["ends", "DEC", "31"]
    counted = replace(day, counted_from="2026-12-28")
    assert [text for text, _ in _parts(counted, "zh")] == ["仅剩", "3", "天"]
    assert [text for text, _ in _parts(counted, "en")] == ["3", "days left"]
    assert [text for text, _ in _parts(replace(day, counted_from="2026-12-31"), "zh")] == ["仅限今天"]


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_an_ornament_without_a_place_is_left_out_and_the_rest_stands(aspect: str) -> None:
    """All four at once on a small picture: whatever had to go was optional, and no order fails for it."""
    small = Canvas(216, 384)
    ornaments = [replace(one, optional=True) for one in EXTRAS]
    alone = len(staged(aspect, EXTRAS[0], canvas=small).cues)
    together = len(staged(aspect, *ornaments, canvas=small).cues)
    whole = sum(len(staged(aspect, one, canvas=small).cues) - 1 for one in EXTRAS[:3])
    assert alone <= together <= whole + len(ornaments) + 1


@pytest.mark.parametrize("aspect", sorted(ASPECTS))
def test_a_logo_never_lies_over_the_product(aspect: str) -> None:
    sting = Overlay("l", OverlayKind.LOGO_STING, 0, 60, "北杯", optional=True)

    def cues(subject: Box, overlay: Overlay) -> int:
        clip = ClipFile(Path("a.mp4"), 60, 30, MEDIUM.width, MEDIUM.height, subject)
        made = ad(TimelineShot("a", "demo", "A", 0, 60), canvas=MEDIUM, overlays=(overlay,))
        return len(stage_ad(made, aspect, safe_zone(aspect).box, {}, {"A": clip}).cues)

    everywhere, below = Box(0.0, 0.0, 1.0, 1.0), Box(0.3, 0.93, 0.7, 0.98)
    assert cues(everywhere, sting) == 1  # the AI label
    assert cues(below, sting) == 3
    assert cues(everywhere, replace(sting, optional=False)) == 3  # asked for by somebody: it stands
