"""Make, find and remove the folders of backups: complete or not there, for their owner alone."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from eim.backups.refusals import Refused
from eim.lib.uploads.folder import sync, sync_tree

MOMENT = "%Y-%m-%dT%H%M%SZ"
NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
# What is being written or deleted: a dot before and a word behind, so that no pattern takes it.
PARTIAL = ".{}.partial"


def last_backup(root: Path | None = None) -> datetime | None:
    """Return when the newest complete backup was made; None if there is none."""
    folders = complete_backups(root or settings.BACKUP_DIR)
    return datetime.strptime(folders[-1].name, MOMENT).replace(tzinfo=UTC) if folders else None


def complete_backups(root: Path) -> list[Path]:
    """Return the folders of complete backups, the oldest first."""
    if not root.is_dir():
        return []
    return sorted(folder for folder in root.iterdir() if NAME.fullmatch(folder.name))


@contextmanager
def only_writer(root: Path) -> Iterator[None]:
    """Keep a second backup out, and remove what one that was killed has left."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private_file(root / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Refused(f"Another backup is being written to {root}.") from taken
        for partial in root.glob(PARTIAL.format("*")):
            shutil.rmtree(partial)
        yield


@contextmanager
def new_backup(root: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder, which gets its name once it is complete and on the disk."""
    if (root / name).exists():
        raise Refused(f"{root / name} exists already.")
    partial = root / PARTIAL.format(name)
    partial.mkdir(mode=0o700)
    try:
        yield partial
        sync_tree(partial)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    partial.rename(root / name)
    sync(root)


def remove_older(root: Path, *, keep: int) -> int:
    """Remove all complete backups but the newest ones; return how many were removed."""
    older = complete_backups(root)[:-keep]
    for folder in older:
        # Renamed first: one that was deleted in part must not look complete.
        shutil.rmtree(folder.rename(root / PARTIAL.format(folder.name)))
    return len(older)


def private_file(path: Path, mode: str) -> Any:
    """Open a file, which nobody but its owner reads if it is new, whatever the umask."""
    return open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))


def private_folder(path: Path) -> Path:
    """Make a folder with those above it, for its owner alone."""
    for folder in [*reversed(path.parents), path]:
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


@contextmanager
def private_umask() -> Iterator[None]:
    """Let all files and folders that are new belong to their owner alone, whoever makes them."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def files_of(folder: Path) -> list[str]:
    """Return the paths of all files below a folder, relative to it."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths)
