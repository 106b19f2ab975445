"""Changes of a subscription's plan, told late and out of order: every month that was charged brings what it paid for."""

import pytest
from django.test import Client

from billing import memberships, subscriptions
from billing.models import MembershipPeriod, Organization, Payment, PlanVersion, Purchase, Subscription
from tests.billing.buying import available, subscribed
from tests.billing.conftest import Clock
from tests.billing.stripe_fake import FakeStripe, Postman


@pytest.fixture
def diamond(shop: Organization, fake: FakeStripe, post: Postman, clock: Clock) -> Subscription:
    """A running subscription to the highest plan; the clock stands still."""
    return subscribed(shop, fake, post, "diamond")


def downgrade(subscription: Subscription, code: str) -> None:
    subscription.refresh_from_db()
    subscriptions.downgrade(subscription, PlanVersion.objects.get(code=code))


def month_passes(clock: Clock, fake: FakeStripe) -> None:
    clock.passes(days=31)
    fake.account.tick()


def told(fake: FakeStripe, kind: str) -> list[dict[str, object]]:
    return [event for event in fake.account.events if event["type"] == kind]


def undelivered() -> list[str]:
    return [row.problem for row in Purchase.objects.exclude(state="granted")]


def test_an_invoice_that_comes_after_a_downgrade_brings_the_plan_that_it_charged(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock, diamond: Subscription
) -> None:
    month_passes(clock, fake)  # diamond again, and its message is late
    downgrade(diamond, "gold")
    month_passes(clock, fake)
    old, new = told(fake, "invoice.paid")[-2:]
    for event in (new, old):
        assert post.post(event) == 200
        post.act()
    assert undelivered() == []
    assert sorted(row.amount_fen for row in Payment.objects.all()) == [6600, 66_600, 66_600]
    assert available(shop) == 660 + 8000
    diamond.refresh_from_db()
    assert (diamond.plan.code, diamond.next_plan, diamond.last_period.plan_code) == ("gold", None, "gold")
    late = MembershipPeriod.objects.filter(plan_code="diamond").latest("id")
    assert late.starts_at == clock.now  # its month begins when we hear of it, and not after the gold one
    assert memberships.current_period(shop).plan_code == "diamond"


def test_a_plan_that_was_charged_between_two_downgrades_is_delivered(
    shop: Organization, fake: FakeStripe, post: Postman, clock: Clock, diamond: Subscription
) -> None:
    downgrade(diamond, "platinum")
    month_passes(clock, fake)  # platinum, and we do not hear of it
    downgrade(diamond, "gold")
    post.round()
    assert undelivered() == []
    assert available(shop) == 3000
    diamond.refresh_from_db()
    assert (diamond.plan.code, diamond.next_plan.code) == ("platinum", "gold")


def test_who_changes_their_mind_twice_is_charged_the_plan_chosen_last(
    client: Client, shop: Organization, fake: FakeStripe, post: Postman, clock: Clock, diamond: Subscription
) -> None:
    for code in ("gold", "platinum", "gold"):
        downgrade(diamond, code)
    month_passes(clock, fake)
    post.round()
    assert [row.amount_fen for row in Payment.objects.order_by("id")] == [66_600, 6600]
    diamond.refresh_from_db()
    assert (diamond.plan.code, diamond.next_plan, undelivered()) == ("gold", None, [])
    assert available(shop) == 660
