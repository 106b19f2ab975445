"""Sending what the outbox holds: claimed by one conditional UPDATE, tried with patience, switched off when hopeless.

A worker that dies in the middle leaves its claim to run out (``CLAIM``): then it is sent again, so a receiver may get a
message twice and must know it by its id.
"""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from billing.notices import addresses
from creative import bell, webhooks
from creative.domain.webhooks import signature, wait_after
from creative.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from generation.errors import AddressRefused, GenerationError, ServerMisbehaved
from generation.http import Client, Limits
from generation.public_address import public_address

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=5)  # longer than one attempt can last
KEPT = timedelta(days=30)  # a message in the log
AT_ONCE = 500
LARGEST = 64 * 1024  # bytes of an answer; nobody reads them
GONE = 410
State = WebhookDelivery.State


@dataclass(frozen=True)
class Outcome:
    """``status`` of the answer, None without one; ``error`` is a code such as ``timeout``, "" where all is well."""

    status: int | None
    error: str
    took_ms: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def ring_due() -> int:
    """Ring for every delivery whose time has come; how many."""
    due = WebhookDelivery.objects.filter(
        state=State.PENDING, due_at__lte=timezone.now(), endpoint__disabled_at=None
    ).order_by("due_at")
    found = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for pk in found:
        bell.ring(bell.DELIVER, str(pk))
    return len(found)


def deliver(delivery_id: int) -> bool:
    """One attempt, if it is due and nobody else makes it. True if it was made."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(
        pk=delivery_id, state=State.PENDING, due_at__lte=now, endpoint__disabled_at=None
    )
    if not due.update(due_at=now + CLAIM, attempts=F("attempts") + 1, tried_at=now):
        return False
    row = WebhookDelivery.objects.select_related("message", "endpoint__organization").get(pk=delivery_id)
    outcome = post(row.endpoint, row.message)
    _note(row, outcome)
    return True


def post(endpoint: WebhookEndpoint, message: WebhookMessage) -> Outcome:
    """Send one signed message. Redirects are answers like any other: not followed, and not a success."""
    parts, limit = urlsplit(endpoint.url), settings.WEBHOOK_SECONDS
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    limits = Limits(connect=limit, silence=limit, whole=limit, answer=LARGEST)
    begun = time.monotonic()
    try:
        address = "" if settings.WEBHOOK_PRIVATE_NETWORK else public_address(parts.hostname or "", parts.port or 443)
        with Client(f"{parts.scheme}://{parts.netloc}", "the endpoint", limits=limits, address=address) as http:
            answer = http.exchange("POST", target, _headers(endpoint, message), message.body.encode())
    except GenerationError as error:
        took = time.monotonic() - begun
        return Outcome(None, _code(error, took), round(took * 1000))
    took_ms = round((time.monotonic() - begun) * 1000)
    taken = 200 <= answer.status < 300
    return Outcome(answer.status, "" if taken else "redirected" if 300 <= answer.status < 400 else "refused", took_ms)


def _headers(endpoint: WebhookEndpoint, message: WebhookMessage) -> dict[str, str]:
    at = int(timezone.now().timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": message.public_id,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(webhooks.keys_of(endpoint), message.public_id, at, message.body),
    }


def _code(error: GenerationError, took: float) -> str:
    if isinstance(error, AddressRefused):
        return "private_address"
    if isinstance(error, ServerMisbehaved):
        return "answer_too_large"
    return "timeout" if took >= settings.WEBHOOK_SECONDS else "unreachable"


@transaction.atomic
def _note(row: WebhookDelivery, outcome: Outcome) -> None:
    mine = WebhookDelivery.objects.filter(pk=row.pk, state=State.PENDING)
    told = {"status": outcome.status, "error": outcome.error, "took_ms": outcome.took_ms}
    endpoint = WebhookEndpoint.objects.filter(pk=row.endpoint_id)
    if outcome.taken:
        mine.update(state=State.DELIVERED, **told)
        endpoint.update(failures=0)
        return
    wait = wait_after(row.attempts)
    later = {"state": State.FAILED} if wait is None else {"due_at": timezone.now() + wait}
    mine.update(**told, **later)
    endpoint.update(failures=F("failures") + 1)
    if outcome.status == GONE:
        _switch_off(row.endpoint_id, "gone")
    elif endpoint.filter(failures__gte=settings.WEBHOOK_GIVE_UP).exists():
        _switch_off(row.endpoint_id, outcome.error)


def _switch_off(endpoint_id: int, reason: str) -> None:
    """What waits stays waiting, and goes out when somebody has switched the endpoint on again."""
    on = WebhookEndpoint.objects.filter(pk=endpoint_id, disabled_at=None)
    if on.update(disabled_at=timezone.now(), disabled_reason=reason):
        log.warning("webhook endpoint %s is switched off: %s", endpoint_id, reason)


def mail_switched_off() -> int:
    """Write to whoever owns or pays, once, that an endpoint is off; how many mails."""
    untold = WebhookEndpoint.objects.exclude(disabled_at=None).filter(told_at=None).select_related("organization")
    return sum(_mail(endpoint) for endpoint in untold)


def _mail(endpoint: WebhookEndpoint) -> bool:
    to = addresses(endpoint.organization)
    mine = WebhookEndpoint.objects.filter(pk=endpoint.pk, told_at=None)
    if not to or not mine.update(told_at=timezone.now()):
        return False
    page = f"{settings.SITE_URL}{reverse('webhook', args=[endpoint.public_id])}"
    body = (
        f"{endpoint.url} 连续多次没有收下消息（{endpoint.disabled_reason}），我们已停止推送。修好后请在这里重新启用，等待中的消息"
        f"会接着送出：{page}\n\n"
        f"{endpoint.url} has failed to take messages many times in a row ({endpoint.disabled_reason}), so we have stopped "
        f"sending. Mend it and switch it on again here; what waits will then be sent: {page}\n"
    )
    message = EmailMessage(
        f"回调地址已停用 / Webhook endpoint switched off: {endpoint.organization.name}", body, bcc=to
    )
    try:
        message.send()
    except OSError:  # the mail server is away: the next round tries again
        log.warning("mail about endpoint %s could not be sent", endpoint.public_id, exc_info=True)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(told_at=None)
        return False
    return True


def forget_old() -> int:
    """Take messages out of the log that are old and that nothing waits for; how many rows."""
    old = WebhookMessage.objects.filter(created_at__lt=timezone.now() - KEPT).exclude(deliveries__state=State.PENDING)
    gone, _ = WebhookMessage.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return gone
