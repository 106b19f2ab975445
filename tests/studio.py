"""Starts the whole studio (web and workers) as its users do, in a folder and on a port of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, ready: Callable[[], object], seconds: float, every: float = 0.25) -> None:
    """Poll another process: there is nothing else to wait on. Fails with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(every)


@dataclass
class Studio:
    url: str
    var: Path
    env: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a management command on the studio's own database."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=dict(self.env), input=stdin, capture_output=True, text=True, timeout=120, check=False
        )

    def shell(self, code: str) -> str:
        """Run Python inside the studio's Django; returns what it prints."""
        done = self.manage("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def pid(self, role: str) -> int:
        return int((self.var / "log" / f"{role}.pid").read_text())

    def kill(self, role: str) -> bool:
        """``kill -9`` of one role's process; False when it is just being started again."""
        try:
            os.kill(self.pid(role), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def logs(self) -> str:
        """The ends of all logs, for the message of a failed test."""
        texts = []
        for log in sorted((self.var / "log").glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-15:]
            texts.append("\n".join([f"--- {log.name}", *lines]))
        return "\n".join(texts)


@contextmanager
def running_studio(var: Path, **more: str) -> Iterator[Studio]:
    """A studio with web, film, cut, ring and beat processes; everything is ended afterwards."""
    port = free_port()
    env = {**os.environ, "HITSMITH_VAR": str(var), "DJANGO_SETTINGS_MODULE": "config.settings", **more}
    console = (var / "console.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_studio", "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=console,
        stderr=subprocess.STDOUT,
    )
    studio = Studio(f"http://127.0.0.1:{port}", var, env, process)
    try:
        wait_until("the studio answers", lambda: process.poll() is not None or studio.answers(), seconds=90)
        assert process.poll() is None, (var / "console.txt").read_text()
        yield studio
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        console.close()


MERCHANT = """
from django.contrib.auth import get_user_model
from billing.organizations import create_api_key, create_organization
from billing.memberships import start_period
user = get_user_model().objects.create_user("alice", password="a-long-passphrase-1")
shop = create_organization("Alice", owner=user)
start_period(shop, "diamond", key="test")
print(create_api_key(shop, "test")[1])
"""


def open_merchant(studio: Studio) -> str:
    """A merchant named Alice on the diamond plan; returns an API key."""
    return studio.shell(MERCHANT).splitlines()[-1]
