"""Broken and unusual media in an ad: a right film, or an error that names the item, and never a file that is half written."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from generation.deliver.deliver import Delivered, deliver, preflight
from generation.deliver.material import check_material
from generation.deliver.readback import decoded
from generation.domain.brand import Brand
from generation.domain.cut_order import ClipFile
from generation.domain.timeline import Composition, EndCard, Overlay, OverlayKind, SecondClip, Timeline, TimelineShot
from generation.domain.voice import Voice, VoiceLine
from generation.errors import CutRefused, MediaBroken, MediaMissing, MissingGlyph
from generation.ffmpeg import run, source
from generation.render.yuv import Frame
from generation.watch import NullWatch
from tests.cases import mostly_slow
from tests.generation.footage import PHOTO, SMALL, grey, save_photo, small_order, write_clip

FRAMES = 76
ONE = Timeline("t", "zh", "ember", SMALL, (TimelineShot("a", "hook", "a" * 64, 0, 68),), (), None)


def moving(index: int) -> Frame:
    picture = grey(110, SMALL.width, SMALL.height)
    picture.luma[:, index * 3 % SMALL.width : index * 3 % SMALL.width + 12] = 170
    return picture


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> ClipFile:
    return write_clip(tmp_path_factory.mktemp("good") / "good.mp4", FRAMES, moving)


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def cut(clip: ClipFile | None, workdir: Path, timeline: Timeline = ONE, **files: Path) -> Delivered:
    clips = {} if clip is None else {"a" * 64: clip}
    return deliver(small_order(timeline=timeline), clips, {PHOTO: files["card"]} if files else {}, workdir, NullWatch())


def encoded(path: Path, frames: int = FRAMES, **changes: object) -> Path:
    """A clip whose stream is as ``changes`` say: size, pixel format, transfer, times of its pictures."""
    width, height = changes.get("size", (SMALL.width, SMALL.height))  # type: ignore[misc]
    pixel_format, times = str(changes.get("pixels", "yuv420p")), changes.get("times", range(frames))
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        context = stream.codec_context
        context.time_base = Fraction(1, 300)
        context.color_trc = int(changes.get("transfer", 1))  # type: ignore[call-overload]
        for at in times:  # type: ignore[attr-defined]
            frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 90 + at % 60, np.uint8), format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts, frame.time_base = at * 10, Fraction(1, 300)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def claimed(path: Path, frames: int = FRAMES, size: tuple[int, int] = (SMALL.width, SMALL.height)) -> ClipFile:
    return ClipFile(path, frames, 30, *size)


Maker = Callable[[Path, ClipFile], ClipFile]


def turned(folder: Path, good: ClipFile) -> ClipFile:
    path = folder / "turned.mp4"
    options = source(good.path)
    run(["-display_rotation", "90", *options, "-c", "copy", path], seconds=60)
    return claimed(path)


def damaged(folder: Path, good: ClipFile) -> ClipFile:
    path = folder / "damaged.mp4"
    path.write_bytes(good.path.read_bytes()[:500])
    return claimed(path)


def only_sound(folder: Path, good: ClipFile) -> ClipFile:
    path = folder / "sound.m4a"
    run(["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", path], seconds=60)
    return claimed(path)


BROKEN: dict[str, tuple[Maker, type[Exception], str]] = {
    "wrong size": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", size=(200, 384))),
        MediaBroken, "shot 'a': its clip holds 200x384 yuv420p, not 216x384 yuv420p: film the shot again",
    ),
    "odd sides": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", size=(215, 383), pixels="yuv444p"), size=(215, 383)),
        MediaBroken, "shot 'a': its clip is 215x383; both sides must be even",
    ),
    "another pixel format": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", pixels="yuv444p")),
        MediaBroken, "shot 'a': its clip holds 216x384 yuv444p, not 216x384 yuv420p",
    ),
    "variable frame rate": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", times=[*range(30), *range(32, 100, 2), *range(100, 112)])),
        MediaBroken, "shot 'a': the pictures of its clip do not come at a constant 30 fps",
    ),
    "another frame rate": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", times=range(0, 152, 2))),
        MediaBroken, "shot 'a': the pictures of its clip do not come at a constant 30 fps",
    ),
    "HDR PQ": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", transfer=16)),
        MediaBroken, "shot 'a': its clip is HDR (PQ)",
    ),
    "HDR HLG in ten bits": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", transfer=18, pixels="yuv420p10le")),
        MediaBroken, "shot 'a': its clip is HDR (HLG)",
    ),
    "turned": (turned, MediaBroken, "shot 'a': its clip is to be shown turned by 90 degrees"),
    "damaged": (damaged, MediaBroken, "shot 'a': its clip damaged.mp4 cannot be read"),
    "only sound": (only_sound, MediaBroken, "shot 'a': its clip sound.m4a has no picture"),
    "fewer pictures than it says": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", frames=50)),
        CutRefused, "shot 'a': its clip holds 50 pictures instead of 76",
    ),
    "shorter than the shot": (
        lambda folder, _: claimed(encoded(folder / "c.mp4", frames=50), frames=50),
        CutRefused, "shot 'a' needs 68 frames with its handles, its clip has 50",
    ),
    "no file": (
        lambda folder, _: claimed(folder / "none.mp4"),
        MediaBroken, "shot 'a': its clip none.mp4 cannot be read",
    ),
}  # fmt: skip


# One of each kind that ends the cut at once; CI tries them all.
QUICK = ("wrong size", "HDR PQ", "turned", "damaged", "only sound", "fewer pictures than it says", "no file")


@pytest.mark.parametrize("case", mostly_slow(BROKEN, QUICK))
def test_a_broken_clip_is_named_and_leaves_nothing(case: str, good: ClipFile, tmp_path: Path, workdir: Path) -> None:
    make, error, message = BROKEN[case]
    clip = make(tmp_path, good)
    with pytest.raises(error) as told:
        cut(clip, workdir)
    assert message in str(told.value)
    assert list(workdir.iterdir()) == []


def test_a_missing_clip_is_named_and_leaves_nothing(workdir: Path) -> None:
    with pytest.raises(MediaMissing, match="shot 'a': its clip aaaaaaaaaaaa is not at hand"):
        cut(None, workdir)
    assert list(workdir.iterdir()) == []


def test_a_second_clip_is_looked_at_too(good: ClipFile, tmp_path: Path) -> None:
    shot = replace(ONE.shots[0], second=SecondClip("b" * 64, 0, Composition.STACKED))
    bad = claimed(encoded(tmp_path / "c.mp4", transfer=16))
    with pytest.raises(MediaBroken, match=r"shot 'a': its clip is HDR \(PQ\)"):
        check_material(replace(ONE, shots=(shot,)), {"a" * 64: good, "b" * 64: bad})


def test_a_good_clip_is_taken_with_and_without_sound_and_its_sound_is_not(
    good: ClipFile, tmp_path: Path, workdir: Path
) -> None:
    loud = tmp_path / "loud.mp4"
    run([*source(good.path), "-f", "lavfi", "-i", "sine=duration=3", "-c:v", "copy", "-c:a", "aac", loud], seconds=60)
    (workdir / "one").mkdir()
    (workdir / "two").mkdir()
    silent = cut(good, workdir / "one")
    assert silent.checks["has sound"]["measured"] == "False"
    assert cut(replace(good, path=loud), workdir / "two").sha256 == silent.sha256


# --- photos, texts, brand kits --------------------------------------------------------------------------------------------


def carded(caption: str = "", brand: Brand | None = None) -> Timeline:
    card = EndCard("一口下去|都醒了", "山野咖啡", "¥66", "", "", "点击下单", "card.png", PHOTO)
    shots = (ONE.shots[0], TimelineShot("end", "cta", "", 0, 30, card=card))
    overlays = (Overlay("c1", OverlayKind.CAPTION, 0, 60, caption),) if caption else ()
    return replace(ONE, shots=shots, overlays=overlays, brand=brand)


@pytest.mark.slow
def test_a_photo_of_8k_gives_the_same_card_as_a_small_one(good: ClipFile, tmp_path: Path, workdir: Path) -> None:
    small = save_photo(tmp_path)
    with Image.open(small) as picture:
        picture.resize((7680, 5120), Image.Resampling.BICUBIC).save(tmp_path / "8k.jpg", quality=92)
    (workdir / "large").mkdir()
    made = cut(good, workdir / "large", carded(), card=tmp_path / "8k.jpg")
    assert all(check["passed"] for check in made.checks.values())
    assert made.frames == 98
    (workdir / "small").mkdir()
    usual = cut(good, workdir / "small", carded(), card=small)
    one, other = (decoded(film.video, [97])[97].luma.astype(int) for film in (made, usual))
    assert np.abs(one - other).mean() < 2


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(40)], ids=["empty", "words", "cut off"]
)
def test_a_photo_that_is_none_is_named_and_leaves_nothing(
    content: bytes, good: ClipFile, tmp_path: Path, workdir: Path
) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(content)
    with pytest.raises(MediaBroken, match="the picture f0f0f0f0f0f0 of the end card cannot be read: upload it again"):
        cut(good, workdir, carded(), card=bad)
    assert list(workdir.iterdir()) == []


def test_a_caption_of_emoji_only_is_drawn(files: Mapping[str, Path]) -> None:
    assert preflight(small_order(timeline=carded("😋🔥")), files) == ()


@pytest.mark.slow
def test_a_film_with_a_caption_of_emoji_only_passes(good: ClipFile, files: Mapping[str, Path], workdir: Path) -> None:
    made = cut(good, workdir, carded("😋🔥"), card=files[PHOTO])
    assert made.checks["captions inside the safe box"]["passed"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("caption", "error", "message"),
    [
        ("这杯咖啡真的很好喝啊" * 30, CutRefused, "caption '这杯咖啡真的很好喝啊这杯.* is too long for its place"),
        ("This coffee is really good to drink " * 9, CutRefused, "caption 'This coffee .* is too long for its place"),
        ("قهوة طازجة كل صباح", MissingGlyph, "قهوة طازجة كل صباح"),
        ("קפה טרי בכל בוקר", MissingGlyph, "קפה טרי בכל בוקר"),
    ],
)
def test_a_caption_that_cannot_be_drawn_is_named_and_leaves_nothing(
    caption: str, error: type[Exception], message: str, good: ClipFile, files: Mapping[str, Path], workdir: Path
) -> None:
    with pytest.raises(error, match=message):
        cut(good, workdir, carded(caption), card=files[PHOTO])
    assert list(workdir.iterdir()) == []


@pytest.mark.slow
def test_an_empty_brand_kit_changes_nothing(good: ClipFile, files: Mapping[str, Path], workdir: Path) -> None:
    made = {}
    for name, brand in (("none", None), ("empty", Brand())):
        (workdir / name).mkdir()
        made[name] = cut(good, workdir / name, carded("早上好", brand), card=files[PHOTO])
    assert made["empty"].checks == made["none"].checks
    assert made["empty"].poster.read_bytes() == made["none"].poster.read_bytes()
    assert made["empty"].contact_sheet.read_bytes() == made["none"].contact_sheet.read_bytes()


def test_a_voice_line_without_sound_is_named(good: ClipFile, workdir: Path) -> None:
    line = VoiceLine("v1", "早上好", "a", 0, 30, "voice.mp4", "e" * 64)
    order = small_order(timeline=replace(ONE, voice=Voice((line,))))
    with pytest.raises(MediaBroken, match=r"good.mp4 has no sound: upload another file"):
        deliver(order, {"a" * 64: good}, {"e" * 64: good.path}, workdir, NullWatch())
    assert list(workdir.iterdir()) == []
