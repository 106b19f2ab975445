"""The objects of the fake, with the fields that Hitsmith reads."""

from typing import Any

Row = dict[str, Any]


def session(number: str, sent: Row, created: int) -> Row:
    return {
        "id": number,
        "object": "checkout.session",
        "url": f"https://checkout.stripe.example/{number}",
        "mode": sent["mode"],
        "status": "open",
        "payment_status": "unpaid",
        "client_reference_id": sent.get("client_reference_id"),
        "customer": sent.get("customer"),
        "metadata": sent.get("metadata", {}),
        "payment_intent": None,
        "subscription": None,
        "invoice": None,
        "currency": "cny",
        "created": created,
        "expires_at": int(sent["expires_at"]),
        "livemode": False,
    }


def intent(number: str, amount: int, metadata: Row, customer: str, created: int) -> Row:
    return {
        "id": number,
        "object": "payment_intent",
        "amount": amount,
        "amount_received": amount,
        "currency": "cny",
        "customer": customer,
        "status": "succeeded",
        "metadata": metadata,
        "created": created,
        "livemode": False,
    }


def subscription(number: str, price: Row, metadata: Row, customer: str, created: int) -> Row:
    return {
        "id": number,
        "object": "subscription",
        "status": "active",
        "cancel_at_period_end": False,
        "customer": customer,
        "metadata": metadata,
        "latest_invoice": None,
        "items": listing([{"id": f"si_{number[4:]}", "object": "subscription_item", "price": price}]),
        "created": created,
        "livemode": False,
    }


def invoice(number: str, subscription_id: str, price: str, amount: int, reason: str, created: int) -> Row:
    return {
        "id": number,
        "object": "invoice",
        "number": f"FAKE-{number}",
        "status": "open",
        "amount_due": amount,
        "amount_paid": 0,
        "currency": "cny",
        "billing_reason": reason,
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"subscription": subscription_id, "metadata": {}},
        },
        "lines": listing([line(f"il_{number[3:]}", price, amount)]),
        "payments": listing([]),
        "status_transitions": {"paid_at": None, "finalized_at": created},
        "hosted_invoice_url": f"https://invoice.stripe.example/{number}",
        "created": created,
        "livemode": False,
    }


def line(number: str, price: str, amount: int) -> Row:
    charged = {"type": "price_details", "price_details": {"price": price, "product": f"prod_{price}"}}
    return {"id": number, "object": "line_item", "amount": amount, "currency": "cny", "pricing": charged}


def invoice_payment(invoice_id: str, intent_id: str, amount: int) -> Row:
    return {
        "id": f"inpay_{invoice_id[3:]}",
        "object": "invoice_payment",
        "invoice": invoice_id,
        "status": "paid",
        "amount_paid": amount,
        "currency": "cny",
        "payment": {"type": "payment_intent", "payment_intent": intent_id},
    }


def refund(number: str, intent_id: str, amount: int, metadata: Row, created: int) -> Row:
    return {
        "id": number,
        "object": "refund",
        "payment_intent": intent_id,
        "amount": amount,
        "currency": "cny",
        "status": "succeeded",
        "metadata": metadata,
        "created": created,
    }


def dispute(number: str, intent_id: str, amount: int, created: int) -> Row:
    return {
        "id": number,
        "object": "dispute",
        "payment_intent": intent_id,
        "amount": amount,
        "currency": "cny",
        "status": "needs_response",
        "created": created,
        "livemode": False,
    }


def event(number: str, kind: str, about: Row, version: str, created: int) -> Row:
    return {
        "id": number,
        "object": "event",
        "type": kind,
        "api_version": version,
        "data": {"object": about},
        "created": created,
        "livemode": False,
        "pending_webhooks": 1,
    }


def listing(rows: list[Row], *, has_more: bool = False, url: str = "/v1/list") -> Row:
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}
