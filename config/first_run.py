"""The account that a newcomer finds on the first start."""

import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction

from billing.memberships import start_period
from billing.organizations import create_organization

DEMO_MERCHANT = "muyu-living"  # the user of ``manage.py demo``, made without a password


def open_demo_account() -> tuple[str, str] | None:
    """Give a newcomer somebody to sign in as: (user name, password), or ``None`` if anybody can sign in already.

    Whoever has run the demo signs in as its merchant and finds the demo's ads; otherwise a shop on the gold plan is made.
    """
    users = get_user_model().objects
    if users.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exists():
        return None
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        user = users.filter(username=DEMO_MERCHANT).first()
        if user is None:
            user = users.create_user("demo", email="demo@example.com")
            organization = create_organization("示例店铺 Demo shop", owner=user)
            start_period(organization, "gold", key="first-run", source="manual")
        # On the newcomer's own machine this is the administrator too: the billing desk is at /admin/.
        user.is_staff = user.is_superuser = True
        user.set_password(password)
        user.save()
    return user.get_username(), password
