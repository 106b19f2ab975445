"""Several processes at one account, on SQLite and PostgreSQL: nothing is spent twice or lost, not even by kill -9."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.live.racers import Racer
from tests.studio import ROOT, wait_until

pytestmark = pytest.mark.slow


@dataclass
class Track:
    """A migrated database and the racers on it."""

    env: dict[str, str]
    racers: list[Racer]

    def race(self, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
        """One call per racer, all at once; their answers in the same order."""
        for racer, (verb, arguments) in zip(self.racers, calls, strict=True):
            racer.start(verb, **arguments)
        return [racer.finish() for racer in self.racers]

    def all_race(self, verb: str, **arguments: Any) -> list[Any]:
        return self.race(*[(verb, arguments) for _ in self.racers])

    def has_holds(self, shop: int, *, more_than: int) -> bool:
        return bool(self.call("report", organization=shop)["holds"] > more_than)

    def call(self, verb: str, **arguments: Any) -> Any:
        return self.racers[0].call(verb, **arguments)


@pytest.fixture(
    scope="module",
    params=[pytest.param("sqlite", id="sqlite"), pytest.param("postgres", id="postgres", marks=pytest.mark.live)],
)
def track(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Track]:
    var = tmp_path_factory.mktemp("track")
    env = {**os.environ, "HITSMITH_VAR": str(var)}
    env.pop("DATABASE_URL", None)
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        name = f"races_{os.getpid()}"
        server.psql(f"CREATE DATABASE {name}")
        env["DATABASE_URL"] = server.get_uri(database=name)
    migrate = [sys.executable, "manage.py", "migrate", "--skip-checks", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=env, check=True, timeout=300)
    racers = [Racer(env) for _ in range(8 if request.param == "postgres" else 4)]
    yield Track(env, racers)
    for racer in racers:
        racer.retire()


def test_together_they_hold_every_credit_and_none_twice(track: Track) -> None:
    shop = track.call("found", lots=[100, 60, 40])
    names = [f"racer-{number}" for number in range(len(track.racers))]
    got = track.race(*[("drain", {"organization": shop, "name": name}) for name in names])
    report = track.call("report", organization=shop)
    assert sum(got) == 200
    assert (report["free"], report["held"], report["findings"]) == (0, 200, [])


def test_one_key_makes_one_hold(track: Track) -> None:
    shop = track.call("found", lots=[3, 30])
    for key in ("a", "b", "c"):
        answers = track.all_race("hold", organization=shop, key=key, amount=5)
        assert len(set(answers)) == 1
    report = track.call("report", organization=shop)
    assert (report["holds"], report["held"], report["findings"]) == (3, 15, [])


def test_no_more_open_holds_than_the_plan_allows(track: Track) -> None:
    shop = track.call("found", lots=[500])
    limit = 2
    for round_number in range(3):
        calls = [
            ("hold", {"organization": shop, "key": f"{round_number}-{index}", "amount": 1, "concurrency": limit})
            for index in range(len(track.racers))
        ]
        answers = track.race(*calls)
        held = [answer for answer in answers if isinstance(answer, int)]
        assert len(held) == limit
        assert set(answers) - set(held) == {"too_many_open_holds"}
        for hold_id in held:
            assert track.call("settle", hold_id=hold_id, used=1) is True
    report = track.call("report", organization=shop)
    assert (report["holds"], report["spent"], report["findings"]) == (3 * limit, 3 * limit, [])


def test_a_hold_is_closed_by_exactly_one(track: Track) -> None:
    shop = track.call("found", lots=[20, 20])
    track.call("reap", minutes_ahead=60)  # what earlier races left open
    for number in range(5):
        hold_id = track.call("hold", organization=shop, key=f"work-{number}", amount=6)
        reaper = ("reap", {"minutes_ahead": 60})
        worker = ("settle", {"hold_id": hold_id, "used": 6})
        answers = track.race(*[worker if index % 2 else reaper for index in range(len(track.racers))])
        assert sum(map(int, answers)) == 1
    report = track.call("report", organization=shop)
    assert report["spent"] == report["captured"]
    assert (report["held"], report["open"], report["findings"]) == (0, 0, [])


def test_one_key_refunds_once(track: Track) -> None:
    shop = track.call("found", lots=[4, 20])
    hold_id = track.call("hold", organization=shop, key="work", amount=10)
    assert track.call("settle", hold_id=hold_id, used=10) is True
    for key in ("first", "second"):
        answers = track.all_race("refund", hold_id=hold_id, amount=3, key=key)
        assert sorted(answers) == [False] * (len(track.racers) - 1) + [True]
    report = track.call("report", organization=shop)
    assert (report["refunded"], report["spent"], report["free"], report["findings"]) == (6, 4, 20, [])


def test_workers_that_are_killed_lose_nothing(track: Track) -> None:
    shop = track.call("found", lots=[5_000, 5_000])
    track.call("reap", minutes_ahead=60)
    enough = 20
    for round_number in range(3):
        victims = [Racer(track.env) for _ in range(3)]
        for index, victim in enumerate(victims):
            victim.start("work_for_ever", organization=shop, name=f"{round_number}-{index}")
        wait_until("they are at it", partial(track.has_holds, shop, more_than=enough), seconds=120, every=0.05)
        for victim in victims:
            victim.kill()
        report = track.call("report", organization=shop)
        assert report["findings"] == []
        enough = report["holds"] + 20
    before = track.call("report", organization=shop)
    assert before["open"] > 0
    assert track.call("reap", minutes_ahead=60) == before["open"]
    after = track.call("report", organization=shop)
    assert after["spent"] == after["captured"] > 0
    assert (after["held"], after["open"], after["findings"]) == (0, 0, [])
    assert after["free"] + after["spent"] == 10_000
