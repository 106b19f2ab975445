"""Webhooks on the pages and in the API: the secret once, the log, and the buttons."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from creative import webhooks
from creative.models import WebhookDelivery, WebhookEndpoint
from tests.creative.api import Program
from tests.creative.shops import Shop, open_shop

URL = "https://shop.example.com/hooks"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def owner(client: Client, alice: Shop) -> Client:
    client.force_login(alice.owner)  # type: ignore[arg-type]
    return client


@pytest.fixture
def endpoint(alice: Shop) -> WebhookEndpoint:
    return webhooks.register(alice.organization, URL, ["ad.ready"])


def page(owner: Client, endpoint: WebhookEndpoint) -> str:
    return owner.get(reverse("webhook", args=[endpoint.public_id])).content.decode()


def test_the_secret_is_on_the_page_once(owner: Client) -> None:
    answer = owner.post(reverse("webhooks"), {"url": URL, "events": ["ad.ready", "credits.low"]})
    made = WebhookEndpoint.objects.get()
    assert (made.url, made.events, made.created_by) == (URL, ["ad.ready", "credits.low"], "alice")
    assert SECRET.findall(answer.content.decode()) == [webhooks.secret_of(made)]
    assert "no-store" in answer["Cache-Control"]
    for address in (reverse("webhooks"), reverse("webhook", args=[made.public_id])):
        text = owner.get(address).content.decode()
        assert URL in text
        assert not SECRET.findall(text)


@pytest.mark.parametrize(("url", "says"), [("http://shop.example.com/", "https://"), ("https://10.0.0.1/", "内网地址")])
def test_what_cannot_be_is_said_on_the_form(owner: Client, url: str, says: str) -> None:
    answer = owner.post(reverse("webhooks"), {"url": url})
    assert says in answer.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_free_shop_reads_which_plan_has_it(client: Client, db: None, quick: None) -> None:
    shop = open_shop("dora", plan="free")
    client.force_login(shop.owner)  # type: ignore[arg-type]
    assert "黄金会员起可用" in client.post(reverse("webhooks"), {"url": URL}).content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_how_it_went_and_can_send_again(owner: Client, endpoint: WebhookEndpoint) -> None:
    owner.post(reverse("webhook-test", args=[endpoint.public_id]))
    row = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="failed", status=500, error="refused", took_ms=31, attempts=8)
    text = page(owner, endpoint)
    for words in ("测试", "未送达", "HTTP 500 · 31 ms", "对方没有收下", row.message.public_id):
        assert words in text
    owner.post(reverse("webhook-again", args=[row.public_id]))
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("pending", 0)


def test_what_is_off_says_why_and_is_switched_on_again(owner: Client, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(disabled_at=timezone.now(), disabled_reason="timeout", failures=20)
    assert "对方太久没有回应" in page(owner, endpoint)
    assert "已停用" in owner.get(reverse("webhooks")).content.decode()
    refused = owner.post(reverse("webhook-test", args=[endpoint.public_id]))
    assert (refused.status_code, WebhookDelivery.objects.count()) == (422, 0)
    owner.post(reverse("webhook-enable", args=[endpoint.public_id]))
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.failures) == (None, 0)


def test_a_new_secret_and_the_end(owner: Client, endpoint: WebhookEndpoint) -> None:
    before = webhooks.secret_of(endpoint)
    answer = owner.post(reverse("webhook-secret", args=[endpoint.public_id]))
    endpoint.refresh_from_db()
    assert SECRET.findall(answer.content.decode()) == [webhooks.secret_of(endpoint)] != [before]
    owner.post(reverse("webhook-remove", args=[endpoint.public_id]))
    assert not WebhookEndpoint.objects.exists()


def test_a_producer_sees_no_endpoints(client: Client, alice: Shop, bob: Any, endpoint: WebhookEndpoint) -> None:
    client.force_login(bob)
    assert client.get(reverse("webhooks")).status_code == 403
    assert client.get(reverse("webhook", args=[endpoint.public_id])).status_code == 403


def test_the_api_registers_lists_and_forgets(alice: Shop) -> None:
    program = Program(alice)
    made = program.post("webhooks", {"url": URL, "events": ["ad.ready"]})
    row = WebhookEndpoint.objects.get()
    assert made.status_code == 201
    assert made.json()["secret"] == webhooks.secret_of(row)
    assert made["Location"].endswith(f"/api/v1/webhooks/{row.public_id}")
    (listed,) = program.get("webhooks").json()["results"]
    assert (listed["id"], listed["url"], listed["events"], listed["enabled"]) == (
        row.public_id,
        URL,
        ["ad.ready"],
        True,
    )
    assert "secret" not in listed
    assert program.delete(f"webhooks/{row.public_id}").status_code == 204
    assert program.get(f"webhooks/{row.public_id}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"), [({"url": "http://x.example/"}, 422), ({"url": URL, "events": ["ad.born"]}, 400), ({}, 400)]
)
def test_the_api_refuses_what_cannot_be(alice: Shop, body: dict[str, object], status: int) -> None:
    assert Program(alice).post("webhooks", body).status_code == status
    assert not WebhookEndpoint.objects.exists()


def test_the_api_tests_reads_the_log_and_sends_again(alice: Shop, endpoint: WebhookEndpoint) -> None:
    program = Program(alice)
    sent = program.post(f"webhooks/{endpoint.public_id}/test")
    assert (sent.status_code, sent.json()["event"], sent.json()["state"]) == (202, "webhook.test", "pending")
    WebhookDelivery.objects.update(state="failed", attempts=8, status=500, error="refused")
    (line,) = program.get(f"webhooks/{endpoint.public_id}/deliveries").json()["results"]
    assert (line["id"], line["status"], line["error"], line["next_try_at"]) == (sent.json()["id"], 500, "refused", None)
    again = program.post(f"deliveries/{line['id']}/redeliver")
    assert (again.status_code, again.json()["state"], again.json()["attempts"]) == (202, "pending", 0)
    WebhookEndpoint.objects.update(disabled_at=timezone.now(), disabled_reason="gone")
    assert program.post(f"deliveries/{line['id']}/redeliver").status_code == 422
    assert program.post(f"webhooks/{endpoint.public_id}/enable").json()["enabled"] is True


def test_of_others_there_is_nothing(charlie: Shop, endpoint: WebhookEndpoint) -> None:
    row, program = webhooks.send_test(endpoint), Program(charlie)
    before = list(WebhookDelivery.objects.values()), list(WebhookEndpoint.objects.values())
    assert program.get("webhooks").json()["results"] == []
    for path in (f"webhooks/{endpoint.public_id}/test", f"deliveries/{row.public_id}/redeliver"):
        assert program.post(path).status_code == 404
    assert program.delete(f"webhooks/{endpoint.public_id}").status_code == 404
    assert (list(WebhookDelivery.objects.values()), list(WebhookEndpoint.objects.values())) == before
