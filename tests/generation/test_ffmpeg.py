"""The one door to media files: what it writes, and what it refuses to read."""

import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from generation.errors import FfmpegFailed, MediaBroken
from generation.ffmpeg import ClipWriter, opened, probe, run, source


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """70 frames whose luma rises by three each."""
    path = tmp_path / "clip.mp4"
    with ClipWriter(path, 64, 96, 30) as writer:
        for index in range(70):
            planes = np.full((144, 64), 128, np.uint8)
            planes[:96] = 20 + 3 * index
            writer.write(planes)
    assert writer.frames == 70
    return path


def test_a_clip_holds_exactly_its_frames(clip: Path) -> None:
    facts = probe(clip)
    assert (facts.width, facts.height, facts.frames, facts.fps) == (64, 96, 70, Fraction(30))
    assert (facts.codec, facts.pixel_format) == ("h264", "yuv420p")


def test_a_clip_says_its_colours_and_keeps_time(clip: Path) -> None:
    with opened(clip) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace, context.color_range) == (1, 1, 1, 1)
        frames = list(container.decode(stream))
    times = [frame.pts * frame.time_base for frame in frames if frame.pts is not None]
    assert times == [Fraction(index, 30) for index in range(70)]
    lumas = [int(frame.to_ndarray()[:96].mean().round()) for frame in frames]
    assert max(abs(luma - (20 + 3 * index)) for index, luma in enumerate(lumas)) <= 1


def test_a_clip_that_breaks_off_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"

    def write() -> None:
        with ClipWriter(path, 64, 96, 30) as writer:
            writer.write(np.zeros((144, 64), np.uint8))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write()
    assert not path.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.mp4", "ffconcat version 1.0\nfile clip.mp4\n"),
        ("playlist.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.mp4\n#EXT-X-ENDLIST\n"),
        ("picture.png", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'),
        ("noise.mp4", "no video at all"),
        ("empty.mp4", ""),
    ],
)
def test_a_file_that_is_no_video_is_refused_by_both_readers(clip: Path, name: str, content: str) -> None:
    path = clip.with_name(name)
    path.write_text(content)
    with pytest.raises(MediaBroken, match=name):
        probe(path)
    with pytest.raises(FfmpegFailed):
        run([*source(path), "-f", "null", "-"], seconds=20)


def test_a_cut_off_file_is_broken(clip: Path) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 3])
    with pytest.raises(MediaBroken, match="cannot be read"):
        probe(clip)


def test_a_sound_without_a_picture_is_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    run(["-f", "lavfi", "-i", "sine=duration=0.1", path], seconds=20)
    with pytest.raises(MediaBroken, match="has no picture"):
        probe(path)


def test_the_program_reports_what_it_did(clip: Path) -> None:
    assert "Video: h264" in run([*source(clip), "-f", "null", "-"], seconds=20)


def test_a_program_that_runs_too_long_is_killed() -> None:
    begun = time.monotonic()
    with pytest.raises(FfmpegFailed, match=r"longer than 0.3 s"):
        run(["-re", "-f", "lavfi", "-i", "testsrc=duration=60", "-f", "null", "-"], seconds=0.3)
    assert time.monotonic() - begun < 10
