"""Several processes at the billing desk: of many approvals one has an effect, and a form that is sent often acts once."""

import pytest

from tests.live.test_ledger_races import Track, track

__all__ = ["track"]
pytestmark = pytest.mark.slow


def test_of_many_approvals_at_once_one_has_an_effect(track: Track) -> None:
    shop = track.call("found", lots=[10])
    request = track.call("desk_sent", organization=shop, credits=5_000, key="much")
    answers = track.race(
        *(("approve_desk", {"request": request, "by": f"ben-{index}"}) for index in range(len(track.racers)))
    )
    assert sorted(answers) == ["desk_refused"] * (len(track.racers) - 1) + ["done"]
    report = track.call("report", organization=shop)
    assert (report["free"], report["findings"]) == (5_010, [])


def test_one_form_sent_by_all_acts_once(track: Track) -> None:
    shop = track.call("found", lots=[10])
    assert len(set(track.all_race("desk_sent", organization=shop, credits=7, key="form"))) == 1
    report = track.call("report", organization=shop)
    assert (report["free"], report["findings"]) == (17, [])


def test_forms_of_one_person_never_pass_the_limit_together(track: Track) -> None:
    """Each is small enough for one person; all of them are not: those that come late wait for a second one."""
    shop = track.call("found", lots=[10])
    calls = [
        ("desk_sent", {"organization": shop, "credits": 300, "key": f"k{index}"}) for index in range(len(track.racers))
    ]
    done = [public_id for public_id in track.race(*calls) if public_id.startswith("act_")]
    assert len(done) == 3
    assert track.call("report", organization=shop)["free"] == 10 + 3 * 300
