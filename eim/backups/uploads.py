"""Copy the uploads into a backup, and back."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from eim.backups.folders import private_file, private_folder, sync_tree
from eim.backups.refusals import NOTHING_CHANGED, Refused, refused_files

FOLDER = "media"
# Where uploads wait until their rows are there: no address serves it, and no backup holds it.
STAGE = ".restoring"


def uploads(folder: str = "") -> Iterator[str]:
    """Yield the names of all uploads; one that is deleted meanwhile may be among them."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (prefix + name for name in sorted(names))
    for name in sorted(folders):
        if prefix + name != STAGE:
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


@contextmanager
def staged(backup: Path, names: list[str]) -> Iterator[None]:
    """Copy uploads out of a backup to a place beside their own; at the end remove what is there."""
    stage = Path(default_storage.path(STAGE))
    try:
        with refused_files(NOTHING_CHANGED):
            if stage.exists():
                shutil.rmtree(stage)  # of a restore that was killed
            stage.mkdir(mode=0o700, parents=True)
            for name in names:
                copy_in(backup / FOLDER / name, name)
            sync_tree(stage)
        yield
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def copy_in(source: Path, name: str) -> None:
    refuse_in_the_way(name)
    with source.open("rb") as file:
        default_storage.save(f"{STAGE}/{name}", File(file))


def refuse_in_the_way(name: str) -> None:
    """Refuse a file where a folder is, or below another file, while nothing has been changed."""
    target = Path(default_storage.path(name))
    nearest = next(folder for folder in target.parents if folder.exists())
    if target.is_dir() or not nearest.is_dir():
        raise Refused(f"What is at {nearest} leaves no place for {name}. {NOTHING_CHANGED}")


def put_in_place(names: list[str]) -> None:
    """Move staged uploads to the very places that the rows name, each in one step."""
    for name in names:
        target = Path(default_storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(default_storage.path(f"{STAGE}/{name}")).replace(target)


def delete_others(names: list[str]) -> None:
    """Delete uploads that the restored rows do not know."""
    for name in set(uploads()).difference(names):
        default_storage.delete(name)
