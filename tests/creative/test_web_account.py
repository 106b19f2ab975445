"""Signing up and in, the language of the pages, keys for programs."""

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from billing.access import actor_for
from billing.ledger import balance
from billing.models import ApiKey, Member, Organization
from tests.creative.shops import Shop

NEW = {"organization": "木屿生活", "email": "Muyu@Example.com", "password": "a-long-passphrase-1"}


def test_signing_up_opens_a_studio_on_the_free_plan(client: Client, db: None) -> None:
    answer = client.post(reverse("sign-up"), NEW)
    assert (answer.status_code, answer["Location"]) == (302, reverse("products"))
    user = get_user_model().objects.get()
    assert (user.username, user.email) == ("muyu@example.com", "muyu@example.com")
    actor = actor_for(user)
    assert (actor.organization.name, actor.role) == ("木屿生活", Member.Role.OWNER)
    page = client.get(reverse("products")).content.decode()
    assert "还没有商品" in page
    assert balance(actor.organization).available == 66  # today's free credits came with the first page


def test_an_address_signs_up_once(client: Client, db: None) -> None:
    client.post(reverse("sign-up"), NEW)
    answer = Client().post(reverse("sign-up"), NEW | {"email": "muyu@example.COM"})
    assert answer.status_code == 200
    assert "这个邮箱已经注册过" in answer.content.decode()
    assert (get_user_model().objects.count(), Organization.objects.count()) == (1, 1)


def test_an_address_signs_in_however_it_is_typed(client: Client, db: None) -> None:
    client.post(reverse("sign-up"), NEW)
    answer = Client().post(reverse("sign-in"), {"username": "MUYU@example.com", "password": NEW["password"]})
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))


def test_a_weak_password_makes_no_account(client: Client, db: None) -> None:
    answer = client.post(reverse("sign-up"), NEW | {"password": "12345678"})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert (get_user_model().objects.count(), Organization.objects.count()) == (0, 0)


def test_sign_in_and_out(client: Client, alice: Shop) -> None:
    wrong = client.post(reverse("sign-in"), {"username": "alice", "password": "wrong"})
    assert wrong.status_code == 200
    assert 'role="alert"' in wrong.content.decode()
    right = client.post(reverse("sign-in"), {"username": "alice", "password": "alice-pass-word-1"})
    assert right["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    assert client.post(reverse("sign-out")).status_code == 302
    assert client.get(reverse("home")).status_code == 302


def test_the_page_changes_its_language(client: Client, alice: Shop) -> None:
    client.force_login(alice.owner)
    assert '<html lang="zh-CN">' in client.get(reverse("home")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": reverse("home")})
    page = client.get(reverse("home")).content.decode()
    assert '<html lang="en">' in page
    assert "What do we shoot today?" in page


def test_a_key_is_shown_once(client: Client, alice: Shop) -> None:
    client.force_login(alice.owner)
    answer = client.post(reverse("api-keys"), {"name": "Shopify", "role": "viewer"})
    key = ApiKey.objects.get(name="Shopify")
    assert (key.organization, key.role) == (alice.organization, "viewer")
    assert answer.context["plain"].startswith("hsk_")
    assert answer.context["plain"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer.context["plain"] not in client.get(reverse("api-keys")).content.decode()


def test_no_key_with_more_power_than_producing(client: Client, alice: Shop) -> None:
    client.force_login(alice.owner)
    before = ApiKey.objects.count()
    assert client.post(reverse("api-keys"), {"name": "x", "role": "owner"}).status_code == 200
    assert ApiKey.objects.count() == before


def test_a_revoked_key_opens_nothing(client: Client, alice: Shop, charlie: Shop) -> None:
    key = ApiKey.objects.get(organization=alice.organization)
    headers = {"Authorization": f"Bearer {alice.key}"}
    assert Client(headers=headers).get("/api/v1/products").status_code == 200
    client.force_login(charlie.owner)
    assert client.post(reverse("api-key-revoke", args=[key.pk])).status_code == 404
    assert Client(headers=headers).get("/api/v1/products").status_code == 200
    client.force_login(alice.owner)
    client.post(reverse("api-key-revoke", args=[key.pk]))
    assert Client(headers=headers).get("/api/v1/products").status_code == 401
