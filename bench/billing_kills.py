"""Does a death change the end?  ``python bench/billing_kills.py [--database sqlite|postgresql] [--only WORDS]``

Every verb that moves money or credits is done by a process that is killed (SIGKILL) before and after each of its effects:
a commit of the database, or a question that makes something at the provider. Then happens what happens anyway: the
message comes again, the person who got no answer does it again, sweeper and reaper make their rounds. At the end every
row of billing and every object of the provider must be as without the death, but for numbers and moments. Prints the
matrix; exit 1 if anything differs.

The provider is the FAKE of ``tests/billing/stripe_fake``, in the process that is not killed.
"""

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # in place of this folder

from tests.live.databases import migrated

if TYPE_CHECKING:
    from tests.billing.kill_matrix import Row


def show(row: "Row") -> None:
    print(f"{row.scenario}  ({row.changed} lines of the end state are its own)")
    for number, effect in enumerate(row.effects, start=1):
        cells = {death.when: death for death in row.deaths if death.number == number}
        marks = "  ".join(f"{when} {'same' if cells[when].survived else 'DIFFERS'}" for when in ("before", "after"))
        print(f"  {number:>2}  {effect[:80]:<80}  {marks}")
        for death in cells.values():
            for line in death.wrong[:6]:
                print(f"        {death.when}: {line[:300]}")
            if not death.killed:
                print(f"        {death.when}: it was not killed there")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--only", default="", help="only scenarios with these words in their name")
    parser.add_argument("--nothing-after", action="store_true", help="heal nothing: shows that the matrix can fail")
    parser.add_argument("--folder", type=Path, help="where the database lies meanwhile (default: a temporary folder)")
    options = parser.parse_args()
    with migrated(options.database, options.folder):
        from tests.billing.kill_matrix import Matrix

        begun = time.monotonic()
        rows = []
        for row in Matrix(heals=not options.nothing_after).rows(options.only):
            show(row)
            rows.append(row)
    if not rows:
        parser.error(f"no scenario has {options.only!r} in its name")
    deaths = [death for row in rows for death in row.deaths]
    bad = sum(not death.survived for death in deaths)
    print(f"\n{options.database}: {len(rows)} scenarios, {len(deaths)} deaths, {bad} with another end")
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, {time.monotonic() - begun:.0f} s"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
