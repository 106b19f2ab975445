"""The floor: the two transactions of a cycle as bare statements, by ``pgbench`` or by SQLite's own driver."""

import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pace.cycles import Account

Floor = Callable[[int, int, float], float]  # (clients, accounts, seconds) -> cycles a second

HOLD = """INSERT INTO billing_hold (organization_id, key, amount, captured, refunded, state, parts, reference,
          settle_key, lease_until, created_at)
          VALUES (:owner, :key, 1, 0, 0, 'open', :parts, '', '', :now, :now) RETURNING id"""
ENTRY = """INSERT INTO billing_entry (organization_id, lot_id, hold_id, kind, key, d_free, d_held, d_spent, d_lapsed,
           at, actor, reason)
           VALUES (:owner, :lot, :hold, {kind}, :key, {moved}, 0, :now, '', '')"""
TAKE = "UPDATE billing_lot SET free = free - 1, held = held + 1 WHERE id = :lot AND free >= 1"
CLOSE = """UPDATE billing_hold SET state = 'captured', captured = 1, closed_at = :now
           WHERE id = :hold AND state = 'open'"""
SPEND = "UPDATE billing_lot SET held = held - 1, spent = spent + 1 WHERE id = :lot AND held >= 1"
HELD, PAID = ENTRY.format(kind="'hold'", moved="-1, 1, 0"), ENTRY.format(kind="'capture'", moved="0, -1, 1")


def floor_of(database: str, accounts: Sequence[Account]) -> Floor:
    return _sqlite(accounts) if database == "sqlite" else _postgres(accounts)


def _sqlite(accounts: Sequence[Account]) -> Floor:
    from django.db import connection as django_connection
    from django.utils import timezone

    settings = django_connection.settings_dict
    connection = sqlite3.connect(settings["NAME"], isolation_level=None)
    connection.executescript(settings["OPTIONS"]["init_command"])
    owner, lot, _ = accounts[0]
    values = {"owner": owner, "lot": lot, "parts": f"[[{lot}, 1]]"}

    def cycle(key: str) -> None:
        mine: dict[str, object] = {**values, "key": key, "now": timezone.now().replace(tzinfo=None).isoformat(" ")}
        connection.execute("BEGIN IMMEDIATE")
        mine["hold"] = connection.execute(HOLD, mine).fetchone()[0]
        connection.execute(HELD, mine)
        connection.execute(TAKE, mine)
        connection.execute("COMMIT")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(CLOSE, mine)
        connection.execute(PAID, mine)
        connection.execute(SPEND, mine)
        connection.execute("COMMIT")

    def floor(clients: int, many: int, seconds: float) -> float:
        started, done = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            cycle(f"floor-{started}-{done}")
            done += 1
        return done / (time.perf_counter() - started)

    return floor


def _postgres(accounts: Sequence[Account]) -> Floor:
    import pgserver

    program = Path(pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    first = accounts[0]
    step = (accounts[-1].organization - first.organization) // max(len(accounts) - 1, 1)

    def script(many: int) -> str:
        """Accounts are made one after the other, so their ids are a sum."""
        head = [
            f"\\set which random(0, {many - 1})",
            f"\\set owner {first.organization} + {step} * :which",
            f"\\set lot {first.lot} + :which",
            "\\set number random(1, 9000000000000000000)",
        ]
        return "\n".join([*head, *_statements()])

    def floor(clients: int, many: int, seconds: float) -> float:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script(many) + "\n")
            file.flush()
            command = [str(program), "-n", "-M", "prepared", "-f", file.name, "-c", str(clients), "-j", "2"]
            command += ["-T", str(max(1, round(seconds))), os.environ["DATABASE_URL"]]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        if found is None or "failed transactions: 0 " not in done.stdout:
            raise RuntimeError(f"pgbench failed: {done.stdout[-500:]} {done.stderr[-500:]}")
        return float(found[1])

    return floor


def _statements() -> list[str]:
    """Each on one line, the hold's id kept by ``\\gset``."""
    words = {":key": "'floor-' || :number", ":now": "clock_timestamp()", ":parts": "('[[' || :lot || ', 1]]')::jsonb"}
    words = {name: f"({text})" for name, text in words.items()}

    def line(statement: str) -> str:
        for name, text in words.items():
            statement = statement.replace(name, text)
        return " ".join(statement.split())

    named = line(HOLD).replace("RETURNING id", "RETURNING id AS hold") + " \\gset"
    first = ["BEGIN;", named, line(HELD) + ";", line(TAKE) + ";", "COMMIT;"]
    return [*first, "BEGIN;", line(CLOSE) + ";", line(PAID) + ";", line(SPEND) + ";", "COMMIT;"]
