"""stripe-python's own types as the judge of the fake: no parameter, field or value that the library does not know.

What is sent must have the names, the required ones among them, the choices and the kinds of the library's ``...Params``;
what is answered those of its objects, down to the innermost. A choice that the library leaves open ("or any string")
counts as closed here: the fake may only say what the library knows.
"""

import builtins
import sys
import typing
from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, NotRequired, Required, Union, get_args, get_origin

import stripe
from stripe import params
from stripe._stripe_object import UntypedStripeObject  # the library does not export it
from stripe.params import billing_portal, checkout
from typing_extensions import is_typeddict  # typing's own does not know the tables of the library

PARAMETERS: dict[tuple[str, str], Any] = {
    ("POST", "customers"): params.CustomerCreateParams,
    ("POST", "prices"): params.PriceCreateParams,
    ("GET", "prices"): params.PriceListParams,
    ("GET", "prices/{}"): params.PriceRetrieveParams,
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
    "subscription_item": stripe.SubscriptionItem,
    "invoice": stripe.Invoice,
    "line_item": stripe.InvoiceLineItem,
    "invoice_payment": stripe.InvoicePayment,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "product": stripe.Product,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "billing_portal.session": stripe.billing_portal.Session,
    "list": stripe.ListObject,
}


def unknown_parameters(method: str, route: str, sent: dict[str, Any]) -> list[str]:
    """What does not fit the library's parameters, as paths such as ``line_items.0.prise``; all values are texts here."""
    return list(_sent(sent, PARAMETERS[method, route], ""))


def unknown_fields(answer: dict[str, Any]) -> list[str]:
    """What does not fit the library's class of an object, and of the objects in it."""
    return list(_answered(answer, OBJECTS[answer["object"]], answer["object"]))


# --- what is sent -----------------------------------------------------------------------------------------------------
def _sent(value: Any, wanted: Any, place: str) -> Iterator[str]:
    shapes = _shapes(wanted)
    tables = [shape for shape in shapes if is_typeddict(shape)]
    if isinstance(value, dict):
        if tables:
            yield from _sent_table(value, tables, place)
        elif shapes and not any(get_origin(shape) is dict for shape in shapes):
            yield f"{place}= a table"
    elif isinstance(value, list):
        inner = [get_args(shape)[0] for shape in shapes if get_origin(shape) is list]
        for number, item in enumerate(value if inner else []):
            yield from _sent(item, inner[0], f"{place}{number}.")
        if shapes and not inner:
            yield f"{place}= a list"
    elif shapes and not any(_is_text_of(value, shape) for shape in _closed(wanted)):
        yield f"{place}= {value}"


def _sent_table(value: dict[str, Any], tables: list[Any], place: str) -> Iterator[str]:
    hints: dict[str, Any] = {}
    for table in tables:
        hints |= _hints(table)
    for name, inner in value.items():
        if name in hints:
            yield from _sent(inner, hints[name], f"{place}{name}.")
        else:
            yield f"{place}{name}"
    if not any(table.__required_keys__ <= set(value) for table in tables):
        yield from (f"{place}{name} is missing" for name in sorted(tables[0].__required_keys__ - set(value)))


def _closed(wanted: Any) -> list[Any]:
    """Without "or any string" beside a list of choices; the empty choice alone only says how a value is taken away."""
    named = _choices(wanted) - {""}
    return [shape for shape in _shapes(wanted) if not named or shape is not str]


def _is_text_of(text: str, shape: Any) -> bool:
    """Whether a form's text stands for a value of this kind."""
    if get_origin(shape) is Literal:
        return text in {str(choice) for choice in get_args(shape)}
    if shape is bool:
        return text in ("true", "false")
    if shape in (int, float):
        return text.lstrip("-").replace(".", "", 1 if shape is float else 0).isdigit()
    return shape is str


# --- what is answered -------------------------------------------------------------------------------------------------
def _answered(value: Any, wanted: Any, place: str) -> Iterator[str]:
    shapes = _shapes(wanted)
    if isinstance(value, dict):
        yield from _answered_object(value, shapes, place)
    elif isinstance(value, list):
        inner = [get_args(shape)[0] for shape in shapes if get_origin(shape) is list and get_args(shape)]
        for item in value:
            yield from _answered(item, inner[0] if inner else Any, place)
        if shapes and not any((get_origin(shape) or shape) is list for shape in shapes):
            yield f"{place} = a list"
    elif not _is_one_of(value, wanted):
        yield f"{place} = {value!r}"


def _answered_object(value: dict[str, Any], shapes: tuple[Any, ...], place: str) -> Iterator[str]:
    named = OBJECTS.get(str(value.get("object")))
    kinds = [named] if named else [shape for shape in shapes if isinstance(shape, type) and _fields(shape)]
    if kinds:
        fields = _fields(kinds[0])
        for name, inner in value.items():
            if name in fields:
                yield from _answered(inner, fields[name], f"{place}.{name}")
            elif name not in ("object", "id"):
                yield f"{place}.{name}"
    elif shapes and not any((get_origin(shape) or shape) in (dict, UntypedStripeObject) for shape in shapes):
        yield f"{place} = an object"


def _is_one_of(value: Any, wanted: Any) -> bool:
    """Whether a plain value is allowed. Where an id stands for an object, the library names the object's class."""
    if wanted is Any:
        return True
    shapes, choices = _shapes(wanted), _choices(wanted)
    if value is None:
        return NoneType in shapes
    return value in choices if isinstance(value, str) and choices else type(value) in shapes


# --- the library's annotations ----------------------------------------------------------------------------------------
@cache
def _shapes(wanted: Any) -> tuple[Any, ...]:
    """The members of a union, or the type itself; the class that an id may stand for is left out."""
    if get_origin(wanted) in (Union, UnionType):
        return tuple(shape for member in get_args(wanted) for shape in _shapes(member))
    return () if isinstance(wanted, ForwardRef) or wanted is Any else (wanted,)


@cache
def _choices(wanted: Any) -> frozenset[Any]:
    return frozenset(one for shape in _shapes(wanted) if get_origin(shape) is Literal for one in get_args(shape))


@cache
def _hints(table: Any) -> dict[str, Any]:
    """The types of a table's keys."""
    known = _Names(vars(sys.modules[table.__module__]))
    return {name: _resolved(wanted, known) for name, wanted in table.__annotations__.items()}


class _Names(dict[str, Any]):
    """What a module's annotations may name, also where it is imported for type checkers only."""

    def __missing__(self, name: str) -> Any:
        known = [getattr(place, name, None) for place in (builtins, typing, stripe, params)]
        return next(found for found in known if found is not None)


def _resolved(wanted: Any, known: _Names) -> Any:
    if isinstance(wanted, ForwardRef | str):
        return _resolved(eval(getattr(wanted, "__forward_arg__", wanted), {}, known), known)
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (NotRequired, Required):
        return _resolved(inner[0], known)
    if origin in (Union, UnionType):
        return Union[tuple(_resolved(one, known) for one in inner)]  # noqa: UP007  (their number is not known)
    return list[_resolved(inner[0], known)] if origin is list else wanted  # type: ignore[misc]


@cache
def _fields(kind: Any) -> dict[str, Any]:
    if not issubclass(kind, stripe.StripeObject):
        return {}
    return {name: wanted for parent in kind.__mro__ for name, wanted in getattr(parent, "__annotations__", {}).items()}
