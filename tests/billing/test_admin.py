"""The staff's pages: everything can be found, and nobody edits the ledger there."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from billing import ledger, memberships
from billing.models import Organization
from tests.billing.conftest import lot

LEDGER = ["lot", "hold", "entry"]
SEEN = [*LEDGER, "organization", "membershipperiod", "planversion"]


@pytest.fixture
def staff(db: None, client: Client, settings: Any, tmp_path: Path) -> Client:
    settings.STATIC_ROOT = tmp_path  # WhiteNoise wants a folder that exists
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def books(shop: Organization) -> Organization:
    lot(shop, 20)
    ledger.hold(shop, key="ad-key", amount=5, reference="ad_1")
    memberships.start_period(shop, "gold", key="order-1")
    return shop


@pytest.mark.parametrize("model", SEEN)
def test_every_list_and_page_opens(staff: Client, books: Organization, model: str) -> None:
    page = staff.get(reverse(f"admin:billing_{model}_changelist"), {"q": "Alice"} if model != "planversion" else {})
    assert page.status_code == 200
    assert page.context["cl"].result_count >= 1
    first = page.context["cl"].result_list[0]
    assert staff.get(reverse(f"admin:billing_{model}_change", args=[first.pk])).status_code == 200


@pytest.mark.parametrize("model", [*LEDGER, "membershipperiod", "planversion"])
def test_not_even_a_superuser_edits_the_books(staff: Client, books: Organization, unchanged, model: str) -> None:
    first = staff.get(reverse(f"admin:billing_{model}_changelist")).context["cl"].result_list[0]
    with unchanged():
        for page, arguments in (("add", []), ("change", [first.pk]), ("delete", [first.pk])):
            answer = staff.post(reverse(f"admin:billing_{model}_{page}", args=arguments), {"amount": 1, "post": "yes"})
            assert answer.status_code == 403, page


def test_an_organization_is_found_by_its_members(
    staff: Client, shop: Organization, charlies_shop: Organization
) -> None:
    page = staff.get(reverse("admin:billing_organization_changelist"), {"q": "charlie"})
    assert list(page.context["cl"].result_list) == [charlies_shop]


def test_an_organization_with_books_is_not_deleted(staff: Client, books: Organization, unchanged) -> None:
    with unchanged():
        staff.post(reverse("admin:billing_organization_delete", args=[books.pk]), {"post": "yes"})
    assert Organization.objects.get() == books
