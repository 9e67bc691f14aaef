"""Make the tables that the rows of a backup fit: as its own migrations left them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from eim.backups.refusals import NOTHING_CHANGED, Refused
from eim.backups.rows import Model

type Applied = frozenset[tuple[str, str]]

# Who is signed in signs in again.
SESSIONS = "django_session"
# A database with rows in no other table is an empty one.
FILLED_BY_MIGRATE = {
    SESSIONS,
    "django_migrations",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
}


def applied_migrations() -> Applied:
    return frozenset(MigrationRecorder(connection).applied_migrations())


def refuse_unknown(applied: Applied, what: str) -> None:
    """Refuse a schema that is newer than the code: it would be read wrongly."""
    unknown = sorted(applied - MigrationLoader(connection).disk_migrations.keys())
    if unknown:
        app, name = unknown[0]
        raise Refused(
            f"{what} is of a newer version than this code, which does not know the migration "
            f"{app}.{name}: use the version that made it, or a newer one. {NOTHING_CHANGED}"
        )


@lru_cache(maxsize=2)
def tables_at(applied: Applied) -> list[Model]:
    """Return a model for each table there is after these migrations, as far as they are known.

    Cached: making the models takes longer than reading the rows of a small site.
    """
    loader = MigrationLoader(connection)
    known = sorted(applied & loader.disk_migrations.keys())
    state = loader.project_state(known)
    models = state.apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def stored_tables(models: Iterable[Model]) -> list[Model]:
    """Return those of the tables whose rows a backup holds, in the order of their names."""
    stored = [model for model in models if model._meta.db_table != SESSIONS]
    return sorted(stored, key=lambda model: model._meta.db_table)


def present_tables() -> list[Model]:
    """Return those tables of the present database of which a backup would hold the rows."""
    names = set(connection.introspection.table_names())
    models = stored_tables(tables_at(applied_migrations()))
    return [model for model in models if model._meta.db_table in names]


def tables_in_use() -> list[str]:
    """Return the names of the tables with rows that somebody would miss, also of other programs."""
    filled = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone() and table not in FILLED_BY_MIGRATE:
                filled.append(table)
    return sorted(filled)


def empty_tables_at(wanted: Applied) -> list[Model]:
    """Make the tables as these migrations leave them, but without rows; return those to fill."""
    if applied_migrations() != wanted:
        drop_tables()
        migrate_to(wanted)
        # Rows come in the order of their tables: foreign keys wait again.
        connection.check_constraints()
    models = tables_at(wanted)
    names = [model._meta.db_table for model in models]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), names))
    return stored_tables(models)


def drop_tables() -> None:
    """Drop every table there is, also those of a newer version, which this code does not know."""
    end = " CASCADE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{end}")


def migrate_to(wanted: Applied) -> None:
    executor = MigrationExecutor(connection, progress_callback=settle)
    whole = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    plan = [step for step in whole if (step[0].app_label, step[0].name) in wanted]
    executor.migrate([], plan)


def settle(action: str, *_migration: Any) -> None:
    """Check constraints after each migration, as its commit would; else no table can be altered."""
    if action == "apply_success":
        check_at_once()


def check_at_once() -> None:
    """Check foreign keys now, and then with each statement, until `check_constraints` defers them.

    PostgreSQL alters no table with rows that wait for a check, and a row of this transaction waits
    for one whenever it is updated.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
