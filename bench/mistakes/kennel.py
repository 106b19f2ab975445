"""Where the mutants' tests run: each in a fork of a process that has imported the whole project and all tests."""

import contextlib
import importlib
import io
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from mistakes.hot import COLD, change
from mistakes.mutant import Mutant

OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning")
# Hypothesis's own profile for such runs: the same examples each time, and a busy machine is no failure.
OPTIONS += ("--hypothesis-profile", "ci", "-m", "not slow and not live")
UNFIT, FELL = 70, 71  # beside pytest's own statuses: the mistake could not be planted; pytest itself fell over it


class Kennel:
    """``tree`` is a copy of the project. Only one in a process."""

    def __init__(self, tree: Path, files: Sequence[str]) -> None:
        self._tree = tree
        self._database = tree / "migrated.sqlite3"
        self._file = Lock()  # a cold mistake stands in a file of the tree, which others are planted in too
        os.chdir(tree)
        os.environ["HITSMITH_VAR"] = str(tree / "var")
        os.environ.pop("DATABASE_URL", None)
        sys.path[:] = [str(tree), *sys.path]
        status, said = _pytest(["--collect-only", *OPTIONS, *files])
        if status:
            raise RuntimeError(f"the tests cannot be collected:\n{said[-3_000:]}")

    def outcome(
        self, mutant: Mutant | None, files: Sequence[str], seconds: float, *, on_postgres: bool = False
    ) -> tuple[int | None, str]:
        """(pytest's exit status, its output) with a mistake, or without; the status is None if it had no end in time.

        ``on_postgres``: on a server of its own instead of on SQLite. A mistake that cannot be planted, or changes nothing,
        ends the program: it would count as noticed.
        """
        if on_postgres:
            from tests.live.databases import environment

            folder = tempfile.TemporaryDirectory(prefix="hs-")
            with self._file, folder, environment("postgres", Path(folder.name)) as named:
                return self._cold(mutant, files, seconds, named)
        if mutant is not None and module_of(mutant) in COLD:
            with self._file:
                return self._cold(mutant, files, seconds)
        ours, theirs = multiprocessing.get_context("fork").Pipe(duplex=False)
        process = multiprocessing.get_context("fork").Process(target=self._child, args=(mutant, files, theirs))
        process.start()
        theirs.close()
        said: tuple[int | None, str] = (None, "")
        if ours.poll(seconds):
            with contextlib.suppress(EOFError):  # it died without a word
                said = ours.recv()
        process.kill()
        process.join()
        if mutant is not None and said[0] == UNFIT:
            sys.exit(f"{mutant.name} cannot be planted, mend this list:\n{said[1]}")
        return said

    def _child(self, mutant: Mutant | None, files: Sequence[str], line: Any) -> None:
        _keep_database(self._database)
        status = UNFIT
        try:
            if mutant is not None and not self._planted(mutant):
                raise RuntimeError("nothing was changed")
            status = FELL
            line.send(_pytest(["-x", *OPTIONS, *files]))
        except BaseException:  # noqa: BLE001  (a mistake may do anything; it is the child that dies of it)
            line.send((status, traceback.format_exc()))
        finally:
            line.close()
            os._exit(0)

    def _planted(self, mutant: Mutant) -> int:
        return change(importlib.import_module(module_of(mutant)), mutant.planted(self._tree))

    def _cold(
        self, mutant: Mutant | None, files: Sequence[str], seconds: float, named: Mapping[str, str] | None = None
    ) -> tuple[int | None, str]:
        env = {**os.environ, **(named or {}), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", *OPTIONS, *files]
        with self._written(mutant):
            try:
                done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=seconds)
            except subprocess.TimeoutExpired:
                return None, ""
        return done.returncode, done.stdout + done.stderr

    @contextlib.contextmanager
    def _written(self, mutant: Mutant | None) -> Iterator[None]:
        """The mistake stands in the file of the tree meanwhile."""
        if mutant is None:
            yield
            return
        file = self._tree / mutant.path
        right = file.read_text(encoding="utf-8")
        file.write_text(mutant.planted(self._tree), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(right, encoding="utf-8")


def module_of(mutant: Mutant) -> str:
    return mutant.path.removesuffix(".py").replace("/", ".")


def _pytest(arguments: list[str]) -> tuple[int, str]:
    import pytest

    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        status = int(pytest.main(arguments))
    return status, text.getvalue()


def _keep_database(kept: Path) -> None:
    """Let Django's test database be a copy of ``kept``, and make that of the first one: no mutant is a migration."""
    from django.core import management

    real: Callable[..., Any] = management.call_command

    def call_command(name: Any, *args: Any, **options: Any) -> Any:
        from django.db import connection

        if name != "migrate":
            return real(name, *args, **options)
        connection.ensure_connection()
        if kept.exists():
            with contextlib.closing(sqlite3.connect(kept)) as source:
                source.backup(connection.connection)
            return None
        answer = real(name, *args, **options)
        with contextlib.closing(sqlite3.connect(kept)) as target:
            connection.connection.backup(target)
        return answer

    management.call_command = call_command
