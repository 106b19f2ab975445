"""The account that a newcomer finds on the first start."""

import secrets

from django.contrib.auth import get_user_model
from django.db import transaction

from billing.memberships import start_period
from billing.organizations import create_organization


def open_demo_account() -> tuple[str, str]:
    """Make a merchant on the gold plan with a random password; returns (user name, password)."""
    name, password = "demo", secrets.token_urlsafe(9)
    with transaction.atomic():
        user = get_user_model().objects.create_superuser(name, email="demo@example.com", password=password)
        organization = create_organization("示例店铺 Demo shop", owner=user)
        start_period(organization, "gold", key="first-run", source="manual")
    return name, password
