"""The whole way of a deliverable on a small canvas, and every way in which it must fail without leaving a file."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generation.deliver import deliver as room
from generation.deliver.aigc import read_aigc
from generation.deliver.check import checks, refuse_failed
from generation.deliver.deliver import Delivered, deliver, preflight
from generation.deliver.encode import Encoder
from generation.deliver.readback import AudioRead, ReadBack, VideoRead, decoded, read_back
from generation.deliver.safe_zones import safe_zone, safe_zones
from generation.deliver.stills import poster_frames, sheet_frames
from generation.deliver.visible_label import see_label
from generation.domain.cut_order import ClipFile, Quality
from generation.domain.layout import ASPECTS
from generation.domain.timeline import Canvas, Overlay, OverlayKind
from generation.errors import Cancelled, CutRefused, DeliverableRefused, MediaMissing, MissingGlyph
from generation.render.inspector import Finding
from generation.render.label import ai_label
from generation.render.yuv import Frame
from generation.watch import NullWatch
from tests.cases import mostly_slow
from tests.generation.footage import PROVIDER, SMALL, grey, small_order, small_timeline, write_clip


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    """A folder with nothing else in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


class Listener:
    """A watch that remembers, and stops the work at a fraction."""

    def __init__(self, stop_at: float = 2.0) -> None:
        self.stop_at = stop_at
        self.heard: list[tuple[float, str]] = []

    def step(self, fraction: float, stage: str) -> None:
        self.heard.append((fraction, stage))
        if fraction >= self.stop_at:
            raise Cancelled("stop")


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def delivered(
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
    listener: Listener,
) -> Delivered:
    return deliver(small_order(), clips, files, tmp_path_factory.mktemp("delivered"), listener)


SILENT = replace(small_timeline(), music=None)


def test_the_file_is_what_every_platform_takes(delivered: Delivered) -> None:
    with av.open(str(delivered.video)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.width, context.height, video.average_rate) == (216, 384, 30)
        assert (audio.codec_context.name, audio.codec_context.sample_rate, audio.codec_context.channels) == (
            "aac",
            48000,
            2,
        )
        assert sum(1 for _ in container.decode(video)) == delivered.frames == 165
    data = delivered.video.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert hashlib.sha256(data).hexdigest() == delivered.sha256


def test_every_check_passed_and_says_what_it_measured(delivered: Delivered) -> None:
    assert all(check["passed"] for check in delivered.checks.values())
    assert delivered.checks["frames"] == {"passed": True, "measured": "165", "expected": "165"}
    assert delivered.checks["no black picture"]["measured"] == "none"
    assert len(delivered.checks) == 25
    json.dumps([delivered.checks, delivered.label])


def test_both_labels_are_proved_on_the_bytes(delivered: Delivered) -> None:
    label = delivered.label
    assert label["text"] == "AI生成"
    assert label["seconds"] >= 2.0
    assert label["smallest_glyph_px"] >= label["required_glyph_px"] == 11
    assert label["likeness"] > 0.95
    assert label["provider_code_registered_form"] is True
    assert dict(read_aigc(delivered.video)) == {
        "Label": "1",
        "ContentProducer": PROVIDER,
        "ProduceID": "ad_0123456789",
        "ReservedCode1": small_order().key,
        "ContentPropagator": PROVIDER,
        "PropagateID": "ad_0123456789",
        "ReservedCode2": small_order().key,
    }


def test_poster_and_contact_sheet(delivered: Delivered) -> None:
    with Image.open(delivered.poster) as poster:
        assert (poster.format, poster.size) == ("JPEG", (216, 384))
        shown = np.asarray(poster.convert("L"), float)
    x, y = int(delivered.label["x"]), int(delivered.label["y"])
    plate = shown[y : y + int(delivered.label["height"]), x : x + int(delivered.label["width"])]
    assert plate.max() > 220  # the label's letters ...
    assert np.percentile(plate, 20) < 110  # ... on its dark plate
    with Image.open(delivered.contact_sheet) as sheet:
        assert sheet.format == "JPEG"
        assert sheet.width == 6 * 360 + 7 * 18


@pytest.mark.slow
def test_the_same_order_gives_the_same_bytes(
    delivered: Delivered, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path
) -> None:
    again = deliver(small_order(), clips, files, workdir, NullWatch())
    assert again.sha256 == delivered.sha256
    assert again.poster.read_bytes() == delivered.poster.read_bytes()


@pytest.mark.parametrize("aspect", mostly_slow(["1:1", "16:9"], ["1:1"]))
def test_other_aspects_are_delivered_without_music_too(
    aspect: str, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path
) -> None:
    order = small_order(aspect=aspect, timeline=SILENT)
    made = deliver(order, clips, files, workdir, NullWatch())
    assert min(made.width, made.height) == 216
    assert made.width / made.height == pytest.approx({"1:1": 1, "16:9": 16 / 9}[aspect], rel=0.01)
    assert made.checks["has sound"] == {"passed": True, "measured": "False", "expected": "False"}
    with av.open(str(made.video)) as container:
        assert not container.streams.audio


def test_progress_only_rises_and_ends_with_the_check(delivered: Delivered, listener: Listener) -> None:
    fractions = [fraction for fraction, _ in listener.heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1.0
    assert [stage for _, stage in listener.heard] == ["cut"] * (delivered.frames // 5) + ["check"]


@pytest.mark.parametrize("at", mostly_slow([0.0, 0.4, 0.92], [0.0, 0.4]))
def test_a_cancelled_cut_leaves_nothing(
    at: float, clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path
) -> None:
    with pytest.raises(Cancelled):
        deliver(small_order(timeline=SILENT), clips, files, workdir, Listener(at))
    assert list(workdir.iterdir()) == []


def test_black_pictures_are_not_delivered(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path], tmp_path: Path, workdir: Path
) -> None:
    dark = write_clip(tmp_path / "dark.mp4", 60, lambda _: grey(16))
    with pytest.raises(DeliverableRefused, match="no black picture is black picture from frame 36 to 7"):
        deliver(small_order(timeline=SILENT), {**clips, "b" * 64: dark}, files, workdir, NullWatch())
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"aspect": "2:1"}, CutRefused, "2:1"),
        ({"provider_code": "has space"}, CutRefused, "ContentProducer"),
        ({"timeline": replace(small_timeline(), label_text="广告")}, CutRefused, "label '广告' must say"),
        ({"timeline": replace(small_timeline(), theme="mud")}, CutRefused, "no theme 'mud'"),
    ],
)
def test_orders_that_cannot_be_cut_are_refused_before_any_work(
    change: dict[str, object],
    error: type[Exception],
    message: str,
    clips: Mapping[str, ClipFile],
    files: Mapping[str, Path],
    workdir: Path,
) -> None:
    with pytest.raises(error, match=message):
        deliver(small_order(**change), clips, files, workdir, NullWatch())
    assert list(workdir.iterdir()) == []


def test_missing_material_is_named(clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path) -> None:
    with pytest.raises(MediaMissing, match="shot 'b'"):
        deliver(small_order(), {key: clip for key, clip in clips.items() if key[0] != "b"}, files, workdir, NullWatch())
    with pytest.raises(MediaMissing, match="end card"):
        deliver(small_order(), clips, {}, workdir, NullWatch())
    assert list(workdir.iterdir()) == []


def test_preflight_finds_what_will_not_fit_without_any_clip(files: Mapping[str, Path]) -> None:
    assert preflight(small_order(), files) == ()
    for text, error in (("一二三四五六七八九十" * 9, CutRefused), ("தமிழ்", MissingGlyph)):
        overlay = Overlay("long", OverlayKind.CAPTION, 0, 30, text)
        with pytest.raises(error, match=text[:4]):
            preflight(small_order(timeline=replace(small_timeline(), overlays=(overlay,))), files)
    undrawn = Overlay("c", OverlayKind.CAPTION, 0, 30, "好喝👩🏽\u200d💻")
    notes = preflight(small_order(timeline=replace(small_timeline(), overlays=(undrawn,))), files)
    assert notes == ("c: '🏽' left out, no typeface of ours has it",)


# --- the visible label on decoded pictures --------------------------------------------------------------------------------

LABEL = ai_label("AI生成", 150, SMALL, safe_zone("9:16").box)


def encoded(path: Path, count: int, touch: object = None) -> Path:
    with Encoder(path, SMALL, Quality.PREVIEW, None, {}) as encoder:
        for at in range(count):
            frame = grey(140)
            LABEL.cue.draw(frame, at)
            if callable(touch):
                touch(frame, at)
            encoder.write(frame)
    return path


def test_a_label_is_seen(tmp_path: Path) -> None:
    seen = see_label(encoded(tmp_path / "a.mp4", 90), LABEL, 30)
    assert seen.likeness > 0.97
    assert seen.contrast > 100
    assert seen.seconds == pytest.approx(85 / 30, abs=0.1)


def wiped(frame: Frame, at: int) -> None:
    frame.luma[:] = 140


def wiped_from_45(frame: Frame, at: int) -> None:
    if at >= 45:
        wiped(frame, at)


def covered(frame: Frame, at: int) -> None:
    box = LABEL.box
    frame.luma[box.y : box.bottom, box.x + box.width // 2 : box.right] = 200


def pale(frame: Frame, at: int) -> None:
    part = frame.luma[LABEL.box.y : LABEL.box.bottom, LABEL.box.x : LABEL.box.right]
    part[:] = 140 + (part.astype(int) - 140) // 4


@pytest.mark.parametrize("touch", [wiped, wiped_from_45, covered, pale])
def test_a_label_that_is_missing_covered_or_pale_is_refused(touch: object, tmp_path: Path) -> None:
    with pytest.raises(DeliverableRefused, match="cannot be recognised"):
        see_label(encoded(tmp_path / "a.mp4", 90, touch), LABEL, 30)


def test_a_label_that_is_too_short_or_small_is_refused(tmp_path: Path) -> None:
    path = encoded(tmp_path / "a.mp4", 90)
    with pytest.raises(DeliverableRefused, match="the law asks for 2 s"):
        see_label(path, replace(LABEL, solid_until=59), 30)
    with pytest.raises(DeliverableRefused, match="the law asks for 2 s"):
        see_label(encoded(tmp_path / "b.mp4", 40), LABEL, 30)
    with pytest.raises(DeliverableRefused, match="10 px, not 11"):
        see_label(path, replace(LABEL, smallest_glyph=10), 30)


def test_an_ad_too_short_for_its_label_is_not_delivered(
    clips: Mapping[str, ClipFile], files: Mapping[str, Path], workdir: Path
) -> None:
    short = replace(small_timeline(), shots=(small_timeline().shots[0],), overlays=(), music=None)
    with pytest.raises(DeliverableRefused, match="make the ad longer"):
        deliver(small_order(timeline=short), clips, files, workdir, NullWatch())
    assert list(workdir.iterdir()) == []


# --- reading back and judging -----------------------------------------------------------------------------------------------

VIDEO = VideoRead(
    "h264", "High", "yuv420p", (1, 1, 1, 1), 216, 384, Fraction(30), 165, steady=True, longest_group=60, seconds=5.5
)
AUDIO = AudioRead("aac", 48_000, 2, 5.5, -14.1, -1.9)
READ = ReadBack(faststart=True, video=VIDEO, audio=AUDIO)


def failed(read: ReadBack, findings: tuple[Finding, ...] = (), *, has_sound: bool = True) -> list[str]:
    return [check.name for check in checks(read, SMALL, 165, findings, has_sound=has_sound) if not check.passed]


def test_a_right_file_passes_every_check() -> None:
    assert failed(READ) == []
    assert failed(replace(READ, audio=None), has_sound=False) == []
    refuse_failed(checks(READ, SMALL, 165, (), has_sound=True))


@pytest.mark.parametrize(
    ("read", "names"),
    [
        (replace(READ, faststart=False), ["index before data"]),
        (replace(READ, video=replace(VIDEO, codec="hevc")), ["codec"]),
        (replace(READ, video=replace(VIDEO, profile="Main")), ["profile"]),
        (replace(READ, video=replace(VIDEO, pixel_format="yuv444p")), ["pixel format"]),
        (replace(READ, video=replace(VIDEO, colours=(1, 1, 1, 2))), ["colours"]),
        (replace(READ, video=replace(VIDEO, width=218)), ["size"]),
        (replace(READ, video=replace(VIDEO, fps=Fraction(30000, 1001))), ["frame rate"]),
        (replace(READ, video=replace(VIDEO, frames=164)), ["frames"]),
        (replace(READ, video=replace(VIDEO, steady=False)), ["constant frame rate"]),
        (replace(READ, video=replace(VIDEO, ordered=False)), ["decoding order"]),
        (replace(READ, video=replace(VIDEO, seconds=5.54)), ["duration"]),
        (replace(READ, audio=replace(AUDIO, clipped=1)), ["clipped samples"]),
        (replace(READ, video=replace(VIDEO, longest_group=61)), ["longest group"]),
        (replace(READ, audio=None), ["has sound"]),
        (replace(READ, audio=replace(AUDIO, codec="mp3")), ["audio codec"]),
        (replace(READ, audio=replace(AUDIO, channels=1)), ["audio form"]),
        (replace(READ, audio=replace(AUDIO, seconds=5.54)), ["picture and sound end"]),
        (replace(READ, audio=replace(AUDIO, lufs=-15.2)), ["loudness"]),
        (replace(READ, audio=replace(AUDIO, peak_db=-1.4)), ["true peak"]),
    ],
)
def test_each_fault_fails_its_own_check(read: ReadBack, names: list[str]) -> None:
    assert failed(read) == names
    with pytest.raises(DeliverableRefused, match=names[0]):
        refuse_failed(checks(read, SMALL, 165, (), has_sound=True))


@pytest.mark.parametrize("kind", ["black", "flat", "frozen"])
def test_findings_fail_their_check(kind: str) -> None:
    assert failed(READ, (Finding(kind, 3, 60),)) == [f"no {kind} picture"]


def test_reading_back_sees_a_file_without_its_index_first(tmp_path: Path) -> None:
    path = tmp_path / "late.mp4"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for at in (0, 1, 2, 4):  # one picture is missing: not a constant rate
            frame = av.VideoFrame.from_ndarray(grey(90, 64, 64).planar, format="yuv420p")
            frame.pts, frame.time_base = at, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    read = read_back(path)
    assert not read.faststart
    assert not read.video.steady
    assert read.video.frames == 4
    assert read.audio is None
    assert sorted(decoded(path, [0, 3])) == [0, 3]


def test_what_is_no_mp4_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.mp4"
    path.write_bytes(b"\0\0\0\x08free")
    with pytest.raises(DeliverableRefused, match="no complete MP4"):
        read_back(path)


def test_encoding_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    wrong_size = grey(90, 32, 32)
    with (
        pytest.raises(ValueError, match="32x32 has not the size 64x64"),
        Encoder(path, Canvas(64, 64), Quality.FINAL, None, {}) as encoder,
    ):
        encoder.write(wrong_size)
    assert not path.exists()


# --- stills and safe zones ----------------------------------------------------------------------------------------------------


def test_the_poster_comes_from_the_reveal_and_the_sheet_from_everywhere() -> None:
    timeline = small_timeline()
    assert all(36 + 10 <= at <= 76 - 10 for at in poster_frames(timeline))
    sheet = sorted(sheet_frames(timeline))
    assert (len(sheet), sheet[0], sheet[-1]) == (12, 0, 164)
    only_card = replace(timeline, shots=(timeline.shots[-1],))
    assert all(0 <= at < 49 for at in poster_frames(only_card))


def test_every_aspect_has_a_safe_zone_with_its_source() -> None:
    assert {zone.aspect for zone in safe_zones() if zone.id == "feed"} == set(ASPECTS)
    for zone in safe_zones():
        assert 0 <= zone.box.x0 < zone.box.x1 <= 1
        assert 0 <= zone.box.y0 < zone.box.y1 <= 1
        assert zone.source
        assert zone.read.startswith("20")
    upright = {zone.id: zone.box for zone in safe_zones() if zone.aspect == "9:16"}
    for box in (upright[name] for name in ("feed", "reels", "tiktok")):  # the union clears them all
        assert upright["union"].y0 >= box.y0 - 0.01
        assert upright["union"].y1 <= box.y1 + 0.001
        assert upright["union"].x1 <= box.x1 + 0.001
    with pytest.raises(CutRefused, match="no safe zone 'moon'"):
        safe_zone("9:16", "moon")


@pytest.mark.slow
def test_a_full_size_ad_passes_every_check(files: Mapping[str, Path], tmp_path: Path) -> None:
    from tests.generation.footage import film

    timeline = small_timeline(Canvas(1080, 1920))
    made = deliver(
        small_order(timeline=timeline, quality=Quality.FINAL), film(tmp_path, timeline), files, tmp_path, NullWatch()
    )
    assert (made.width, made.height) == (1080, 1920)
    assert made.label["smallest_glyph_px"] >= 54
    assert room.deliver is deliver
