"""Webhooks of the fake: signed with the library's own function, and delivered well or badly."""

import copy
import json
import random
import time
from collections import Counter
from dataclasses import dataclass

import stripe
from django.test import Client
from django.urls import reverse

from billing import webhooks
from billing.models import WebhookEvent
from tests.billing.stripe_fake.account import Account
from tests.billing.stripe_fake.answers import Row

SECRET = "whsec_fake"


@dataclass(frozen=True)
class Faults:
    """How likely each fault is, per message; a lost one is only found by looking."""

    lost: float = 0.0
    late: float = 0.0  # comes with the next round, or one after that
    doubled: float = 0.0
    stale: float = 0.0  # signed an hour ago
    early: float = 0.0  # signed in an hour
    swapped: bool = False
    altered: float = 0.0  # its object says something else than the account


class Postman:
    def __init__(self, account: Account, client: Client, faults: Faults = Faults(), seed: int = 0) -> None:
        self._account, self._client, self._faults = account, client, faults
        self._random = random.Random(seed)
        self._told = 0
        self._late: list[Row] = []
        self.refused = 0
        self.faults: Counter[str] = Counter()  # how often each has happened

    def round(self) -> None:
        """Deliver every message that there is since the last round, and let what was stored be acted on."""
        waiting = [*self._late, *self._account.events[self._told :]]
        self._told, self._late = len(self._account.events), []
        if self._faults.swapped:
            self._random.shuffle(waiting)
        for event in waiting:
            self._deliver(event)
        self.act()

    def act(self) -> None:
        """What the bell would do."""
        for pk in list(WebhookEvent.objects.filter(processed_at=None).order_by("id").values_list("pk", flat=True)):
            webhooks.process(pk)

    def _deliver(self, event: Row) -> None:
        if self._happens("lost"):
            return
        if self._happens("late"):
            self._late.append(event)
            return
        for fault, age in (("stale", 3_600), ("early", -3_600)):
            if self._happens(fault):
                assert self.post(event, age=age) == 400
                self.refused += 1
        for _ in range(2 if self._happens("doubled") else 1):
            assert self.post(self._altered(event) if self._happens("altered") else event) == 200

    def _happens(self, fault: str) -> bool:
        happens = self._random.random() < getattr(self._faults, fault)
        self.faults[fault] += happens
        return happens

    def _altered(self, event: Row) -> Row:
        """As an older API version would write it: only the id can be trusted."""
        about = event["data"]["object"]
        kept = {name: about[name] for name in ("id", "object", "payment_intent") if name in about}
        return copy.deepcopy(event) | {"data": {"object": kept}, "api_version": "2020-08-27"}

    def post(self, event: Row, *, age: float = 0, secret: str = SECRET, tampered: bool = False) -> int:
        """Deliver one message; the status of the answer."""
        text = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(text, secret, int(time.time() - age))
        answer = self._client.post(
            reverse("stripe-webhook"),
            data=text.replace("cny", "usd") if tampered else text,
            content_type="application/json",
            headers={"stripe-signature": header},
        )
        return answer.status_code
