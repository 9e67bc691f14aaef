"""Restore a backup: into tables of its own time, compared row by row, then brought up to date."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from eim.backups import editions
from eim.backups.folders import private_umask
from eim.backups.manifests import Manifest, read_manifest
from eim.backups.next_keys import raise_next_keys
from eim.backups.outlasting import Repeated, carry_over, outlasting
from eim.backups.refusals import NOTHING_CHANGED, Refused, refused_files
from eim.backups.rows import Model, columns, insert, sum_rows
from eim.backups.schema import check_at_once, empty_tables_at, refuse_unknown
from eim.backups.uploads import FOLDER, delete_others, put_in_place, staged
from eim.backups.writing import rows_file

ROWS_ALONE = "All rows are restored, but not all uploads: restore once more with --replace."


def checked_backup(folder: Path) -> Manifest:
    """Return the manifest of a backup that can be restored here, or raise `Refused`."""
    with refused_files(NOTHING_CHANGED):
        manifest = read_manifest(folder)
    refuse_unknown(manifest.applied, "The backup")
    return manifest


def restore(folder: Path, manifest: Manifest, *, is_replaced: bool) -> Repeated:
    """Replace all rows, then the uploads; add frozen editions. Raises `Refused`.

    All rows come, of this version and without those who were erased meanwhile, or none: one
    transaction is all of it, so that a kill leaves nobody as the backup knew them.
    """
    uploads = [name.removeprefix(f"{FOLDER}/") for name in manifest.uploads]
    missing = editions.missing(manifest.editions)
    found = outlasting(manifest)
    with private_umask(), staged(folder, uploads), editions.staged(folder, missing):
        with refused_files(NOTHING_CHANGED), one_transaction():
            raise_next_keys(load(folder, manifest), found.next_keys)
            check_at_once()
            call_command("migrate", interactive=False, verbosity=0)
            connection.check_constraints()
            repeated = carry_over(found)
        with refused_files(ROWS_ALONE):
            put_in_place(uploads)
            editions.put_in_place(missing)
            if is_replaced:
                delete_others(uploads)
    return repeated


@contextmanager
def one_transaction() -> Iterator[None]:
    """Write everything or nothing; foreign keys are checked at the end."""
    with connection.constraint_checks_disabled():
        try:
            with transaction.atomic():
                wait_as_long_as_it_takes()
                yield
                connection.check_constraints()
        except DatabaseError as error:
            reason = str(error).rstrip(".\n")
            sentence = f"The database refuses the backup: {reason}. {NOTHING_CHANGED}"
            raise Refused(sentence) from error


def wait_as_long_as_it_takes() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def load(folder: Path, manifest: Manifest) -> list[Model]:
    """Fill empty tables and compare them with the backup; return them."""
    models = empty_tables_at(manifest.applied)
    refuse_other_columns(models, manifest)
    for model in models:
        with gzip.open(rows_file(folder, model._meta.db_table)) as lines:
            insert(model, lines)
    compare(models, manifest)
    return models


def refuse_other_columns(models: list[Model], manifest: Manifest) -> None:
    """Refuse tables that are not the backup's: somebody has edited an old migration."""
    present = {model._meta.db_table: columns(model) for model in models}
    wanted = {name: table.columns for name, table in manifest.tables.items()}
    if present != wanted:
        names = sorted({*present} ^ {*wanted}) or [t for t in wanted if present[t] != wanted[t]]
        raise Refused(
            f"These tables differ after the same migrations: {', '.join(names)}. {NOTHING_CHANGED}"
        )


def compare(models: list[Model], manifest: Manifest) -> None:
    """Refuse unless every table has the rows of the backup, read back from the database."""
    for model in models:
        table = manifest.tables[model._meta.db_table]
        total = sum_rows(model)
        if (total.rows, str(total)) != (table.rows, table.sum):
            raise Refused(
                f"{model._meta.db_table} has {total.rows} rows, and they are not the backup's "
                f"{table.rows}. {NOTHING_CHANGED}"
            )
