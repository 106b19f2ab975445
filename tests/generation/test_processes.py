"""Several worker processes on one SQLite file, and one that dies in the middle of a shot."""

from pathlib import Path

import pytest

from tests.generation.processes import FILM_ALOUD, assert_each_is_claimed_once, environment, manage, shell, started

pytestmark = pytest.mark.slow

ORDER = """
from dataclasses import replace
from pathlib import Path
from generation import bell
from generation.queue import submit_film
from tests.generation.makers import small_plan, stored_photo
folder = Path({folder!r})
folder.mkdir()
plan = replace(small_plan(stored_photo(folder), frames=240), width=360, height=640)
with bell.silenced():
    submit_film(plan, tenant=1)
"""
STATE = """
from pathlib import Path
from django.core.files.storage import default_storage
from generation.models import Clip, RenderJob
job = RenderJob.objects.get()
files = [path for path in Path(default_storage.path("clips")).rglob("*") if path.is_file()]
print(job.state, job.attempts, Clip.objects.count(), len(files))
"""
DUE_NOW = """
from django.utils import timezone
from generation.models import RenderJob
RenderJob.objects.update(not_before=timezone.now())
"""
ORDER_CUTS = """
from dataclasses import replace
from pathlib import Path
from generation import bell
from generation.queue import submit_cut
from tests.generation.footage import PHOTO, film, save_photo, small_timeline
from tests.generation.test_cut import kept_order
folder = Path({folder!r})
folder.mkdir()
order = kept_order(film(folder, small_timeline()), {{PHOTO: save_photo(folder)}})
with bell.silenced():
    for aspect in ("9:16", "1:1", "16:9"):
        submit_cut(replace(order, aspect=aspect), tenant=1, reply_to="desk.advance", reply_id="ad_1")
"""
CUT_ALOUD = FILM_ALOUD.replace('["film"]', '["cut"]')
CUTS = """
from pathlib import Path
from django.core.files.storage import default_storage
from generation.models import RenderJob, Rendition
films = list(Path(default_storage.path("renditions")).rglob("*.mp4"))
print(list(RenderJob.objects.order_by("pk").values_list("state", "attempts")), Rendition.objects.count(), len(films))
"""
REAP = """
from datetime import timedelta
from django.utils import timezone
from generation.jobs import reap
print(len(reap(timezone.now() + timedelta(seconds={seconds}))))
"""


def test_no_job_is_claimed_by_two_processes(tmp_path: Path) -> None:
    assert_each_is_claimed_once(environment(tmp_path), jobs=40, workers=3)


def test_a_worker_that_is_killed_in_the_middle_costs_one_attempt_and_no_more(tmp_path: Path) -> None:
    env = environment(tmp_path)
    manage(env, "migrate", "--skip-checks", "-v0")
    shell(env, ORDER.format(folder=str(tmp_path / "photos")))
    worker = started(env, FILM_ALOUD.format(worker="w1"))
    assert worker.stdout is not None
    while worker.stdout.readline().strip() != "film":
        assert worker.poll() is None
    worker.kill()
    worker.communicate()
    assert shell(env, STATE) == "running 1 0 0"
    assert shell(env, REAP.format(seconds=60)) == "0"
    assert shell(env, REAP.format(seconds=100)) == "1"
    assert shell(env, STATE) == "pending 1 0 0"
    shell(env, DUE_NOW)
    shell(env, FILM_ALOUD.format(worker="w2"))
    assert shell(env, STATE) == "done 2 1 1"


def test_a_worker_that_is_killed_in_a_pass_for_three_shapes_returns_all_of_them(tmp_path: Path) -> None:
    """And then each is cut alone: if it was one shape that was too much for the machine, it fails by itself."""
    env = environment(tmp_path)
    manage(env, "migrate", "--skip-checks", "-v0")
    shell(env, ORDER_CUTS.format(folder=str(tmp_path / "footage")))
    worker = started(env, CUT_ALOUD.format(worker="w1"))
    assert worker.stdout is not None
    while worker.stdout.readline().strip() != "cut":
        assert worker.poll() is None
    worker.kill()
    worker.communicate()
    assert shell(env, CUTS) == "[('running', 1), ('running', 1), ('running', 1)] 0 0"
    assert shell(env, REAP.format(seconds=100)) == "3"
    assert shell(env, CUTS) == "[('pending', 1), ('pending', 1), ('pending', 1)] 0 0"
    shell(env, DUE_NOW)
    shell(env, CUT_ALOUD.format(worker="w2"))
    assert shell(env, CUTS) == "[('done', 2), ('pending', 1), ('pending', 1)] 1 1"
    for _ in range(2):
        shell(env, CUT_ALOUD.format(worker="w2"))
    assert shell(env, CUTS) == "[('done', 2), ('done', 2), ('done', 2)] 3 3"
