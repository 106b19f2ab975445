"""Asking Stripe for what it has told us, or should have: events since a moment, and what came and went per payment."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from billing import webhooks
from billing.models import Provider, WebhookEvent
from billing.providers.stripe.client import asking, client

Event = dict[str, object]


@dataclass(frozen=True)
class Totals:
    """Fen that Stripe has received with an intent, and has given back or is giving back."""

    received: int
    refunded: int


def fetch(since: datetime) -> int:
    """Store the events since then that never came; how many were new. Raises ProviderDown."""
    before = WebhookEvent.objects.count()
    for event in _events(since):
        webhooks.store({**event, "raw": json.dumps(event, default=str)})
    return WebhookEvent.objects.count() - before


def missing(since: datetime) -> list[Event]:
    """The events since then that never came, the newest first; nothing is stored. Raises ProviderDown."""
    listed = list(_events(since))
    known = WebhookEvent.objects.filter(provider=Provider.STRIPE, event_id__in=[event["id"] for event in listed])
    have = set(known.values_list("event_id", flat=True))
    return [event for event in listed if event["id"] not in have]


def process_waiting() -> tuple[int, int]:
    """Act on every stored event that was not acted on, the oldest first; (acted on, still waiting)."""
    waiting = WebhookEvent.objects.filter(provider=Provider.STRIPE, processed_at=None).order_by("happened_at", "id")
    results = [webhooks.process(pk) for pk in list(waiting.values_list("pk", flat=True))]
    return sum(results), len(results) - sum(results)


def totals(intent_id: str) -> Totals:
    """What Stripe says about one payment. Raises ProviderDown."""
    with asking():
        intent = client().v1.payment_intents.retrieve(intent_id)
        refunds = client().v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    back = sum(row.amount for row in refunds.data if row.status not in ("failed", "canceled"))
    return Totals(intent.amount_received or 0, back)


def _events(since: datetime) -> Iterator[Event]:
    """Stripe keeps its events for 30 days."""
    with asking():
        listed = client().v1.events.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        for event in listed.auto_paging_iter():
            yield event.to_dict()
