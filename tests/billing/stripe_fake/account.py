"""What the fake account knows, and what buyers, banks and the passing of time do to it.

``bank`` is the fake bank's statement: every movement of money, in fen. It is written by nobody but the actors below, so
that a test can hold it against our own books.
"""

import copy
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from billing.domain.calendar import add_months
from tests.billing.stripe_fake import answers
from tests.billing.stripe_fake.answers import Row

VERSION = "2026-10-28.endive"


class Account:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = count(1)
        self.rows: dict[str, Row] = {}
        self._kinds: dict[str, list[Row]] = {}  # the same rows, by what they are: a year has a hundred thousand
        self._refunds: dict[str, list[Row]] = {}  # by payment intent
        self.events: list[Row] = []
        self.bank: list[tuple[str, int]] = []  # (what, fen)
        self.asked: dict[str, Row] = {}  # session id -> its parameters
        self.anchors: dict[str, tuple[datetime, int]] = {}  # subscription -> (start, months charged)
        self.bad_cards: set[str] = set()  # customers

    # --- what the routes use -----------------------------------------------------------------------------------------
    def new(self, prefix: str) -> str:
        return f"{prefix}_fake{next(self._numbers):06d}"

    @property
    def at(self) -> int:
        return int(self._now().timestamp())

    def keep(self, row: Row) -> Row:
        if row["id"] in self.rows:
            self._kinds[row["object"]].remove(self.rows[row["id"]])
        self.rows[row["id"]] = row
        self._kinds.setdefault(row["object"], []).append(row)
        return row

    def of(self, kind: str) -> list[Row]:
        return list(self._kinds.get(kind, ()))

    def tell(self, kind: str, about: Row) -> None:
        self.events.append(answers.event(self.new("evt"), kind, copy.deepcopy(about), VERSION, self.at))

    @property
    def balance(self) -> int:
        return sum(amount for _, amount in self.bank)

    # --- buyers ------------------------------------------------------------------------------------------------------
    def pay(self, session_id: str) -> None:
        """The buyer pays on the hosted page, and the money is there at once."""
        session = self.rows[session_id]
        assert session["status"] == "open", session["status"]
        session["status"] = "complete"
        if session["mode"] == "subscription":
            self._subscribe(session)
        else:
            self._paid_once(session)

    def pay_later(self, session_id: str) -> None:
        """The buyer is done, but the money comes later (``arrive``) or not at all (``bounce``)."""
        session = self.rows[session_id]
        session["status"] = "complete"
        self.tell("checkout.session.completed", session)

    def arrive(self, session_id: str) -> None:
        self._paid_once(self.rows[session_id], told="checkout.session.async_payment_succeeded")

    def bounce(self, session_id: str) -> None:
        self.tell("checkout.session.async_payment_failed", self.rows[session_id])

    def due(self, session_id: str) -> int:
        """What a hosted page asks for, in fen."""
        sent = self.asked[session_id]
        off = sum(self.rows[row["coupon"]]["amount_off"] for row in sent.get("discounts", []))
        return sum(self._price(line) * int(line["quantity"]) for line in sent["line_items"]) - off

    def _price(self, line: Row) -> int:
        return int(
            line["price_data"]["unit_amount"] if "price_data" in line else self.rows[line["price"]]["unit_amount"]
        )

    def cancel(self, subscription_id: str) -> None:
        """The customer ends it in the portal, with the running month."""
        self.rows[subscription_id]["cancel_at_period_end"] = True
        self.tell("customer.subscription.updated", self.rows[subscription_id])

    def _paid_once(self, session: Row, told: str = "checkout.session.completed") -> None:
        sent = self.asked[session["id"]]
        amount = self.due(session["id"])
        paid = self._charge(amount, sent["payment_intent_data"]["metadata"], session["customer"])
        session |= {"payment_status": "paid", "payment_intent": paid["id"], "amount_total": amount}
        self.tell("payment_intent.succeeded", paid)
        self.tell(told, session)

    def _subscribe(self, session: Row) -> None:
        sent = self.asked[session["id"]]
        price = sent["line_items"][0]["price"]
        metadata = sent["subscription_data"]["metadata"]
        made = self.keep(
            answers.subscription(self.new("sub"), self.rows[price], metadata, session["customer"], self.at)
        )
        self.anchors[made["id"]] = (self._now(), 1)
        bill = self._bill(made, self.due(session["id"]), "subscription_create")
        self._settle(bill, made["customer"])
        session |= {"payment_status": "paid", "subscription": made["id"], "invoice": bill["id"]}
        self.tell("customer.subscription.created", made)
        self.tell("invoice.paid", bill)
        self.tell("checkout.session.completed", session)

    # --- money -------------------------------------------------------------------------------------------------------
    def _charge(self, amount: int, metadata: Row, customer: str) -> Row:
        paid = self.keep(answers.intent(self.new("pi"), amount, metadata, customer, self.at))
        self.bank.append((paid["id"], amount))
        return paid

    def _bill(self, subscription: Row, amount: int, reason: str) -> Row:
        price = subscription["items"]["data"][0]["price"]["id"]
        bill = self.keep(answers.invoice(self.new("in"), subscription["id"], price, amount, reason, self.at))
        subscription["latest_invoice"] = bill["id"]
        return bill

    def _settle(self, bill: Row, customer: str) -> None:
        paid = self._charge(bill["amount_due"], {}, customer)
        bill |= {"status": "paid", "amount_paid": bill["amount_due"]}
        bill["status_transitions"]["paid_at"] = self.at
        bill["payments"]["data"].append(answers.invoice_payment(bill["id"], paid["id"], bill["amount_due"]))

    def refund(self, intent_id: str, amount: int, metadata: Row | None = None) -> Row:
        """Somebody sends money back: our API, or a person in the dashboard."""
        row = self.keep(answers.refund(self.new("re"), intent_id, amount, metadata or {}, self.at))
        self._refunds.setdefault(intent_id, []).append(row)
        self.bank.append((row["id"], -amount))
        self.tell("refund.created", row)
        self.tell("charge.refunded", {"id": f"ch_{intent_id}", "object": "charge", "payment_intent": intent_id})
        return row

    def fail_refund(self, refund_id: str) -> None:
        """The buyer's bank sends it back to us."""
        row = self.rows[refund_id]
        row["status"] = "failed"
        self.bank.append((refund_id, row["amount"]))
        self.tell("refund.failed", row)

    def dispute(self, intent_id: str) -> Row:
        amount = self.rows[intent_id]["amount"] - self.refunded(intent_id)
        row = self.keep(answers.dispute(self.new("dp"), intent_id, amount, self.at))
        self.bank.append((row["id"], -amount))
        self.tell("charge.dispute.created", row)
        return row

    def close_dispute(self, dispute_id: str, *, won: bool) -> None:
        row = self.rows[dispute_id]
        row["status"] = "won" if won else "lost"
        if won:
            self.bank.append((dispute_id, row["amount"]))
        self.tell("charge.dispute.closed", row)

    def refunded(self, intent_id: str) -> int:
        return sum(row["amount"] for row in self._refunds.get(intent_id, ()) if row["status"] != "failed")

    # --- time --------------------------------------------------------------------------------------------------------
    def tick(self) -> None:
        """Do what is due now: sessions lapse, subscriptions are charged, or end."""
        for session in self.of("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= self.at:
                self.lapse(session)
        for subscription in self.of("subscription"):
            if subscription["status"] in ("active", "past_due"):
                self._renew(subscription)

    def lapse(self, session: Row) -> None:
        session["status"] = "expired"
        self.tell("checkout.session.expired", session)

    def end(self, subscription_id: str) -> Row:
        row = self.rows[subscription_id]
        row["status"] = "canceled"
        self.tell("customer.subscription.deleted", row)
        return row

    def _renew(self, subscription: Row) -> None:
        anchor, months = self.anchors[subscription["id"]]
        last = self.rows[subscription["latest_invoice"]]
        if last["status"] == "open" and subscription["customer"] not in self.bad_cards:
            self._collect(subscription, last)
        if add_months(anchor, months, "UTC") > self._now():
            return
        if subscription["cancel_at_period_end"] or last["status"] == "open":
            self.end(subscription["id"])
            return
        self.anchors[subscription["id"]] = (anchor, months + 1)
        price: Any = subscription["items"]["data"][0]["price"]
        bill = self._bill(subscription, price["unit_amount"], "subscription_cycle")
        if subscription["customer"] in self.bad_cards:
            subscription["status"] = "past_due"
            self.tell("invoice.payment_failed", bill)
            self.tell("customer.subscription.updated", subscription)
        else:
            self._collect(subscription, bill)

    def _collect(self, subscription: Row, bill: Row) -> None:
        self._settle(bill, subscription["customer"])
        subscription["status"] = "active"
        self.tell("invoice.paid", bill)
        self.tell("customer.subscription.updated", subscription)
