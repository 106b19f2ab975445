"""Finished films as people upload them: six shots of real photos, with sound, in the ways that encoders write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data
from av.audio.frame import AudioFrame
from av.video.frame import PictureType, VideoFrame

from generation.ffmpeg import opened, run, source

LENGTHS = (14, 11, 17, 9, 12, 15)
SECOND_FROM, THIRD_FROM, THIRD_TO, FRAMES = 14, 25, 42, sum(LENGTHS)
RATE = 48_000


@dataclass(frozen=True)
class Make:
    """How a film is written. ``keys``: an IDR at each cut; ``ticks``: milliseconds of the pictures, in turn, if uneven."""

    keys: bool = True
    ticks: Sequence[int] = ()
    rate: Fraction = Fraction(30)
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    b_frames: int = 2
    rotation: int = 0
    params: str = "open-gop=0:keyint=250:scenecut=0"
    colours: tuple[int, int, int, int] = (1, 1, 1, 1)
    sound: bool = True
    options: Mapping[str, str] = field(default_factory=dict)


def six_shots(path: Path, make: Make | None = None, size: tuple[int, int] = (108, 192)) -> Path:
    make = make or Make()
    container = av.open(str(path), "w", format="mp4")
    options = {"preset": "veryfast", "threads": "1", **make.options}
    if make.codec == "libx264":
        options["x264-params"] = make.params
    stream = container.add_stream(make.codec, rate=make.rate, options=options)
    stream.width, stream.height, stream.pix_fmt = *size, make.pixel_format
    context = stream.codec_context
    context.max_b_frames = make.b_frames
    context.color_primaries, context.color_trc, context.colorspace, context.color_range = make.colours
    base = context.time_base = Fraction(1, 1000) if make.ticks else 1 / make.rate
    if make.rotation:
        stream.set_display_rotation(make.rotation)
    audio = container.add_stream("aac", rate=RATE, layout="stereo") if make.sound else None
    at, begins = 0, set(np.cumsum((0, *LENGTHS)))
    for number, picture in enumerate(pictures(size)):
        frame = VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=make.pixel_format)
        frame.pts, frame.time_base = at, base
        frame.pict_type = PictureType.I if make.keys and number in begins else PictureType.NONE
        container.mux(stream.encode(frame))
        at += make.ticks[number % len(make.ticks)] if make.ticks else 1
    container.mux(stream.encode())
    if audio is not None:
        for piece in _tone(float(at * base)):
            container.mux(audio.encode(piece))
        container.mux(audio.encode())
    container.close()
    return path


def pictures(size: tuple[int, int]):
    """RGB: each shot a slow push into another photo."""
    photos = ("coffee", "astronaut", "rocket", "chelsea", "retina", "immunohistochemistry")
    width, height = size
    for name, count in zip(photos, LENGTHS, strict=True):
        photo = getattr(skimage.data, name)()
        for number in range(count):
            down = int(min(photo.shape[0], photo.shape[1] * height / width) / (1 + 0.004 * number))
            across = int(down * width / height)
            y, x = (photo.shape[0] - down) // 2, (photo.shape[1] - across) // 2
            part = np.ascontiguousarray(photo[y : y + down, x : x + across])
            yield cv2.resize(part, size, interpolation=cv2.INTER_AREA)


def _tone(seconds: float):
    """A swelling 440 Hz."""
    time = np.arange(int(seconds * RATE)) / RATE
    wave = (0.2 * np.sin(880 * np.pi * time) * np.sin(np.pi * time) ** 2).astype(np.float32)
    for start in range(0, len(wave), 1024):
        piece = AudioFrame.from_ndarray(np.stack([wave[start : start + 1024]] * 2), format="fltp", layout="stereo")
        piece.sample_rate, piece.pts, piece.time_base = RATE, start, Fraction(1, RATE)
        yield piece


def told_by_ffmpeg(path: Path, folder: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """What another reader, the ffmpeg program, finds: (time, hash) of each decoded picture, and the sound's packets."""
    video, audio = folder / "video.md5", folder / "audio.md5"
    run([*source(path), "-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", video], seconds=60)
    with opened(path) as container:
        if not container.streams.audio:
            return [(line[2], line[5]) for line in _rows(video)], []
    run([*source(path), "-map", "0:a", "-c", "copy", "-f", "framemd5", audio], seconds=60)
    return [(line[2], line[5]) for line in _rows(video)], [",".join(line[1:]) for line in _rows(audio)]


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text().splitlines()
    return [[cell.strip() for cell in line.split(",")] for line in lines if not line.startswith("#")]


def set_of(path: Path) -> set[str]:
    """Names in a folder: to see that nothing half-written is left."""
    return {child.name for child in path.iterdir()}
