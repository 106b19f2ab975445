"""What cutting costs beyond the encoder itself.

    python bench/assembly.py [--seconds 9] [--rounds 3] [--most 1.5]

Cuts an ad of 1080x1920 from filmed clips (decoding, dissolves, captions, price tag, AI label, end card, encoding; no
sound) and then encodes the very same pictures with nothing around the encoder. Prints the CPU seconds of both and their
ratio per quality, median of the rounds; exits with 1 if a ratio is above ``--most``. CPU seconds of this process with
all its threads, because wall time on a shared machine says little.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder


def cpu_seconds(work: Callable[..., object], *arguments: object) -> float:
    begun = time.process_time()
    work(*arguments)
    return time.process_time() - begun


def measure(seconds: float, rounds: int, folder: Path) -> dict[str, tuple[float, float]]:
    """Quality -> (cutting, bare encoding), CPU seconds, medians."""
    from generation.deliver.encode import Encoder
    from generation.deliver.safe_zones import safe_zone
    from generation.domain.cut_order import Quality
    from generation.domain.timeline import Canvas, Timeline
    from generation.render.inspector import Inspector
    from generation.render.picture import pictures
    from generation.render.staging import stage_ad
    from generation.render.yuv import Frame
    from tests.generation.footage import PHOTO, film, save_photo, small_timeline

    def cut(timeline: Timeline, quality: Quality, keep: list[Frame]) -> None:
        staging = stage_ad(timeline, "9:16", safe_zone("9:16").box, files, clips)
        inspector = Inspector(30, timeline.duration)
        with Encoder(folder / "cut.mp4", staging.canvas, quality, None, {}) as encoder:
            for picture in pictures(timeline, staging, clips, (inspector.look,)):
                encoder.write(picture)
                keep.append(picture)

    def bare(frames: list[Frame], quality: Quality) -> None:
        with Encoder(folder / "bare.mp4", canvas, quality, None, {}) as encoder:
            for picture in frames:
                encoder.write(picture)

    canvas = Canvas(1080, 1920)
    timeline = small_timeline(canvas)
    longer = round(seconds * 30) - timeline.duration
    shots = [replace(shot, duration=shot.duration + longer // 4) for shot in timeline.shots]
    timeline = replace(timeline, shots=tuple(shots), overlays=timeline.overlays[:2])
    files, clips = {PHOTO: save_photo(folder)}, film(folder, timeline)
    found = {}
    for quality in Quality:
        times = []
        for _ in range(rounds):
            frames: list[Frame] = []
            times.append((cpu_seconds(cut, timeline, quality, frames), cpu_seconds(bare, frames, quality)))
        found[str(quality)] = (statistics.median(cut for cut, _ in times), statistics.median(bare for _, bare in times))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=9.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, default=1.5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HITSMITH_VAR=folder, DJANGO_SETTINGS_MODULE="config.settings")
        import django

        django.setup()
        found = measure(asked.seconds, asked.rounds, Path(folder))
    print(f"{'quality':10}{'cutting':>12}{'encoder':>12}{'ratio':>9}   CPU s for {asked.seconds:g} s of 1080x1920")
    for quality, (cutting, encoder) in found.items():
        print(f"{quality:10}{cutting:12.2f}{encoder:12.2f}{cutting / encoder:9.2f}")
    return int(any(cutting > asked.most * encoder for cutting, encoder in found.values()))


if __name__ == "__main__":
    sys.exit(main())
