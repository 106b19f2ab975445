"""Django's ``flush``, which on SQLite deletes row by row and so must lift the journal's lock for that moment."""

from django.core.management.commands.flush import Command as Flush
from django.db import connections

from billing.append_only import close_table, open_table
from billing.models import Entry


class Command(Flush):
    def handle(self, **options: object) -> None:
        connection = connections[str(options["database"])]
        table = Entry._meta.db_table
        if connection.vendor != "sqlite" or table not in connection.introspection.table_names():
            super().handle(**options)
            return
        open_table(connection, table)
        try:
            super().handle(**options)
        finally:
            close_table(connection, table)
