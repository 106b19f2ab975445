"""Every photo with every move of the ``showcase`` engine: is the product whole, is there depth, does its text read?

    python bench/showcase_photos.py OUT --photos DIR [--moves truck_left,orbit] [--only NAME] [--baseline] [--processes 2]

Besides the photos in DIR it takes the bundled demo photos, scikit-image's coffee and the left picture of its stereo
motorcycle. Frames are measured before they are encoded, 8 per clip at 1080x1920. OUT gets ``photos.json``, a Markdown
fragment ``photos.md``, a contact sheet per move, a comparison with ``still``, and the worst ten clips.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder

from bench.showcase_measure import Shown, measure, product_mask, whole_of
from bench.showcase_report import markdown, sheets

if TYPE_CHECKING:
    from generation.domain.shot_plan import ImageRef, ShotPlan
    from generation.engines.showcase.scene import SceneReader

SIZE, FRAMES, SAMPLES = (1080, 1920), 150, 8
Picture = Any


def plan_for(image: ImageRef, move: str) -> ShotPlan:
    from generation.domain.engine_spec import Framing, Move
    from generation.domain.shot_plan import ShotRequest, plan
    from generation.engines.showcase.engine import SPEC

    return plan(SPEC, ShotRequest(image, Move(move), Framing.MEDIUM, 1.0, FRAMES, SPEC.fps, *SIZE, seed=7))


def film(made: ShotPlan, path: Path, moments: list[int], reader: SceneReader) -> tuple[list[Picture], bool, Any]:
    """The frames at ``moments``; whether the scene was filmed as a flat picture; and the photo's place in the first."""
    from generation.domain.rig import poses
    from generation.engines.showcase.shoot import framed, photographed, set_up
    from generation.engines.showcase.warp import Frame, expose
    from generation.watch import NullWatch

    way = poses(made.move, made.strength, made.seed, made.frames, made.fps, made.height / made.width, made.easing)
    photo = photographed(made.photo, {made.photo.sha256: path})
    aim = framed(photo, made, way)
    shoot = set_up(photo, made, way, aim, reader, NullWatch())
    frames, frame = [], Frame.of(made.width, made.height)
    for index in moments:
        expose(shoot.layers, index, shoot.poses[index], frame)
        frames.append(cv2.cvtColor(frame.whole, cv2.COLOR_YUV2BGR_I420))
    scale = made.width / aim.width
    to_middle = np.array([[1 / made.width, 0, -0.5], [0, 1 / made.width, -0.5 * made.height / made.width], [0, 0, 1]])
    from_photo = np.array(
        [[scale, 0, made.width / 2 - aim.x * scale], [0, scale, made.height / 2 - aim.y * scale], [0, 0, 1]]
    )
    front, pose = shoot.layers.front, shoot.poses[moments[0]]
    place = np.array(pose.product(0.0, 0.0)).reshape(3, 3) if front is None else front.place(moments[0], pose)
    return frames, front is None, np.linalg.inv(to_middle) @ place @ to_middle @ from_photo


def film_still(made: ShotPlan, path: Path, moments: list[int]) -> list[Picture]:
    """What the ``still`` engine shows at the same moments; nothing where it lacks the move."""
    from generation.domain.camera import CAMERA_MOVES, reach
    from generation.domain.camera import path as flat_path
    from generation.domain.framing import Photo, compose, in_photo
    from generation.engines.edges import judge
    from generation.engines.plate import make_plate
    from generation.subject import read_photo

    if made.move not in CAMERA_MOVES:
        return []
    photo, aspect = read_photo(path), made.height / made.width
    views = flat_path(made.move, made.strength, made.seed, made.frames, made.fps, aspect)
    edges = judge(photo)
    sheet = Photo(
        photo.shape[1], photo.shape[0], made.photo.subject, edges.left and edges.right, edges.top and edges.bottom
    )
    aim = compose(sheet, made.framing, made.width, views, aspect)
    plate = make_plate(photo, aim, in_photo(reach(views, aspect), aim), made.photo.subject, edges, made.width)
    frame, out = np.empty((made.height * 3 // 2, made.width), np.uint8), []
    for index in moments:
        plate.sample(aim, views[index], frame, made.width, made.height)
        out.append(cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_I420))
    return out


def reader_for(baseline: bool) -> SceneReader:
    from generation.engines.registry import engine
    from generation.engines.showcase.baseline import Baseline

    return Baseline() if baseline else engine("showcase").reader()


def photos(folder: Path | None, work: Path) -> list[Path]:
    """The given ones, the bundled ones, and scikit-image's, written into ``work``."""
    import skimage.data

    found = sorted(folder.glob("*.jpg")) if folder else []
    found += sorted((ROOT / "creative" / "demo_photos").glob("*.jpg"))
    for name, picture in (("coffee", skimage.data.coffee()), ("motorcycle", skimage.data.stereo_motorcycle()[0])):
        found.append(work / f"{name}.png")
        cv2.imwrite(str(found[-1]), picture[:, :, ::-1])
    return found


def alone() -> None:
    """Each process keeps to one core."""
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def judged(path: Path, moves: list[str], *, baseline: bool) -> list[Shown]:
    from generation.domain.geometry import WHOLE
    from generation.domain.shot_plan import ImageRef
    from generation.gate.text import installed, lines_of
    from generation.subject import find_subject, read_photo

    reader, photo = reader_for(baseline), read_photo(path)
    height, width = photo.shape[:2]
    box = find_subject(photo)
    image = ImageRef(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, width, height, box)
    mask = product_mask(path.stem, (width, height), box)
    lines = lines_of(path, box or WHOLE) if installed() else ()
    moments = [round(k * (FRAMES - 1) / (SAMPLES - 1)) for k in range(SAMPLES)]
    shown = []
    for move in moves:
        begun = time.monotonic()
        made = plan_for(image, move)
        frames, flat, place = film(made, path, moments, reader)
        found = measure(photo, mask, whole_of(path.stem, box), frames, lines, place)
        small = [cv2.resize(frame, (216, 384), interpolation=cv2.INTER_AREA) for frame in frames]
        still = [
            cv2.resize(frame, (216, 384), interpolation=cv2.INTER_AREA)
            for frame in film_still(made, path, moments[::7])
        ]
        shown.append(Shown(path.stem, move, found, small, still, flat, time.monotonic() - begun))
        print(
            f"{path.stem[:24]:24} {move:14} points {found.points:3} median {found.median or 0:.2f} p95 {found.p95 or 0:.2f} "
            f"apart {'-' if found.apart is None else round(found.apart, 1)} "
            f"text {min(found.text, default='-')} {'flat' if flat else ''}",
            flush=True,
        )
    return shown


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--moves", help="with commas; all where left out")
    parser.add_argument("--only", default="", help="photos whose name contains this")
    parser.add_argument("--baseline", action="store_true", help="with the reader that has learned nothing")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    from generation.domain.engine_spec import Move

    options.out.mkdir(parents=True, exist_ok=True)
    moves = options.moves.split(",") if options.moves else [move.value for move in Move]
    wanted = [path for path in photos(options.photos, options.out) if options.only in path.stem]
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn"), initializer=alone) as pool:
        jobs = [pool.submit(judged, path, moves, baseline=options.baseline) for path in wanted]
        shown = [clip for job in jobs for clip in job.result()]
    rows = [
        {"photo": clip.photo, "move": clip.move, "flat": clip.flat, "points": clip.found.points, "median": clip.found.median,
         "p95": clip.found.p95, "product_way": clip.found.product_way, "background_way": clip.found.background_way,
         "apart": clip.found.apart,
         "far_apart": clip.found.far_apart, "text": min(clip.found.text, default=None), "holes": clip.found.holes}
        for clip in shown
    ]  # fmt: skip
    (options.out / "photos.json").write_text(json.dumps(rows, indent=1))
    (options.out / "photos.md").write_text(markdown(shown))
    sheets(shown, options.out)
    print((options.out / "photos.md").read_text())


if __name__ == "__main__":
    main()
