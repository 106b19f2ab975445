"""Several processes at the budgets of one agency: no cap is ever passed, and nothing leaks, not even by kill -9."""

from functools import partial

import pytest

from tests.live.racers import Racer
from tests.live.test_ledger_races import Track, track
from tests.studio import wait_until

__all__ = ["track"]
pytestmark = pytest.mark.slow


def test_together_they_use_the_whole_budget_and_no_more(track: Track) -> None:
    """All at the first work of the month, so they also race for the row of the month."""
    agency, (first, second) = track.call("found_clients", credits=1_000, caps=[90, 70])
    calls = [
        ("drain_for", {"link": second if index % 2 else first, "name": f"r{index}"})
        for index in range(len(track.racers))
    ]
    got = track.race(*calls)
    assert [sum(got[::2]), sum(got[1::2])] == [90, 70]
    assert track.call("months", agency=agency) == [[90, 90, 0], [70, 70, 0]]
    report = track.call("report", organization=agency)
    assert (report["held"], report["findings"]) == (160, [])


def test_the_account_is_the_limit_where_it_is_smaller(track: Track) -> None:
    agency, ties = track.call("found_clients", credits=100, caps=[90, 70])
    calls = [("drain_for", {"link": ties[index % 2], "name": f"r{index}"}) for index in range(len(track.racers))]
    got = track.race(*calls)
    assert sum(got) == 100
    (_, first, _), (_, second, _) = track.call("months", agency=agency)
    assert (first, second) == (sum(got[::2]), sum(got[1::2]))
    assert track.call("report", organization=agency)["findings"] == []


def test_one_key_is_counted_once(track: Track) -> None:
    agency, (tie,) = track.call("found_clients", credits=100, caps=[20])
    for key in ("a", "b", "c"):
        assert len(set(track.all_race("hold_for", link=tie, key=key, amount=6))) == 1
    assert track.call("months", agency=agency) == [[20, 18, 0]]
    assert set(track.all_race("hold_for", link=tie, key="d", amount=6)) == {"insufficient_credits budget"}
    assert track.call("report", organization=agency)["findings"] == []


def test_a_cap_that_is_lowered_in_the_middle_holds_from_then_on(track: Track) -> None:
    agency, (tie,) = track.call("found_clients", credits=1_000, caps=[400])
    drains = [("drain_for", {"link": tie, "name": f"r{index}"}) for index in range(len(track.racers) - 1)]
    got = track.race(*drains, ("set_cap", {"link": tie, "cap": 40}))
    ((cap, held, spent),) = track.call("months", agency=agency)
    assert (cap, held, spent) == (40, sum(got), 0)
    assert 40 <= held <= 400
    assert track.call("hold_for", link=tie, key="late", amount=1) == "insufficient_credits budget"
    assert track.call("report", organization=agency)["findings"] == []


def test_workers_that_are_killed_leave_no_budget_behind(track: Track) -> None:
    track.call("reap", minutes_ahead=60)  # what earlier races left open
    agency, ties = track.call("found_clients", credits=10_000, caps=[4_000, 50])
    enough = 20
    for round_number in range(3):
        victims = [Racer(track.env) for _ in range(3)]
        for index, victim in enumerate(victims):
            victim.start("work_for_clients", ties=ties, name=f"{round_number}-{index}")
        wait_until("they are at it", partial(track.has_holds, agency, more_than=enough), seconds=120, every=0.05)
        for victim in victims:
            victim.kill()
        report = track.call("report", organization=agency)
        assert report["findings"] == []
        assert all(held + spent <= cap for cap, held, spent in track.call("months", agency=agency))
        enough = report["holds"] + 20
    before = track.call("report", organization=agency)
    assert before["open"] > 0
    assert track.call("reap", minutes_ahead=60) == before["open"]
    after = track.call("report", organization=agency)
    months = track.call("months", agency=agency)
    assert [held for _, held, _ in months] == [0, 0]
    assert sum(spent for *_, spent in months) == after["captured"] - after["refunded"] == after["spent"]
    assert (after["held"], after["findings"]) == (0, [])
