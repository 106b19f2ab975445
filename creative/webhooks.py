"""Customers' webhooks: where to, and the outbox. What is sent and retried is in ``creative.webhook_delivery``.

A message is written in the transaction of what it tells, so it is told if and only if that has happened, and a lost
bell only delays it. The secret of an endpoint is derived from our own key, shown once and stored nowhere.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from billing import rights
from billing.memberships import entitlements_for
from billing.models import Organization
from billing.public_ids import new_id
from creative import bell
from creative.domain.webhooks import EVENTS, TEST, secret_text, wants
from creative.errors import NotFound, WebhookRefused
from creative.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from generation.public_address import is_public

MOST = 10  # endpoints of one organization
LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")
Fact = str | int | None


def register(organization: Organization, url: str, events: Sequence[str] = (), *, by: str = "") -> WebhookEndpoint:
    """A new endpoint for these events (none: all). Its secret is ``secret_of``: show it now, once.

    Raises WebhookRefused, or PlanLacks where the plan has no API; nothing is kept then.
    """
    rights.require(entitlements_for(organization), lambda plan: plan.api, "webhooks (they come with the API)")
    checked = _checked_url(url)
    unknown = [name for name in events if name not in EVENTS]
    if unknown:
        known = ", ".join(EVENTS)
        raise WebhookRefused(f"没有事件 {unknown[0]}，可用：{known}。", f"no event {unknown[0]!r}: choose of {known}.")
    try:
        with transaction.atomic():
            Organization.objects.select_for_update().get(pk=organization.pk)  # or two would both be the tenth
            if WebhookEndpoint.objects.of(organization).count() >= MOST:
                raise WebhookRefused(
                    f"最多 {MOST} 个地址，请先删掉不用的。", f"{MOST} endpoints at most: remove one first."
                )
            return WebhookEndpoint.objects.create(
                organization=organization,
                url=checked,
                events=list(dict.fromkeys(events)),
                salt=secrets.token_urlsafe(24),
                created_by=by[:150],
            )
    except IntegrityError:
        raise WebhookRefused("这个地址已经登记过了。", "this URL is registered already.") from None


def endpoint_of(organization: Organization, public_id: str) -> WebhookEndpoint:
    """``NotFound`` for what is not theirs."""
    found = WebhookEndpoint.objects.of(organization).filter(public_id=public_id).first()
    if found is None:
        raise NotFound("回调地址", "webhook endpoint")
    return found


def delivery_of(organization: Organization, public_id: str) -> WebhookDelivery:
    """``NotFound`` for what is not theirs."""
    rows = WebhookDelivery.objects.of(organization).select_related("endpoint", "message")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("推送记录", "delivery")
    return found


def secret_of(endpoint: WebhookEndpoint) -> str:
    """What the receiver verifies signatures with."""
    return secret_text(keys_of(endpoint)[0])


def keys_of(endpoint: WebhookEndpoint) -> tuple[bytes, ...]:
    """Signing keys, the valid one first; old ones while ``SECRET_KEY_FALLBACKS`` still names our former keys."""
    named = f"{endpoint.public_id}:{endpoint.salt}"
    ours = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(salted_hmac("creative.webhooks", named, secret=secret, algorithm="sha256").digest() for secret in ours)


def renew_secret(endpoint: WebhookEndpoint) -> str:
    """A new secret; the old one is worth nothing from now on."""
    endpoint.salt = secrets.token_urlsafe(24)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(salt=endpoint.salt)
    return secret_of(endpoint)


def enable(endpoint: WebhookEndpoint) -> None:
    """Switch on again what failed too often; what waited for it goes out now."""
    off = WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(disabled_at=None)
    with transaction.atomic():
        if off.update(disabled_at=None, disabled_reason="", failures=0, told_at=None):
            waiting = endpoint.deliveries.filter(state=WebhookDelivery.State.PENDING)
            waiting.update(due_at=timezone.now())
            for pk in waiting.values_list("pk", flat=True):
                bell.ring(bell.DELIVER, str(pk))


def tell(organization: Organization, event: str, key: str, data: Mapping[str, Fact]) -> None:
    """Write to the outbox what has happened, once per ``key``. Call it in the transaction in which it happens."""
    listening = WebhookEndpoint.objects.of(organization).filter(disabled_at=None).order_by("pk")
    _tell(organization, event, key, data, [one for one in listening if wants(one.events, event)])


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """A message of no meaning to this endpoint alone. Raises WebhookRefused while it is switched off."""
    _check_enabled(endpoint)
    key = new_id("tst")
    with transaction.atomic():
        _tell(endpoint.organization, TEST, key, {"endpoint": endpoint.public_id}, [endpoint])
    return WebhookDelivery.objects.of(endpoint.organization).get(endpoint=endpoint, message__key=key)


def redeliver(delivery: WebhookDelivery) -> None:
    """Send it once more, delivered or not, with all its tries. Raises WebhookRefused while the endpoint is off."""
    _check_enabled(delivery.endpoint)
    row = WebhookDelivery.objects.filter(pk=delivery.pk)
    row.update(state=WebhookDelivery.State.PENDING, attempts=0, due_at=timezone.now(), error="")
    bell.ring(bell.DELIVER, str(delivery.pk))


def _tell(
    organization: Organization, event: str, key: str, data: Mapping[str, Fact], to: Sequence[WebhookEndpoint]
) -> None:
    if not to:
        return
    now, number = timezone.now(), new_id("msg")
    body = {
        "id": number,
        "type": event,
        "timestamp": now.isoformat(timespec="seconds"),
        "organization": organization.public_id,
        "data": dict(data),
    }
    message, new = WebhookMessage.objects.get_or_create(
        organization=organization,
        event=event,
        key=key,
        defaults={"public_id": number, "body": json.dumps(body, ensure_ascii=False), "created_at": now},
    )
    if not new:
        return
    for endpoint in to:
        row = WebhookDelivery.objects.create(organization=organization, message=message, endpoint=endpoint, due_at=now)
        bell.ring(bell.DELIVER, str(row.pk))


def _check_enabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise WebhookRefused("这个地址已停用：请先重新启用。", "this endpoint is switched off: switch it on first.")


def _checked_url(url: str) -> str:
    """An address as it is kept, its name in ASCII (RFC 3490). Raises WebhookRefused.

    What the name resolves to is looked at before each delivery.
    """
    wanted = url.strip()
    try:
        parts = urlsplit(wanted)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise _bad_url() from None
    open_net = settings.WEBHOOK_PRIVATE_NETWORK
    schemes = ("https", "http") if open_net else ("https",)
    if not parts.netloc.isascii():  # such as 例子.公司: headers and certificates know its other name
        wanted = parts._replace(netloc=f"{host}:{port}" if port else host).geturl()
    plain = wanted.isprintable() and " " not in wanted and len(wanted) <= 500
    if parts.scheme not in schemes or not host or parts.username is not None or parts.fragment or not plain:
        raise _bad_url()
    if not open_net and _is_private(host):
        raise WebhookRefused(
            "这是内网地址，我们的服务器不会访问。请填公网能访问的 https 地址。",
            "this is a private address: give an https URL that the whole internet can reach.",
        )
    return wanted


def _bad_url() -> WebhookRefused:
    return WebhookRefused(
        "地址要以 https:// 开头，不带用户名和 #，最长 500 个字符。",
        "the URL begins with https://, has no user name and no fragment, and 500 characters at most.",
    )


def _is_private(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(LOCAL_NAMES):
        return True
    try:
        return not is_public(str(ip_address(name)))
    except ValueError:
        return "." not in name
