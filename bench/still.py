"""What a shot of the ``still`` engine costs, against bare x264 of the very same frames.

    python bench/still.py [--seconds 5] [--size 1080x1920]

The photo is scikit-image's coffee (CC0); a push and an orbit in the middle framing. CPU seconds are user + system of this
process with all its threads; memory is the largest resident size.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generation.domain.shot_plan import ShotPlan

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder


def shot(photo: Path, move: str, seconds: float, size: tuple[int, int]) -> ShotPlan:
    from generation.domain.engine_spec import Framing, Move
    from generation.domain.shot_plan import ImageRef, ShotRequest, plan
    from generation.engines.still import SPEC
    from generation.subject import find_subject, read_photo

    height, width = read_photo(photo).shape[:2]
    image = ImageRef(hashlib.sha256(photo.read_bytes()).hexdigest(), photo.name, width, height, find_subject(photo))
    frames = round(seconds * SPEC.fps)
    return plan(SPEC, ShotRequest(image, Move(move), Framing.MEDIUM, 1.0, frames, SPEC.fps, *size, seed=1))


def film(made: ShotPlan, photo: Path, out: Path) -> float:
    from generation.engines.still import Still
    from generation.watch import NullWatch

    begun = time.process_time()
    Still().film(made, {made.photo.sha256: photo}, out, NullWatch())
    return time.process_time() - begun


def encode_only(made: ShotPlan, clip: Path, out: Path) -> float:
    """CPU seconds of x264 alone for the frames of ``clip``, which are decoded before the clock starts."""
    from generation.ffmpeg import ClipWriter, opened

    with opened(clip) as container:
        frames = [frame.to_ndarray() for frame in container.decode(video=0)]
    begun = time.process_time()
    with ClipWriter(out, made.width, made.height, made.fps) as writer:
        for frame in frames:
            writer.write(frame)
    return time.process_time() - begun


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--size", default="1080x1920")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    import skimage

    photo = Path(skimage.__file__).parent / "data" / "coffee.png"
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        memory = 0
        for move in ("push", "orbit"):
            made = shot(photo, move, options.seconds, (width, height))
            begun = time.monotonic()
            filmed = film(made, photo, clip)
            wall = time.monotonic() - begun
            # Later readings would count the frames that encode_only holds all at once.
            memory = memory or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            bare = encode_only(made, clip, Path(folder) / "bare.mp4")
            rate = clip.stat().st_size * 8 / options.seconds / 1e6
            print(
                f"{move}: {made.frames} frames {width}x{height}: {filmed:.1f} CPU s ({wall:.1f} s wall), "
                f"bare x264 {bare:.1f} CPU s, factor {filmed / bare:.2f}, {rate:.1f} Mbit/s"
            )
        print(f"memory: {memory} MiB")


if __name__ == "__main__":
    main()
