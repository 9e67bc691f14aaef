from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from eim.editions import bags
from eim.editions.freezing import CannotFreeze, freeze, remove


class Command(BaseCommand):
    help = (
        "Writes the public site into the new folder DIR: a BagIt bag whose pages open from disk "
        "and from any server. With --remove, takes a page, person or file out of such a bag."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument(
            "--base", default="", help="Where it will lie on this site; /NUMBER/ if not given."
        )
        parser.add_argument(
            "--rights", type=Path, metavar="FILE.txt", help="What one may do with the texts."
        )
        parser.add_argument(
            "--remove",
            metavar="PATH",
            help="The address of a page or file in the copy, such as es/ponentes/ana-benitez/.",
        )

    def handle(
        self, *, dir: Path, base: str, rights: Path | None, remove: str | None, **options: Any
    ) -> None:
        folder = dir.absolute()
        try:
            if remove:
                self.remove(folder, remove)
            else:
                self.freeze(folder, base, rights)
        except (CannotFreeze, bags.NotABag, DatabaseError, OSError, UnicodeError) as error:
            raise CommandError(str(error)) from error

    def freeze(self, folder: Path, base: str, rights: Path | None) -> None:
        if base and not (base.startswith("/") and base.endswith("/")):
            raise CommandError("--base begins and ends with a slash: /11/.")
        statement = rights.read_text("utf-8") if rights else ""
        frozen = freeze(folder, base=base, rights=statement)
        self.stdout.write(
            f"{frozen.folder}: {frozen.files} files, {frozen.bytes / 1_000_000:.2f} MB."
        )
        if not statement:
            self.stdout.write("rights.txt says that there is no statement: give one by --rights.")

    def remove(self, folder: Path, path: str) -> None:
        removed = remove(folder, path)
        self.stdout.write(f"Removed from {folder}: {', '.join(removed)}.")
