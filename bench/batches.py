"""What sixty variants from twelve segments cost against rendering each of them whole.

    python bench/batches.py [--variants 12] [--sample 3] [--joins cuts,dissolves] [--report bench/reports/batches.md]

Four hooks x five bodies x three closes of 1080x1920 at 30 frames a second, each ad 15 s, in the quality that is paid for,
labelled, checked and hashed as every deliverable. ``--variants 60`` is the whole batch; a smaller one takes as many hooks,
bodies and closes as it needs, and shares less. Whole renders are measured on a sample, between the joined ones and each in a
process of its own, with the CPU seconds of that process and all that it started. Exits with 1 when the whole batch misses a bar.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generation.domain.cut_order import CutOrder
    from generation.domain.timeline import Timeline

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
BARS = {"cuts": 10.0, "dissolves": 9.0}  # times cheaper than whole renders
HOOKS, BODIES, CLOSES = 4, 5, 3
HOOK, SHOT, CARD, HANDLE, OVER = 96, 88, 90, 6, 12  # frames; a body has three shots
PHOTO = "f0" * 32
PICTURES = ("coffee", "astronaut", "chelsea", "rocket", "retina", "immunohistochemistry")


def cpu() -> float:
    """Seconds of this process and of all its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def which(variants: int) -> list[tuple[int, int, int]]:
    """The first so many of the smallest batch that is large enough, in its own order."""
    for hooks, bodies, closes in (
        (1, 2, 2),
        (2, 2, 2),
        (3, 2, 2),
        (2, 3, 2),
        (3, 3, 2),
        (4, 4, 2),
        (HOOKS, BODIES, CLOSES),
    ):
        if hooks * bodies * closes >= variants:
            return list(product(range(hooks), range(bodies), range(closes)))[:variants]
    raise SystemExit(f"there are {HOOKS * BODIES * CLOSES} variants at most")


def timeline(hook: int, body: int, close: int, joins: str) -> "Timeline":
    from generation.domain.timeline import (
        Canvas,
        EndCard,
        MusicBed,
        Overlay,
        OverlayKind,
        Timeline,
        TimelineShot,
        Transition,
    )  # fmt: skip
    from generation.domain.timeline_rules import validate

    into = {"transition": Transition.DISSOLVE, "transition_frames": OVER}
    join = into if joins == "dissolves" else {}
    shots = [TimelineShot("hook", "hook", f"{hook:02}" * 32, HANDLE, HOOK, **join)]
    for number in range(3):
        key = f"{10 + body}{number}0" * 16
        shots.append(TimelineShot(f"body{number}", "demo", key, HANDLE, SHOT, **(into if number < 2 else join)))
    card = EndCard(f"第{close + 1}波|现在下单", "山野咖啡", "¥66", "¥99", "送滤纸", "点击下单", "card.png", PHOTO)
    shots.append(TimelineShot("end", "cta", "", 0, CARD, card=card))
    overlays = [Overlay("c", OverlayKind.CAPTION, 0, HOOK, f"第{hook + 1}种|早上起不来", style="highlight")]
    half, behind = SHOT // 2, HOOK + 3 * SHOT
    for number in range(6):
        start = HOOK + number * half
        text = f"云南高山|第{body + 1}款{number + 1}"
        overlays.append(Overlay(f"c{number}", OverlayKind.CAPTION, start, start + half, text, style="highlight"))
    overlays.append(Overlay("p", OverlayKind.PRICE_TAG, HOOK + SHOT, behind, "¥66", second_text="¥99"))
    made = Timeline(
        f"v{hook}{body}{close}",
        "zh",
        "ember",
        Canvas(1080, 1920),
        tuple(shots),
        tuple(overlays),
        MusicBed("warm", 104, 5),
    )
    validate(made)
    return made


def orders(variants: int, joins: str) -> "list[CutOrder]":
    from generation.domain.cut_order import CutOrder, Quality

    provider = "001191110102MAD55U9H0F10002"
    return [
        CutOrder(timeline(*one, joins), "9:16", Quality.FINAL, provider, "ad_{}{}{}".format(*one))
        for one in which(variants)
    ]


def material(folder: Path, wanted: "Sequence[CutOrder]") -> None:
    """A clip of a moving photo with film grain for each shot of the batch, written once."""
    import skimage.data
    from assembly_material import moving
    from PIL import Image

    from generation.ffmpeg import ClipWriter

    Image.fromarray(skimage.data.coffee()).save(folder / "card.png")
    keys = sorted({key for order in wanted for key in order.clip_keys})
    for number, key in enumerate(keys):
        path = folder / f"{key}.mp4"
        if path.exists():
            continue
        photo = getattr(skimage.data, PICTURES[number % len(PICTURES)])()
        with ClipWriter(path, 1080, 1920, 30) as writer:
            for picture in moving(photo, _frames(), number):
                writer.write(picture.planar)


def _frames() -> int:
    return max(HOOK, SHOT) + 2 * HANDLE


def worker(what: str, folder: Path, variants: int, joins: str, number: int) -> None:
    """One measured process: a whole render of one variant, or the joined batch. Prints CPU seconds as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from generation.deliver.deliver import deliver
    from generation.domain.cut_order import ClipFile
    from generation.domain.geometry import Box
    from generation.segments.batch import Variant, cut_variants
    from generation.watch import NullWatch

    wanted = orders(variants, joins)
    if what == "material":
        material(folder, wanted)
        return
    subject = Box(0.2, 0.3, 0.8, 0.65)
    keys = {key for order in wanted for key in order.clip_keys}
    clips = {key: ClipFile(folder / f"{key}.mp4", _frames(), 30, 1080, 1920, subject) for key in keys}
    files = {PHOTO: folder / "card.png"}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        begun, each = cpu(), []

        def taken(one: Variant) -> None:
            if one.error is not None or one.whole or one.delivered is None:
                raise SystemExit(f"{one.order.produce_id} was not joined: {one.error or one.whole}")
            each.append(cpu())
            for path in (one.delivered.video, one.delivered.poster, one.delivered.contact_sheet):
                path.unlink()

        if what == "whole":
            deliver(wanted[number], clips, files, Path(scratch), NullWatch())
        else:
            cut_variants(wanted, clips, files, Path(scratch), NullWatch(), taken)
        print(json.dumps({"cpu": cpu() - begun, "each": [round(at - begun, 2) for at in each]}))


def run(what: str, folder: Path, variants: int, joins: str, number: int = 0) -> dict[str, object]:
    command = [sys.executable, __file__, "--worker", what, str(folder), str(variants), joins, str(number)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1])) if done.stdout.strip() else {}


def measure(folder: Path, variants: int, sample: int, joins: str) -> tuple[float, list[float]]:
    """(CPU seconds of the joined batch, of each whole render of the sample); half of the sample comes before it."""
    picks = [round(number * (variants - 1) / max(sample - 1, 1)) for number in range(sample)]
    whole = [float(str(run("whole", folder, variants, joins, number)["cpu"])) for number in picks[: sample // 2]]
    batch = float(str(run("joined", folder, variants, joins)["cpu"]))
    whole += [float(str(run("whole", folder, variants, joins, number)["cpu"])) for number in picks[sample // 2 :]]
    return batch, whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=12)
    parser.add_argument("--sample", type=int, default=3)
    parser.add_argument("--joins", default="cuts,dissolves")
    parser.add_argument("--report", type=Path)
    parser.add_argument("--worker", nargs=5, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        what, folder, variants, joins, number = asked.worker
        worker(what, Path(folder), int(variants), joins, int(number))
        return 0
    full = asked.variants == HOOKS * BODIES * CLOSES
    lines = [
        f"# {asked.variants} variants of 15 s, 1080x1920, joined from segments",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
        f"whole renders: median of {asked.sample}. CPU seconds, quality of a paid film.",
        "",
        "| joins | batch | a whole render | all of them whole | times cheaper | bar |",
        "|---|---|---|---|---|---|",
    ]
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for joins in asked.joins.split(","):
            run("material", Path(folder), asked.variants, joins)
            batch, whole = measure(Path(folder), asked.variants, asked.sample, joins)
            one = statistics.median(whole)
            ratio = one * asked.variants / batch
            bar = f"{BARS[joins]:g}" if full else f"{BARS[joins]:g} (of 60 variants)"
            missed |= full and ratio < BARS[joins]
            spread = f"{one:.1f} ({min(whole):.1f} to {max(whole):.1f})"
            lines.append(f"| {joins} | {batch:.1f} | {spread} | {one * asked.variants:.0f} | {ratio:.1f} | {bar} |")
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(text, encoding="utf-8")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
