"""How fast is the ledger?  ``python bench/ledger.py [--seconds 2] [--rounds 5] [--database sqlite|postgres]``

One *cycle* is a hold of one credit and its settlement: two durable transactions, the life of one shot. The *floor* is
the least that any ledger on these tables must do: the same two transactions as bare statements of the database's driver,
in the same process and on the same account, without reading first and without Django. Rounds of both alternate, so that
a noisy machine disturbs them alike; printed are the medians and their ratio. The audit must be clean at the end, or
nothing counts.

PostgreSQL (from the package pgserver) is started by this script and runs with its default durability.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from billing.models import Lot

ROOT = Path(__file__).resolve().parent.parent
PLENTY = 2_000_000_000

HOLD = """INSERT INTO billing_hold (organization_id, key, amount, captured, refunded, state, parts, reference,
                                    settle_key, lease_until, created_at)
          VALUES (%(owner)s, %(key)s, 1, 0, 0, 'open', %(parts)s, '', '', %(now)s, %(now)s) RETURNING id"""
ENTRY = """INSERT INTO billing_entry (organization_id, lot_id, hold_id, kind, key, d_free, d_held, d_spent, d_lapsed,
                                      at, actor, reason)
           VALUES (%(owner)s, %(lot)s, %(hold)s, %(kind)s, %(key)s, %(free)s, %(held)s, %(spent)s, 0,
                   %(now)s, '', '')"""
TAKE = "UPDATE billing_lot SET free = free - 1, held = held + 1 WHERE id = %(lot)s AND free >= 1"
CLOSE = """UPDATE billing_hold SET state = 'captured', captured = 1, closed_at = %(now)s
           WHERE id = %(hold)s AND state = 'open'"""
SPEND = "UPDATE billing_lot SET held = held - 1, spent = spent + 1 WHERE id = %(lot)s AND held >= 1"


class SqliteDriver:
    def __init__(self, settings: dict[str, Any]) -> None:
        import sqlite3

        self.connection = sqlite3.connect(settings["NAME"], isolation_level=None)
        self.connection.executescript(settings["OPTIONS"]["init_command"])

    def run(self, sql: str, values: dict[str, Any]) -> Any:
        return self.connection.execute(sql.replace("%(", ":").replace(")s", ""), values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        yield
        self.connection.execute("COMMIT")


class PostgresDriver:
    def __init__(self, settings: dict[str, Any]) -> None:
        import psycopg

        self.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)

    def run(self, sql: str, values: dict[str, Any]) -> Any:
        return self.connection.execute(sql, values, prepare=True)

    def transaction(self) -> Any:
        return self.connection.transaction()


def floor_cycle(driver: Any, lot: "Lot") -> Callable[[int], None]:
    values = {"owner": lot.organization_id, "lot": lot.pk, "parts": f"[[{lot.pk}, 1]]"}

    def cycle(number: int) -> None:
        from django.db import connection
        from django.utils import timezone

        now = connection.ops.adapt_datetimefield_value(timezone.now())
        mine = {**values, "key": f"floor-{number}", "now": now}
        with driver.transaction():
            mine["hold"] = driver.run(HOLD, mine).fetchone()[0]
            driver.run(ENTRY, {**mine, "kind": "hold", "free": -1, "held": 1, "spent": 0})
            driver.run(TAKE, mine)
        with driver.transaction():
            driver.run(CLOSE, mine)
            driver.run(ENTRY, {**mine, "kind": "capture", "free": 0, "held": -1, "spent": 1})
            driver.run(SPEND, mine)

    return cycle


def ledger_cycle(lot: "Lot") -> Callable[[int], None]:
    from billing import ledger

    organization = lot.organization

    def cycle(number: int) -> None:
        held = ledger.hold(organization, key=f"ledger-{number}", amount=1)
        ledger.settle(held.pk, used=1)

    return cycle


def per_second(cycle: Callable[[int], None], numbers: Iterator[int], seconds: float) -> float:
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < seconds:
        cycle(next(numbers))
        done += 1
    return done / (time.perf_counter() - started)


def measure(database: str, seconds: float, rounds: int) -> None:
    """In a process of its own, whose environment names the database."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from billing import ledger
    from billing.models import Organization

    call_command("migrate", "billing", verbosity=0, skip_checks=True)
    organization = Organization.objects.create(name="bench")
    lot = ledger.grant(organization, key="plenty", amount=PLENTY, kind="admin", expires_at=None)
    driver = (SqliteDriver if database == "sqlite" else PostgresDriver)(connection.settings_dict)
    cycles = {"floor": floor_cycle(driver, lot), "ledger": ledger_cycle(lot)}
    numbers = count()
    speeds: dict[str, list[float]] = {"floor": [], "ledger": []}
    for _ in range(rounds):
        for name, cycle in cycles.items():
            speeds[name].append(per_second(cycle, numbers, seconds))
    findings = ledger.audit(organization)
    if findings:
        sys.exit(f"the books are wrong, nothing counts: {findings[:3]}")
    floor, ours = (statistics.median(speeds[name]) for name in ("floor", "ledger"))
    spread = " ".join(f"{mine / least:.2f}" for mine, least in zip(speeds["ledger"], speeds["floor"], strict=True))
    print(f"{database:<9} floor {floor:7.0f}/s   ledger {ours:7.0f}/s   ratio {ours / floor:.2f}   rounds: {spread}")


@contextmanager
def environment(database: str, folder: Path) -> Iterator[dict[str, str]]:
    env = {**os.environ, "HITSMITH_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
    env["PYTHONPATH"] = str(ROOT)
    env.pop("DATABASE_URL", None)
    if database == "sqlite":
        yield env
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is warned about, and falls back to /tmp
        import pgserver

    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield {**env, "DATABASE_URL": server.get_uri()}
    finally:
        server.cleanup()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgres"], action="append")
    parser.add_argument("--measure", choices=["sqlite", "postgres"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure, options.seconds, options.rounds)
        return
    print("one client, one account, hold + settle per second")
    for database in options.database or ["sqlite", "postgres"]:
        if database == "postgres" and importlib.util.find_spec("pgserver") is None:
            print("postgres  left out: the package pgserver is not installed")
            continue
        with tempfile.TemporaryDirectory(prefix="hs-") as folder, environment(database, Path(folder)) as env:
            more = ["--measure", database, "--seconds", str(options.seconds), "--rounds", str(options.rounds)]
            subprocess.run([sys.executable, __file__, *more], env=env, check=True)


if __name__ == "__main__":
    main()
