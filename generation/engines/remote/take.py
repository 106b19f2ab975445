"""One shot on its way through a server: submitted once, asked after, fetched.

The server's id of the task is kept before the first question, so a worker that dies, or is shut down, leaves a task that
the next one takes over. A task is given up, and its ticket forgotten, when the server says that it failed, lost it, or
let its deadline pass; it is stopped when somebody cancels the job, where the server can.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from generation.engines.remote.dialects import Order, State, Task
from generation.engines.remote.memory import Memory, Ticket
from generation.engines.remote.pace import MOST_OBEYED, Pace, growing
from generation.engines.remote.settings import Remote
from generation.errors import (
    Cancelled,
    GenerationError,
    ServerBusy,
    ServerDown,
    ServerMisbehaved,
    ServerRefused,
    TakeFailed,
)
from generation.http import AGAIN, Client

T = TypeVar("T")
log = logging.getLogger(__name__)
PATIENCE = 120.0  # seconds of silence after which the queue shall try again later
TIME_LEFT = 60.0  # that a task gets at least which a dead worker left behind, however old it is
MOST_SUBMISSIONS = 2
GONE = (404, 410)
NOT_READY = (404, 409, 425)  # FastVideo and SGLang: 404 until the file is written
SUBMITTED_AT, FILMED_AT, FETCHED_AT = 0.05, 0.85, 0.9


class Take:
    def __init__(self, remote: Remote, client: Client, memory: Memory, pace: Pace, key: str) -> None:
        self._remote, self._client, self._memory, self._pace, self._key = remote, client, memory, pace, key
        self._dialect, self._name = remote.dialect, remote.spec.id
        self._ticket: Ticket | None = None
        self._deadline = 0.0

    def run(self, order: Callable[[], Order], out: Path) -> None:
        """Leave the finished video in ``out``. ``order`` is asked for only when something is to be submitted."""
        try:
            self._run(order, out)
        except Cancelled:
            self._cancel()
            raise
        except ServerMisbehaved:
            self.forget()
            raise

    def forget(self) -> None:
        """The task is of no more use: its video is here, or worth nothing."""
        if self._ticket is not None:
            self._memory.forget(self._name, self._key, self._ticket)
            self._ticket = None

    def _run(self, order: Callable[[], Order], out: Path) -> None:
        self._ticket = self._memory.recall(self._name, self._key)
        if self._ticket is not None:
            log.info("%s: taking over task %s", self._name, self._ticket.id)
            self._deadline = max(self._ticket.since + self._remote.deadline, self._pace.now + TIME_LEFT)
        for submission in range(MOST_SUBMISSIONS):
            if self._ticket is None:
                self._submit(order())
            if self._filmed() and self._fetched(out):
                return
            log.warning("%s lost the task of %s (%d)", self._name, self._key[:12], submission + 1)
            self.forget()
        raise TakeFailed(f"{self._name} lost this shot {MOST_SUBMISSIONS} times: ask its operator whether it restarts")

    def _submit(self, order: Order) -> None:
        self._deadline = self._pace.now + self._remote.deadline
        request = self._dialect.submit(order)
        task = self._patiently(lambda: self._dialect.parse_submitted(self._client.ask(request)))
        self._ticket = Ticket(task.id, self._pace.now)
        self._memory.keep(self._name, self._key, self._ticket)
        self._pace.say(SUBMITTED_AT, "queue")

    def _filmed(self) -> bool:
        """Wait until the video is there. ``False``: the server knows nothing of the task any more."""
        waits = growing()
        while True:
            try:
                task = self._patiently(self._asked)
            except ServerRefused as refused:
                if refused.answered in GONE:
                    return False
                raise
            if task.state is State.CANCELLED:  # not by us: by its operator, or by another tenant with the same shot
                return False
            if task.state is State.FAILED:
                self.forget()
                raise TakeFailed(f"{self._name} could not film this shot{f': {task.error}' if task.error else ''}")
            self._pace.say(SUBMITTED_AT + (FILMED_AT - SUBMITTED_AT) * (task.progress or 0.0), _stage(task))
            if task.state is State.DONE:
                return True
            self._wait(next(waits))

    def _fetched(self, out: Path) -> bool:
        """``False``: the task is done, but there is no video, and waiting does not bring one."""
        self._pace.say(FILMED_AT, "fetch")
        try:
            self._patiently(lambda: self._fetch(out))
        except _NotReady:
            return False
        self._pace.say(FETCHED_AT, "fetch")
        return True

    def _fetch(self, out: Path) -> None:
        try:
            self._client.fetch(self._dialect.content(self._id), out, self._pace.pulse)
        except ServerRefused as refused:
            if refused.answered in NOT_READY:
                raise _NotReady("the video is not there yet") from refused
            raise

    def _asked(self) -> Task:
        return self._dialect.parse_status(self._client.ask(self._dialect.status(self._id)), self._id)

    def _patiently(self, call: Callable[[], T]) -> T:
        """``call`` until it answers. A server that says "later" may say so until the deadline, a silent one not."""
        silent_since: float | None = None
        waits = growing()
        while True:
            try:
                return call()
            except ServerBusy as busy:
                silent_since = None
                self._wait(max(next(waits), min(busy.retry_after or 0.0, MOST_OBEYED)), busy)
            except ServerDown as down:
                silent_since = self._pace.now if silent_since is None else silent_since
                if self._pace.now - silent_since >= PATIENCE:
                    raise
                self._wait(next(waits), down)

    def _wait(self, seconds: float, error: ServerDown | None = None) -> None:
        """Raises ``error``, or ``TakeFailed``, when the deadline has passed."""
        if self._pace.now >= self._deadline:
            if self._ticket is None and error is not None:
                raise error
            self._stop()
            raise TakeFailed(f"{self._name} did not finish within {self._remote.deadline:.0f} s: {AGAIN}")
        self._pace.wait(min(seconds, self._deadline - self._pace.now))

    def _cancel(self) -> None:
        """A server that cannot abort goes on; its ticket stays, so ordering the shot again may find it finished."""
        if self._remote.aborts:
            self._stop()

    def _stop(self) -> None:
        if self._ticket is None:
            return
        if self._remote.aborts:
            try:
                self._client.ask(self._dialect.cancel(self._id))
            except GenerationError as error:  # it is only a courtesy: nobody waits for this task any more
                log.warning("%s: task %s is not stopped: %s", self._name, self._id, error)
        self.forget()

    @property
    def _id(self) -> str:
        if self._ticket is None:
            raise RuntimeError("nothing is submitted")
        return self._ticket.id


class _NotReady(ServerDown):
    pass


def _stage(task: Task) -> str:
    return "queue" if task.state is State.QUEUED else "film"
