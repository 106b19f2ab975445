"""How fast is the ledger?  ``python bench/ledger.py [--seconds 2] [--rounds 5] [--database sqlite|postgres]``

One *cycle* is a hold of one credit and its settlement: two durable transactions, the life of one shot. The *floor* is
the least that any ledger on these tables must do: the same two transactions as bare statements, without reading first
and without Django; by ``pgbench`` with prepared statements on PostgreSQL, by the driver itself on SQLite. Rounds of both
alternate, so that a noisy machine disturbs them alike; printed are the medians of each and the median of the rounds'
ratios, with the bar where there is one. The audit must be clean at the end, or nothing counts.

Clients are processes. PostgreSQL (from the package pgserver) is started by this script and runs with its default
durability. Exit 1 if a bar is missed.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pace.cycles import CAMPAIGN, Work
from pace.floors import Floor, floor_of

from tests.live.databases import environment

ACCOUNTS = 100


class Cell(NamedTuple):
    """One line of the table: ``clients`` at work on ``accounts`` accounts; ``bar`` is the least good ratio, 0 = none."""

    name: str
    clients: int
    accounts: int
    bar: float
    work: Work = Work.CYCLE

    def __str__(self) -> str:
        return f"{self.name}, {self.clients} client{'s' * (self.clients > 1)}"


HOT, SPREAD, BUDGET = "one hot account", f"{ACCOUNTS} accounts", "one account and its budget"
CELLS = {
    "sqlite": (Cell(HOT, 1, 1, 0.0), Cell(BUDGET, 1, 1, 0.0, Work.BUDGET)),
    "postgres": (
        Cell(HOT, 1, 1, 0.5),
        Cell(HOT, 8, 1, 0.6),
        Cell(HOT, 32, 1, 0.7),
        Cell(SPREAD, 1, ACCOUNTS, 0.35),
        Cell(SPREAD, 8, ACCOUNTS, 0.0),
        Cell(SPREAD, 32, ACCOUNTS, 0.0),
        Cell(BUDGET, 1, 1, 0.0, Work.BUDGET),
        Cell(BUDGET, 8, 1, 0.0, Work.BUDGET),
    ),
}
CAMPAIGN_BAR = 20.0


def measure(database: str, seconds: float, rounds: int) -> bool:
    """In a process of its own, whose environment names the database. True if every bar is reached."""
    import django

    django.setup()
    from pace.clients import Clients
    from pace.cycles import audit, open_accounts

    accounts = open_accounts(ACCOUNTS)
    cells = CELLS[database]
    good = True
    with Clients(max(cell.clients for cell in cells), accounts) as clients:
        floor = floor_of(database, accounts)
        for cell in cells:
            good &= compare(database, cell, floor, clients.per_second, seconds, rounds)
        good &= campaign(database, clients.per_second, seconds, rounds)
    if findings := audit():
        sys.exit(f"the books are wrong, nothing counts: {findings[:3]}")
    return good


def compare(
    database: str, cell: Cell, floor: Floor, ours: Callable[[int, int, Work, float], float], seconds: float, rounds: int
) -> bool:
    pairs = []
    for _ in range(rounds):
        least = floor(cell.clients, cell.accounts, seconds)
        pairs.append((least, ours(cell.clients, cell.accounts, cell.work, seconds)))
    ratio = statistics.median(mine / least for least, mine in pairs)
    least, mine = (statistics.median(row[place] for row in pairs) for place in (0, 1))
    spread = " ".join(f"{mine / least:.2f}" for least, mine in pairs)
    bar = f"  bar {cell.bar:.2f} {'reached' if ratio >= cell.bar else 'MISSED'}" if cell.bar else ""
    print(
        f"{database:<9}{cell!s:<39}floor {least:6.0f}/s  ledger {mine:6.0f}/s  ratio {ratio:.2f}{bar}  ({spread})",
        flush=True,
    )
    return ratio >= cell.bar


def campaign(database: str, ours: Callable[[int, int, Work, float], float], seconds: float, rounds: int) -> bool:
    """Clips a second where one hold pays for all shots of a campaign, against a hold for each."""
    ratios, last = [], (0.0, 0.0)
    for _ in range(rounds):
        single = ours(1, 1, Work.CYCLE, seconds)
        together = ours(1, 1, Work.CAMPAIGN, seconds) * CAMPAIGN
        ratios.append(together / single)
        last = (single, together)
    ratio = statistics.median(ratios)
    print(
        f"{database:<9}{f'a campaign of {CAMPAIGN} clips':<39}one by one {last[0]:6.0f}/s  under one hold {last[1]:6.0f}/s  "
        f"{ratio:.0f} times  bar {CAMPAIGN_BAR:.0f} {'reached' if ratio >= CAMPAIGN_BAR else 'MISSED'}",
        flush=True,
    )
    return ratio >= CAMPAIGN_BAR


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--measure", choices=["sqlite", "postgres"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return 0 if measure(options.measure, options.seconds, options.rounds) else 1
    print(f"hold + settle a second; load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    failed = 0
    for database in options.database or ["sqlite", "postgres"]:
        if database == "postgres" and importlib.util.find_spec("pgserver") is None:
            print("postgres  left out: the package pgserver is not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="hs-") as folder, environment(database, Path(folder)) as named:
            # DEBUG as in production: otherwise Django keeps every statement in a log.
            env = {**os.environ, **named, "DEBUG": "false"}
            more = ["--measure", database, "--seconds", str(options.seconds), "--rounds", str(options.rounds)]
            failed |= subprocess.run([sys.executable, __file__, *more], env=env, check=False).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
