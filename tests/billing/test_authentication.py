"""The API's doors: keys and sessions become actors; everybody else stays outside."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from billing.authentication import ApiKeyAuthentication, HasOrganization, SessionActorAuthentication
from billing.models import Organization
from billing.organizations import add_member, create_api_key, revoke_api_key
from tests.billing.conftest import Clock

pytestmark = pytest.mark.django_db


class Door(APIView):
    """Answers with who came in. What the plan lets in is another matter: test_enforcement_api."""

    throttle_classes = ()

    authentication_classes = [ApiKeyAuthentication, SessionActorAuthentication]
    permission_classes = [HasOrganization]

    def get(self, request: Request) -> Response:
        return Response([request.auth.organization.name, request.auth.role, str(request.user)])

    post = get


class Till(Door):
    needs = "bill"


def knock(view: type[APIView] = Door, method: str = "get", user: User | None = None, **headers: str) -> Response:
    request = getattr(APIRequestFactory(enforce_csrf_checks=True), method)("/", headers=headers)
    request.user = user
    return view.as_view()(request)


@pytest.fixture
def key(shop: Organization) -> str:
    return create_api_key(shop, "sync")[1]


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer {}"}, {"Authorization": "bearer {} "}, {"X-Api-Key": "{}"}]
)
def test_a_key_opens_its_organization(key: str, headers: dict[str, str]) -> None:
    answer = knock(**{name: value.format(key) for name, value in headers.items()})
    assert (answer.status_code, answer.data) == (200, ["Alice's shop", "producer", "AnonymousUser"])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer hsk_wrong"},
        {"Authorization": "Bearer "},
        {"X-Api-Key": ""},
        {"Authorization": "Basic YWxpY2U6eA=="},
    ],
)
def test_without_a_good_key_the_door_stays_shut(key: str, headers: dict[str, str]) -> None:
    answer = knock(**headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="hitsmith"'


def test_a_revoked_key_opens_nothing(shop: Organization) -> None:
    key, text = create_api_key(shop, "sync")
    revoke_api_key(key)
    assert knock(**{"X-Api-Key": text}).status_code == 401
    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_role_limits_its_key(shop: Organization) -> None:
    viewer, billing = (create_api_key(shop, "k", role=role)[1] for role in ("viewer", "billing_admin"))
    statuses = {
        (name, view.__name__, method): knock(view, method, **{"X-Api-Key": text}).status_code
        for name, text in (("viewer", viewer), ("billing", billing))
        for view in (Door, Till)
        for method in ("get", "post")
    }
    assert statuses == {
        ("viewer", "Door", "get"): 200,
        ("viewer", "Door", "post"): 403,
        ("viewer", "Till", "get"): 403,
        ("viewer", "Till", "post"): 403,
        ("billing", "Door", "get"): 200,
        ("billing", "Door", "post"): 403,
        ("billing", "Till", "get"): 200,
        ("billing", "Till", "post"): 200,
    }


def test_use_is_noted_once_a_minute(shop: Organization, clock: Clock, django_assert_num_queries: Any) -> None:
    key, text = create_api_key(shop, "sync")
    knock(**{"X-Api-Key": text})
    key.refresh_from_db()
    first = key.last_used_at
    assert first == timezone.now()
    clock.passes(seconds=60)
    with django_assert_num_queries(1):
        knock(**{"X-Api-Key": text})
    clock.passes(seconds=1)
    with django_assert_num_queries(2):
        knock(**{"X-Api-Key": text})
    key.refresh_from_db()
    assert key.last_used_at == first + timedelta(seconds=61)


def test_a_session_opens_the_users_organization(shop: Organization, alice: User) -> None:
    answer = knock(user=alice)
    assert (answer.status_code, answer.data) == (200, ["Alice's shop", "owner", "alice"])


def test_a_session_changes_nothing_without_its_csrf_token(shop: Organization, alice: User) -> None:
    assert knock(method="post", user=alice).status_code == 403


def test_a_user_of_no_organization_is_refused_with_a_reason(db: None) -> None:
    answer = knock(user=User.objects.create_user("dora"))
    assert answer.status_code == 403
    assert "Ask its owner" in str(answer.data)


def test_somebody_without_an_actor_is_refused(alice: User) -> None:
    request = APIRequestFactory().get("/")
    force_authenticate(request, user=alice)  # as some other authentication class would
    assert Door.as_view()(request).status_code == 403


def test_a_bob_with_two_shops_sees_the_first(shop: Organization, charlies_shop: Organization) -> None:
    bob = User.objects.create_user("bob")
    add_member(charlies_shop, bob, "viewer")
    add_member(shop, bob, "producer")
    assert knock(user=bob).data == ["Charlie's shop", "viewer", "bob"]
