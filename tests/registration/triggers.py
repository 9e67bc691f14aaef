"""Faults of a database, made by its own means."""

from contextlib import contextmanager

from django.db import connection


@contextmanager
def trigger_that_raises(table):
    """Let the database refuse every change of a table, as a faulty trigger or rule would."""
    raises = f"CREATE TRIGGER refuses BEFORE UPDATE ON {table} "
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'refused by a trigger'; END $$"
            )
            cursor.execute(f"{raises} FOR EACH ROW EXECUTE FUNCTION refuse()")
        else:
            cursor.execute(f"{raises} BEGIN SELECT RAISE(ABORT, 'refused by a trigger'); END")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER refuses ON {table}")
                cursor.execute("DROP FUNCTION refuse")
            else:
                cursor.execute("DROP TRIGGER refuses")
