"""How a verb of the ledger runs: in one transaction, and again from the start when a rival was faster."""

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


def again(verb: Callable[P, T]) -> Callable[P, T]:
    """Make an overtaken attempt once more. The verb sees to it that such an attempt leaves nothing behind.

    Raises LedgerBusy after ATTEMPTS.
    """

    @wraps(verb)
    def attempts(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS):
            try:
                return verb(*args, **kwargs)
            except Overtaken:
                continue
        raise LedgerBusy

    return attempts


def atomic(verb: Callable[P, T]) -> Callable[P, T]:
    """The same with one transaction for each attempt, so that nothing is left of one that was overtaken."""

    @wraps(verb)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic():
            return verb(*args, **kwargs)

    return again(once)


def checked_key(key: str) -> str:
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"a ledger key has 1 to {KEY_LENGTH} characters, this one {len(key)}")
    return key


def positive(amount: int) -> int:
    if amount <= 0:
        raise ValueError(f"an amount of credits is positive, not {amount}")
    return amount
