"""Empty databases for programs of their own, which a test or a bench starts: the environment that names one."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def environment(database: str, folder: Path) -> Iterator[dict[str, str]]:
    """What to add to the environment for an empty ``database`` ("sqlite" or "postgresql") in ``folder``.

    PostgreSQL comes from the package pgserver and runs, with its default durability, until the context ends.
    """
    env = {
        "HITSMITH_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "BROKER_URL": "memory://localhost",  # nobody listens for the bell
        "DATABASE_URL": f"sqlite:///{folder / 'hitsmith.sqlite3'}",
    }
    if database == "sqlite":
        yield env
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is warned about, and falls back to /tmp
        import pgserver

    logging.getLogger("pgserver").setLevel(logging.WARNING)
    server = pgserver.get_server(folder / "pg", cleanup_mode="stop")
    server.psql("CREATE DATABASE hitsmith")
    try:
        yield env | {"DATABASE_URL": server.get_uri(database="hitsmith")}
    finally:
        server.cleanup()
