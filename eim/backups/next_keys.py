"""The key of a table's next row, which backups carry: links in e-mails name rows by their key."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from eim.backups.rows import Model


def next_keys(models: Iterable[Model]) -> dict[str, int]:
    """Return the key of the next row, by table; also of tables whose rows have all been deleted."""
    known = {model._meta.db_table: column_of(model) for model in models}
    with connection.cursor() as cursor:
        read = next_key_of_sqlite if connection.vendor == "sqlite" else next_key_of_postgres
        return {table: read(cursor, table, column) for table, column in known.items() if column}


def column_of(model: Model) -> str | None:
    """Return the column whose values the database counts; None if it counts none."""
    field = model._meta.auto_field
    return field.column if field and field.model is model else None


def next_key_of_sqlite(cursor: Any, table: str, column: str) -> int:
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
    row = cursor.fetchone()
    return row[0] + 1 if row else 1


def next_key_of_postgres(cursor: Any, table: str, column: str) -> int:
    cursor.execute(f"SELECT last_value, is_called FROM {sequence(cursor, table, column)}")
    value, is_called = cursor.fetchone()
    return int(value) + is_called


def sequence(cursor: Any, table: str, column: str) -> str:
    """Return the name of a column's sequence, quoted as far as it needs to be."""
    quoted = connection.ops.quote_name(table)
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, column])
    return str(cursor.fetchone()[0])


def raise_next_keys(models: Iterable[Model], wanted: dict[str, int]) -> None:
    """Let no table give a key below the wanted one; one that is further on stays as it is."""
    columns = {model._meta.db_table: column_of(model) for model in models}
    with connection.cursor() as cursor:
        for table, present in next_keys(models).items():
            key = max(present, wanted.get(table, 1))
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                statement = "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)"
                cursor.execute(statement, [table, key - 1])
            else:
                name = sequence(cursor, table, columns[table] or "")
                cursor.execute("SELECT setval(%s, %s, false)", [name, key])
