"""A death at any commit of any verb of billing changes nothing at the end (``bench/billing_kills.py`` prints the table)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import ROOT

pytestmark = pytest.mark.slow


def kills(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "bench/billing_kills.py", "--folder", str(folder), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1_200, check=False)


def test_wherever_a_process_dies_the_end_is_the_same(tmp_path: Path) -> None:
    done = kills(tmp_path)
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert "DIFFERS" not in done.stdout
    said = done.stdout.splitlines()[-2]
    assert said.startswith("sqlite: 30 scenarios, ")
    assert said.endswith(" deaths, 0 with another end")


def test_the_matrix_notices_what_nobody_heals(tmp_path: Path) -> None:
    """The same deaths where nothing happens afterwards: half-done work must be seen."""
    done = kills(tmp_path, "--only", "webhook: subscription begins", "--nothing-after")
    assert done.returncode == 1, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert done.stdout.count("before DIFFERS") == 7
    assert done.stdout.count("after DIFFERS") == 6  # after the last commit everything was done
