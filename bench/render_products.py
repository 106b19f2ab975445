"""Render the demo's product pictures.

The demo needs product photos that anyone may use, and none may be downloaded. So the products
are invented, built from distance functions and photographed in a small virtual studio (package
`studio` next to this file). The same command always gives the same pictures.

    python bench/render_products.py --out creative/demo_photos
    python bench/render_products.py --out /tmp/look --product mug --size 400x500 --samples 2
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))

from studio.camera import expose, finish, to_jpeg
from studio.scenes import SHOTS, Shot
from studio.stage import Stage


def parse_size(text: str) -> tuple[int, int]:
    """Read "1200x1500"."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"not a size: {text!r}, expected WIDTHxHEIGHT")
    return int(width), int(height)


def render(shot: Shot, size: tuple[int, int], samples: int) -> bytes:
    """One shot as a JPEG file."""
    stage = Stage(shot.items(), shot.lights, shot.backdrop)
    picture = expose(stage, shot.camera, size[0], size[1], samples, shot.exposure)
    return to_jpeg(finish(picture))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for the JPEG files")
    parser.add_argument("--product", help='only shots whose name starts with this ("mug")')
    parser.add_argument("--size", type=parse_size, default=(1200, 1500), help="default 1200x1500")
    parser.add_argument("--samples", type=int, default=2, help="rays per pixel and axis (2 = 4)")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    names = [name for name in SHOTS if name.startswith(options.product or "")]
    if not names:
        parser.error(f"no such product; the shots are: {', '.join(SHOTS)}")
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in names:
        begun = time.monotonic()
        with torch.inference_mode():
            data = render(SHOTS[name], options.size, options.samples)
        (options.out / f"{name}.jpg").write_bytes(data)
        spent = time.monotonic() - begun
        print(f"{name}.jpg  {len(data) / 1000:.0f} kB  {spent:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
