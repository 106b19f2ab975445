"""Subscriptions: a provider charges every month; each paid invoice is a purchase of its own and brings one month."""

from django.db import transaction
from django.utils import timezone

from billing.errors import NotForSale, ProviderDown, UnknownPlan
from billing.models import PlanVersion, Purchase, Subscription
from billing.providers import provider
from billing.purchases import new_number


@transaction.atomic
def found(purchase: Purchase, ref: str) -> Subscription:
    """The subscription that a purchase has begun, noted once, and in one commit: a subscription that no purchase has begun
    would take its first invoice for a renewal, and an upgrade's old credits would stay."""
    if purchase.plan is None:
        raise UnknownPlan(purchase.pack_code)
    row, _ = Subscription.objects.get_or_create(
        provider=purchase.provider,
        ref=ref,
        defaults={
            "organization_id": purchase.organization_id,
            "plan": purchase.plan,
            "created_at": timezone.now(),
        },
    )
    Purchase.objects.filter(pk=purchase.pk, subscription=None).update(subscription=row)
    return row


def renewal(subscription: Subscription, invoice: str, amount_fen: int, charged: PlanVersion | None = None) -> Purchase:
    """The purchase that a monthly invoice stands for; the same invoice gives the same purchase.

    After downgrades an invoice that comes late may be for any plan of the past: the provider's price says which one was
    ``charged``. Where it does not, the amount tells the present plan from the next one.
    """
    plan = charged or subscription.plan
    if charged is None and subscription.next_plan is not None and amount_fen == subscription.next_plan.price_fen:
        plan = subscription.next_plan
    now = timezone.now()
    row, _ = Purchase.objects.get_or_create(
        provider=subscription.provider,
        checkout_ref=invoice,
        defaults={
            "organization_id": subscription.organization_id,
            "kind": Purchase.Kind.SUBSCRIPTION,
            "number": new_number(),
            "plan": plan,
            "credits": plan.credits,
            "price_fen": plan.price_fen,
            "due_fen": plan.price_fen,
            "currency": plan.catalogue.body["currency"],
            "subscription": subscription,
            "bought_by": "renewal",
            "created_at": now,
            "valid_until": now,
        },
    )
    return row


def state_seen(subscription: Subscription, state: str, *, ends_with_period: bool) -> None:
    """The provider tells how a subscription is. Ended is for ever: a late message does not wake it again."""
    living = Subscription.objects.filter(pk=subscription.pk).exclude(state=Subscription.State.ENDED)
    living.update(state=state, ends_with_period=ends_with_period)


def downgrade(subscription: Subscription, plan: PlanVersion) -> None:
    """From the next invoice on it is this lower plan; what was paid stays to its end. Raises NotForSale, ProviderDown."""
    if plan.rank >= subscription.plan.rank or plan.price_fen == 0:
        raise NotForSale("Only a lower paid plan can begin with the next month. A higher one begins at once: buy it.")
    provider(subscription.provider).change_plan(subscription, plan)
    Subscription.objects.filter(pk=subscription.pk).update(next_plan=plan)


def end_replaced(subscription: Subscription) -> bool:
    """Tell the provider to charge no more what an upgrade or a refund has ended. True if it is done."""
    if not subscription.must_end or subscription.state == Subscription.State.ENDED:
        return True
    try:
        provider(subscription.provider).end_subscription(subscription)
    except ProviderDown:
        return False
    Subscription.objects.filter(pk=subscription.pk).update(state=Subscription.State.ENDED)
    return True


def to_end() -> list[Subscription]:
    """For the sweeper."""
    return list(Subscription.objects.filter(must_end=True).exclude(state=Subscription.State.ENDED).order_by("id"))
