"""What the quality gate measures on good clips and on spoiled ones, and how often it is right.

    python bench/gate_calibration.py OUT.jsonl --photos DIR [--engine showcase] [--clips 100] [--size 360x640]
    python bench/gate_calibration.py OUT.jsonl --table

Films clips with an engine from the photos in DIR, the bundled demo photos and scikit-image's coffee: moves, framings,
strengths and seeds in turn. Each good clip is judged, then again with each of nine defects planted into it
(``--good-only``: without). Every result is one line of OUT, so that a run can go on where it was stopped. ``--table``
prints what the thresholds of today make of them: limits are to be chosen on the ``calibrate`` half of the photos, and
the figures that count are those of the ``verify`` half.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
Row = dict[str, Any]
STRENGTHS = (1.0, 0.7, 0.45)


def photos(folder: Path | None) -> list[Path]:
    import skimage

    own = sorted((ROOT / "creative" / "demo_photos").glob("*.jpg"))
    others = sorted(folder.glob("*.jpg")) if folder is not None else []
    return [*others, *own, Path(skimage.__file__).parent / "data" / "coffee.png"]


def half_of(photo: Path) -> str:
    """A photo belongs to one half for good, by its name; several photos of one product to the same."""
    product = photo.stem.split("_")[0]
    return "verify" if hashlib.sha256(product.encode()).digest()[0] % 2 else "calibrate"


def orders(options: argparse.Namespace) -> Iterator[tuple[Path, str, str, float, int]]:
    """Photo, move, framing, strength and seed of each clip."""
    from generation.engines.registry import engine

    moves = sorted(move.value for move in engine(options.engine).spec.moves)
    files = photos(options.photos)
    for number in range(options.start, options.start + options.clips):
        turn, at = divmod(number, len(files))
        move = moves[(at + 5 * turn) % len(moves)]
        framing = ("medium", "close", "wide")[(at + turn) % 3]
        yield files[at], move, framing, STRENGTHS[(at + 2 * turn) % 3], 100 + number


def measure(options: argparse.Namespace) -> None:
    known = {row["clip"] for row in rows(options.out)} if options.out.exists() else set()
    with options.out.open("a", encoding="utf-8") as sink:
        for order in orders(options):
            photo, move, framing, strength, seed = order
            name = f"{photo.stem[:16]}/{move}/{framing}/{strength}/{seed}"
            if name in known:
                continue
            for row in _one(options, *order):
                sink.write(json.dumps({"clip": name, "half": half_of(photo), **row}) + "\n")
                sink.flush()


def _one(
    options: argparse.Namespace, photo: Path, move: str, framing: str, strength: float, seed: int
) -> Iterator[Row]:
    from generation.domain.engine_spec import Framing, Move
    from generation.domain.geometry import Box
    from generation.domain.shot_plan import ImageRef, ShotRequest, plan
    from generation.engines.registry import engine
    from generation.gate.judge import Asked, judge
    from generation.media import sha256_of
    from generation.subject import find_subject, read_photo
    from generation.watch import NullWatch
    from tests.generation.defects import DEFECTS, read_clip, write_frames

    chosen = engine(options.engine)
    height, width = read_photo(photo).shape[:2]
    subject = find_subject(photo)
    image = ImageRef(sha256_of(photo), photo.name, width, height, subject)
    size = tuple(int(side) for side in options.size.split("x"))
    frames = round(options.seconds * chosen.spec.fps)
    request = ShotRequest(image, Move(move), Framing(framing), strength, frames, chosen.spec.fps, *size, seed)
    asked = Asked(Move(move), strength, subject)
    with tempfile.TemporaryDirectory() as folder:
        clip, bad = Path(folder) / "clip.mp4", Path(folder) / "bad.mp4"
        filmed = chosen.film(plan(chosen.spec, request), {image.sha256: photo}, clip, NullWatch())
        report = judge(photo, clip, asked)
        row = {"move": move, "engine": options.engine}
        yield {**row, "defect": "none", "numbers": asdict(report.measures)}
        if options.good_only:
            return
        pictures, fps = read_clip(clip)
        place = filmed.subject or Box(0.2, 0.3, 0.8, 0.7)
        for name, defect in DEFECTS.items():
            write_frames(bad, defect(pictures, place), fps)
            yield {**row, "defect": name, "numbers": asdict(judge(photo, bad, asked).measures)}


def rows(path: Path) -> list[Row]:
    """Every result once, also where several runs were put together into one file."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return list({(row["clip"], row["defect"]): row for row in found}.values())


def table(path: Path) -> None:
    found = rows(path)
    _extremes([row for row in found if row["defect"] == "none"])
    for half in ("calibrate", "verify"):
        print(f"\n## {half}\n\n| clips | judged | rejected | for |\n| --- | --- | --- | --- |")
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in found:
            if row["half"] == half:
                groups["good" if row["defect"] == "none" else row["defect"]].append(row)
        for name, group in groups.items():
            faults = [_rejections(row) for row in group]
            counts: dict[str, int] = defaultdict(int)
            for names in faults:
                for fault in names:
                    counts[fault] += 1
            why = ", ".join(f"{fault} {count}" for fault, count in sorted(counts.items(), key=lambda pair: -pair[1]))
            print(f"| {name} | {len(group)} | {sum(bool(names) for names in faults)} | {why} |")
            for row, names in zip(group, faults, strict=True):
                if (name == "good") == bool(names):
                    print(f"<!-- {row['clip']} {name} {names} -->")


def _rejections(row: Row) -> list[str]:
    from generation.domain.engine_spec import Move
    from generation.domain.quality import Measures, weigh
    from generation.gate.limits import thresholds

    verdict = weigh(Measures(**row["numbers"]), thresholds(Move(row["move"])))
    return [fault.measure for fault in verdict.rejections]


def _extremes(good: list[Row]) -> None:
    """The worst value of each measure on good clips, per move, as far as it matters."""
    from generation.domain.engine_spec import Move
    from generation.domain.quality import MEASURES
    from generation.gate.limits import thresholds

    names = [name for name in MEASURES if any(row["numbers"][name] is not None for row in good)]
    print("| move | clips | " + " | ".join(names) + " |\n|" + " --- |" * (len(names) + 2))
    for move in ["all", *sorted({row["move"] for row in good})]:
        group = [row for row in good if move in ("all", row["move"])]
        cells = []
        for name in names:
            values = [row["numbers"][name] for row in group if row["numbers"][name] is not None]
            upward = thresholds(Move(group[0]["move"])).limits[name].upward
            cells.append(f"{(max if upward else min)(values):.2f}" if values else "-")
        print(f"| {move} | {len(group)} | " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--engine", default="showcase")
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--start", type=int, default=0, help="number of the first clip, to share the work out")
    parser.add_argument("--size", default="360x640")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--good-only", action="store_true")
    parser.add_argument("--table", action="store_true", help="only print what is in OUT")
    options = parser.parse_args()
    import cv2
    import django

    django.setup()
    cv2.setNumThreads(1)
    if not options.table:
        measure(options)
    table(options.out)


if __name__ == "__main__":
    main()
