"""Keeps the processes of one machine alive: starts them, starts again what died, ends all of them together.

Roles as in ARCHITECTURE: film workers are one thread each (a busy solo worker answers no pings, prefork and CUDA do not
mix), cutting and measuring hits are prefork, ring and beat only ring bells, tell waits for customers' own systems.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

RESTART_PAUSE = 1.0  # seconds before a dead process is started again, doubled each time up to the limit
RESTART_PAUSE_LIMIT = 30.0
GRACE = 8.0  # seconds a process has to end by itself


@dataclass(frozen=True)
class Role:
    name: str
    command: tuple[str, ...]


@dataclass
class _Child:
    role: Role
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    pause: float
    started: float


def studio_roles(host: str, port: int) -> list[Role]:
    """Everything that one machine needs."""

    def worker(name: str, *options: str) -> Role:
        base = ("-m", "celery", "-A", "config", "worker", "-n", f"{name}@%h", "-Q", name, "--loglevel", "INFO")
        return Role(name, (sys.executable, *base, "--without-mingle", "--without-gossip", *options))

    gunicorn = ("-m", "gunicorn", "config.wsgi", "--bind", f"{host}:{port}", "--workers", "1", "--threads", "8")
    return [
        Role("web", (sys.executable, *gunicorn, "--worker-class", "gthread", "--no-control-socket")),
        worker("film", "--pool", "threads", "-c", "1", "--prefetch-multiplier", "1"),
        worker("cut", "--pool", "prefork", "-c", "1", "--prefetch-multiplier", "1", "--max-tasks-per-child", "20"),
        worker("learn", "--pool", "prefork", "-c", "1", "--prefetch-multiplier", "1", "--max-tasks-per-child", "20"),
        worker("ring", "--pool", "threads", "-c", "2"),
        worker("tell", "--pool", "threads", "-c", "4"),
        Role(
            "beat", (sys.executable, "-m", "celery", "-A", "config", "beat", "--pidfile", "", "--loglevel", "WARNING")
        ),
    ]


class Supervisor:
    def __init__(self, roles: list[Role], log_dir: Path, say: Callable[[str], object]) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self.log_dir = log_dir
        self.say = say
        self.children = [self._start(role, RESTART_PAUSE) for role in roles]

    def watch(self, stop: threading.Event) -> None:
        """Until ``stop`` is set: start again whatever dies, at once the first time, then more and more patiently."""
        while not stop.wait(0.5):
            for place, child in enumerate(self.children):
                if child.process.poll() is not None and not stop.wait(child.pause):
                    self.children[place] = self._again(child)

    def close(self) -> None:
        """Ask every process to end, then make it."""
        for child in self.children:
            _signal_group(child.process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self.children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal_group(child.process, signal.SIGKILL)
                child.process.wait()
            child.log.close()

    def _start(self, role: Role, pause: float) -> _Child:
        log = (self.log_dir / f"{role.name}.log").open("ab")
        # A session of its own, so that Ctrl-C reaches us alone and we end the children in order.
        process = subprocess.Popen(  # noqa: S603  (our own command line)
            role.command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        (self.log_dir / f"{role.name}.pid").write_text(str(process.pid))
        return _Child(role, process, log, pause, time.monotonic())

    def _again(self, child: _Child) -> _Child:
        _signal_group(child.process, signal.SIGKILL)  # a prefork pool's children must not outlive it
        child.log.close()
        lived = time.monotonic() - child.started
        pause = RESTART_PAUSE if lived > RESTART_PAUSE_LIMIT else min(child.pause * 2, RESTART_PAUSE_LIMIT)
        log = self.log_dir / f"{child.role.name}.log"
        self.say(f"{child.role.name} ended with {child.process.returncode}, started again; see {log}")
        return self._start(child.role, pause)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    except PermissionError:  # macOS says so of a group whose last process is a zombie
        pass
