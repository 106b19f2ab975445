"""How fast the queue gives out work, and how the speed changes with its length.

    python bench/job_queue.py            # SQLite in a temporary folder; set DATABASE_URL for PostgreSQL

Prints, for queues of 100, 1 000 and 10 000 waiting jobs of 50 tenants: milliseconds to order one and to claim one.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # in place of this folder
LENGTHS = (100, 1_000, 10_000)
SAMPLES = 30


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def measure(length: int) -> tuple[float, float]:
    """(to order, to claim), medians, with ``length`` jobs waiting."""
    from django.utils import timezone

    from generation import bell, jobs
    from generation.models import RenderJob
    from generation.queue import submit_film
    from generation.turns import ripe_at
    from tests.generation.makers import imagined_plan

    now = timezone.now()
    RenderJob.objects.all().delete()
    for tenant in range(50):
        RenderJob.objects.bulk_create(
            RenderJob(
                public_id=f"job_{tenant}_{n}",
                tenant=tenant,
                kind="film",
                key=f"{tenant}-{n}",
                engine="still",
                spec={},
                priority=n % 4,
                ripe_at=ripe_at(n % 4, now),
            )
            for n in range(length // 50)
        )
    with bell.silenced():
        ordered = [milliseconds(lambda s=seed: submit_film(imagined_plan(s), tenant=1)) for seed in range(SAMPLES)]
    taken = [milliseconds(lambda: jobs.claim("bench", ["film"])) for _ in range(SAMPLES)]
    return statistics.median(ordered), statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["HITSMITH_VAR"] = folder
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        print(f"{connection.vendor}: {'waiting':>8} {'order ms':>9} {'claim ms':>9}")
        for length in LENGTHS:
            ordered, taken = measure(length)
            print(f"{connection.vendor}: {length:>8} {ordered:>9.2f} {taken:>9.2f}")
        connection.close()


if __name__ == "__main__":
    main()
