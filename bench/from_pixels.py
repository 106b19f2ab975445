"""From pixels to a template: twelve videos of one planted template, rendered here, without transcripts.

    python bench/from_pixels.py [--videos 12]

Each has another product, words, typeface, colours, music and cut jitter; captions are burnt in. They are analysed with the
default detectors, a template is learned, and its beats are held against the planted ones. The bar: the planted beats in
order, each with its length within 15 %. Prints how many captions were read exactly, too.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from templates_engine.analyse.analysing import Known, Tools, analyse
from templates_engine.analyse.ocr import RapidReader
from templates_engine.analyse.shots import AdaptiveCuts
from templates_engine.domain.analysis import VideoAnalysis
from templates_engine.domain.template import ScriptTemplate
from templates_engine.learning import learn
from tests.templates_engine.hits_maker import BEATS, Hit, render_hits


def analysed(folder: Path, videos: int) -> list[tuple[VideoAnalysis, Hit]]:
    found = []
    for path, one in render_hits(folder, videos):
        known = Known(one.name, category="home", platform="douyin")
        found.append((analyse(path, known, Tools(AdaptiveCuts, RapidReader())), one))
    return found


def report(template: ScriptTemplate, hits: list[tuple[VideoAnalysis, Hit]]) -> None:
    planted = [beat.role for beat in BEATS]
    learned = [beat.role for beat in template.beats]
    print(f"planted {' '.join(planted)}\nlearned {' '.join(learned)}: {'same' if planted == learned else 'other'}")
    print(f"stability {template.stability}, length {template.duration.p50 / 1000:.1f} s")
    if planted != learned:
        return
    seconds = sum(beat.seconds for beat in BEATS)
    for beat, wanted in zip(template.beats, BEATS, strict=True):
        error = beat.share.p50 * template.duration.p50 / 1000 / wanted.seconds - 1
        shots = f"shots {beat.shots.p50:g} of {len(wanted.cameras)}"
        print(
            f"  {beat.role:14} {wanted.seconds / seconds:.3f} -> {beat.share.p50:.3f}  length off by {error:+.1%}, {shots}"
        )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--videos", type=int, default=12)
    with tempfile.TemporaryDirectory() as name:
        hits = analysed(Path(name), options.parse_args().videos)
    exact = sum([line.text for line in found.told] == list(one.lines) for found, one in hits)
    shots = sum(len(found.shots) == len(one.plan.scenes) for found, one in hits)
    late = [
        abs(line.start_ms - 1000 * sum(one.seconds[:place]))
        for found, one in hits
        if len(found.told) == len(one.lines)
        for place, line in enumerate(found.told)
    ]
    print(
        f"{len(hits)} videos: captions all exact in {exact}, shots right in {shots}, lines off by {median(late):.0f} ms (median)"
    )
    for template in learn([replace(found, lang="zh") for found, _ in hits]).templates:
        report(template, hits)


if __name__ == "__main__":
    main()
