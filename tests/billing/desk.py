"""Staff for tests of the billing desk, each with the permissions that they are named after."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from billing.models import Organization

HIDDEN_KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


def staff(name: str, *permissions: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="billing", codename__in=permissions))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def clerk(name: str = "ann") -> Client:
    """May look and act."""
    return signed_in(staff(name, "desk_view", "desk_act"))


@pytest.fixture
def looker(db: None) -> Client:
    """May only look."""
    return signed_in(staff("lena", "desk_view"))


def deed_url(shop: Organization, name: str) -> str:
    return reverse("desk:deed", args=[shop.public_id, name])


def send(client: Client, shop: Organization, name: str, step: str, subject: str = "", **fields: object) -> Any:
    """Open the form of an action, and send it."""
    page = client.get(deed_url(shop, name), {"subject": subject})
    assert page.status_code == 200, page.content
    key = HIDDEN_KEY.search(page.content.decode())
    assert key is not None
    sent = {"key": key[1], "subject": subject, "reason": "shot 3 was dark", "step": step, **fields}
    return client.post(deed_url(shop, name), sent)
