"""Copy the uploads into a backup, and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from eim.backups.folders import private_file, private_folder

FOLDER = "media"


def uploads(folder: str = "") -> Iterator[str]:
    """Yield the names of all uploads; one that is deleted meanwhile may be among them."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in sorted(names))
    for name in sorted(folders):
        yield from uploads(prefix + name)


def copy_out(backup: Path) -> list[str]:
    """Copy all uploads into the backup; return the names of those that were deleted meanwhile."""
    gone = []
    for name in uploads():
        try:
            with default_storage.open(name) as source:
                copy = backup / FOLDER / name
                private_folder(copy.parent)
                with private_file(copy, "xb") as target:
                    shutil.copyfileobj(source, target)
        except FileNotFoundError:
            gone.append(name)
    return gone


def copy_in(backup: Path, names: list[str]) -> None:
    """Copy uploads out of a backup, each to the very place that the rows name."""
    for name in names:
        if default_storage.exists(name):
            default_storage.delete(name)
        with (backup / FOLDER / name).open("rb") as source:
            default_storage.save(name, File(source))


def delete_others(names: list[str]) -> None:
    """Delete uploads that the restored rows do not know."""
    for name in set(uploads()).difference(names):
        default_storage.delete(name)
