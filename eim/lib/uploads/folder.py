"""Uploads in a folder: of this machine, or one that several machines share."""

import errno
import os
import shutil
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from eim.lib.uploads.storage import Source, StorageAway, Upload, UploadStorage

# What a folder on another machine says while that is away, and a disk that fails.
AWAY = frozenset(
    (errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN)
    + (errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETUNREACH)
)
FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class FolderStorage(UploadStorage, FileSystemStorage):
    """Keep uploads in MEDIA_ROOT."""

    def find(self, name: str) -> Upload:
        try:
            facts = os.stat(self.path(name))
        except ValueError as impossible:  # the name has a character U+0000
            raise FileNotFoundError(name) from impossible
        except OSError as fault:
            raise not_found(name, fault) from fault
        if not stat.S_ISREG(facts.st_mode):
            raise FileNotFoundError(name)
        return Upload(
            name=name,
            size=facts.st_size,
            modified_at=datetime.fromtimestamp(facts.st_mtime, UTC),
            etag=f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"',
        )

    def source_of(self, upload: Upload, start: int, length: int) -> Source:
        try:
            file = open(self.path(upload.name), "rb")  # noqa: SIM115 - the response closes it
        except OSError as fault:
            raise not_found(upload.name, fault) from fault
        file.seek(start)
        return file

    def _save(self, name: str, content: Any) -> str:
        path = self.path(name)
        was_free = not os.path.lexists(path)
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except OSError as fault:  # a full disk, a folder of somebody else
            if was_free and fault.errno in FULL:
                # What was begun would stay for ever, without a row.
                with suppress(OSError):
                    os.unlink(path)
            raise away(fault) from fault

    def move(self, name: str, target: str) -> None:
        place = Path(self.path(target))
        place.parent.mkdir(parents=True, exist_ok=True)
        Path(self.path(name)).replace(place)

    def discard(self, folder: str) -> None:
        path = Path(self.path(folder))
        if path.exists():
            shutil.rmtree(path)

    def obstacle_to(self, name: str) -> str | None:
        """Return the folder that is where the file would be, or the file that is above it."""
        target = Path(self.path(name))
        nearest = next(folder for folder in target.parents if folder.exists())
        return str(nearest) if target.is_dir() or not nearest.is_dir() else None

    def settle(self, folder: str) -> None:
        root = Path(self.path(folder))
        if root.exists():
            sync_tree(root)


def not_found(name: str, fault: OSError) -> OSError:
    """Return the error for a file that is not there, or whose disk is not."""
    return away(fault) if fault.errno in AWAY else FileNotFoundError(name)


def away(fault: OSError) -> StorageAway:
    facts = (fault.errno, fault.strerror, fault.filename) if fault.errno else fault.args
    return StorageAway(*facts)


def sync_tree(folder: Path) -> None:
    """Wait until all that is in a folder is on the disk."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
