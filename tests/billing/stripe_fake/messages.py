"""Webhooks of the fake: signed with the library's own function, and delivered well or badly."""

import copy
import json
import random
import time
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
        self.refused = 0

    def round(self) -> None:
        """Deliver every message that there is since the last round, and let what was stored be acted on."""
        waiting = self._account.events[self._told :]
        self._told = len(self._account.events)
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
        chance, faults = self._random.random, self._faults
        if chance() < faults.lost:
            return
        if chance() < faults.stale:
            assert self.post(event, age=3_600) == 400
            self.refused += 1
        if chance() < faults.early:
            assert self.post(event, age=-3_600) == 400
            self.refused += 1
        for _ in range(2 if chance() < faults.doubled else 1):
            assert self.post(self._altered(event) if chance() < faults.altered else event) == 200

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
