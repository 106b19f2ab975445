"""Who a newcomer signs in as."""

import pytest
from django.contrib.auth import authenticate, get_user_model

from billing.access import actor_for
from billing.memberships import entitlements_for
from billing.models import MembershipPeriod, Organization
from config.first_run import open_demo_account
from creative.management.commands.demo import MERCHANT, open_merchant

pytestmark = pytest.mark.django_db


def test_an_empty_house_gets_a_shop_on_the_gold_plan() -> None:
    login = open_demo_account()
    assert login is not None
    user = authenticate(username=login[0], password=login[1])
    assert user is not None
    assert entitlements_for(actor_for(user).organization).commercial


def test_after_the_demo_its_merchant_can_sign_in() -> None:
    shop = open_merchant()
    login = open_demo_account()
    assert login is not None
    user = authenticate(username=login[0], password=login[1])
    assert user is not None
    assert actor_for(user).organization == shop
    assert shop.name == MERCHANT
    assert Organization.objects.count() == 1


def test_nobody_is_made_where_somebody_can_sign_in() -> None:
    get_user_model().objects.create_user("alice", password="a-long-passphrase-1")
    assert open_demo_account() is None
    assert get_user_model().objects.count() == 1
    assert not MembershipPeriod.objects.exists()
