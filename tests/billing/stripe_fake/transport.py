"""The fake's ``stripe.HTTPClient``: routes, idempotency keys and faults. Opens no socket."""

import copy
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import stripe

from tests.billing.stripe_fake import answers
from tests.billing.stripe_fake.account import Account
from tests.billing.stripe_fake.answers import Row
from tests.billing.stripe_fake.types import PARAMETERS, unknown_fields, unknown_parameters

_in_use: list[stripe.HTTPClient] = []


def current() -> stripe.HTTPClient:
    """What ``settings.STRIPE_TRANSPORT`` names in tests."""
    return _in_use[-1]


def replace(transport: stripe.HTTPClient) -> None:
    """Ask this one from now on, in this process."""
    _in_use[:] = [transport]


def use(account: Account, settings: Any, monkeypatch: pytest.MonkeyPatch) -> "FakeStripe":
    """Let billing talk to this account for the rest of the test."""
    fake = FakeStripe(account)
    monkeypatch.setattr(f"{__name__}._in_use", [fake])
    _point_here(settings)
    return fake


def install(account: Account) -> "FakeStripe":
    """Let billing talk to this account for the rest of the process; for programs, which have no test around them."""
    from django.conf import settings

    fake = FakeStripe(account)
    replace(fake)
    _point_here(settings)
    return fake


def _point_here(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_fake"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_fake"]
    settings.STRIPE_TRANSPORT = f"{__name__}.current"


class FakeStripe(stripe.HTTPClient):
    name = "fake"

    def __init__(self, account: Account) -> None:
        super().__init__()
        self.account = account
        self.requests: list[tuple[str, str, Row]] = []
        self.versions: set[str] = set()
        self._answers: dict[str, tuple[Any, tuple[str, int, dict[str, str]]]] = {}  # by idempotency key
        self.lost_answers = 0  # so many answers get lost after their effect
        self.down = 0  # so many requests do not even arrive

    def forget_keys(self) -> None:
        """A day has passed: Stripe keeps idempotency keys for 24 hours."""
        self._answers.clear()

    def twin(self) -> "FakeStripe":
        """A copy that knows the same and goes its own way from here."""
        twin = FakeStripe(copy.deepcopy(self.account))
        twin._answers = dict(self._answers)  # answers are texts, and never change
        return twin

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0.0

    def close(self) -> None:
        """Nothing is open."""

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        given = {name.lower(): value for name, value in (headers or {}).items()}
        assert given["authorization"] == "Bearer sk_test_fake"
        self.versions.add(given["stripe-version"])
        if self.down:
            self.down -= 1
            raise stripe.APIConnectionError("no way to Stripe", should_retry=True)
        parts = urlsplit(url)
        sent = nested([*parse_qsl(parts.query), *parse_qsl(post_data or "")])
        answer = self._once(given.get("idempotency-key"), method.upper(), parts.path.removeprefix("/v1/"), sent)
        if self.lost_answers:
            self.lost_answers -= 1
            raise stripe.APIConnectionError("the answer got lost", should_retry=True)
        return answer

    def _once(self, key: str | None, method: str, path: str, sent: Row) -> tuple[str, int, dict[str, str]]:
        question = (method, path, sent)
        if method == "POST" and key in self._answers:
            before, answer = self._answers[key]
            if before != question:
                return _error(400, "idempotency_error", "Keys for idempotent requests can only be used once")
            return answer
        self.requests.append((method, path, copy.deepcopy(sent)))
        answer = self._answer(method, path, sent)
        if method == "POST" and key:
            self._answers[key] = (question, answer)
        return answer

    def _answer(self, method: str, path: str, sent: Row) -> tuple[str, int, dict[str, str]]:
        for (verb, route), handler in ROUTES.items():
            match = re.fullmatch(route.replace("{}", "([^/]+)"), path)
            if verb == method and match:
                strange = unknown_parameters(verb, route, sent)
                assert not strange, f"stripe-python knows no {strange} of {method} {path}"
                row = handler(self.account, sent, *match.groups())
                if row is None:
                    return _error(404, "invalid_request_error", f"No such thing: {path}", code="resource_missing")
                if "error" in row:
                    return _error(400, "invalid_request_error", row["error"], code=row["code"])
                assert not unknown_fields(row), unknown_fields(row)
                return json.dumps(row), 200, {"request-id": "req_fake"}
        raise AssertionError(f"the fake does not know {method} {path}")


def nested(pairs: list[tuple[str, str]]) -> Row:
    """``a[b][0]=x`` as {"a": {"b": ["x"]}}."""
    top: Row = {}
    for name, value in pairs:
        path = [name.partition("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        here = top
        for step in path[:-1]:
            here = here.setdefault(step, {})
        here[path[-1]] = value
    return {name: _lists(value) for name, value in top.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(inner) for name, inner in value.items()}


def _error(status: int, kind: str, message: str, **more: str) -> tuple[str, int, dict[str, str]]:
    return json.dumps({"error": {"type": kind, "message": message, **more}}), status, {"request-id": "req_fake"}


def _get(account: Account, sent: Row, number: str) -> Row | None:
    return account.rows.get(number)


def _customer(account: Account, sent: Row) -> Row:
    made = {"id": account.new("cus"), "object": "customer", "name": sent["name"], "metadata": sent["metadata"]}
    return account.keep(made)


def _price(account: Account, sent: Row) -> Row:
    if any(row["lookup_key"] == sent["lookup_key"] for row in account.of("price")):
        return {"error": "A price already uses that lookup key.", "code": "resource_already_exists"}
    made = {
        "id": account.new("price"),
        "object": "price",
        "lookup_key": sent["lookup_key"],
        "unit_amount": int(sent["unit_amount"]),
        "currency": sent["currency"],
    }
    return account.keep(made)


def _prices(account: Account, sent: Row) -> Row:
    return answers.listing([row for row in account.of("price") if row["lookup_key"] in sent["lookup_keys"]])


def _coupon(account: Account, sent: Row) -> Row:
    made = {"id": account.new("co"), "object": "coupon", "amount_off": int(sent["amount_off"]), "duration": "once"}
    return account.keep(made)


def _session(account: Account, sent: Row) -> Row:
    row = account.keep(answers.session(account.new("cs"), sent, account.at))
    account.asked[row["id"]] = sent
    return row


def _expire(account: Account, sent: Row, number: str) -> Row:
    account.lapse(account.rows[number])
    return account.rows[number]


def _update(account: Account, sent: Row, number: str) -> Row:
    row = account.rows[number]
    for item in sent.get("items", []):
        row["items"]["data"][0]["price"] = account.rows[item["price"]]
    row["metadata"] |= sent.get("metadata", {})
    account.tell("customer.subscription.updated", row)
    return row


def _cancel(account: Account, sent: Row, number: str) -> Row:
    return account.end(number)


def _refund(account: Account, sent: Row) -> Row:
    intent, amount = sent["payment_intent"], int(sent["amount"])
    if amount > account.rows[intent]["amount"] - account.refunded(intent):
        return {"error": "Charge has already been refunded", "code": "charge_already_refunded"}
    if any(row["payment_intent"] == intent and row["status"] != "won" for row in account.of("dispute")):
        return {"error": "Charge has been charged back", "code": "charge_disputed"}
    return account.refund(intent, amount, sent.get("metadata"))


def _refunds(account: Account, sent: Row) -> Row:
    return answers.listing([row for row in account.of("refund") if row["payment_intent"] == sent["payment_intent"]])


def _invoice_payments(account: Account, sent: Row) -> Row:
    wanted = sent["payment"]["payment_intent"]
    found = [row for bill in account.of("invoice") for row in bill["payments"]["data"]]
    return answers.listing([row for row in found if row["payment"]["payment_intent"] == wanted])


def _events(account: Account, sent: Row) -> Row:
    """The newest first, by pages, as Stripe lists them."""
    rows = [row for row in reversed(account.events) if row["created"] >= int(sent["created"]["gte"])]
    if "starting_after" in sent:
        place = next(number for number, row in enumerate(rows) if row["id"] == sent["starting_after"])
        rows = rows[place + 1 :]
    most = int(sent["limit"])
    return answers.listing(rows[:most], has_more=len(rows) > most, url="/v1/events")


def _portal(account: Account, sent: Row) -> Row:
    number = account.new("bps")
    url = f"https://billing.stripe.example/{number}"
    return {"id": number, "object": "billing_portal.session", "url": url, "customer": sent["customer"]}


ROUTES: dict[tuple[str, str], Callable[..., Row | None]] = {
    ("POST", "customers"): _customer,
    ("POST", "prices"): _price,
    ("GET", "prices"): _prices,
    ("POST", "coupons"): _coupon,
    ("POST", "checkout/sessions"): _session,
    ("POST", "checkout/sessions/{}/expire"): _expire,
    ("POST", "subscriptions/{}"): _update,
    ("DELETE", "subscriptions/{}"): _cancel,
    ("POST", "refunds"): _refund,
    ("GET", "refunds"): _refunds,
    ("GET", "invoice_payments"): _invoice_payments,
    ("GET", "events"): _events,
    ("POST", "billing_portal/sessions"): _portal,
} | {key: _get for key in PARAMETERS if key[0] == "GET" and key[1].endswith("{}")}
