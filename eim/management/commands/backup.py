from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from eim.backups.folders import remove_older
from eim.backups.refusals import Refused
from eim.backups.writing import write_backup


class Command(BaseCommand):
    help = (
        "Writes all rows, uploads and frozen editions into a new folder below DIR, while the "
        "site goes on. "
        "It holds personal data, and everything but who is signed in."
    )
    # It must work before an update has migrated the database.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "dir", type=Path, nargs="?", metavar="DIR", help="BACKUP_DIR if it is not given."
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="Remove all but the N newest backups in DIR."
        )

    def handle(self, *, dir: Path | None, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep takes the number of backups to keep, at least 1.")
        root = (dir or settings.BACKUP_DIR).absolute()
        try:
            written = write_backup(root)
        except (Refused, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        manifest = written.manifest
        size = sum(manifest.files.values()) / 1_000_000
        self.stdout.write(
            f"{written.folder}: {manifest.rows} rows of {len(manifest.tables)} tables and "
            f"{len(manifest.uploads)} uploads, {size:.2f} MB."
        )
        if manifest.editions:
            self.stdout.write(f"Frozen editions in it: {', '.join(map(str, manifest.editions))}.")
        for fault in written.faults:
            self.stdout.write(fault)
        for name in written.gone:
            self.stdout.write(f"Deleted meanwhile, and not in the backup: {name}.")
        if keep and (removed := remove_older(root, keep=keep)):
            self.stdout.write(f"Older backups removed: {removed}.")
