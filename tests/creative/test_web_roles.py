"""Every page and every API verb, tried in every role: 403 where ``billing.access.ALLOWED`` does not have it, else not.

A new page that is not in the table fails the test: whoever adds one says what it needs.
"""

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from billing.access import ALLOWED
from billing.organizations import add_member, create_api_key
from tests.creative.test_web_access import CHANGING, NAMES, Studio, studio
from tests.security.test_tenancy import CLOSED, EVERYBODY, MIXED, OPEN, World, addresses, world

pytestmark = pytest.mark.slow  # every page in every role

__all__ = ["studio", "world"]

MANAGE = {
    "api-keys",
    "api-key-revoke",
    "members",
    "member-role",
    "member-remove",
    "invitation-revoke",
    "client-invite",
    "client-accept",
    "client-end",
    "webhooks",
    "webhook",
    "webhook-remove",
    "webhook-enable",
    "webhook-secret",
    "webhook-test",
    "webhook-again",
}
# Pages that only look, of what only producers work with.
WORKED_WITH = {"brand", "brand-preview", "brand-tracks"}
BILL = {"client-cap", "buy-plan", "buy-pack", "purchase-fapiao", "purchase-close"}


def needs(name: str) -> str:
    """What a page asks of a role: looking is "read", changing is "produce" but for money and people."""
    if name in MANAGE:
        return "manage"
    if name in BILL:
        return "bill"
    return "produce" if name in CHANGING | WORKED_WITH else "read"


@pytest.mark.parametrize("role", list(ALLOWED))
def test_pages(client: Client, studio: Studio, role: str) -> None:
    somebody = get_user_model().objects.create_user(role)
    add_member(studio.shop.organization, somebody, role)
    client.force_login(somebody)
    denied = set()
    for name in NAMES:
        # Each is tried on the same studio: what an allowed one does is undone.
        mark = transaction.savepoint()
        answer = studio.call(client, name)
        # 403 is also what a plan does not include, or what only an agency may: those pages say so.
        if answer.status_code == 403 and "这一步要换个人来" in answer.content.decode():
            denied.add(name)
        transaction.savepoint_rollback(mark)
    assert denied == {name for name in NAMES if needs(name) not in ALLOWED[role]}


@pytest.mark.slow
@pytest.mark.parametrize("role", list(ALLOWED))
def test_api_verbs(world: World, role: str) -> None:
    _, key = create_api_key(world.alice.organization, role, role=role)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    for name, route in addresses():
        if name in EVERYBODY:
            continue
        listed = (OPEN | CLOSED | MIXED)[name]
        for method in listed.methods:
            mark = transaction.savepoint()
            body = world.body(name, listed)
            answer = client.generic(
                method, world.fill(route), data=json.dumps(body) if body else "", content_type="application/json"
            )
            told = answer.json() if answer.headers.get("Content-Type") == "application/problem+json" else {}
            if answer.streaming:
                b"".join(answer)
            # 403 is also what the plan or the kind of the organization refuses: those have codes of their own.
            by_role = answer.status_code == 403 and told.get("code") in {"permission_denied", "not_allowed", None}
            allowed = ("read" if method == "GET" else "produce") in ALLOWED[role]
            assert by_role is not allowed, f"{role} {method} {route}: {answer.status_code} {told}"
            transaction.savepoint_rollback(mark)
