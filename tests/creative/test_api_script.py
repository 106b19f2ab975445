"""The script over the REST API: read, check, save; strangers find nothing, and nothing is half-saved."""

from typing import Any

import pytest

from billing.models import Member
from billing.organizations import create_api_key
from creative import production
from creative.models import Ad, AdShot, ScriptEdit
from tests.creative.api import Program
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def ad(alice: Shop) -> Ad:
    return production.draft(alice.organization, product=alice.product, lang="zh").ad


@pytest.fixture
def path(ad: Ad) -> str:
    return f"ads/{ad.public_id}/script"


def lines(script: dict[str, Any]) -> list[dict[str, str]]:
    return [{"voice": line["voice"], "caption": line["caption"]} for line in script["lines"]]


def world() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (Ad, AdShot, ScriptEdit)]


def test_a_script_is_read_checked_and_saved(alice: Shop, path: str) -> None:
    program = Program(alice)
    script = program.get(path).json()
    assert (script["version"], script["editable"], script["locked"], script["history"]) == (0, True, None, [])
    wanted = lines(script)
    wanted[2] = {"voice": "一键开合，单手就能喝"}
    before = world()
    checked = program.post(f"{path}/check", {"lines": wanted})
    assert checked.status_code == 200
    beat = checked.json()["beats"][2]
    assert (checked.json()["ok"], beat["ok"], beat["fit"], beat["edited"]) == (True, True, "fits", True)
    assert beat["caption"]["text"] == "一键开合|单手就能喝"
    assert world() == before
    saved = program.put(path, {"version": 0, "lines": wanted})
    assert saved.status_code == 200
    assert saved.json()["version"] == 1
    assert saved.json()["lines"][2]["voice"] == "一键开合，单手就能喝"
    (entry,) = saved.json()["history"]
    assert (entry["number"], entry["actor"], entry["restored"]) == (1, "", None)
    assert [(change["beat"], change["after"]["voice"]) for change in entry["changes"]] == [(2, "一键开合，单手就能喝")]
    assert program.get(path).json() == saved.json()
    assert program.get(f"ads/{path.split('/')[1]}").json()["script"]["beats"][2]["voice"] == "一键开合，单手就能喝"


def test_what_may_not_be_said_is_explained_and_not_saved(alice: Shop, path: str) -> None:
    program = Program(alice)
    wanted = lines(program.get(path).json())
    wanted[2] = {"voice": "全网最好的杯子，保温36小时"}
    before = world()
    beat = program.post(f"{path}/check", {"lines": wanted}).json()["beats"][2]
    assert (beat["ok"], beat["verdict"]) == (False, "block")
    assert {found["category"] for found in beat["findings"]} == {"superlative", "number"}
    assert "广告法第九条第三项" in {found["law"] for found in beat["findings"]}
    assert "".join(piece["text"] for piece in beat["voice"]["pieces"]) == "全网最好的杯子，保温36小时"
    assert beat["numbers"] == [{"number": "36小时", "path": "", "fact": ""}]
    refused = program.put(path, {"version": 0, "lines": wanted})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "script_refused"
    assert {error["beat"] for error in problem["errors"]} == {2}
    assert "什么都没有改动" in problem["detail_zh"]
    assert world() == before


def test_an_older_version_is_a_conflict(alice: Shop, path: str) -> None:
    program = Program(alice)
    wanted = lines(program.get(path).json())
    wanted[2] = {"voice": "一键开合，单手就能喝"}
    assert program.put(path, {"version": 0, "lines": wanted}).status_code == 200
    before = world()
    wanted[2] = {"voice": "单手一按就能喝"}
    conflict = program.put(path, {"version": 0, "lines": wanted})
    assert (conflict.status_code, conflict.json()["code"], conflict.json()["version"]) == (409, "script_conflict", 1)
    assert world() == before


def test_other_wordings_are_offered(alice: Shop, path: str) -> None:
    program = Program(alice)
    wanted = lines(program.get(path).json())
    found = program.post(f"{path}/check", {"lines": wanted, "wordings_for": 0}).json()
    assert found["wordings"]
    assert wanted[0]["voice"] not in [one["voice"] for one in found["wordings"]]
    assert program.post(f"{path}/check", {"lines": wanted, "wordings_for": 30}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": 0},
        {"version": -1, "lines": []},
        {"version": "x", "lines": []},
        {"version": 0, "lines": "no list"},
        {"version": 0, "lines": [{"caption": "x"}]},
        {"version": 0, "lines": [{"voice": "x" * 1_001}]},
        {"version": 0, "lines": [{"voice": "x"}] * 41},
    ],
)
def test_a_body_out_of_form_is_400(alice: Shop, path: str, body: dict[str, object]) -> None:
    before = world()
    assert Program(alice).put(path, body).status_code == 400
    assert world() == before


def test_characters_that_no_database_holds_are_left_out(alice: Shop, path: str) -> None:
    program = Program(alice)
    wanted = lines(program.get(path).json())
    wanted[2] = {"voice": "一键\x07开合，单手🎉就能喝"}
    assert program.put(path, {"version": 0, "lines": wanted}).json()["lines"][2]["voice"] == "一键 开合，单手 就能喝"
    wanted[2] = {"voice": "一键\ud800开合"}
    assert program.put(path, {"version": 1, "lines": wanted}).status_code == 400


def test_strangers_find_nothing_and_viewers_change_nothing(alice: Shop, charlie: Shop, path: str) -> None:
    own = lines(Program(alice).get(path).json())
    own[2] = {"voice": "一键开合，单手就能喝"}
    body = {"version": 0, "lines": own}
    before = world()
    stranger = Program(charlie)
    answers = [stranger.get(path), stranger.put(path, body), stranger.post(f"{path}/check", body)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    viewer = Program(alice)
    viewer.client.defaults["HTTP_AUTHORIZATION"] = (
        f"Bearer {create_api_key(alice.organization, 'viewer', role=Member.Role.VIEWER)[1]}"
    )
    answers = [viewer.get(path), viewer.put(path, body), viewer.post(f"{path}/check", body)]
    assert [answer.status_code for answer in answers] == [200, 403, 403]
    assert world() == before


def test_an_ordered_ad_says_why_it_is_only_to_be_read(alice: Shop, ad: Ad, path: str) -> None:
    production.order(ad)
    script = Program(alice).get(path).json()
    assert script["editable"] is False
    assert "make another ad" in script["locked"]["en"]
    body = {"version": 0, "lines": lines(script)}
    assert Program(alice).put(path, body).json()["code"] == "script_locked"
    assert Program(alice).post(f"{path}/check", body).status_code == 409
