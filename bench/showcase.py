"""What a shot of the ``showcase`` engine costs, against bare x264 of the very same frames.

    python bench/showcase.py [--seconds 5] [--size 1080x1920] [--photo FILE] [--moves push,orbit_left] [--baseline]

The photo is scikit-image's coffee (CC0) unless another is given. Reading the scene (the DiT), preparing the layers,
warping and encoding are told apart. CPU seconds are user + system of this process with all its threads; memory is the
largest resident size.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder

from bench.still import encode_only

if TYPE_CHECKING:
    from generation.domain.shot_plan import ShotPlan
    from generation.engines.showcase.scene import Scene, SceneReader


@dataclass
class Clock:
    """CPU seconds by part."""

    parts: dict[str, float] = field(default_factory=dict)
    _begun: float = 0.0

    def __enter__(self) -> Clock:
        self._begun = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def lap(self, part: str) -> None:
        now = time.process_time()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._begun
        self._begun = now


class Timed:
    """A reader, and how long it takes."""

    def __init__(self, reader: SceneReader) -> None:
        self._reader, self.seconds = reader, 0.0

    def read(self, *about: Any) -> Scene:
        begun = time.process_time()
        scene = self._reader.read(*about)
        self.seconds += time.process_time() - begun
        return scene


def shot(photo: Path, move: str, seconds: float, size: tuple[int, int]) -> ShotPlan:
    from generation.domain.engine_spec import Framing, Move
    from generation.domain.shot_plan import ImageRef, ShotRequest, plan
    from generation.engines.registry import engine
    from generation.subject import find_subject, read_photo

    spec = engine("showcase").spec
    height, width = read_photo(photo).shape[:2]
    image = ImageRef(hashlib.sha256(photo.read_bytes()).hexdigest(), photo.name, width, height, find_subject(photo))
    frames = round(seconds * spec.fps)
    return plan(spec, ShotRequest(image, Move(move), Framing.MEDIUM, 1.0, frames, spec.fps, *size, seed=1))


def film(made: ShotPlan, photo: Path, out: Path, reader: SceneReader) -> dict[str, float]:
    """The engine's own steps, one after the other, with a clock between them."""
    from generation.domain.rig import poses
    from generation.engines.showcase.shoot import framed, photographed, set_up
    from generation.engines.showcase.warp import Frame, expose
    from generation.ffmpeg import ClipWriter
    from generation.watch import NullWatch

    timed = Timed(reader)
    with Clock() as clock:
        way = poses(made.move, made.strength, made.seed, made.frames, made.fps, made.height / made.width, made.easing)
        seen = photographed(made.photo, {made.photo.sha256: photo})
        shoot = set_up(seen, made, way, framed(seen, made, way), timed, NullWatch())
        clock.lap("prepare")
        clock.parts = {"read": timed.seconds, "prepare": clock.parts["prepare"] - timed.seconds}
        frame = Frame.of(made.width, made.height)
        with ClipWriter(out, made.width, made.height, made.fps) as writer:
            for index, pose in enumerate(shoot.poses):
                expose(shoot.layers, index, pose, frame)
                clock.lap("warp")
                writer.write(frame.whole)
                clock.lap("encode")
        clock.lap("encode")
    return clock.parts


def reader_for(baseline: bool) -> SceneReader:
    from generation.engines.registry import engine
    from generation.engines.showcase.baseline import Baseline

    if baseline:
        return Baseline()
    begun = time.monotonic()
    chosen = engine("showcase")
    chosen.load()
    print(f"loaded in {time.monotonic() - begun:.1f} s")
    return chosen.reader()  # type: ignore[attr-defined,no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--moves", default="push,orbit_left")
    parser.add_argument("--baseline", action="store_true", help="with the reader that has learned nothing")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    import skimage

    photo = options.photo or Path(skimage.__file__).parent / "data" / "coffee.png"
    reader = reader_for(options.baseline)
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        memory = 0
        for move in options.moves.split(","):
            made = shot(photo, move, options.seconds, (width, height))
            begun = time.monotonic()
            parts = film(made, photo, clip, reader)
            wall = time.monotonic() - begun
            # Later readings would count the frames that encode_only holds all at once.
            memory = memory or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            bare, total = encode_only(made, clip, Path(folder) / "bare.mp4"), sum(parts.values())
            told = ", ".join(f"{part} {seconds:.2f}" for part, seconds in parts.items())
            print(
                f"{move}: {made.frames} frames {width}x{height}: {total:.1f} CPU s ({wall:.1f} s wall): {told}; "
                f"bare x264 {bare:.1f} CPU s, factor {total / bare:.2f}"
            )
        print(f"memory: {memory} MiB")


if __name__ == "__main__":
    main()
