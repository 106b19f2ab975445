"""Do the tests of billing notice a wrong ledger, a wrong price, a wrong refund?

``python bench/mutants.py [--group NAME ...] [--jobs 2] [--fit] [MUTANT ...]``

Each mutant is billing with one mistake (``bench/mistakes``), made by replacing a text. The quick tests of its group run
first on the unchanged code (a suite that fails there "kills" everything) and then on each mutant, in processes of their
own on a copy of the tree; code that only PostgreSQL runs is judged on a server of its own. A process that hangs is
killed and counts as failed. Printed is who noticed. Exit 1 if a mutant survives that nobody has proven harmless, or does
not fit the code any more.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mistakes import GROUPS, ON_POSTGRES, TESTS
from mistakes.kennel import Kennel
from mistakes.mutant import Mutant

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("billing", "config", "creative", "generation", "templates_engine", "tests", "manage.py", "pyproject.toml")
SECONDS = 600  # the slowest suite takes a fiftieth of that on an idle machine
Case = tuple[str, Mutant | None]


def files_of(group: str) -> list[str]:
    return [f"tests/{name}.py" for name in TESTS[group]]


def killer_of(kennel: Kennel, case: Case) -> str:
    """The first failing test, or "" if all pass."""
    group, mutant = case
    status, said = kennel.outcome(mutant, files_of(group), SECONDS, on_postgres=group in ON_POSTGRES)
    if status is None:
        return f"(no end within {SECONDS} s)"
    if status == 0:
        return ""
    failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].partition(" - ")[0].rpartition("::")[2] if failed else said[-2_000:]


def copied(tree: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "*.ttf", "*.jpg", "*.safetensors")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=ignored)
        else:
            shutil.copy(source, tree / name)
    return tree


def judge(kennel: Kennel, cases: list[tuple[str, Mutant]], jobs: int) -> int:
    """How many survive; prints the table."""
    survivors = 0
    for group in sorted({group for group, _ in cases}):
        if broken := killer_of(kennel, (group, None)):
            sys.exit(f"the unchanged code fails the tests of {group}, so this proves nothing:\n{broken}")
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        killers = pool.map(lambda case: killer_of(kennel, case), cases)
        for (group, mutant), killer in zip(cases, killers, strict=True):
            survived = not killer and not mutant.harmless
            survivors += survived
            verdict = "SURVIVED" if survived else "killed" if killer else "harmless"
            print(f"{verdict:<8}  {group:<11}  {mutant.name:<44}  {killer or mutant.harmless}", flush=True)
    return survivors


def chosen(groups: list[str], names: list[str]) -> list[tuple[str, Mutant]]:
    every = [(group, mutant) for group, mutants in GROUPS.items() for mutant in mutants]
    known = [mutant.name for _, mutant in every]
    if len(set(known)) < len(known):
        sys.exit(f"two mutants have one name: {sorted(name for name in set(known) if known.count(name) > 1)}")
    if unknown := sorted(set(names) - set(known)):
        sys.exit(f"no such mutants: {unknown}")
    return [
        (group, mutant)
        for group, mutant in every
        if (not groups or group in groups) and (not names or mutant.name in names)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", choices=sorted(GROUPS), action="append", help="only these (default: all)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--fit", action="store_true", help="run no tests: only see that each can still be planted")
    parser.add_argument("mutants", nargs="*", help="only those of these names")
    options = parser.parse_args()
    cases = chosen(options.group or [], options.mutants)
    for _, mutant in cases:
        mutant.planted(ROOT)  # before anything runs for half an hour
    if options.fit:
        print(f"{len(cases)} mutants, all of which can be planted")
        return 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder).resolve())
        files = sorted({file for group, _ in cases for file in files_of(group)})
        survivors = judge(Kennel(tree, files), cases, options.jobs)
        os.chdir(ROOT)
    print(f"{len(cases)} mutants, {survivors} survived, {time.monotonic() - started:.0f} s")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
