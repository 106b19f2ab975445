"""Processes that are killed: children of this one, which asks the fake account on their behalf.

A child has everything that its parent has loaded, so it starts at once; it opens its own connection to the database.
"""

import json
import os
import re
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections

from tests.billing.stripe_fake import FakeStripe, transport
from tests.billing.stripe_fake.pipe import Pipe, answer

# The tables that a statement writes, those of the parts of a WITH too.
WRITES = re.compile(r"(?:^|[()])\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?(?:billing_)?(\w+)")
Work = Callable[[], object]


@dataclass
class Child:
    """``end`` is our end of the pipe, ``line`` the same by lines, ``notes`` what it has told."""

    pid: int
    end: socket.socket
    line: Any
    notes: list[str] = field(default_factory=list)

    def fileno(self) -> int:
        """For ``select``: it has a question."""
        return self.end.fileno()

    def serve(self, fake: FakeStripe) -> bool:
        """Answer one question, or keep one note. False: it has ended."""
        try:
            text = self.line.readline()
        except ConnectionResetError:
            return False
        if not text.endswith("\n"):
            return False
        message = json.loads(text)
        if isinstance(message, str):
            self.notes.append(message)
            return True
        try:
            self.line.write(answer(fake, message))
            self.line.flush()
        except OSError:
            return False  # killed while it waited
        return True

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """0 = its work is done, -9 = killed, 1 = it failed (and has said why on the standard error)."""
        with suppress(OSError):  # an answer that a dead one did not take
            self.line.close()
        self.end.close()
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def fork(work: Work) -> Child:
    """Begin ``work`` in a process of its own. No connection may be shared, so ours is closed."""
    connections.close_all()
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _live(work, theirs)
    theirs.close()
    return Child(pid, ours, ours.makefile("rw"))


def _live(work: Work, line: socket.socket) -> None:
    """The whole life of a child. It never returns: the parent's clean-up is not its own."""
    code = 1
    try:
        transport.replace(Pipe(line))
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it and no parent's code may run here
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def run(work: Work, fake: FakeStripe) -> tuple[int, list[str]]:
    """Let ``work`` run to its end or its death: (exit code, notes)."""
    child = fork(work)
    while child.serve(fake):
        pass
    return child.wait(), child.notes


@contextmanager
def dying(at: int, when: str) -> Iterator[None]:
    """``kill -9`` of this process "before" or "after" its effect number ``at`` (from 1; 0 = never).

    An effect is what a death cannot take back: a commit of the database, a statement of its own, a question that changes
    something at the provider. Each is noted with the tables it has written.
    """
    pipe = transport.current()
    assert isinstance(pipe, Pipe)
    counted, tables = 0, []

    @contextmanager
    def effect(name: str) -> Iterator[None]:
        nonlocal counted
        counted += 1
        pipe.note(name)
        if (counted, when) == (at, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        yield
        if (counted, when) == (at, "after"):
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        writes = WRITES.findall(sql)
        if not writes:
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            tables.extend(writes)
            return execute(sql, params, many, context)
        with effect(", ".join(writes)):
            return execute(sql, params, many, context)

    commit, rollback = connection._commit, connection._rollback

    def committing() -> None:
        written = list(dict.fromkeys(tables))
        tables.clear()
        if not written:
            commit()
            return
        with effect(", ".join(written)):
            commit()

    def rolling_back() -> None:
        tables.clear()
        rollback()

    connection._commit, connection._rollback = committing, rolling_back
    pipe.around = effect
    with connection.execute_wrapper(statement):
        yield
