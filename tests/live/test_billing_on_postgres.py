"""The quick tests of billing once more, on a real PostgreSQL: the same SQL must mean the same there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.studio import ROOT

pytestmark = [pytest.mark.live, pytest.mark.slow]


def test_billing_means_the_same_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    env = {**os.environ, "DATABASE_URL": postgres_url, "HITSMITH_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "tests/billing", "-m", "not slow", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-2_000:]
    assert "skipped" not in done.stdout.splitlines()[-1]
