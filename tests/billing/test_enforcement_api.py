"""The door of the API: the plan must include it, and the plan's rate is counted where every process sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from billing import api_door, links, memberships
from billing.authentication import ApiKeyAuthentication, SessionActorAuthentication
from billing.domain.rate import Rate, parse
from billing.errors import PlanLacks, RateLimited
from billing.models import ApiUse, Organization
from billing.organizations import create_api_key, create_organization

MINUTE = datetime(2026, 11, 23, 4, 0, tzinfo=UTC).timestamp()


class Door(APIView):
    authentication_classes = (ApiKeyAuthentication, SessionActorAuthentication)

    def get(self, request: Request) -> Response:
        return Response("in")


def knock(key: str = "", user: User | None = None) -> Any:
    request = APIRequestFactory().get("/", headers={"X-Api-Key": key} if key else {})
    request.user = user  # type: ignore[assignment]
    return Door.as_view()(request)


class Moment:
    """The door's clock."""

    def __init__(self) -> None:
        self.seconds = MINUTE + 10

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    moment = Moment()
    monkeypatch.setattr(api_door, "now", moment)
    return moment


@pytest.fixture
def key(shop: Organization, moment: Moment) -> str:
    memberships.start_period(shop, "gold", key="1")
    return create_api_key(shop, "sync")[1]


@pytest.fixture(params=["database", "cache"])
def counted(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """In the database, and in a Django cache."""
    from django.core.cache import caches

    if request.param == "cache":
        settings.API_RATE_CACHE = "default"
    caches["default"].clear()
    yield
    caches["default"].clear()


def test_the_sixty_first_request_of_a_minute_waits_for_the_next(key: str, moment: Moment, counted: None) -> None:
    assert [knock(key).status_code for _ in range(60)] == [200] * 60
    refused = knock(key)
    assert (refused.status_code, refused["Retry-After"], refused.content_type) == (
        429,
        "50",
        "application/problem+json",
    )
    assert {name: refused.data[name] for name in ("code", "rate", "retry_after")} == {
        "code": "rate_limited",
        "rate": "60/min",
        "retry_after": 50,
    }
    moment.seconds += 49.5
    assert knock(key)["Retry-After"] == "1"
    moment.seconds += 0.5
    assert knock(key).status_code == 200


def test_each_organization_has_its_own_count(
    key: str, charlies_shop: Organization, moment: Moment, counted: None
) -> None:
    memberships.start_period(charlies_shop, "gold", key="1")
    other = create_api_key(charlies_shop, "sync")[1]
    assert {knock(key).status_code for _ in range(60)} == {200}
    assert (knock(key).status_code, knock(other).status_code) == (429, 200)


def test_all_keys_of_an_organization_share_its_count(key: str, shop: Organization, moment: Moment) -> None:
    second = create_api_key(shop, "another")[1]
    assert {knock(one).status_code for one in (key, second) * 30} == {200}
    assert (knock(key).status_code, knock(second).status_code) == (429, 429)


def test_the_rate_is_that_of_what_was_bought(key: str, shop: Organization, moment: Moment) -> None:
    memberships.start_period(shop, "platinum", key="2")
    assert {knock(key).status_code for _ in range(180)} == {200}
    assert knock(key).data["rate"] == "180/min"


def test_an_agency_that_pays_lends_its_rate(shop: Organization, key: str, moment: Moment) -> None:
    agency = create_organization("Moon MCN", owner=User.objects.create_user("ann"), kind="agency")
    memberships.start_period(agency, "platinum", key="1")
    links.accept(links.invite(agency, shop.public_id, links.Terms("agency", 100)), shop)
    assert {knock(key).status_code for _ in range(180)} == {200}
    assert knock(key).data["rate"] == "180/min"


def test_a_plan_without_the_api_is_told_which_one_has_it(shop: Organization, moment: Moment) -> None:
    answer = knock(create_api_key(shop, "sync")[1])
    assert answer.status_code == 403
    assert (answer.data["code"], answer.data["plan"]) == ("plan_too_small", "gold")
    assert "The gold plan does" in answer.data["detail"]
    assert not ApiUse.objects.exists()
    with pytest.raises(PlanLacks):
        api_door.admit(shop)


def test_people_on_the_pages_are_not_counted(shop: Organization, alice: User, moment: Moment) -> None:
    assert {knock(user=alice).status_code for _ in range(40)} == {200}
    assert not ApiUse.objects.exists()


def test_a_request_costs_few_queries(key: str, moment: Moment, django_assert_num_queries: Any) -> None:
    """The key, who pays, the membership, the count."""
    knock(key)
    with django_assert_num_queries(4):
        knock(key)


def test_one_row_is_enough_for_ever(key: str, shop: Organization, moment: Moment) -> None:
    for _ in range(3):
        knock(key)
        moment.seconds += 60
    row = ApiUse.objects.get()
    assert (row.organization, row.window, row.requests) == (shop, int(MINUTE) // 60 + 2, 1)


def test_a_cache_that_forgets_counts_from_one_again(
    shop: Organization, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.cache import caches

    settings.API_RATE_CACHE = "default"

    def forgot(key: str) -> int:
        raise ValueError(key)

    monkeypatch.setattr(caches["default"], "incr", forgot)
    assert api_door.count(shop, Rate(60, 60), MINUTE) == 1


@pytest.mark.parametrize("text", ["60", "60/day", "/min", "0/min", "-1/min", "6.5/min", "60/min ", "x/min"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="written as 60/min"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "rate"), [("5/s", Rate(5, 1)), ("60/min", Rate(60, 60)), ("1000/h", Rate(1000, 3600))]
)
def test_a_rate_is_read_and_written(text: str, rate: Rate) -> None:
    assert (parse(text), str(rate)) == (rate, text)


@pytest.mark.parametrize(("now", "seconds"), [(120.0, 60), (120.5, 60), (121.0, 59), (179.0, 1), (179.9, 1)])
def test_whoever_waits_as_told_is_in_the_next_window(now: float, seconds: int) -> None:
    rate = Rate(60, 60)
    assert rate.wait(now) == seconds
    assert rate.window(now + seconds) == rate.window(now) + 1


def test_the_refusal_says_how_long(shop: Organization) -> None:
    refusal = RateLimited("60/min", 7)
    assert (refusal.status, refusal.retry_after, refusal.extra()) == (429, 7, {"rate": "60/min", "retry_after": 7})
