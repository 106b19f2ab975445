"""Delivery to a real server: signed, retried with patience, never into a private network, switched off when hopeless."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from creative import webhook_delivery, webhooks
from creative.domain.webhooks import WAITS
from creative.errors import WebhookRefused
from creative.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from creative.tasks import deliver_webhooks
from tests.billing.conftest import Clock, clock
from tests.creative.receiver import Receiver, may_connect, receiver, verified
from tests.creative.shops import Shop

__all__ = ["clock", "may_connect", "receiver"]


@pytest.fixture
def endpoint(clock: Clock, alice: Shop, receiver: Receiver) -> WebhookEndpoint:
    return webhooks.register(alice.organization, f"{receiver.url}/hooks?shop=1")


def tell(endpoint: WebhookEndpoint, key: str = "ad_1") -> WebhookDelivery:
    webhooks.tell(endpoint.organization, "ad.ready", key, {"ad": key, "name": "北杯"})
    return WebhookDelivery.objects.get(endpoint=endpoint, message__key=key)


def state(delivery: WebhookDelivery) -> tuple[str, int, int | None, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.attempts, delivery.status, delivery.error


def test_a_message_arrives_signed_and_once(endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock) -> None:
    delivery = tell(endpoint)
    assert [webhook_delivery.deliver(delivery.pk) for _ in range(2)] == [True, False]
    ((path, headers, body),) = receiver.heard
    assert path == "/hooks?shop=1"
    found = verified(webhooks.secret_of(endpoint), headers, body)
    assert found == {
        "id": delivery.message.public_id,
        "type": "ad.ready",
        "timestamp": clock.now.isoformat(timespec="seconds"),
        "organization": endpoint.organization.public_id,
        "data": {"ad": "ad_1", "name": "北杯"},
    }
    assert headers["webhook-id"] == delivery.message.public_id
    assert headers["webhook-timestamp"] == str(int(clock.now.timestamp()))
    assert state(delivery) == ("delivered", 1, 200, "")


def test_another_secret_or_another_body_does_not_verify(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    webhook_delivery.deliver(tell(endpoint).pk)
    ((_, headers, body),) = receiver.heard
    secret = webhooks.secret_of(endpoint)
    for wrong in ((webhooks.renew_secret(endpoint), body), (secret, body.replace("ad_1", "ad_2"))):
        with pytest.raises(AssertionError):
            verified(wrong[0], headers, wrong[1])


def test_what_fails_is_tried_again_with_patience_and_at_last_given_up(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock
) -> None:
    delivery = tell(endpoint)
    receiver.answers = [(500, {}, b"oops")] * 8
    for attempt, wait in enumerate(WAITS, 1):
        assert webhook_delivery.deliver(delivery.pk)
        assert state(delivery) == ("pending", attempt, 500, "refused")
        assert delivery.due_at == clock.now + wait
        assert not webhook_delivery.deliver(delivery.pk)
        clock.now = delivery.due_at
    assert webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("failed", 8, 500, "refused")
    assert len(receiver.heard) == 8
    assert len({headers["webhook-id"] for _, headers, _ in receiver.heard}) == 1


def test_one_success_forgives_the_failures_before_it(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock
) -> None:
    delivery = tell(endpoint)
    receiver.answers = [(503, {}, b"")]
    webhook_delivery.deliver(delivery.pk)
    endpoint.refresh_from_db()
    assert endpoint.failures == 1
    clock.passes(minutes=1)
    webhook_delivery.deliver(delivery.pk)
    endpoint.refresh_from_db()
    assert (state(delivery), endpoint.failures) == (("delivered", 2, 200, ""), 0)


def test_a_slow_server_is_left(endpoint: WebhookEndpoint, receiver: Receiver, settings: Any) -> None:
    settings.WEBHOOK_SECONDS = 0.1
    receiver.slow = True
    delivery = tell(endpoint)
    assert webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 1, None, "timeout")
    assert len(receiver.heard) == 1


def test_nobody_there_and_too_much_to_read(endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock) -> None:
    receiver.answers = [(200, {}, b"x" * (webhook_delivery.LARGEST + 1))]
    delivery = tell(endpoint)
    webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 1, None, "answer_too_large")
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/hooks")
    clock.passes(minutes=1)
    webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 2, None, "unreachable")


def test_a_redirect_is_not_followed(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    """Whoever owns a public server could send us into our own network with one."""
    receiver.answers = [(307, {"Location": f"{receiver.url}/inside"}, b"")]
    delivery = tell(endpoint)
    webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 1, 307, "redirected")
    assert [path for path, _, _ in receiver.heard] == ["/hooks?shop=1"]


def test_a_name_that_leads_inside_is_not_called(
    alice: Shop, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORK = False
    port = receiver.server_address[1]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr("generation.public_address.socket.getaddrinfo", lambda *args, **kwargs: found)
    endpoint = webhooks.register(alice.organization, f"https://rebound.example.com:{port}/hooks")
    delivery = tell(endpoint)
    assert webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 1, None, "private_address")
    assert receiver.heard == []


def test_a_chinese_name_is_called_like_any_other(
    alice: Shop, receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORK = False
    monkeypatch.setattr(webhook_delivery, "public_address", lambda host, port: "127.0.0.1")
    endpoint = webhooks.register(alice.organization, f"https://例子.公司:{receiver.server_address[1]}/hooks")
    delivery = tell(endpoint)
    assert webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("pending", 1, None, "unreachable")  # the receiver has no certificate


def test_an_endpoint_that_fails_too_often_is_switched_off_and_its_people_are_told(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock, settings: Any, alice: Shop
) -> None:
    settings.WEBHOOK_GIVE_UP = 3
    alice.owner.email = "alice@example.com"  # type: ignore[attr-defined]
    alice.owner.save()  # type: ignore[attr-defined]
    receiver.answers = [(500, {}, b"")] * 3
    rows = [tell(endpoint, f"ad_{number}") for number in range(4)]
    for row in rows:
        webhook_delivery.deliver(row.pk)
    endpoint.refresh_from_db()
    assert (endpoint.disabled_at, endpoint.disabled_reason) == (clock.now, "refused")
    assert len(receiver.heard) == 3
    assert [webhook_delivery.mail_switched_off() for _ in range(2)] == [1, 0]
    assert [message.bcc for message in mail.outbox] == [["alice@example.com"]]
    assert endpoint.url in mail.outbox[0].body
    webhooks.tell(endpoint.organization, "ad.ready", "later", {})
    assert WebhookDelivery.objects.count() == 4
    for refused in (lambda: webhooks.send_test(endpoint), lambda: webhooks.redeliver(_fresh(rows[0]))):
        with pytest.raises(WebhookRefused):
            refused()
    clock.passes(days=1)
    webhooks.enable(endpoint)
    for row in rows:
        assert webhook_delivery.deliver(row.pk)
        assert state(row)[0] == "delivered"


def _fresh(row: WebhookDelivery) -> WebhookDelivery:
    return WebhookDelivery.objects.select_related("endpoint").get(pk=row.pk)


def test_gone_switches_off_at_once(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    receiver.answers = [(410, {}, b"")]
    webhook_delivery.deliver(tell(endpoint).pk)
    endpoint.refresh_from_db()
    assert endpoint.disabled_reason == "gone"


def test_once_more_sends_the_same_message_again(endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock) -> None:
    delivery = tell(endpoint)
    webhook_delivery.deliver(delivery.pk)
    webhooks.redeliver(_fresh(delivery))
    assert webhook_delivery.deliver(delivery.pk)
    first, second = receiver.heard
    assert (first[1]["webhook-id"], first[2]) == (second[1]["webhook-id"], second[2])
    assert state(delivery) == ("delivered", 1, 200, "")


def test_a_test_goes_to_one_endpoint_whatever_it_has_chosen(endpoint: WebhookEndpoint, receiver: Receiver) -> None:
    other = webhooks.register(endpoint.organization, f"{receiver.url}/other", ["credits.low"])
    delivery = webhooks.send_test(other)
    webhook_delivery.deliver(delivery.pk)
    ((path, headers, body),) = receiver.heard
    assert path == "/other"
    assert verified(webhooks.secret_of(other), headers, body)["type"] == "webhook.test"


def test_a_worker_that_died_is_replaced(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        pass

    def die(*args: object) -> None:
        raise Died

    delivery = tell(endpoint)
    with monkeypatch.context() as patch:
        patch.setattr(webhook_delivery, "post", die)
        with pytest.raises(Died):
            webhook_delivery.deliver(delivery.pk)
    assert not webhook_delivery.deliver(delivery.pk)
    clock.passes(minutes=5)
    assert webhook_delivery.deliver(delivery.pk)
    assert state(delivery) == ("delivered", 2, 200, "")


def test_the_periodic_task_rings_for_what_is_due_and_forgets_the_old(
    endpoint: WebhookEndpoint, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("creative.bell.ring", lambda task, argument: rung.append(argument))
    done, waiting = tell(endpoint, "a"), tell(endpoint, "b")
    webhook_delivery.deliver(done.pk)
    rung.clear()
    deliver_webhooks()
    assert rung == [str(waiting.pk)]
    clock.passes(days=31)
    deliver_webhooks()
    assert list(WebhookMessage.objects.values_list("key", flat=True)) == ["b"]
    assert timezone.now() - waiting.message.created_at == timedelta(days=31)
