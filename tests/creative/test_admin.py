"""The operator looks and finds, and changes nothing past the verbs."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from creative import production
from tests.creative.shops import Shop


@pytest.fixture
def operator(db: None) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("operator", password="operator-pass-1"))
    return client


@pytest.mark.parametrize("model", ["ad", "campaign", "product", "paidclip", "reshoot"])
def test_lists_are_shown_searched_and_not_added_to(operator: Client, alice: Shop, model: str):
    production.draft(alice.organization, product=alice.product, lang="zh")
    assert operator.get(f"/admin/creative/{model}/").status_code == 200
    assert operator.get(f"/admin/creative/{model}/", {"q": "alice"}).status_code == 200
    assert operator.get(f"/admin/creative/{model}/add/").status_code == 403


def test_an_ad_is_seen_with_its_shots_and_not_changed(operator: Client, alice: Shop):
    ad = production.draft(alice.organization, product=alice.product, lang="zh").ad
    address = f"/admin/creative/ad/{ad.pk}/"
    shown = operator.get(f"{address}change/")
    assert shown.status_code == 200
    assert ad.shots.first().clip_key in shown.content.decode()
    assert operator.post(f"{address}change/", {"state": "ready"}).status_code == 403
    assert operator.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    ad.refresh_from_db()
    assert ad.state == "draft"
