"""Many clients of the ledger at once, each a process with a connection of its own."""

import gc
import multiprocessing
import time
from collections.abc import Sequence
from itertools import cycle as again
from multiprocessing.connection import Connection
from types import TracebackType

from pace.cycles import Account, Work, cycle_of


class Clients:
    """Up to ``most`` processes that wait for work; made by fork, so Django is loaded once."""

    def __init__(self, most: int, accounts: Sequence[Account]) -> None:
        from django.db import connections

        connections.close_all()  # a connection must not be shared by two processes
        gc.freeze()  # else each client's first collection copies all that they share, in the middle of a round
        fork = multiprocessing.get_context("fork")
        self._lines: list[Connection] = []
        for number in range(most):
            ours, theirs = fork.Pipe()
            fork.Process(target=_serve, args=(number, theirs, accounts), daemon=True).start()
            theirs.close()
            self._lines.append(ours)

    def __enter__(self) -> "Clients":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for line in self._lines:
            line.send(None)

    def per_second(self, clients: int, accounts: int, work: Work, seconds: float) -> float:
        """Cycles a second of ``clients`` processes together, on the first ``accounts`` accounts."""
        lines = self._lines[:clients]
        for line in lines:
            line.send((accounts, work))
        for line in lines:
            line.recv()  # it is connected and has read what it needs
        for line in lines:
            line.send(seconds)
        return sum(line.recv() for line in lines)


def _serve(number: int, line: Connection, accounts: Sequence[Account]) -> None:
    done = 0
    while (asked := line.recv()) is not None:
        many, work = asked
        cycles = [cycle_of(work, accounts[(number + step) % many]) for step in range(many)]
        line.send("ready")
        seconds = line.recv()
        started = time.perf_counter()
        before = done
        for cycle in again(cycles):
            cycle(f"client-{number}-{done}")
            done += 1
            if time.perf_counter() - started >= seconds:
                break
        line.send((done - before) / (time.perf_counter() - started))
