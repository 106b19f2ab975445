"""The queue on a real PostgreSQL: the same tests as on SQLite, and a race between processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.generation.processes import assert_each_is_claimed_once, environment
from tests.studio import ROOT

pytestmark = [pytest.mark.live, pytest.mark.slow]


def test_the_queue_keeps_its_promises_on_postgres(postgres_url: str, tmp_path: Path) -> None:
    """The tests of the queue again, in a process whose database is PostgreSQL."""
    files = ["test_queue.py", "test_queue_machine.py", "test_film.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *(f"tests/generation/{name}" for name in files)]
    env = environment(tmp_path, DATABASE_URL=postgres_url)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout


def test_no_job_is_claimed_by_two_processes(postgres_url: str, tmp_path: Path) -> None:
    assert_each_is_claimed_once(environment(tmp_path, DATABASE_URL=postgres_url), jobs=60, workers=4)
