"""stripe-python's own types as the judge of the fake: no parameter and no field that the library does not know."""

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import stripe
from stripe import params
from stripe.params import billing_portal, checkout

PARAMETERS: dict[tuple[str, str], Any] = {
    ("POST", "customers"): params.CustomerCreateParams,
    ("POST", "prices"): params.PriceCreateParams,
    ("GET", "prices"): params.PriceListParams,
    ("POST", "coupons"): params.CouponCreateParams,
    ("POST", "checkout/sessions"): checkout.SessionCreateParams,
    ("POST", "checkout/sessions/{}/expire"): checkout.SessionExpireParams,
    ("GET", "checkout/sessions/{}"): checkout.SessionRetrieveParams,
    ("GET", "subscriptions/{}"): params.SubscriptionRetrieveParams,
    ("POST", "subscriptions/{}"): params.SubscriptionUpdateParams,
    ("DELETE", "subscriptions/{}"): params.SubscriptionCancelParams,
    ("GET", "invoices/{}"): params.InvoiceRetrieveParams,
    ("GET", "invoice_payments"): params.InvoicePaymentListParams,
    ("GET", "payment_intents/{}"): params.PaymentIntentRetrieveParams,
    ("POST", "refunds"): params.RefundCreateParams,
    ("GET", "refunds"): params.RefundListParams,
    ("GET", "refunds/{}"): params.RefundRetrieveParams,
    ("GET", "disputes/{}"): params.DisputeRetrieveParams,
    ("GET", "events"): params.EventListParams,
    ("POST", "billing_portal/sessions"): billing_portal.SessionCreateParams,
}
OBJECTS: dict[str, Any] = {
    "customer": stripe.Customer,
    "price": stripe.Price,
    "coupon": stripe.Coupon,
    "checkout.session": stripe.checkout.Session,
    "subscription": stripe.Subscription,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "payment_intent": stripe.PaymentIntent,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "billing_portal.session": stripe.billing_portal.Session,
    "list": stripe.ListObject,
}


def unknown_parameters(method: str, route: str, sent: dict[str, Any]) -> list[str]:
    """What the library's parameters do not have, as paths such as ``line_items.0.prise``."""
    return list(_strange(sent, PARAMETERS[method, route], ""))


def unknown_fields(answer: dict[str, Any]) -> list[str]:
    """Fields of an object, and of the objects in it, that the library's class does not have."""
    return list(_strange_fields(answer, OBJECTS[answer["object"]], answer["object"]))


def _strange(value: Any, wanted: Any, place: str) -> Iterator[str]:
    shapes = list(_shapes(wanted))
    if isinstance(value, dict) and any(is_typeddict(shape) for shape in shapes):
        yield from _strange_names(value, [shape for shape in shapes if is_typeddict(shape)], place)
    elif isinstance(value, list):
        inner = [get_args(shape)[0] for shape in shapes if get_origin(shape) is list]
        for number, item in enumerate(value if inner else []):
            yield from _strange(item, inner[0], f"{place}{number}.")
    elif shapes and all(get_origin(shape) is Literal for shape in shapes):
        choices = {choice for shape in shapes for choice in get_args(shape)}
        yield from [] if value in choices else [f"{place}= {value}"]


def _strange_names(value: dict[str, Any], tables: list[Any], place: str) -> Iterator[str]:
    hints: dict[str, Any] = {}
    for table in tables:
        hints |= _hints(table)
    for name, inner in value.items():
        if name in hints:
            yield from _strange(inner, hints[name], f"{place}{name}.")
        else:
            yield f"{place}{name}"


def _shapes(wanted: Any) -> Iterator[Any]:
    """The members of a union, or the type itself."""
    if get_origin(wanted) in (Union, UnionType):
        for member in get_args(wanted):
            yield from _shapes(member)
    elif not isinstance(wanted, ForwardRef):
        yield wanted


@cache
def _hints(table: Any) -> dict[str, Any]:
    return get_type_hints(table)


@cache
def _names(kind: Any) -> set[str]:
    return {name for parent in kind.__mro__ for name in getattr(parent, "__annotations__", {})}


def _strange_fields(answer: dict[str, Any], kind: Any, place: str) -> Iterator[str]:
    names = _names(kind)
    for name, value in answer.items():
        if name not in names | {"object", "id"}:
            yield f"{place}.{name}"
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict) and str(inner.get("object")) in OBJECTS:
                yield from _strange_fields(inner, OBJECTS[inner["object"]], f"{place}.{name}")
