"""What providers tell us: stored first, acted on later, as often as it needs.

The endpoint answers 404 where no secret is set (an empty one would let anybody forge), 400 where the signature, the
time or the mode is wrong, and 200 as soon as the message is stored. What it means is worked out by ``process``.
"""

import json
import logging
import time
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.bell import ring
from billing.errors import BillingError
from billing.models import Provider, WebhookEvent

log = logging.getLogger(__name__)
TOLERANCE = 300  # seconds between Stripe's clock and ours, both ways
LARGEST = 1 << 20  # bytes; Stripe's messages have some kilobytes
PROCESS = "billing.tasks.process_event"


class Forged(Exception):
    """Not a message of our provider; the text says what is wrong with it."""


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """POST /billing/webhooks/stripe. Csrf-exempt, because the signature says who speaks."""
    if not (settings.STRIPE_SECRET_KEY and any(settings.STRIPE_WEBHOOK_SECRETS)):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return HttpResponse("too large", status=413, content_type="text/plain")
    try:
        event = _verified(request.body, request.headers.get("Stripe-Signature", ""))
    except Forged as error:
        return HttpResponse(str(error), status=400, content_type="text/plain")
    store(event)
    return HttpResponse(status=200)


def _verified(body: bytes, signature: str) -> dict[str, object]:
    """The message, if one of our secrets has signed it lately."""
    import stripe

    from billing.providers.stripe.client import is_live

    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Forged("not a text") from error
    for secret in filter(None, settings.STRIPE_WEBHOOK_SECRETS):
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE)
            break
        except stripe.SignatureVerificationError:
            continue
    else:
        raise Forged("no secret of ours has signed this in the last five minutes")
    _check_not_future(signature)
    try:
        event = json.loads(text)
        fits = isinstance(event["id"], str) and isinstance(event["type"], str) and "object" in event["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise Forged("not an event") from error
    if not fits or bool(event.get("livemode")) is not is_live():
        raise Forged("an event of the other mode: this endpoint belongs to a key of one mode, live or test")
    return {**event, "raw": text}


def _check_not_future(signature: str) -> None:
    """Stripe's own check lets any future time pass, and so a message that could be replayed for ever."""
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if int(stamps[0]) > time.time() + TOLERANCE:
        raise Forged("signed in the future")


def store(event: dict[str, object]) -> WebhookEvent:
    """Keep a message as it came; the same one again finds the first. Then ring."""
    row, new = WebhookEvent.objects.get_or_create(
        provider=Provider.STRIPE,
        event_id=event["id"],
        defaults={
            "type": str(event["type"])[:80],
            "api_version": str(event.get("api_version") or "")[:40],
            "livemode": bool(event.get("livemode")),
            "happened_at": datetime.fromtimestamp(int(str(event.get("created") or 0)), UTC),
            "payload": str(event["raw"]),
            "received_at": timezone.now(),
        },
    )
    if new:
        ring(PROCESS, row.pk)
    return row


def process(event_id: int) -> bool:
    """Act on a stored message. True if nothing is left to do; otherwise the row says why, and the sweeper comes back."""
    from billing.providers.stripe import events

    waiting = WebhookEvent.objects.filter(pk=event_id, processed_at=None)
    row = waiting.first()
    if row is None:
        return True
    waiting.update(attempts=F("attempts") + 1)
    try:
        events.apply(row.type, row.payload)
    except BillingError as error:
        waiting.update(error=str(error)[:2_000])
        return False
    except Exception as error:
        waiting.update(error=repr(error)[:2_000])
        raise
    waiting.update(processed_at=timezone.now(), error="")
    return True
