"""Buying: a purchase is opened with its price fixed, then paid at its provider. Credits come in ``billing.settlement``."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from billing import catalogue
from billing.domain.proration import Month, Part, trade_in
from billing.errors import NotForSale, NotPayable, UnknownPlan
from billing.memberships import current_period
from billing.models import MembershipPeriod, Organization, PlanVersion, Purchase, Subscription, TradeIn
from billing.providers import provider
from billing.public_ids import ALPHABET

UNPAID = timedelta(days=1)  # until its provider says otherwise
COUNTING = (Purchase.State.GRANTED,)


def buy_plan(organization: Organization, plan_code: str, *, kind: str, by: str, through: str) -> Purchase:
    """Open the purchase of a month of a plan (``kind`` "month"), or of a subscription to it; nothing is charged yet.

    A higher plan than the running one begins when it is paid, and the unused credits of lower ones pay for a part. The
    same plan prolongs what runs, a lower one begins when that ends. Raises UnknownPlan, ProviderAbsent, or NotForSale
    if it would be charged twice.
    """
    plan = _paid_plan(plan_code)
    seller = provider(through)
    if kind == Purchase.Kind.SUBSCRIPTION and not seller.charges_monthly:
        raise NotForSale("A bank transfer cannot be charged every month. Choose a month card.")
    _check_not_twice(organization, plan, current_period(organization))
    quote = price_now(organization, plan)
    with transaction.atomic():
        purchase = Purchase.objects.create(
            **_opened(organization, kind, by, through),
            plan=plan,
            credits=plan.credits,
            price_fen=plan.price_fen,
            trade_in_fen=quote.trade_in_fen,
            due_fen=quote.due_fen,
        )
        TradeIn.objects.bulk_create(
            TradeIn(
                organization=organization,
                purchase=purchase,
                lot_id=part.lot_id,
                credits=part.credits,
                value_fen=part.value_fen,
            )
            for part in quote.parts
        )
    return purchase


def buy_pack(organization: Organization, pack_code: str, *, by: str, through: str) -> Purchase:
    """Open the purchase of a pack of credits; nothing is charged yet. Raises UnknownPack or ProviderAbsent."""
    pack = catalogue.pack_on_sale(pack_code)
    provider(through)
    return Purchase.objects.create(
        **_opened(organization, Purchase.Kind.PACK, by, through),
        pack_code=pack.code,
        pack_days=pack.days,
        credits=pack.credits,
        bonus_credits=pack.bonus,
        price_fen=pack.price_fen,
        due_fen=pack.price_fen,
    )


@dataclass(frozen=True)
class Quote:
    """What a plan costs now: ``due_fen`` in money; ``parts`` are the unused credits that pay the rest."""

    price_fen: int
    parts: tuple[Part, ...]

    @property
    def trade_in_fen(self) -> int:
        return sum(part.value_fen for part in self.parts)

    @property
    def trade_in_credits(self) -> int:
        return sum(part.credits for part in self.parts)

    @property
    def due_fen(self) -> int:
        return self.price_fen - self.trade_in_fen


def price_now(organization: Organization, plan: PlanVersion) -> Quote:
    """The price of a month of ``plan``, credits of lower plans counted. Months that nobody paid for are worth nothing."""
    running = current_period(organization)
    if running is None or plan.rank <= running.rank:
        return Quote(plan.price_fen, ())
    now = timezone.now()
    lower = MembershipPeriod.objects.of(organization).filter(
        rank__lt=plan.rank, ends_at__gt=now, ended_at=None, purchase__state__in=COUNTING
    )
    months = [_of(period) for period in lower.select_related("lot", "purchase").order_by("starts_at", "id")]
    return Quote(plan.price_fen, trade_in(months, now, plan.price_fen))


def _of(period: MembershipPeriod) -> Month:
    """The price is that of the credits that came: a purchase that brought fewer had them paid before."""
    bought, lot = period.purchase, period.lot
    price = bought.price_fen * lot.amount // bought.credits
    return Month(lot.pk, price, lot.amount, lot.free, period.starts_at, period.ends_at)


def open_checkout(purchase: Purchase, return_url: str) -> Purchase:
    """Ask the provider for the place to pay, once; ``return_url`` is where the buyer comes back to.

    Raises NotPayable or ProviderDown.
    """
    check_payable(purchase)
    if not purchase.checkout_ref:
        place = provider(purchase.provider).checkout(purchase, return_url)
        mine = Purchase.objects.filter(pk=purchase.pk, state=Purchase.State.PENDING, checkout_ref="")
        mine.update(checkout_ref=place.ref, checkout_url=place.url, valid_until=place.valid_until)
        purchase.refresh_from_db()
    return purchase


def check_payable(purchase: Purchase) -> None:
    """Raises NotPayable, saying why."""
    if purchase.state != Purchase.State.PENDING:
        raise NotPayable(f"Purchase {purchase.number} is {purchase.state} already. Look at it in your purchases.")
    if purchase.valid_until <= timezone.now():
        raise NotPayable(f"Purchase {purchase.number} has lapsed. Buy again to see today's price.")


def give_up(purchase: Purchase) -> bool:
    """The buyer does not want it any more, or its time is over. True if this call ended it. Money that comes still counts."""
    if purchase.state == Purchase.State.PENDING and purchase.checkout_ref:
        provider(purchase.provider).close_checkout(purchase)
    return fail(purchase)


def fail(purchase: Purchase) -> bool:
    """Pending -> failed. True if this call did it."""
    mine = Purchase.objects.filter(pk=purchase.pk, state=Purchase.State.PENDING)
    return mine.update(state=Purchase.State.FAILED) == 1


def subscription_of(organization: Organization) -> Subscription | None:
    """The subscription that goes on being charged, if there is one."""
    living = Subscription.objects.of(organization).exclude(state=Subscription.State.ENDED).filter(must_end=False)
    return living.select_related("plan", "next_plan").order_by("-plan__rank").first()


def _check_not_twice(organization: Organization, plan: PlanVersion, running: MembershipPeriod | None) -> None:
    charged = subscription_of(organization)
    if charged is None or charged.ends_with_period:
        return
    if plan.rank <= max(charged.plan.rank, running.rank if running else 0):
        raise NotForSale("You have a subscription already. Change or end that one, or you would be charged twice.")


def _paid_plan(code: str) -> PlanVersion:
    plan = catalogue.plan_on_sale(code)
    if plan is None or plan.price_fen == 0:
        raise UnknownPlan(code)
    return plan


def _opened(organization: Organization, kind: str, by: str, through: str) -> dict[str, object]:
    now = timezone.now()
    return {
        "organization": organization,
        "kind": Purchase.Kind(kind),
        "number": new_number(),
        "currency": catalogue.current().currency,
        "provider": through,
        "bought_by": by,
        "created_at": now,
        "valid_until": now + UNPAID,
    }


def new_number() -> str:
    """Such as ``HS-7K3M-9QXD-2F8A``: short enough for the note of a bank transfer, 60 random bits."""
    letters = "".join(secrets.choice(ALPHABET.upper()) for _ in range(12))
    return f"HS-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
