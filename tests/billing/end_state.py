"""Everything that billing knows, as text lines that two runs can be compared by.

Numbers that the database or chance has given (keys, public ids, purchase numbers) are replaced by names that mean the
same in both runs, moments by "set" or "-", and how often something was tried is left out. All else counts: every amount,
state, key and tie, every line of the journal, and what the fake provider has.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from tests.billing.stripe_fake import FakeStripe

# Counters of attempts, texts of errors that were overcome, the raw message, and a number made of the row's own key.
LEFT_OUT = {"attempts", "error", "payload", "body"}
OWN_NUMBER = {"Invoice": "number"}
NAMED_BY = {
    "Organization": ("name",),
    "Lot": ("key",),
    "Hold": ("key",),
    "Payment": ("fact",),
    "Dispute": ("fact",),
    "Subscription": ("ref",),
    "MembershipPeriod": ("key",),
    "WebhookEvent": ("event_id",),
    "PlanVersion": ("code", "number"),
    "Purchase": ("checkout_ref", "kind", "pack_code"),
    "Refund": ("amount_fen", "reason"),
}
Names = dict[tuple[str, Any], str]


def end_state(fake: FakeStripe) -> list[str]:
    """Sorted lines; two runs that have come to the same end give the same lines."""
    rows = {model.__name__: list(model._default_manager.order_by("pk")) for model in _models()}
    names = _names(rows)
    public = _public(rows, names)
    lines = [_line(row, names, public) for kind in rows.values() for row in kind]
    ranks = _ranks(fake)
    return sorted(_ranked(_sub(line, public), ranks) for line in [*lines, *_provider(fake)])


def _ranks(fake: FakeStripe) -> dict[str, str]:
    """The fake counts all its objects in one row; here each kind has a row of its own."""
    seen: Counter[str] = Counter()
    ranks = {}
    for number in sorted(fake.account.rows, key=lambda text: int(re.sub(r"\D", "", text))):
        kind = number.partition("_")[0]
        seen[kind] += 1
        ranks[number] = f"{kind}#{seen[kind]}"
    return ranks


def _ranked(line: str, ranks: dict[str, str]) -> str:
    return re.sub(r"\b[a-z]+_fake\d+", lambda m: ranks.get(m[0], m[0]), line)


def _models() -> list[type[models.Model]]:
    return list(apps.get_app_config("billing").get_models())


def _names(rows: dict[str, list[models.Model]]) -> Names:
    """What each row is called: its natural key, numbered where that is not unique."""
    names: Names = {}
    for kind, found in rows.items():
        seen: Counter[str] = Counter()
        for row in found:
            text = " ".join(str(getattr(row, field)) for field in NAMED_BY.get(kind, ())).strip()
            owner = getattr(row, "organization_id", "")
            base = f"{kind}<{text}@{owner}>" if text else kind
            seen[base] += 1
            names[kind, row.pk] = base if seen[base] == 1 else f"{base}#{seen[base]}"
    return {row: _key(name, names) for row, name in names.items()}


def _public(rows: dict[str, list[models.Model]], names: Names) -> dict[str, str]:
    """Random texts and the names to put in their place."""
    found: dict[str, str] = {}
    for kind, group in rows.items():
        for row in group:
            for field in ("public_id", "number") if kind == "Purchase" else ("public_id",):
                value = str(getattr(row, field, "") or "")
                if value:
                    found[value] = names[kind, row.pk]
    return found


def _sub(text: str, public: dict[str, str]) -> str:
    for _ in range(3):  # a name may hold a key that holds a public id
        text = re.sub(r"\b(?:[a-z]{3}_[0-9A-Za-z]+|HS(?:-[0-9A-Z]{4}){3})", lambda m: public.get(m[0], m[0]), text)
    return text


def _line(row: models.Model, names: Names, public: dict[str, str]) -> str:
    kind = type(row).__name__
    told = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in LEFT_OUT or OWN_NUMBER.get(kind) == field.name:
            continue
        told[field.name] = _value(getattr(row, field.attname), field, names)
    return f"{kind} {json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)}"


def _value(value: Any, field: Any, names: Names) -> Any:
    if isinstance(field, models.DateField):  # a moment too
        return "-" if value is None else "set"
    if field.is_relation and value is not None:
        return names.get((field.related_model.__name__, value), value)
    if field.name == "parts":
        return [[names["Lot", lot], credits] for lot, credits in value]
    return _key(value, names) if isinstance(value, str) else value


def _key(text: str, names: Names) -> str:
    text = re.sub(r"\bhold:(\d+)", lambda m: names.get(("Hold", int(m[1])), m[0]), text)
    text = re.sub(r"^(refund:\w+):(\d+)$", lambda m: f"{m[1]}:{names.get(('Lot', int(m[2])), m[2])}", text)
    return re.sub(r"^lapse:.*", "lapse", text)


def _provider(fake: FakeStripe) -> Iterable[str]:
    """What the fake has, without moments: its objects, what it has told, and its bank."""
    account = fake.account
    for row in account.rows.values():
        kept = {name: row.get(name) for name in ("status", "amount", "amount_paid", "payment_status", "mode")}
        yield f"provider {row['id']} {json.dumps(kept)}"
    for event in account.events:
        yield f"told {event['type']} of {event['data']['object']['id']}"
    for what, fen in account.bank:
        yield f"bank {what} {fen}"
