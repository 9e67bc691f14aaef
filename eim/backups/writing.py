"""Write a backup: rows of one moment, while the site goes on, then uploads and frozen editions."""

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from eim.backups import editions
from eim.backups.folders import (
    MOMENT,
    new_backup,
    only_writer,
    private_file,
    private_folder,
)
from eim.backups.manifests import FORMAT, Manifest, Table, sizes, write_manifest
from eim.backups.next_keys import next_keys
from eim.backups.refusals import Refused
from eim.backups.rows import Model, RowSum, columns, lines
from eim.backups.schema import (
    Applied,
    applied_migrations,
    refuse_unknown,
    stored_tables,
    tables_at,
)
from eim.backups.uploads import copy_out
from eim.monitoring.releases import code_version

ROWS = "rows"
# Neither waits for writers, nor do these wait for it.
BEGIN = {
    "sqlite": "BEGIN DEFERRED",
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@dataclass(frozen=True)
class Backup:
    folder: Path
    manifest: Manifest
    # Uploads that were deleted while they were to be copied.
    gone: list[str]
    # Sentences about frozen editions that are not in it.
    faults: list[str]


def write_backup(root: Path) -> Backup:
    """Write a new backup into a folder of its own below `root`, or raise `Refused`."""
    if (root / datetime.now(UTC).strftime(MOMENT)).exists():
        # A backup has the name of its second.
        time.sleep(1)
    made_at = datetime.now(UTC)
    name = made_at.strftime(MOMENT)
    with only_writer(root), new_backup(root, name) as folder:
        with snapshot():
            applied = known_migrations()
            tables = write_tables(folder, stored_tables(tables_at(applied)))
        gone = copy_out(folder)
        faults = editions.copy_out(folder)
        manifest = Manifest(
            format=FORMAT,
            made_at=made_at.isoformat(),
            version=code_version(),
            database=connection.vendor,
            migrations=by_app(applied),
            tables=tables,
            files=sizes(folder),
        )
        write_manifest(folder, manifest)
    return Backup(root / name, manifest, gone, faults)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read the database as it is at this moment, whatever others write meanwhile."""
    with connection.cursor() as cursor:
        # Not atomic(), which would take SQLite's one lock for writing.
        cursor.execute(BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def known_migrations() -> Applied:
    applied = applied_migrations()
    if not applied:
        raise Refused("The database is empty: there is nothing to back up.")
    refuse_unknown(applied, "The database")
    return applied


def by_app(applied: Applied) -> dict[str, list[str]]:
    apps: dict[str, list[str]] = {}
    for app, name in sorted(applied):
        apps.setdefault(app, []).append(name)
    return apps


def write_tables(folder: Path, models: list[Model]) -> dict[str, Table]:
    private_folder(folder / ROWS)
    sums = {model: write_rows(folder, model) for model in models}
    keys = next_keys(models)
    return {
        model._meta.db_table: Table(
            columns=columns(model),
            rows=total.rows,
            sum=str(total),
            next_key=keys.get(model._meta.db_table),
        )
        for model, total in sums.items()
    }


def rows_file(folder: Path, table: str) -> Path:
    return folder / ROWS / f"{table}.jsonl.gz"


def write_rows(folder: Path, model: Model) -> RowSum:
    total = RowSum()
    path = rows_file(folder, model._meta.db_table)
    with private_file(path, "xb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as file:
        file.writelines(total.add(line) for line in lines(model))
    return total
