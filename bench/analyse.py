"""How long one hit takes to analyse, part by part, and how right the detectors are on videos of which all is known.

    python bench/analyse.py [--transnet] [--seconds 30] [--videos 6]

Renders a 1080 x 1920 video with captions and music and analyses it with the default detectors; then small videos of
cuts, dissolves and fades through black, with camera moves, for the boundaries' F1 at 0.1 s. The bar: at most 20 s of wall
time on two cores for 30 s of video, F1 at least 0.95. With ``--transnet`` TransNetV2 is measured beside the default.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
import numpy as np

django.setup()

from templates_engine.analyse.analysing import Known, Spent, Tools, analyse
from templates_engine.analyse.ocr import RapidReader
from templates_engine.analyse.shots import AdaptiveCuts
from templates_engine.analyse.transnet import TransNetCuts
from templates_engine.domain.beats import Camera, Framing
from tests.templates_engine.footage_maker import Plan, Scene, cuts_and_fades, render, whole_frames

WORDS = (
    "还在为水杯漏水发愁？",
    "这款保温杯不一样",
    "双层真空",
    "倒着放也不漏",
    "只要39.9元",
    "今天下单送杯刷",
    "点击下方链接",
)
TOLERANCE_MS = 100


def long_plan(seconds: float) -> Plan:
    dice, scenes = random.Random(1), []
    while sum(scene.seconds for scene in scenes) < seconds - 3:
        number = len(scenes)
        caption = WORDS[number % len(WORDS)]
        scenes.append(
            Scene(
                whole_frames(dice.uniform(1.5, 3)),
                number,
                dice.choice([*Camera]),
                dice.choice([*Framing]),
                caption=caption,
            )
        )
    rest = round(seconds - sum(scene.seconds for scene in scenes), 2)
    scenes.append(Scene(rest, len(scenes), Camera.PUSH, Framing.CLOSE, caption="点击下方链接"))
    return Plan(tuple(scenes), width=540, height=960, enlarge=2, bpm=120)


def measured(folder: Path, seconds: float) -> None:
    path = render(folder / "long.mp4", long_plan(seconds))
    RapidReader().find(np.zeros((320, 180, 3), np.uint8))  # loading the models is paid once a worker
    spent, begun, cpu = Spent(), time.perf_counter(), time.process_time()
    found = analyse(path, Known("long"), Tools(AdaptiveCuts, RapidReader()), spent=spent)
    wall, used = time.perf_counter() - begun, time.process_time() - cpu
    size, load = path.stat().st_size / 1e6, os.getloadavg()[0]
    print(f"{seconds:g} s of 1080x1920, {size:.1f} MB: {wall:.1f} s of wall, {used:.1f} s of CPU (load {load:.1f})")
    for part, took in sorted(spent.parts.items(), key=lambda item: -item[1]):
        print(f"  {part:10} {took:6.2f} s  {took / wall:4.0%}")
    planned = [scene.caption.replace(" ", "") for scene in long_plan(seconds).scenes]
    exact = sum(line.text in planned for line in found.captions)
    bpm = None if found.tempo is None else found.tempo.bpm
    print(f"  captions read exactly: {exact} of {len(found.captions)}, planted {len(planned)}; tempo {bpm}")


def boundaries(folder: Path, videos: int, name: str, cutter: type) -> None:
    hits = false = missed = moves = framings = shots = 0
    for seed in range(1000, 1000 + videos):
        plan, path = cuts_and_fades(seed), folder / f"{seed}.mp4"
        if not path.exists():
            render(path, plan)
        found = analyse(path, Known(str(seed)), Tools(cutter))
        left = [shot.start_ms for shot in found.shots[1:]]
        for border in plan.borders:
            near = [at for at in left if abs(at - border * 1000) <= TOLERANCE_MS]
            hits, missed = hits + bool(near), missed + (not near)
            left = [at for at in left if at not in near[:1]]
        false += len(left)
        for scene, end in zip(plan.scenes, [*plan.borders, plan.seconds], strict=True):
            middle = 1000 * (end - scene.seconds / 2)
            shot = next(shot for shot in found.shots if shot.start_ms <= middle < shot.end_ms)
            moves, framings = moves + (shot.camera == scene.camera), framings + (shot.framing == scene.framing)
            shots += 1
    f1 = 2 * hits / max(2 * hits + false + missed, 1)
    print(f"{name}: F1 {f1:.3f} at 0.1 s ({hits} found, {missed} missed, {false} false)")
    print(f"  camera {moves / shots:.2f}, framing {framings / shots:.2f} of {shots} shots")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--transnet", action="store_true")
    options.add_argument("--seconds", type=float, default=30)
    options.add_argument("--videos", type=int, default=6)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if asked.seconds:
            measured(Path(name), asked.seconds)
        boundaries(Path(name), asked.videos, "default", AdaptiveCuts)
        if asked.transnet:
            boundaries(Path(name), asked.videos, "transnetv2", TransNetCuts)


if __name__ == "__main__":
    main()
