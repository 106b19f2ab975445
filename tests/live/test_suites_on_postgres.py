"""The quick tests of what people do, once more on PostgreSQL: SQLite takes statements that PostgreSQL refuses."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.live.databases import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
SUITES = ("billing", "creative", "security", "templates_engine/test_hits.py", "generation/test_queue_machine.py")
QUICK = "not slow and not live and not browser and not stripe_live"
# The API's description has the ranges of the database's integers; the others close an answer twice, and with it the
# test's own connection, which SQLite in memory does not mind.
NOT_THERE = (
    "tests/creative/test_openapi.py::test_the_committed_document_is_up_to_date",
    "tests/creative/test_web_ads.py::test_a_ready_ad_plays_downloads_and_shows_its_proofs",
    "tests/creative/test_web_hits.py::test_a_video_is_kept_measured_and_shown",
)


@pytest.mark.live
def test_what_holds_on_sqlite_holds_on_postgresql() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-m", QUICK]
    command += [f"--deselect={name}" for name in NOT_THERE]
    with tempfile.TemporaryDirectory(prefix="hs-") as folder, postgres(Path(folder)) as server:
        env = {**os.environ, "DATABASE_URL": server.get_uri(), "HITSMITH_VAR": folder}
        done = subprocess.run(
            [*command, *(f"tests/{name}" for name in SUITES)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4_000:]
