"""Empty databases for tests and for programs of their own."""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgres(folder: Path) -> Iterator[Any]:
    """A server from the package pgserver, with its default durability, until the context ends.

    The path of ``folder`` has to be short: that of a Unix socket has about 100 characters at most.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is warned about, and falls back to /tmp
        import pgserver

    logging.getLogger("pgserver").setLevel(logging.WARNING)  # it still logs when pytest's streams are closed
    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


@contextmanager
def environment(database: str, folder: Path) -> Iterator[dict[str, str]]:
    """What to add to the environment for an empty ``database`` ("sqlite", or else PostgreSQL) in ``folder``."""
    env = {
        "HITSMITH_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BROKER_URL": "memory://localhost",  # nobody listens for the bell
        "DATABASE_URL": f"sqlite:///{folder / 'hitsmith.sqlite3'}",
    }
    if database == "sqlite":
        yield env
        return
    with postgres(folder) as server:
        server.psql("CREATE DATABASE hitsmith")
        yield env | {"DATABASE_URL": server.get_uri(database="hitsmith")}


@contextmanager
def migrated(database: str, folder: Path | None = None) -> Iterator[None]:
    """Django in this process, for the first and only time, on such a database with all its tables.

    ``folder``: where it lies meanwhile (default: a temporary one).
    """
    with tempfile.TemporaryDirectory(prefix="hs-") as spare, environment(database, folder or Path(spare)) as env:
        os.environ.update(env)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, skip_checks=True)
        try:
            yield
        finally:
            connections.close_all()
