"""The kill matrix: each scenario once without a death, then once for each moment at which its process could die."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from billing import ledger
from billing.models import Organization
from tests.billing.clock import NEW_YEAR, Clock
from tests.billing.end_state import end_state
from tests.billing.forks import dying, run
from tests.billing.kill_acts import NAME, World
from tests.billing.kill_scenarios import SCENARIOS, Scenario
from tests.billing.snapshots import Snapshots
from tests.billing.stripe_fake import Account
from tests.billing.stripe_fake.transport import install, replace

KILLED = -9
EMPTY, GIVEN = "empty", "given"


@dataclass(frozen=True)
class Death:
    """One cell: killed ``when`` ("before", "after") effect ``number``; ``wrong``: lines that differ at the end."""

    number: int
    effect: str
    when: str
    killed: bool
    wrong: tuple[str, ...]

    @property
    def survived(self) -> bool:
        return self.killed and not self.wrong


@dataclass(frozen=True)
class Row:
    """A scenario's effects and deaths; ``changed`` is how many lines of the end state the verb itself has made."""

    scenario: str
    effects: tuple[str, ...]
    changed: int
    deaths: tuple[Death, ...]


class Matrix:
    """On the empty, migrated database that Django is connected to. Unless it ``heals``, nothing happens after a death."""

    def __init__(self, *, heals: bool = True) -> None:
        self.clock, self.heals = Clock(NEW_YEAR), heals
        timezone.now = lambda: self.clock.now  # type: ignore[assignment]
        self.snapshots = Snapshots()
        self.snapshots.take(EMPTY)

    def rows(self, only: str = "") -> Iterator[Row]:
        for scenario in SCENARIOS:
            if only in scenario.name:
                yield self._row(scenario)

    def _row(self, scenario: Scenario) -> Row:
        given, before = self._prepare(scenario)
        effects, whole = self._without_a_death(scenario, given)
        deaths = [
            self._death(scenario, given, whole, number, name, when)
            for number, name in enumerate(effects, start=1)
            for when in ("before", "after")
        ]
        return Row(scenario.name, tuple(effects), len(set(whole) - set(before)), tuple(deaths))

    def _prepare(self, scenario: Scenario) -> tuple[World, list[str]]:
        self.snapshots.bring_back(EMPTY)
        world = World(install(Account(timezone.now)), self.clock)
        Organization.objects.create(name=NAME)
        scenario.given(world)
        before = end_state(world.fake)
        self.snapshots.take(GIVEN)
        return world, before

    def _begin(self, given: World) -> World:
        """The same world again, with its own copy of the provider."""
        self.snapshots.bring_back(GIVEN)
        world = World(given.fake.twin(), self.clock)
        replace(world.fake)
        return world

    def _without_a_death(self, scenario: Scenario, given: World) -> tuple[list[str], list[str]]:
        now = self.clock.now
        world = self._begin(given)
        code, effects = run(lambda: _work(scenario, world, 0, ""), world.fake)
        if code != 0:
            sys.exit(f"{scenario.name}: the work itself has failed, see above")
        whole = self._end(scenario, world)
        self.clock.now = now
        return effects, whole

    def _death(self, scenario: Scenario, given: World, whole: list[str], number: int, name: str, when: str) -> Death:
        now = self.clock.now
        world = self._begin(given)
        code, _ = run(lambda: _work(scenario, world, number, when), world.fake)
        end = self._end(scenario, world, heals=self.heals)
        self.clock.now = now
        return Death(number, name, when, code == KILLED, tuple(sorted(set(whole) ^ set(end))))

    def _end(self, scenario: Scenario, world: World, *, heals: bool = True) -> list[str]:
        if heals:
            scenario.after(world)
        findings = [f"audit {finding}" for finding in ledger.audit()]
        return [*end_state(world.fake), *findings]


def _work(scenario: Scenario, world: World, number: int, when: str) -> None:
    with dying(number, when):
        scenario.work(world)
