from typing import Any

from django.apps import apps
from django.core.management.commands import migrate
from django.db import connection

from eim.back_office.roles.giving import complete_ready_roles
from eim.backups.next_keys import next_keys, raise_next_keys
from eim.backups.schema import present_tables, settle


class Command(migrate.Command):
    """Do what Django's command does, and let no table of SQLite give a key again.

    There a migration copies the whole table, and the copy counts on from its last row: the keys of
    deleted rows would come again, and links in e-mails name rows by key.

    Permissions come after all migrations: those of a new model are then given to the ready roles.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        given = next_keys(present_tables()) if connection.vendor == "sqlite" else {}
        super().handle(*args, **options)
        if given:
            raise_next_keys(present_tables(), given)
        is_only_asked = options["plan"] or options["check_unapplied"]
        if not is_only_asked and "auth_group" in connection.introspection.table_names():
            complete_ready_roles(apps)

    def migration_progress_callback(self, action: str, *args: Any, **options: Any) -> None:
        super().migration_progress_callback(action, *args, **options)
        if connection.in_atomic_block:
            # A restore runs all migrations in one transaction.
            settle(action)
