"""How a verb of the ledger runs: in one transaction, again from the start when a rival was faster.

A verb locks its lots last and then only has to commit. While it waits for the answer to each statement, and Python for its
turn, its rivals wait for the lock. So a verb that has read all it needs says ``read_no_more``: on PostgreSQL what is left is
then sent in one go, COMMIT included (libpq's pipeline mode, PostgreSQL 14 documentation, section 34.5), and the server passes
the lock on without asking back. A guard that fails must then fail as a constraint, for nobody counts the rows.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from billing.errors import LedgerBusy

# An attempt only fails because a rival got on, so as many in a row happen only to a program that is wrong.
ATTEMPTS = 32
KEY_LENGTH = 120

TOO_FEW_FREE = "billing_lot_free_check"  # Django's own constraint: a rival took what this verb has seen

P = ParamSpec("P")
T = TypeVar("T")
# How the verb's transaction ends; None where it lies in another one, which goes on.
_ending: ContextVar[ExitStack | None] = ContextVar("_ending", default=None)


class Overtaken(Exception):
    """A guard failed: what this verb has read is no longer so. Never leaves the ledger."""


def atomic(verb: Callable[P, T]) -> Callable[P, T]:
    """One transaction per attempt; an overtaken attempt leaves nothing behind. Raises LedgerBusy after ATTEMPTS."""

    @wraps(verb)
    def attempts(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS):
            try:
                return _once(verb, *args, **kwargs)
            except Overtaken:
                continue
        raise LedgerBusy

    return attempts


def _once(verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    outermost = not connections[DEFAULT_DB_ALIAS].in_atomic_block
    with transaction.atomic(), ExitStack() as ending:
        token = _ending.set(ending if outermost else None)
        try:
            return verb(*args, **kwargs)
        finally:
            _ending.reset(token)


def read_no_more() -> bool:
    """Send the verb's remaining statements and its COMMIT without waiting in between; False where that can't be done.

    Once it is True the verb must not ask how many rows a statement touched. A lot with too few free credits then ends the
    attempt as ``Overtaken`` does.
    """
    ending, database = _ending.get(), connections[DEFAULT_DB_ALIAS]
    if ending is None or database.vendor != "postgresql":
        return False
    ending.enter_context(_sent_in_one_go(database))
    return True


@contextmanager
def _sent_in_one_go(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Django, which comes to commit afterwards, finds no transaction any more, or one that failed and is rolled back."""
    try:
        with database.wrap_database_errors, database.connection.pipeline():
            yield
            database.connection.execute("COMMIT", prepare=False)
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        if told is None or told.constraint_name != TOO_FEW_FREE:
            raise
        raise Overtaken from None


def checked_key(key: str) -> str:
    if not 0 < len(key) <= KEY_LENGTH:
        raise ValueError(f"a ledger key has 1 to {KEY_LENGTH} characters, this one {len(key)}")
    return key


def positive(amount: int) -> int:
    if amount <= 0:
        raise ValueError(f"an amount of credits is positive, not {amount}")
    return amount
