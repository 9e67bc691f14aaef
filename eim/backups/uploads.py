"""Copy the uploads into a backup, and back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.core.files import File

from eim.backups.folders import private_file, private_folder
from eim.backups.refusals import NOTHING_CHANGED, Refused, refused_files
from eim.lib.uploads.storage import upload_storage

FOLDER = "media"
# Where uploads wait until their rows are there: no address serves it, and no backup holds it.
STAGE = ".restoring"


def uploads() -> Iterator[str]:
    """Yield the names of all uploads; one that is deleted meanwhile may be among them."""
    return (name for name in upload_storage().names() if not name.startswith(f"{STAGE}/"))


def copy_out(backup: Path) -> list[str]:
    """Copy all uploads into the backup; return the names of those that were deleted meanwhile."""
    gone = []
    for name in uploads():
        try:
            with upload_storage().open(name) as source:
                copy = backup / FOLDER / name
                private_folder(copy.parent)
                with private_file(copy, "xb") as target:
                    shutil.copyfileobj(source, target)
        except FileNotFoundError:
            gone.append(name)
    return gone


@contextmanager
def staged(backup: Path, names: list[str]) -> Iterator[None]:
    """Copy uploads out of a backup to a place beside their own; at the end remove what is there."""
    storage = upload_storage()
    try:
        with refused_files(NOTHING_CHANGED):
            storage.discard(STAGE)  # of a restore that was killed
            for name in names:
                copy_in(backup / FOLDER / name, name)
            storage.settle(STAGE)
        yield
    finally:
        with suppress(OSError):
            storage.discard(STAGE)


def copy_in(source: Path, name: str) -> None:
    """Copy a file to the stage, and refuse it while nothing has been changed if it has no place."""
    storage = upload_storage()
    if obstacle := storage.obstacle_to(name):
        raise Refused(f"What is at {obstacle} leaves no place for {name}. {NOTHING_CHANGED}")
    with source.open("rb") as file:
        copy = storage.save(f"{STAGE}/{name}", File(file))
    if copy != f"{STAGE}/{name}" or storage.size(copy) != source.stat().st_size:
        raise Refused(f"{name} is not stored as it is in the backup. {NOTHING_CHANGED}")


def put_in_place(names: list[str]) -> None:
    """Move staged uploads to the very places that the rows name, each in one step."""
    for name in names:
        upload_storage().move(f"{STAGE}/{name}", name)


def delete_others(names: list[str]) -> None:
    """Delete uploads that the restored rows do not know."""
    for name in set(uploads()).difference(names):
        upload_storage().delete(name)
