from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from eim.editions.loading import load_and_tell
from programme.loading import FileRefused, read


class Command(BaseCommand):
    help = "Loads a meeting from a JSON file, as docs/data-format.md describes it. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            loaded = load_and_tell(read(file))
        except FileRefused as refused:
            raise CommandError(str(refused)) from refused
        counts = ", ".join(f"{kind} {count}" for kind, count in sorted(loaded.written.items()))
        self.stdout.write(
            gettext("Written: %(counts)s.") % {"counts": counts}
            if counts
            else gettext("Nothing has changed.")
        )
        for sentence in loaded.withheld:
            self.stdout.write(sentence)
