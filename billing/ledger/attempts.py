"""How a verb of the ledger runs: in one transaction, again from the start when a rival was faster."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from billing.errors import LedgerBusy

# An attempt only fails because a rival got on, so as many in a row happen only to a program that is wrong.
ATTEMPTS = 32
KEY_LENGTH = 120

P = ParamSpec("P")
T = TypeVar("T")


class Overtaken(Exception):
    """A guard failed: what this verb has read is no longer so. Never leaves the ledger."""


def atomic(verb: Callable[P, T]) -> Callable[P, T]:
    """One transaction per attempt; an overtaken attempt leaves nothing behind. Raises LedgerBusy after ATTEMPTS."""

    @wraps(verb)
    def attempts(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except Overtaken:
                continue
        raise LedgerBusy

    return attempts


def checked_key(key: str) -> str:
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"a ledger key has 1 to {KEY_LENGTH} characters, this one {len(key)}")
    return key


def positive(amount: int) -> int:
    if amount <= 0:
        raise ValueError(f"an amount of credits is positive, not {amount}")
    return amount
