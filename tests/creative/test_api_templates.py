"""Templates over the API: searched, compared, retired, lent to a merchant and taken back."""

import pytest

from billing.models import Organization
from billing.organizations import create_api_key
from templates_engine import library
from templates_engine.domain.template import Spread
from templates_engine.models import TemplateShare, TemplateVersion
from tests.creative.api import Program
from tests.creative.lent import HITS, LENT, MINE, agency, offer, own_template
from tests.creative.shops import Shop

pytestmark = pytest.mark.django_db
SEED = "tpl_reveal_led_zh_v1"


@pytest.fixture
def program(alice: Shop) -> Program:
    return Program(alice)


class Agency(Program):
    """An agency's program: its key is all that a ``Shop`` is needed for."""

    def __init__(self, organization: Organization) -> None:
        super().__init__(Shop(organization, None, create_api_key(organization, "test")[1], None))  # type: ignore[arg-type]


def world() -> list[object]:
    library.load_seeds()  # the first request would
    return [list(model.objects.order_by("pk").values()) for model in (TemplateShare, TemplateVersion)]


def ids(program: Program, **query: object) -> list[str]:
    answer = program.get("templates", **query)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()]


def test_the_list_says_whose_each_is_and_what_it_stands_on(alice: Shop, program: Program) -> None:
    own_template(alice.organization)
    mine, *ours = program.get("templates").json()
    assert (mine["id"], mine["listed_as"], mine["shared_by"], mine["learned_from"], mine["source"]) == (
        MINE,
        "learned",
        "",
        HITS,
        "own",
    )
    assert mine["hook"] == "result_first"
    assert {(one["listed_as"], one["learned_from"], one["source"]) for one in ours} == {("ours", 0, "seed")}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "保温杯 提问"}, True),
        ({"q": "没有这个词"}, False),
        ({"category": "bottle"}, True),
        ({"category": ""}, True),
        ({"lang": "en"}, False),
        ({"lang": ""}, True),
        ({"seconds_min": 16, "seconds_max": 16}, True),
        ({"seconds_min": 16.1}, False),
        ({"seconds_max": 15.9}, False),
        ({"hook": "result_first"}, True),
        ({"hook": "number"}, False),
        ({"source": "learned"}, True),
        ({"source": "ours"}, False),
        ({"retired": "true"}, False),
    ],
)
def test_each_filter(alice: Shop, program: Program, query: dict[str, object], *, found: bool) -> None:
    own_template(alice.organization, category=("kitchen",))
    assert (MINE in ids(program, **query)) is found


@pytest.mark.parametrize(
    "query", [{"lang": "de"}, {"seconds_min": "long"}, {"seconds_max": -1}, {"hook": "x"}, {"source": "x"}]
)
def test_a_filter_that_can_not_be_read_is_a_problem_that_names_it(program: Program, query: dict[str, object]) -> None:
    answer = program.get("templates", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{next(iter(query))}"]


def test_versions_diff_retire_and_reactivate(alice: Shop, program: Program) -> None:
    own_template(alice.organization)
    own_template(alice.organization, "tpl_mine_zh_v2", duration=Spread(20_000, 26_000, 31_000))
    listed = program.get(f"templates/{MINE}/versions").json()
    assert [(one["id"], one["version"], one["active"], one["learned_from"]) for one in listed] == [
        ("tpl_mine_zh_v2", 2, True, HITS),
        (MINE, 1, False, HITS),
    ]
    told = program.get("templates/tpl_mine_zh_v2/diff", **{"from": MINE}).json()
    assert (told["old"], told["new"]) == (MINE, "tpl_mine_zh_v2")
    assert [change["en"] for change in told["changes"]] == ["The usual length is 26 s, was 16 s."]
    again = program.post(f"templates/{MINE}/reactivate").json()
    assert [(one["id"], one["active"]) for one in again] == [("tpl_mine_zh_v2", False), (MINE, True)]
    assert ids(program, source="learned") == [MINE]
    retired = program.post(f"templates/{MINE}/retire").json()
    assert [one["active"] for one in retired] == [False, False]
    assert ids(program, source="learned") == []
    assert ids(program, retired="true") == ["tpl_mine_zh_v2"]


def test_a_comparison_needs_two_of_one_family(alice: Shop, program: Program) -> None:
    own_template(alice.organization)
    assert program.get(f"templates/{MINE}/diff").status_code == 400
    assert program.get(f"templates/{MINE}/diff", **{"from": SEED}).status_code == 404


def test_public_templates_belong_to_nobody(program: Program) -> None:
    library.load_seeds()
    before = world()
    for verb in ("retire", "reactivate", "shares"):
        answer = program.post(f"templates/{SEED}/{verb}", {"to": "org_x"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert world() == before


def test_an_agency_lends_a_merchant_accepts_and_the_agency_takes_back(alice: Shop, program: Program) -> None:
    owner = agency()
    own_template(owner, LENT)
    lender = Agency(owner)
    made = lender.post(f"templates/{LENT}/shares", {"to": alice.organization.public_id})
    assert made.status_code == 201
    assert (made.json()["receiver"], made.json()["accepted_at"]) == ("alice's shop", None)
    again = lender.post(f"templates/{LENT}/shares", {"to": alice.organization.public_id})
    assert again.json()["id"] == made.json()["id"]

    (waiting,) = program.get("template-shares").json()["received"]
    assert (waiting["id"], waiting["owner"], waiting["accepted_at"]) == (made.json()["id"], "Star MCN", None)
    assert program.get(f"templates/{LENT}").status_code == 404
    taken = program.post(f"template-shares/{waiting['id']}/accept")
    assert taken.json()["accepted_at"] is not None
    (shared,) = program.get("templates", source="shared").json()
    assert (shared["id"], shared["listed_as"], shared["shared_by"]) == (LENT, "shared", "Star MCN")
    document = program.get(f"templates/{LENT}").json()["document"]
    assert [member["video_id"] for member in document["members"]] == [str(number) for number in range(1, HITS + 1)]
    draft = program.post("ads", {"product": alice.product.public_id, "template_id": LENT})
    assert draft.status_code == 201

    before = world()
    for verb in ("retire", "reactivate", "shares"):
        assert program.post(f"templates/{LENT}/{verb}", {"to": "org_x"}).status_code == 404
    assert world() == before

    (given,) = lender.get(f"templates/{LENT}/shares").json()
    assert lender.delete(f"template-shares/{given['id']}").status_code == 204
    for path in (f"templates/{LENT}", f"templates/{LENT}/versions", f"templates/{LENT}/shares"):
        assert program.get(path).status_code == 404
    assert ids(program, source="shared") == []
    assert program.get("template-shares").json() == {"given": [], "received": []}
    refused = program.post("ads", {"product": alice.product.public_id, "template_id": LENT, "seed": 2})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert program.get(f"ads/{draft.json()['id']}").json()["template_id"] == LENT


def test_a_stranger_neither_accepts_nor_ends_and_learns_nothing(alice: Shop, charlie: Shop) -> None:
    share = offer(alice.organization)
    stranger = Program(charlie)
    before = world()
    assert stranger.post(f"template-shares/{share.public_id}/accept").status_code == 404
    assert stranger.delete(f"template-shares/{share.public_id}").status_code == 404
    assert stranger.get("template-shares").json() == {"given": [], "received": []}
    assert world() == before


def test_refusals_are_problems_with_a_reason(alice: Shop, charlie: Shop, program: Program) -> None:
    own_template(alice.organization)
    owner = agency()
    own_template(owner, LENT)
    before = world()
    merchant = program.post(f"templates/{MINE}/shares", {"to": charlie.organization.public_id})
    unknown = Agency(owner).post(f"templates/{LENT}/shares", {"to": "org_nobody"})
    empty = Agency(owner).post(f"templates/{LENT}/shares", {})
    assert [(one.status_code, one.json().get("reason")) for one in (merchant, unknown, empty)] == [
        (403, "not_an_agency"),
        (404, "no_such_merchant"),
        (400, None),
    ]
    assert "编号" in unknown.json()["detail_zh"]
    assert world() == before
