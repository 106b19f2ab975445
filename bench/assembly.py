"""What cutting an ad costs, against the bare encoder and against MoviePy, in one run.

    python bench/assembly.py [--rounds 5] [--presets veryfast,medium] [--report bench/reports/assembly.md] [--without-moviepy]

Every engine runs in a process of its own, round after round in turn, so that a busy moment of the machine hits all of them.
Printed are medians: CPU seconds of the process with all that it started (wall time on a shared machine says little), and
the largest memory of the whole process tree. Exits with 1 when a bar is missed.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

WORKER = Path(__file__).with_name("assembly_engines.py")
BARS = {"veryfast": 1.4, "medium": 1.3}  # times the bare encoder's CPU
MOVIEPY_BAR, ASPECTS_BAR = 0.4, 0.75
MEMORY_BAR_MIB = 700
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Run:
    """CPU and wall seconds, and the most memory that its processes held together."""

    cpu: float
    wall: float
    mib: float


def run(engine: str, folder: Path, preset: str) -> Run:
    process = subprocess.Popen(
        [sys.executable, str(WORKER), engine, str(folder), preset], stdout=subprocess.PIPE, text=True
    )
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(_resident(pid) for pid in _tree(process.pid)))
        time.sleep(0.05)
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{engine} failed with {process.returncode}")
    told = json.loads(output.splitlines()[-1]) if output.strip() else {"cpu": 0.0, "wall": 0.0}
    return Run(told["cpu"], told["wall"], most)


def _tree(pid: int) -> Iterable[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> float:
    """MiB; pages that processes share are counted in each of them."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except (OSError, IndexError):
        return 0.0


def measure(rounds: int, presets: Sequence[str], folder: Path, *, against_moviepy: bool) -> dict[tuple[str, str], Run]:
    """(engine, preset) -> medians."""
    run("material", folder, presets[0])
    run("composed", folder, presets[0])
    wanted = [(engine, preset) for preset in presets for engine in ("floor", "ours")]
    wanted += [("moviepy", presets[0])] if against_moviepy else []
    wanted += [("three at once", presets[0]), ("one after another", presets[0])]
    found: dict[tuple[str, str], list[Run]] = {key: [] for key in wanted}
    for number in range(rounds):
        for engine, preset in wanted[number % len(wanted) :] + wanted[: number % len(wanted)]:
            found[engine, preset].append(run(engine, folder, preset))
    return {
        key: Run(
            statistics.median(one.cpu for one in runs),
            statistics.median(one.wall for one in runs),
            max(one.mib for one in runs),
        )
        for key, runs in found.items()
    }


def verdicts(found: dict[tuple[str, str], Run]) -> list[tuple[str, float, float]]:
    """(what, measured, bar); at most the bar is good."""
    first = next(preset for engine, preset in found if engine == "ours")
    rows = [
        (f"CPU against bare libx264, {preset}", found["ours", preset].cpu / found["floor", preset].cpu, BARS[preset])
        for engine, preset in found
        if engine == "ours" and preset in BARS
    ]
    if ("moviepy", first) in found:
        rows.append(("CPU against MoviePy", found["ours", first].cpu / found["moviepy", first].cpu, MOVIEPY_BAR))
    three, single = found["three at once", first].cpu, found["one after another", first].cpu
    rows.append(("three aspects at once against one after another", three / single, ASPECTS_BAR))
    mib = max(one.mib for (engine, _), one in found.items() if engine == "ours")
    return [*rows, ("memory of one ad, MiB", mib, MEMORY_BAR_MIB)]


def report(found: dict[tuple[str, str], Run], rounds: int) -> str:
    when, machine = datetime.now(UTC), f"{platform.machine()}, {os.cpu_count()} cores"
    lines = [
        "# Cutting an ad of 15 s, 1080x1920, 30 frames a second",
        "",
        f"{when:%Y-%m-%d}, {machine}, load {os.getloadavg()[0]:.1f}; median of {rounds} interleaved rounds. "
        "CPU is that of the process and all that it started, after a worker's first ad.",
        "",
        "| engine | preset | CPU s | wall s | memory MiB |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {engine} | {preset} | {one.cpu:.1f} | {one.wall:.1f} | {one.mib:.0f} |"
        for (engine, preset), one in found.items()
    ]
    lines += ["", "| | measured | bar | |", "|---|---|---|---|"]
    lines += [
        f"| {what} | {measured:.2f} | {bar:g} | {'met' if measured <= bar else '**missed**'} |"
        for what, measured, bar in verdicts(found)
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--presets", default="veryfast,medium")
    parser.add_argument("--report", type=Path)
    parser.add_argument("--without-moviepy", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.rounds, asked.presets.split(","), Path(folder), against_moviepy=not asked.without_moviepy)
    text = report(found, asked.rounds)
    print(text)
    if asked.report:
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(text, encoding="utf-8")
    return int(any(measured > bar for _, measured, bar in verdicts(found)))


if __name__ == "__main__":
    sys.exit(main())
