"""Workers as processes of their own on one database, for what only shows between processes: races and ``kill -9``."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.studio import ROOT

CLAIM_ALL = """
from generation.jobs import claim
while True:
    job = claim("{worker}", ["film"])
    if job is None:
        break
    print(job.pk, flush=True)
"""
FILM_ALOUD = """
from generation import bell, heart
from generation.queue import work_one
step = heart.JobWatch.step
def aloud(watch, fraction, stage):
    print(stage, flush=True)
    step(watch, fraction, stage)
heart.JobWatch.step = aloud
with bell.silenced():
    work_one("{worker}", ["film"])
"""


def environment(var: Path, **more: str) -> dict[str, str]:
    """A world of its own: database, media and spool under ``var``."""
    env = {**os.environ, "HITSMITH_VAR": str(var), "LOG_LEVEL": "WARNING", **more}
    if "DATABASE_URL" not in more:
        env.pop("DATABASE_URL", None)
    return env


def manage(env: Mapping[str, str], *arguments: str) -> str:
    """Run a management command to its end; returns what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(env), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def shell(env: Mapping[str, str], code: str) -> str:
    return manage(env, "shell", "--no-imports", "-c", code)


def started(env: Mapping[str, str], code: str) -> "subprocess.Popen[str]":
    """The same, but running while the test goes on."""
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=subprocess.PIPE, text=True)


def assert_each_is_claimed_once(env: Mapping[str, str], jobs: int, workers: int) -> None:
    """``workers`` processes claim from a queue of ``jobs``: each job goes to exactly one of them."""
    manage(env, "migrate", "--skip-checks", "-v0")
    shell(
        env,
        "from generation import bell\n"
        "from tests.generation.makers import queued\n"
        "with bell.silenced():\n"
        f"    [queued(n, tenant=n % 5) for n in range({jobs})]\n",
    )
    racers = [started(env, CLAIM_ALL.format(worker=f"w{n}")) for n in range(workers)]
    taken = [racer.communicate(timeout=120)[0].split() for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * workers
    claimed = [pk for each in taken for pk in each]
    assert len(claimed) == jobs
    assert len(set(claimed)) == jobs, "a job was claimed twice"
