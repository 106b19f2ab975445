"""Payments under rivals and deaths:  ``python -m tests.live.payment_races [--database sqlite] [--seed 1] [--kills 40]``

Eight processes do the same work for the same customers at once, each in an order of its own: every message of the
provider twice, the clicks of buyers and staff, the tasks that hold and settle, sweeper and reaper. They are killed
(SIGKILL) at random moments and begun anew, until the last ones come to their end. Then the books must be as one process
leaves them that nobody has killed or overtaken. Prints one JSON document; exit 1 if anything differs.
"""

import argparse
import json
import random
import select
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.live.databases import migrated

if TYPE_CHECKING:
    from tests.billing.kill_acts import World
    from tests.live.payment_jobs import Job

PROCESSES = 8
APART = (0.005, 0.05)  # seconds between two deaths: a quick machine is through with its work in two seconds


def arena(seed: int, kills: int) -> dict[str, object]:
    """Run the race on the empty, migrated database; what came of it."""
    from django.utils import timezone

    from billing import ledger
    from tests.billing.clock import NEW_YEAR, Clock
    from tests.billing.end_state import end_state
    from tests.billing.forks import run
    from tests.billing.kill_acts import World, minutes_later
    from tests.billing.snapshots import Snapshots
    from tests.billing.stripe_fake import Account
    from tests.billing.stripe_fake.transport import install, replace
    from tests.live.payment_jobs import jobs, prepare

    clock = Clock(NEW_YEAR)
    timezone.now = lambda: clock.now  # type: ignore[assignment]
    snapshots = Snapshots()
    given = World(install(Account(lambda: clock.now)), clock)
    prepare(given)
    before, begun = end_state(given.fake), clock.now
    snapshots.take("given")

    def end(world: World) -> list[str]:
        replace(world.fake)
        minutes_later(world)
        clock.now = begun
        return [*end_state(world.fake), *[f"audit {finding}" for finding in ledger.audit()]]

    alone = World(given.fake.twin(), clock)
    code, _ = run(lambda: work(jobs(alone), seed), alone.fake)
    wanted = end(alone)
    snapshots.bring_back("given")
    world = World(given.fake.twin(), clock)
    killed, failed = race(world, kills, seed)
    got = end(world)
    return {
        "alone": code,
        "changed": len(set(wanted) - set(before)),
        "killed": killed,
        "failed": failed,
        "missing": sorted(set(wanted) - set(got)),
        "strange": sorted(set(got) - set(wanted)),
    }


def work(all_jobs: "Sequence[Job]", seed: int) -> None:
    """Every job twice, in an order of this process; a refusal is an answer too."""
    from billing.errors import BillingError

    order = [*all_jobs, *all_jobs]
    random.Random(seed).shuffle(order)
    for job in order:
        try:
            job()
        except BillingError:
            continue


def race(world: "World", kills: int, seed: int) -> tuple[int, int]:
    """(how many were killed, how many failed by themselves); the provider is asked through this process."""
    from tests.billing.forks import Child, fork
    from tests.live.payment_jobs import jobs

    chance = random.Random(seed)
    all_jobs = jobs(world)
    running: list[Child] = [fork(_worker(all_jobs, seed + number)) for number in range(PROCESSES)]
    shots = killed = failed = 0
    next_death = 0.0  # 0 = not before they have begun, which is when one of them asks
    while running:
        ready, _, _ = select.select(running, [], [], APART[0])
        if ready and not next_death:
            next_death = time.monotonic() + APART[0]
        for child in ready:
            if child.serve(world.fake):
                continue
            running.remove(child)
            code = child.wait()
            failed += code not in (0, -9)
            if code == -9:
                killed += 1
                running.append(fork(_worker(all_jobs, seed + 100 + killed)))
        if shots < kills and running and 0 < next_death <= time.monotonic():
            chance.choice(running).kill()
            shots += 1
            next_death = time.monotonic() + chance.uniform(*APART)
    return killed, failed


def _worker(all_jobs: "Sequence[Job]", seed: int) -> "Job":
    return lambda: work(all_jobs, seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=40)
    options = parser.parse_args()
    with migrated(options.database):
        result = arena(options.seed, options.kills)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return int(bool(result["alone"] or result["failed"] or result["missing"] or result["strange"]))


if __name__ == "__main__":
    sys.exit(main())
