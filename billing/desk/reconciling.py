"""Our books beside the provider's: what differs, and bringing ours to what the provider says.

Looking changes nothing. Applying calls the verbs that the sweeper, the webhooks and ``stripe_backfill`` call, so it may
be done twice, and whatever it cannot mend (an amount that differs) stays on the list for a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from billing import sweeping
from billing.desk.audit import reasoned
from billing.models import Payment, Provider, Refund, StaffAction
from billing.refunds import STANDING

MOST = 100  # payments that are compared one by one; the newest
DEFAULT_DAYS = 7


@dataclass(frozen=True)
class Difference:
    """``kind`` says what sort: of the sweeper, a message that never came, an amount; ``subject`` names the row."""

    kind: str
    subject: str
    detail: str


def usual_since() -> datetime:
    return timezone.now() - timedelta(days=DEFAULT_DAYS)


def differences(since: datetime) -> tuple[Difference, ...]:
    """What is half done here, and, where Stripe is set up, what it says otherwise since then. Raises ProviderDown."""
    found = [
        Difference("todo", name, "未办完，对账时补做 Half done: it is finished now") for name in sweeping.waiting()
    ]
    if settings.STRIPE_SECRET_KEY:
        found += _events(since)
        for payment in _compared(since):
            found += _of_payment(payment)
    return tuple(found)


def reconcile(since: datetime, *, reason: str, by: str, key: str) -> StaffAction:
    """Fetch what never came, finish what is half done, note refunds made at the provider. Raises ProviderDown.

    Each step is safe to repeat; the row of the action is written last, so a crash before it only means doing it again.
    """
    why = reasoned(reason)
    earlier = StaffAction.objects.filter(key=key).first()
    if earlier is not None:
        return earlier
    before = differences(since)
    if settings.STRIPE_SECRET_KEY:
        _apply(since)
    sweeping.sweep()
    after = differences(since)
    action, _ = StaffAction.objects.get_or_create(
        key=key,
        defaults={
            "kind": StaffAction.Kind.RECONCILE,
            "staff": by,
            "reason": why,
            "subject": since.isoformat(),
            "before": {"differences": [f"{one.kind} {one.subject}" for one in before]},
            "after": {"differences": [f"{one.kind} {one.subject}" for one in after]},
            "at": timezone.now(),
        },
    )
    return action


def _apply(since: datetime) -> None:
    from billing.providers.stripe import backfill, facts

    backfill.fetch(since)
    backfill.process_waiting()
    for payment in _compared(since):
        if any(one.kind == "refund" for one in _of_payment(payment)):
            facts.refunds_of(payment.intent)


def _events(since: datetime) -> list[Difference]:
    from billing.providers.stripe import backfill

    missing = backfill.missing(since)
    return [Difference("event", str(event["id"]), f"没有收到的消息 Never came: {event['type']}") for event in missing]


def _compared(since: datetime) -> list[Payment]:
    ours = Payment.objects.filter(provider=Provider.STRIPE, paid_at__gte=since).exclude(intent="")
    return list(ours.order_by("-id")[:MOST])


def _of_payment(payment: Payment) -> list[Difference]:
    from billing.providers.stripe import backfill

    theirs = backfill.totals(payment.intent)
    mine = Refund.objects.filter(payment=payment, state__in=STANDING).exclude(fact="")
    back = mine.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    found = []
    if theirs.received != payment.amount_fen:
        words = f"我们 ours {payment.amount_fen}，Stripe {theirs.received} fen：请人工核对 a person must look"
        found.append(Difference("amount", payment.fact, words))
    if theirs.refunded != back:
        words = f"退款 refunds: 我们 ours {back}，Stripe {theirs.refunded} fen"
        found.append(Difference("refund", payment.fact, words))
    return found
