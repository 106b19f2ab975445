"""The fake against stripe-python itself: every question that billing asks is judged by the very types of its call."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

import billing.providers.stripe
from tests.billing.stripe_fake.transport import ROUTES
from tests.billing.stripe_fake.types import OBJECTS, PARAMETERS, unknown_fields, unknown_parameters

SOURCES = sorted(Path(billing.providers.stripe.__path__[0]).glob("*.py"))
SENT_TO = re.compile(r'self\._request\(\s*"(\w+)",\s*"/v1/([^"]+)"')


def calls() -> Iterator[str]:
    """Such as ``checkout.sessions.create``, for each ``client().v1.….`` in billing's source."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call):
                _, found, call = ast.unparse(node.func).partition("client().v1.")
                if found:
                    yield call


def method_of(call: str) -> object:
    here: object = stripe.StripeClient("sk_test_none").v1
    for name in call.split("."):
        here = getattr(here, name)
    return here


CALLS = sorted(set(calls()))


def test_billing_asks_something() -> None:
    assert {"checkout.sessions.create", "refunds.create", "invoices.retrieve", "events.list"} <= set(CALLS)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_judged_by_its_own_types(call: str) -> None:
    """Where it goes, what it may say and what comes back: as the library's own method has it."""
    method = method_of(call)
    verb, path = SENT_TO.search(inspect.getsource(method)).groups()
    route = (verb.upper(), re.sub(r"\{\w+\}", "{}", path))
    assert route in ROUTES
    annotations = inspect.get_annotations(method)
    assert PARAMETERS[route].__name__ in str(annotations["params"])
    answered = re.sub(r"^ListObject\[(.*)\]$", r"\1", str(annotations["return"]).strip("'\""))
    assert answered in {kind.__name__ for kind in OBJECTS.values()}


def test_the_library_asks_what_its_types_say() -> None:
    """The judge itself: names, required ones, choices and kinds, however deep."""
    line = {"quantity": "1", "price_data": {"currency": "cny", "unit_amount": "6600", "product_data": {"name": "gold"}}}
    good = {"mode": "payment", "line_items": [line], "metadata": {"any": "thing"}, "expires_at": "1795000000"}
    assert unknown_parameters("POST", "checkout/sessions", good) == []
    wrong = {
        "payment_method_types": ["card"],  # gone since 2026-10-28
        "mode": "paymnt",
        "expires_at": "soon",
        "line_items": [line | {"prise": "p", "price_data": {"unit_amount": "1"}}],
        "automatic_tax": {"enabled": "yes"},
    }
    assert unknown_parameters("POST", "checkout/sessions", wrong) == [
        "payment_method_types",
        "mode.= paymnt",
        "expires_at.= soon",
        "line_items.0.price_data.currency is missing",
        "line_items.0.prise",
        "automatic_tax.enabled.= yes",
    ]
    assert unknown_parameters("POST", "prices", {"unit_amount": "1"}) == ["currency is missing"]


def test_the_library_answers_what_its_types_say() -> None:
    line = {
        "object": "invoice_payment",
        "status": "paid",
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
    }
    good = {
        "object": "invoice",
        "id": "in_1",
        "status": "paid",
        "amount_paid": 6600,
        "payments": {"object": "list", "data": [line], "has_more": False, "url": "/v1/x"},
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1", "metadata": {}}},
    }
    assert unknown_fields(good) == []
    wrong = good | {
        "subscription": "sub_1",  # where it was before 2025
        "status": "payed",
        "amount_paid": "6600",
        "payments": {"object": "list", "data": [line | {"intent": "pi_1"}], "has_more": False, "url": "/v1/x"},
        "parent": {"type": "subscription"},
    }
    assert sorted(unknown_fields(wrong)) == [
        "invoice.amount_paid = '6600'",
        "invoice.parent.type = 'subscription'",
        "invoice.payments.data.intent",
        "invoice.status = 'payed'",
        "invoice.subscription",
    ]
