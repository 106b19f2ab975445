"""Payments on real databases: eight processes at the same customers, killed at random; and the kill matrix once more."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import ROOT

pytestmark = pytest.mark.slow
ON_BOTH = pytest.mark.parametrize(
    "database", [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.live)]
)
KILLS = 40


def program(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=1_800, check=False
    )


@ON_BOTH
@pytest.mark.parametrize("seed", [1, 2])
def test_eight_processes_that_are_killed_end_as_one_that_is_not(database: str, seed: int) -> None:
    done = program("-m", "tests.live.payment_races", "--database", database, "--seed", str(seed), "--kills", str(KILLS))
    assert done.stdout.startswith("{"), done.stderr[-4_000:]
    result = json.loads(done.stdout)
    assert (result["missing"], result["strange"]) == ([], []), done.stderr[-4_000:]
    assert (result["alone"], result["failed"]) == (0, 0), done.stderr[-4_000:]
    assert KILLS // 2 < result["killed"] <= KILLS  # one that is shot at its very end has ended by itself
    assert result["changed"] > 100  # rows that the race itself has made or changed
    assert done.returncode == 0


@pytest.mark.live
def test_wherever_a_process_dies_the_end_is_the_same_on_postgres(short_folder: Path) -> None:
    """One verb of the matrix, the longest: each death copies a whole database. The command without ``--only`` runs all."""
    done = program(
        "bench/billing_kills.py", "--database", "postgresql", "--folder", str(short_folder), "--only", "upgrade paid"
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert done.stdout.splitlines()[-2].endswith(" deaths, 0 with another end")
