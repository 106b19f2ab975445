"""The minute round of payments: whatever a lost bell, a dead process or a silent provider has left half done."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from billing import purchases, refunds, settlement, subscriptions, transfers, webhooks
from billing.errors import BillingError
from billing.models import Provider, Purchase, WebhookEvent

log = logging.getLogger(__name__)
BELL = timedelta(minutes=2)  # so long the bell has for itself
AT_ONCE = 200

Chore = tuple[str, Callable[[], object]]


def sweep() -> int:
    """One round; how many chores were done. One that fails never stops the rest, and is tried again next time."""
    done = 0
    for name, chore in _chores():
        try:
            chore()
            done += 1
        except BillingError as error:
            log.warning("%s: %s", name, error)
        except Exception:  # a bug in one purchase must not keep all others waiting; the log has it
            log.exception("%s", name)
    return done


def waiting() -> tuple[str, ...]:
    """What the next round would do, by name; nothing is done."""
    return tuple(name for name, _ in _chores())


def _chores() -> Iterator[Chore]:
    """Each with its own arguments bound; read group by group, so that what one group did the next one sees."""
    if settings.STRIPE_SECRET_KEY:
        for event in _events():
            yield f"event {event}", _call(webhooks.process, event)
        for row in refunds.unsent():
            yield f"refund {row.public_id}", _call(refunds.send, row)
        for subscription in subscriptions.to_end():
            yield f"subscription {subscription.public_id}", _call(subscriptions.end_replaced, subscription)
    for purchase in transfers.unfinished():
        yield purchase.number, _call(transfers.finish, purchase)
    for purchase_id in list(settlement.undelivered()):
        yield f"purchase {purchase_id}", _call(settlement.deliver, purchase_id)
    for purchase in _lapsed():
        yield purchase.number, _call(_close, purchase)


def _call(verb: Callable[..., object], argument: object) -> Callable[[], object]:
    return lambda: verb(argument)


def _events() -> Iterable[int]:
    silent = WebhookEvent.objects.filter(processed_at=None, received_at__lt=timezone.now() - BELL)
    return list(silent.order_by("attempts", "id").values_list("pk", flat=True)[:AT_ONCE])


def _lapsed() -> Iterable[Purchase]:
    late = Purchase.objects.filter(state=Purchase.State.PENDING, valid_until__lte=timezone.now())
    if not settings.STRIPE_SECRET_KEY:
        late = late.exclude(provider=Provider.STRIPE)
    return list(late.order_by("id")[:AT_ONCE])


def _close(purchase: Purchase) -> None:
    """It may have been paid and nobody told us: look before it is given up."""
    look_up(purchase)
    purchases.give_up(purchase)


def look_up(purchase: Purchase) -> Purchase:
    """Ask the provider about one purchase, for a buyer who is back before its message. Raises ProviderDown."""
    if purchase.provider == Provider.STRIPE and purchase.checkout_ref.startswith("cs_"):
        from billing.providers.stripe import facts

        facts.session(purchase.checkout_ref)
    purchase.refresh_from_db()
    return purchase
