"""A table whose rows the database itself refuses to change or delete, on SQLite and PostgreSQL."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION hitsmith_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def close_table(connection: BaseDatabaseWrapper, table: str) -> None:
    """From now on ``table`` only grows: UPDATE and DELETE of a row raise django.db.IntegrityError."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
            cursor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION hitsmith_append_only()"
            )
            return
        for event in ("UPDATE", "DELETE"):
            cursor.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def open_table(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the lock of ``close_table`` off again (if it is on)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            return
        for event in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}")


POSTGRES_FROZEN = """
CREATE OR REPLACE FUNCTION hitsmith_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'what % says is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def freeze_columns(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str]) -> None:
    """From now on an UPDATE of these columns of ``table`` raises django.db.IntegrityError; other columns stay free."""
    named = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FROZEN)
            act = "FOR EACH ROW EXECUTE FUNCTION hitsmith_frozen()"
        else:
            act = f"BEGIN SELECT RAISE(ABORT, 'what {table} says is never changed'); END"
        cursor.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {named} ON {table} {act}")


def thaw_columns(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take ``freeze_columns`` off again (if it is on)."""
    on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_frozen{on_table}")
