from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eim.backups.refusals import Refused
from eim.editions.outliving import Model
from eim.editions.turning import Turned, turn_over
from programme.loading import FileRefused, read
from programme.models import Meeting, Organisation


class Command(BaseCommand):
    help = (
        "Hands the site on to the next meeting, from a file as load_meeting takes it: after the "
        "purge of personal data, and with a frozen edition of the last one. Back up first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="NEW.json")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would go and stay; change nothing."
        )
        parser.add_argument(
            "--erase-names",
            action="store_true",
            help="Erase the names that people have asked to be kept: they are exported.",
        )

    def handle(self, *, file: Path, dry_run: bool, erase_names: bool, **options: Any) -> None:
        try:
            turned = turn_over(read(file), erases_names=erase_names, is_rehearsed=dry_run)
        except (Refused, FileRefused) as refused:
            raise CommandError(str(refused)) from refused
        self.tell(turned, would="would be " if dry_run else "")
        if dry_run:
            self.stdout.write("Nothing was changed.")
            return
        meeting = Meeting.objects.get()
        self.stdout.write(f"This is now the site of the meeting {meeting.number}.")
        if turned.undeleted:
            self.stdout.write(
                f"{len(turned.undeleted)} uploads of the last meeting are still in the storage, "
                f"which did not delete them. Delete them there: {', '.join(turned.undeleted)}."
            )
        names = ", ".join(Organisation.objects.values_list("name", flat=True))
        self.stdout.write(f"Look through the organisations, which were kept: {names or '–'}.")

    def tell(self, turned: Turned, *, would: str) -> None:
        self.stdout.write(f"Rows that {would or 'were '}emptied: {counted(turned.emptied)}.")
        self.stdout.write(f"Rows that {would or 'were '}kept: {counted(turned.kept)}.")
        loaded = {str(kind): count for kind, count in sorted(turned.loaded.items())}
        self.stdout.write(f"Rows that {would or 'were '}loaded: {listed(loaded)}.")


def counted(rows: Mapping[Model, int]) -> str:
    return listed({model._meta.db_table: count for model, count in rows.items()})


def listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "none"
