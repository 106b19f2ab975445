"""What is read of a stranger's video, and what is refused: nothing outside of the file itself is ever opened."""

from pathlib import Path

import numpy as np
import pytest

from generation.errors import MediaBroken
from generation.ffmpeg import ClipWriter, run, source
from generation.footage import Limits, reel
from templates_engine.analyse import footage
from templates_engine.analyse.errors import VideoRefused
from tests.templates_engine.footage_maker import write_wav


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """One second of 64 x 96 at 30 frames a second: dark on the left, light on the right."""
    path = tmp_path / "clip.mp4"
    planes = np.full((144, 64), 128, np.uint8)
    planes[:96, :32], planes[:96, 32:] = 30, 210
    with ClipWriter(path, 64, 96, 30) as writer:
        for _ in range(30):
            writer.write(planes)
    return path


def test_frames_come_small_upright_and_with_their_times(clip: Path) -> None:
    with footage.opened(clip) as film:
        assert (film.width, film.height, film.fps, film.duration_ms) == (64, 96, 30.0, 1000)
        frames = [(frame.at_ms, frame.small.shape, frame.full().shape) for frame in film.frames(48)]
        assert film.sound(16_000) is None
    assert len(frames) == 30
    assert frames[0] == (0, (48, 32, 3), (96, 64, 3))
    assert [at_ms for at_ms, *_ in frames[:4]] == [0, 33, 67, 100]


def test_a_video_that_lies_on_its_side_is_turned(clip: Path) -> None:
    turned = clip.with_name("turned.mp4")
    run(["-display_rotation", "90", *source(clip), "-c", "copy", turned], seconds=20)
    with footage.opened(turned) as film:
        assert (film.width, film.height) == (96, 64)
        frame = next(iter(film.frames(96)))
    assert frame.small.shape == (64, 96, 3)
    assert frame.small[8].mean() > 150 > 80 > frame.small[-8].mean()  # what was right is now on top


def test_a_variable_frame_rate_keeps_its_times(clip: Path) -> None:
    path = clip.with_name("vfr.mp4")
    gaps = ["-vf", "select='not(between(n,5,14))'", "-fps_mode", "vfr"]
    run([*source(clip), *gaps, path], seconds=20)
    with footage.opened(path) as film:
        times = [frame.at_ms for frame in film.frames(48)]
    assert len(times) == 20
    assert times[4:6] == [133, 500]


def test_of_a_fast_video_every_second_frame_is_given(tmp_path: Path) -> None:
    path = tmp_path / "fast.mp4"
    run(["-f", "lavfi", "-i", "testsrc=size=64x64:rate=60:duration=1", path], seconds=20)
    with footage.opened(path) as film:
        times = [frame.at_ms for frame in film.frames(64)]
    assert len(times) == 30
    assert times[:3] == [0, 33, 67]


def test_sound_begins_with_the_picture(clip: Path) -> None:
    sheet, path = clip.with_name("s.wav"), clip.with_name("loud.mp4")
    click = np.zeros((48_000, 1), np.float32)
    click[24_000:24_400] = 0.9
    write_wav(sheet, click)
    run([*source(clip), *source(sheet), "-c:v", "copy", "-c:a", "aac", path], seconds=20)
    with footage.opened(path) as film:
        sound = film.sound(16_000)
    assert sound is not None
    assert sound.dtype == np.float32
    assert abs(int(np.argmax(np.abs(sound))) - 8_000) < 200


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("hls.mp4", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n"),
        ("concat.mp4", "ffconcat version 1.0\nfile clip.mp4\n"),
        ("away.mp4", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.mp4\n#EXT-X-ENDLIST\n"),
        ("noise.mp4", "no video at all"),
        ("empty.mp4", ""),
    ],
)
def test_what_is_no_video_is_refused(clip: Path, name: str, content: str) -> None:
    path = clip.with_name(name)
    path.write_text(content)
    before = sorted(clip.parent.iterdir())
    with pytest.raises(VideoRefused, match=f"{name} cannot be read"), footage.opened(path):
        pass
    assert sorted(clip.parent.iterdir()) == before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideoRefused, match=r"there is no file gone\.mp4"), footage.opened(tmp_path / "gone.mp4"):
        pass


def test_four_hours_are_refused_before_a_frame_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    run(["-f", "lavfi", "-i", "color=size=32x32:rate=1/120:duration=14400", path], seconds=20)
    with pytest.raises(VideoRefused, match="longer than 10 minutes"), footage.opened(path):
        pass


def test_a_video_without_a_single_frame_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.mp4"
    run(["-f", "lavfi", "-i", "color=size=64x64:rate=25", "-frames:v", "0", "-f", "mp4", path], seconds=20)
    with pytest.raises(VideoRefused, match=r"none\.mp4"), footage.opened(path):
        pass


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    run(["-f", "lavfi", "-i", "sine=duration=0.2", "-c:a", "aac", path], seconds=20)
    with pytest.raises(VideoRefused, match="has no picture"), footage.opened(path):
        pass


def test_a_file_that_breaks_off_says_where(clip: Path) -> None:
    path = clip.with_name("broken.mp4")
    noise = ["-f", "lavfi", "-i", "nullsrc=size=128x128:rate=25:duration=4,geq=random(1)*255:128:128"]
    run([*noise, "-movflags", "+faststart", "-g", "10", path], seconds=60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(VideoRefused, match="broken.mp4"), footage.opened(path) as film:
        for _ in film.frames(64):
            pass


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (Limits(seconds=0.5), "longer than"),
        (Limits(side=80), "side of more than 80 pixels"),
        (Limits(file_bytes=100), "larger than"),
    ],
)
def test_limits_hold(clip: Path, limits: Limits, says: str) -> None:
    with pytest.raises(MediaBroken, match=says), reel(clip, limits):
        pass


def test_a_reading_that_takes_too_long_is_given_up(clip: Path) -> None:
    with reel(clip, Limits(decode_s=0.0)) as film, pytest.raises(MediaBroken, match="takes longer than 0 s"):
        list(film.frames(48))
