"""What we ask of Stripe. What makes something carries an idempotency key of our row, so asking twice has one effect."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from billing.errors import NotPayable
from billing.models import Organization, PlanVersion, Provider, ProviderCustomer, Purchase, Refund, Subscription
from billing.providers.base import Checkout, RefundAnswer
from billing.providers.stripe.client import asking, client

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

OPEN_FOR = timedelta(hours=23)  # Stripe allows 30 minutes to 24 hours
LEAST_OPEN = timedelta(minutes=30)
ONE_OFF = ("alipay", "wechat_pay", "card")
REFUND_STATES = {"succeeded": Refund.State.SUCCEEDED, "failed": Refund.State.FAILED, "canceled": Refund.State.FAILED}


class StripeProvider:
    name = Provider.STRIPE.value
    charges_monthly = True

    def checkout(self, purchase: Purchase, return_url: str) -> Checkout:
        until = _open_until(purchase)
        if until - timezone.now() < LEAST_OPEN:
            raise NotPayable(f"Purchase {purchase.number} has lapsed. Buy again to see today's price.")
        with asking():
            params = _session(purchase, return_url, until)
            options = {"idempotency_key": f"checkout:{purchase.public_id}"}
            session = client().v1.checkout.sessions.create(params, options)  # type: ignore[arg-type]
        return Checkout(session.id, session.url or "", until)

    def close_checkout(self, purchase: Purchase) -> None:
        with asking():
            session = client().v1.checkout.sessions.retrieve(purchase.checkout_ref)
            if session.status == "open":
                client().v1.checkout.sessions.expire(purchase.checkout_ref)

    def refund(self, refund: Refund) -> RefundAnswer:
        with asking():
            made = client().v1.refunds.create(
                {
                    "payment_intent": refund.payment.intent,
                    "amount": refund.amount_fen,
                    "metadata": {"refund": refund.public_id},
                },
                {"idempotency_key": f"refund:{refund.public_id}"},
            )
        return RefundAnswer(made.id, refund_state(made.status))

    def portal_url(self, organization: Organization, return_url: str) -> str:
        customer = ProviderCustomer.objects.of(organization).filter(provider=self.name).first()
        if customer is None:
            return ""
        with asking():
            session = client().v1.billing_portal.sessions.create({"customer": customer.ref, "return_url": return_url})
        return session.url

    def end_subscription(self, subscription: Subscription) -> None:
        with asking():
            found = client().v1.subscriptions.retrieve(subscription.ref)
            if found.status not in ("canceled", "incomplete_expired"):
                # What was paid for stays; what was not is not charged.
                client().v1.subscriptions.cancel(subscription.ref, {"invoice_now": False, "prorate": False})

    def change_plan(self, subscription: Subscription, plan: PlanVersion) -> None:
        with asking():
            found = client().v1.subscriptions.retrieve(subscription.ref)
            item = found["items"].data[0].id
            client().v1.subscriptions.update(
                subscription.ref,
                {
                    "items": [{"id": item, "price": price_of(plan)}],
                    "proration_behavior": "none",
                    "metadata": {"next_plan": f"{plan.code}:{plan.number}"},
                },
                # No key of ours: the same change twice does no harm, but a customer who changes their mind twice in a
                # month asks the same question again, and an answer from before would change nothing.
            )


def refund_state(status: str | None) -> str:
    return REFUND_STATES.get(status or "", Refund.State.REQUESTED).value


def _open_until(purchase: Purchase) -> datetime:
    """Worked out from the row alone: a question that is asked again under its key must be the same question."""
    ends = [row.lot.expires_at for row in purchase.trade_ins.select_related("lot") if row.lot.expires_at]
    until = min([purchase.created_at + OPEN_FOR, *ends])
    return max(until, purchase.created_at + LEAST_OPEN + timedelta(minutes=1)).replace(microsecond=0)


def _session(purchase: Purchase, return_url: str, until: datetime) -> "SessionCreateParams":
    named = {"purchase": purchase.public_id}
    params: SessionCreateParams = {
        "client_reference_id": purchase.public_id,
        "customer": customer_of(purchase.organization),
        "metadata": named,
        "success_url": return_url,
        "cancel_url": return_url,
        "expires_at": int(until.timestamp()),
        "locale": "auto",
    }
    if purchase.kind == Purchase.Kind.SUBSCRIPTION and purchase.plan is not None:
        params |= {
            "mode": "subscription",
            "line_items": [{"price": price_of(purchase.plan), "quantity": 1}],
            "subscription_data": {"metadata": named},
            "allowed_payment_method_types": ["card"],
        }
        if purchase.trade_in_fen:
            params["discounts"] = [{"coupon": _coupon(purchase)}]
        return params
    name = purchase.plan.code if purchase.plan else purchase.pack_code
    price = {"currency": purchase.currency.lower(), "unit_amount": purchase.due_fen, "product_data": {"name": name}}
    return params | {  # type: ignore[return-value]
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_intent_data": {"metadata": named},
        "allowed_payment_method_types": list(ONE_OFF),
        "payment_method_options": {"wechat_pay": {"client": "web"}},
    }


def customer_of(organization: Organization) -> str:
    """Stripe's id of an organization, made on the first purchase."""
    row = ProviderCustomer.objects.of(organization).filter(provider=Provider.STRIPE).first()
    if row is None:
        made = client().v1.customers.create(
            {"name": organization.name, "metadata": {"organization": organization.public_id}},
            {"idempotency_key": f"customer:{organization.public_id}"},
        )
        row, _ = ProviderCustomer.objects.get_or_create(
            organization=organization, provider=Provider.STRIPE, defaults={"ref": made.id}
        )
    return row.ref


def price_of(plan: PlanVersion) -> str:
    """Stripe's monthly price for one version of a plan, found by its lookup key or made."""
    key = f"{plan.code}:{plan.number}"
    found = client().v1.prices.list({"lookup_keys": [key], "limit": 1}).data
    if found:
        return found[0].id
    made = client().v1.prices.create(
        {
            "currency": str(plan.catalogue.body["currency"]).lower(),
            "unit_amount": plan.price_fen,
            "recurring": {"interval": "month"},
            "lookup_key": key,
            "product_data": {"name": plan.code},
        },
        {"idempotency_key": f"price:{key}"},
    )
    return made.id


def _coupon(purchase: Purchase) -> str:
    """What the unused credits pay of the first invoice; the next ones are at full price."""
    made = client().v1.coupons.create(
        {
            "amount_off": purchase.trade_in_fen,
            "currency": purchase.currency.lower(),
            "duration": "once",
            "max_redemptions": 1,
            "name": purchase.number,
        },
        {"idempotency_key": f"coupon:{purchase.public_id}"},
    )
    return made.id
