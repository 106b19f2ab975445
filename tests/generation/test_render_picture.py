"""The frame loop on footage whose every frame is known: cuts, dissolves, frame rates, reframing, findings."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from generation.deliver.safe_zones import safe_zone
from generation.domain.cut_order import ClipFile
from generation.domain.geometry import Box
from generation.domain.layout import canvas_for, reframe
from generation.domain.timeline import Canvas, Timeline, TimelineShot, Transition
from generation.domain.timeline_rules import handles
from generation.errors import CutRefused, MediaBroken, MediaMissing
from generation.render.inspector import Finding, Inspector
from generation.render.picture import check_clips, pictures
from generation.render.reference import frame_at, reference, to_moviepy
from generation.render.source import Reframer, clip_frames, clip_pictures
from generation.render.staging import Staging, stage_ad
from generation.render.yuv import Frame, cropped, resized, to_rgb
from tests.generation.footage import SMALL, grey, small_timeline, write_clip

TINY = Canvas(64, 112)


def stairs(path: Path, count: int, first: int, step: int, fps: int = 30) -> ClipFile:
    """Frame n has luma first + step * n."""
    return write_clip(path, count, lambda index: grey(first + step * index, 64, 112), fps=fps)


def lumas(frames: list[Frame]) -> list[float]:
    return [float(frame.luma.mean()) for frame in frames]


def bare(timeline: Timeline) -> Staging:
    """Staged without any drawing over the pictures."""
    staging = stage_ad(replace(timeline, overlays=()), "9:16", Box(0, 0, 1, 1), {})
    return replace(staging, cues=(), canvas=timeline.canvas)


def test_a_clip_of_the_same_rate_is_read_frame_by_frame(tmp_path: Path) -> None:
    clip = stairs(tmp_path / "a.mp4", 20, 60, 5)
    assert lumas(list(clip_frames(clip, 4, 6, 30))) == pytest.approx([60 + 5 * n for n in range(4, 10)], abs=1)


@pytest.mark.parametrize("late", [0, 7, 1001])
@pytest.mark.parametrize("format", ["mp4", "matroska"])
def test_pictures_behind_a_gap_are_those_of_reading_on(tmp_path: Path, late: int, format: str) -> None:
    """Key pictures are 0, 60 and 120; the file may begin late, and another container may tell its times otherwise."""
    clip = stairs(tmp_path / "a.mp4", 150, 20, 1)
    clip = replace(clip, path=copied(clip.path, tmp_path / f"b.{format}", late, format))
    whole = [frame.flat.tobytes() for frame in clip_frames(clip, 0, 150, 30)]
    assert len(set(whole)) == 150
    for numbers in ([0, 59], [0, 60, 61], [0, 119, 120, 149], [3, 34, 100, 131], [125]):
        found = [frame.flat.tobytes() for frame in clip_pictures(clip, [float(number) for number in numbers], 30)]
        assert [whole.index(one) for one in found] == numbers
    with pytest.raises(MediaBroken, match="has no frame 150"):
        list(clip_pictures(clip, [0, 150], 30))


def copied(source: Path, out: Path, late: int, format: str) -> Path:
    """The same packets in another file, all of them ``late`` ticks later."""
    with av.open(str(source)) as read, av.open(str(out), "w", format=format) as written:
        track = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.pts is not None and packet.dts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts + late, packet.dts + late, track
                written.mux(packet)
    return out


@pytest.mark.parametrize("fps", [10, 15, 16, 24, 25, 60])
def test_a_clip_of_another_rate_is_blended_in_time(tmp_path: Path, fps: int) -> None:
    clip = stairs(tmp_path / "a.mp4", 40, 40, 3, fps)
    count = 40 * 30 // fps - 3
    found = lumas(list(clip_frames(clip, 2, count, 30)))
    expected = [40 + 3 * min((2 + n) * fps / 30, 39) for n in range(count)]
    assert found == pytest.approx(expected, abs=1.6)


def test_a_clip_that_ends_too_early_is_named(tmp_path: Path) -> None:
    clip = stairs(tmp_path / "short.mp4", 5, 60, 5)
    with pytest.raises(MediaBroken, match=r"short\.mp4 has no frame 5"):
        list(clip_frames(clip, 0, 6, 30))
    slow = replace(stairs(tmp_path / "slow.mp4", 5, 60, 5, 15), frames=9)
    with pytest.raises(MediaBroken, match=r"slow\.mp4 has no frame 5"):
        list(clip_frames(slow, 0, 14, 30))


def test_a_clip_of_another_size_than_recorded_is_refused(tmp_path: Path) -> None:
    clip = replace(stairs(tmp_path / "a.mp4", 5, 60, 5), width=128)
    with pytest.raises(MediaBroken, match="holds 64x112 yuv420p, not 128x112"):
        list(clip_frames(clip, 0, 2, 30))


WIDE = canvas_for("16:9", SMALL)
TO_WIDE = reframe(216, 384, WIDE, Box(0.1, 0.1, 0.9, 0.9))


def striped() -> Frame:
    frame = grey(180)
    frame.luma[:] = np.where(np.arange(384)[:, None] // 24 % 2, 60, 200)
    return frame


def test_a_backdrop_with_its_horizon_is_continued() -> None:
    frame = grey(180)
    frame.luma[100:200] = 90
    out = Reframer(TO_WIDE)(frame)
    target = TO_WIDE.target
    assert (out.width, out.height) == (384, 216)
    rows = (8, out.height * 150 // 384, out.height - 8)  # in the bright part, in the dark band, in the bright part
    for row, expected in zip(rows, (180, 90, 180), strict=True):
        for column in (2, target.x - 2, target.x + target.width // 2, target.right + 2, 381):
            assert abs(int(out.luma[row, column]) - expected) <= 24


def test_a_plain_backdrop_is_continued_without_a_seam() -> None:
    frame = grey(180)
    frame.luma[:] = np.linspace(120, 200, 384)[:, None]  # a lit wall
    out = Reframer(TO_WIDE)(frame)
    for x in (TO_WIDE.target.x, TO_WIDE.target.right):
        assert np.abs(out.luma[:, x - 1].astype(int) - out.luma[:, x]).max() <= 6


def test_a_busy_picture_stands_before_its_own_colours_calm_and_a_little_darker() -> None:
    out = Reframer(TO_WIDE)(striped())
    target = TO_WIDE.target
    inside = out.luma[:, target.x + 8 : target.right - 8]
    for beside in (out.luma[:, : target.x - 8], out.luma[:, target.right + 8 :]):
        assert 0.8 * inside.mean() < beside.mean() < 0.95 * inside.mean()
        assert beside.std() < 0.2 * inside.std()


def test_the_way_of_filling_is_kept_for_the_whole_clip() -> None:
    laid = Reframer(TO_WIDE)
    laid(grey(180))
    assert not np.array_equal(laid(striped()).flat, Reframer(TO_WIDE)(striped()).flat)


def test_the_picture_itself_is_only_scaled() -> None:
    target, window = TO_WIDE.target, TO_WIDE.window
    out = cropped(Reframer(TO_WIDE)(noisy(3)), target.x, target.y, target.width, target.height)
    plain = cropped(noisy(3), window.x, window.y, window.width, window.height)
    assert np.array_equal(out.flat, resized(plain, target.width, target.height).flat)


def test_reframing_onto_the_same_canvas_gives_the_very_frame() -> None:
    frame = grey(99)
    assert Reframer(reframe(216, 384, SMALL, None))(frame) is frame


def two_shots(dissolve: int) -> Timeline:
    kind = Transition.DISSOLVE if dissolve else Transition.CUT
    raw = (
        TimelineShot("a", "hook", "A", 0, 20, kind, dissolve),
        TimelineShot("b", "demo", "B", 0, 20),
    )
    shots = tuple(replace(shot, source_start=3 + head) for shot, (head, _) in zip(raw, handles(raw), strict=True))
    return Timeline("t", "zh", "ember", TINY, shots, (), None)


def test_a_hard_cut_shows_each_shot_alone(tmp_path: Path) -> None:
    clips = {"A": stairs(tmp_path / "a.mp4", 23, 40, 2), "B": stairs(tmp_path / "b.mp4", 23, 120, 2)}
    timeline = two_shots(0)
    found = lumas(list(pictures(timeline, bare(timeline), clips)))
    assert found == pytest.approx([46 + 2 * n for n in range(20)] + [126 + 2 * n for n in range(20)], abs=1)


def test_a_dissolve_is_centred_on_its_cut_and_both_shots_go_on_moving(tmp_path: Path) -> None:
    clips = {"A": stairs(tmp_path / "a.mp4", 27, 40, 2), "B": stairs(tmp_path / "b.mp4", 27, 120, 2)}
    timeline = two_shots(8)
    found = lumas(list(pictures(timeline, bare(timeline), clips)))
    first = [46 + 2 * n for n in range(24)]  # the shot and its tail handle
    second = [126 + 2 * n for n in range(24)]  # head handle first
    expected = []
    for at in range(40):
        if 16 <= at < 24:
            share = (at - 16 + 0.5) / 8
            expected.append(first[at] * (1 - share) + second[at - 16] * share)
        else:
            expected.append(first[at] if at < 20 else second[at - 16])
    assert found == pytest.approx(expected, abs=1.6)


def test_missing_or_short_clips_are_named_before_anything_is_decoded(tmp_path: Path) -> None:
    timeline = two_shots(8)
    clip = stairs(tmp_path / "a.mp4", 27, 40, 2)
    with pytest.raises(MediaMissing, match="shot 'b': its clip B is not at hand"):
        check_clips(timeline, {"A": clip})
    with pytest.raises(CutRefused, match="shot 'b' needs 27 frames with its handles, its clip has 26"):
        check_clips(timeline, {"A": clip, "B": replace(clip, frames=26)})
    with pytest.raises(CutRefused, match="shot 'a' needs 14 frames"):
        check_clips(timeline, {"A": replace(clip, frames=13, fps=15), "B": clip})


def test_the_end_card_is_the_last_shot(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> None:
    timeline = small_timeline()
    staging = stage_ad(timeline, "9:16", safe_zone("9:16").box, files)
    last = list(pictures(timeline, staging, clips))[-1]
    assert staging.card is not None
    assert np.array_equal(last.flat, staging.card.frame(timeline.shots[-1].duration - 1).flat)


@pytest.mark.parametrize("aspect", ["1:1", "16:9"])
def test_every_aspect_has_every_frame(aspect: str, clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> None:
    timeline = small_timeline()
    staging = stage_ad(timeline, aspect, safe_zone(aspect).box, files)
    sizes = [(frame.width, frame.height) for frame in pictures(timeline, staging, clips)]
    assert sizes == [(staging.canvas.width, staging.canvas.height)] * timeline.duration


TOLERANCE = 2.0  # mean absolute difference in luma steps: colour conversion and 8-bit rounding of two programs


def test_moviepy_makes_the_same_pictures(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> None:
    """Plain shots, both sides of a cut, the middle and an edge of each dissolve, the end card."""
    timeline = small_timeline()
    staging = stage_ad(timeline, "9:16", safe_zone("9:16").box, files)
    weights = np.array([0.2126, 0.7152, 0.0722])
    wanted = {0, 20, 30, 50, 60, 90, 105, 150, 164}
    with reference(timeline, staging, clips) as movie:
        for at, frame in enumerate(pictures(timeline, staging, clips)):
            if at in wanted:
                ours, theirs = to_rgb(frame) @ weights, frame_at(movie, at, 30) @ weights
                assert np.abs(ours - theirs).mean() < TOLERANCE, f"frame {at}"


@pytest.mark.slow
def test_moviepy_agrees_about_dissolves(clips: Mapping[str, ClipFile], files: Mapping[str, Path]) -> None:
    timeline = replace(small_timeline(), overlays=())
    staging = replace(stage_ad(timeline, "9:16", safe_zone("9:16").box, files), cues=())
    weights = np.array([0.2126, 0.7152, 0.0722])
    with reference(timeline, staging, clips) as movie:
        for at, frame in enumerate(pictures(timeline, staging, clips)):
            if at in {35, 36, 71, 72, 75, 76, 79, 80, 111, 112, 116, 119, 120}:
                ours, theirs = to_rgb(frame) @ weights, frame_at(movie, at, 30) @ weights
                assert np.abs(ours - theirs).mean() < TOLERANCE, f"frame {at}"


def test_the_reference_refuses_clips_that_it_would_have_to_scale(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path]
) -> None:
    timeline = small_timeline()
    staging = stage_ad(timeline, "1:1", safe_zone("1:1").box, files)
    with pytest.raises(CutRefused, match="needs clips of 216x216"):
        to_moviepy(timeline, staging, clips)


def seen(frames: list[Frame], still_from: int = 10**6) -> tuple[Finding, ...]:
    """With a plan that lets the lightness leap anywhere: flicker is tested with the deliverable's checks."""
    inspector = Inspector(30, still_from, cuts=((0, len(frames)),))
    for at, frame in enumerate(frames):
        inspector.look(at, frame)
    return inspector.close(len(frames))


def noisy(seed: int) -> Frame:
    frame = grey(100)
    frame.luma[:] = np.random.default_rng(seed).integers(40, 200, (48, 27)).repeat(8, 0).repeat(8, 1)
    return frame


def test_moving_pictures_give_no_finding() -> None:
    assert seen([noisy(seed) for seed in range(60)]) == ()


def test_black_flat_and_frozen_pictures_are_found_with_their_frames() -> None:
    moving = [noisy(seed) for seed in range(10)]
    assert seen([*moving, *[grey(16)] * 6, *moving]) == (Finding("black", 10, 16), Finding("flat", 10, 16))
    assert seen([*moving, *[grey(150)] * 6, *moving]) == (Finding("flat", 10, 16),)
    assert seen([*moving, *[noisy(99)] * 46, *moving]) == (Finding("frozen", 11, 56),)


def test_a_moment_of_black_or_stillness_is_no_fault() -> None:
    moving = [noisy(seed) for seed in range(10)]
    assert seen([*moving, *[grey(16)] * 5, *moving, *[noisy(99)] * 44, *moving]) == ()


def test_the_end_card_may_stand_still() -> None:
    assert seen([noisy(1)] * 90, still_from=0) == ()
