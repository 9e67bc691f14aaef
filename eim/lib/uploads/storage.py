"""Name what a storage of uploads does beside Django's own: a folder, or object storage."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from django.core.files.storage import Storage, storages


class StorageAway(OSError):
    """The storage does not answer, or takes nothing at present; the same may succeed later."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A stored file; its ETag has the quotes that HTTP gives it, and is a strong one."""

    name: str
    size: int
    modified_at: datetime
    etag: str


class Source(Protocol):
    """An open file, or an answer that arrives."""

    def read(self, amount: int, /) -> bytes: ...
    def close(self) -> None: ...


class UploadStorage(Storage, ABC):
    """A storage of uploads. Every fault of it is an OSError: `FileNotFoundError`, `StorageAway`…"""

    @abstractmethod
    def find(self, name: str) -> Upload:
        """Return what is known of an upload, or raise FileNotFoundError."""

    @abstractmethod
    def source_of(self, upload: Upload, start: int, length: int) -> Source:
        """Open an upload at a byte; so many bytes from there on can be read."""

    @abstractmethod
    def move(self, name: str, target: str) -> None:
        """Move a file to the very place that is named, over the one that is there, in one step."""

    @abstractmethod
    def discard(self, folder: str) -> None:
        """Delete all files below a folder."""

    def is_reachable(self) -> bool:
        """Return whether the storage answers now."""
        return True

    def obstacle_to(self, name: str) -> str | None:
        """Return what leaves no place for a file of this name."""
        return None

    def settle(self, folder: str) -> None:
        """Wait until all that is in a folder would outlast a power cut."""

    def names(self, folder: str = "") -> Iterator[str]:
        """Yield the names of all files; one that is deleted meanwhile may be among them."""
        try:
            folders, names = self.listdir(folder)
        except FileNotFoundError:
            return
        prefix = f"{folder}/" if folder else ""
        yield from (prefix + name for name in sorted(names))
        for name in sorted(folders):
            yield from self.names(prefix + name)


def upload_storage() -> UploadStorage:
    return cast(UploadStorage, storages["default"])
