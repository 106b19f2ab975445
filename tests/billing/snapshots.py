"""Copies of the whole database, to begin again from the same rows: a file of SQLite, a template of PostgreSQL."""

import shutil
from pathlib import Path

from django.db import connection, connections


class Snapshots:
    """Of the one database that Django is connected to. No other process may be connected meanwhile."""

    def __init__(self) -> None:
        self.on_postgres = connection.vendor == "postgresql"
        self._name = str(connection.settings_dict["NAME"])
        if self.on_postgres:
            # Clients die here and the server never does, so nothing needs to be on the disk, and copies are cheap.
            self._admin(
                "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"
            )

    def take(self, label: str) -> None:
        connections.close_all()
        if self.on_postgres:
            self._copy(self._name, self._label(label))
        else:
            shutil.copy(self._name, self._label(label))

    def bring_back(self, label: str) -> None:
        connections.close_all()
        if self.on_postgres:
            self._copy(self._label(label), self._name)
            return
        for suffix in ("-wal", "-shm"):  # of a killed process
            Path(self._name + suffix).unlink(missing_ok=True)
        shutil.copy(self._label(label), self._name)

    def _label(self, label: str) -> str:
        return f"{self._name}_{label}"

    def _copy(self, source: str, target: str) -> None:
        self._admin(
            f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
            f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY WAL_LOG',
        )

    def _admin(self, *statements: str) -> None:
        import psycopg

        given = connection.get_connection_params() | {"dbname": "postgres"}
        reach = {name: given[name] for name in ("host", "port", "user", "password", "dbname") if given.get(name)}
        with psycopg.connect(**reach, autocommit=True) as admin:
            for statement in statements:
                admin.execute(statement)
