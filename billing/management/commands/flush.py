"""Django's ``flush``, which on SQLite deletes row by row and so must lift the lock of what only grows for that moment."""

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from billing.append_only import close_table, open_table
from billing.models import Entry, StaffAction

CLOSED = (Entry, StaffAction)


class Command(Flush):
    def handle(self, **options: object) -> None:
        connection = connections[str(options["database"])]
        there = connection.introspection.table_names()
        tables = [model._meta.db_table for model in CLOSED if model._meta.db_table in there]
        if connection.vendor != "sqlite" or not tables:
            super().handle(**options)
            return
        for table in tables:
            open_table(connection, table)
        try:
            super().handle(**options)
        finally:
            for table in tables:
                close_table(connection, table)
