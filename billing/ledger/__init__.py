"""The credit ledger: the only door through which credits move.

Credits are granted in *lots* with an expiry, reserved by *holds* with a lease, and every move is a line of an
append-only journal. What is true at every moment, proven by ``tests/billing/test_ledger_machine.py`` and checked by
``audit``:

I1  A lot conserves: amount = free + held + spent + lapsed (a CHECK of the database).
I2  The journal's sums are the lots.
I3  Free, held and spent are never negative.
I4  Never more is captured than was granted.
I5  One key has one effect, however often and from however many processes it is used.
I6  Within a priority, the lot that ends soonest pays first.
I7  An expired or revoked lot funds no new hold.
I8  A refund returns to the lots that paid, from the last to the first.
I9  A hold whose worker died is closed at most lease + reaper period later.
I10 A month's budget is what its holds are, and never more than its cap (a CHECK of the database).
I11 What was collected of a debt is what the journal says that later lots have paid.

How it stays fast and free of deadlock: a verb reads without locks, writes its hold and its journal lines, and only then
updates the lots, guarded by what it read and always in drawing order. So the rows that rivals want are locked last and
shortest. If a guard fails, a rival has moved the credits: what was written is rolled back and the verb starts over. On
PostgreSQL the commonest works are written by one statement each (``at_once``), so that no lot waits for Python.

Every verb writes in one transaction, and a savepoint of the caller's transaction if there is one; call it last in there.
"""

from billing.ledger.accounts import Balance, StatementLine, balance, statement
from billing.ledger.auditing import Finding, audit
from billing.ledger.forgiving import forgive
from billing.ledger.holds import heartbeat, hold, reap, release, settle
from billing.ledger.lots import grant, lapse, revoke, withdraw
from billing.ledger.refunds import refund

__all__ = [
    "Balance",
    "Finding",
    "StatementLine",
    "audit",
    "balance",
    "forgive",
    "grant",
    "heartbeat",
    "hold",
    "lapse",
    "reap",
    "refund",
    "release",
    "revoke",
    "settle",
    "statement",
    "withdraw",
]
