from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eim.backups.folders import complete_backups
from eim.backups.outlasting import Repeated
from eim.backups.refusals import NOTHING_CHANGED, Refused
from eim.backups.restoring import checked_backup, restore
from eim.backups.schema import tables_in_use


class Command(BaseCommand):
    help = (
        "Fills an empty database from a backup, of SQLite or PostgreSQL, of this version or an "
        "older one; compares every row, then migrates to this version. Stop web and worker first."
    )
    # The database may have no tables yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR", help="The folder of one backup.")
        parser.add_argument(
            "--replace", action="store_true", help="Delete the rows and uploads that are there."
        )
        parser.add_argument(
            "--noinput", action="store_false", dest="interactive", help="Do not ask."
        )

    def handle(self, *, dir: Path, replace: bool, interactive: bool, **options: Any) -> None:
        refuse_parent(dir)
        try:
            manifest = checked_backup(dir)
            in_use = tables_in_use()
            self.make_sure(in_use, replace=replace, interactive=interactive)
            repeated = restore(dir, manifest, is_replaced=bool(in_use))
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            f"Restored as of {manifest.made_at}: {manifest.rows} rows of {len(manifest.tables)} "
            f"tables, every table the same, and {len(manifest.uploads)} uploads."
        )
        if manifest.editions:
            numbers = ", ".join(map(str, manifest.editions))
            self.stdout.write(f"Its frozen editions ({numbers}) are there; one that was, stays.")
        self.tell(repeated)
        self.stdout.write(
            "Whoever was erased after that moment, and not again just now, is back: erase them "
            "once more. "
            "What was removed from the site after it is on the site again: remove it once more."
        )

    def tell(self, repeated: Repeated) -> None:
        """Say what was done again because the database that was replaced knew of it."""
        done = {"Erased": repeated.erased, "Taken off the e-mails": repeated.suppressed}
        for what, number in done.items():
            if number:
                self.stdout.write(f"{what} again, as in the database that was replaced: {number}.")

    def make_sure(self, in_use: list[str], *, replace: bool, interactive: bool) -> None:
        """Refuse a database with rows, unless they are meant to go."""
        if not in_use:
            return
        rows = f"The database is not empty: there are rows in {', '.join(in_use)}."
        if not replace:
            raise CommandError(
                f"{rows} With --replace they and all uploads are deleted. {NOTHING_CHANGED}"
            )
        if interactive and input(f"{rows}\nDelete them, and all uploads? Type yes: ") != "yes":
            raise CommandError(NOTHING_CHANGED)


def refuse_parent(folder: Path) -> None:
    """Refuse a folder of backups with the name of the one that is probably meant."""
    if folders := complete_backups(folder):
        raise CommandError(f"Name one backup, such as the newest: {folders[-1]}")
