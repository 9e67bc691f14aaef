"""Copy the frozen editions into a backup, and back where the site does not have them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eim.backups.folders import (
    PARTIAL,
    files_of,
    private_file,
    private_folder,
    sync_tree,
)
from eim.backups.refusals import NOTHING_CHANGED, refused_files
from eim.editions.archive import editions_folder, folder_of, numbered_folders
from eim.editions.bags import NotABag, check
from eim.lib.uploads.folder import sync

FOLDER = "editions"


def copy_out(backup: Path) -> list[str]:
    """Copy the frozen editions into the backup; return sentences about those that are not whole.

    One that is taken apart meanwhile, to remove something from it, is not whole either.
    """
    faults = []
    for folder in sorted(numbered_folders()):
        copy = backup / FOLDER / folder.name
        try:
            copy_files(folder, copy)
            check(copy)
        except (OSError, NotABag) as fault:
            faults.append(f"The frozen edition {folder.name} is not in the backup: {fault}")
            shutil.rmtree(copy, ignore_errors=True)
    return faults


def copy_files(folder: Path, copy: Path) -> None:
    """Copy the files of a bag, for their owner alone; links are no part of it."""
    for name in files_of(folder):
        if not (folder / name).is_symlink():
            private_folder((copy / name).parent)
            with (folder / name).open("rb") as source, private_file(copy / name, "xb") as target:
                shutil.copyfileobj(source, target)


def missing(numbers: list[int]) -> list[int]:
    """Return those that this site does not have: from others something may have been removed."""
    return [number for number in numbers if not os.path.lexists(folder_of(number))]


@contextmanager
def staged(backup: Path, numbers: list[int]) -> Iterator[None]:
    """Copy editions out of a backup beside their places; at the end remove what is left there."""
    try:
        with refused_files(NOTHING_CHANGED):
            for number in numbers:
                shutil.rmtree(stage(number), ignore_errors=True)  # of a restore that was killed
                shutil.copytree(backup / FOLDER / str(number), stage(number))
                sync_tree(stage(number))
        yield
    finally:
        for number in numbers:
            shutil.rmtree(stage(number), ignore_errors=True)


def put_in_place(numbers: list[int]) -> None:
    for number in numbers:
        stage(number).rename(folder_of(number))
        sync(editions_folder())


def stage(number: int) -> Path:
    return editions_folder() / PARTIAL.format(number)
