"""Keep the pictures to share that were drawn from the rows of one version."""

from collections.abc import Callable

from eim.lib.page_store import CachedPage, LRUCache
from programme.caching.locks import LocksByKey

# Bytes in each process: about a hundred pictures.
BYTES = 4 * 1024 * 1024


class PictureStore:
    """Hold pictures by their paths, and draw each once, however many requests want it.

    Apart from the pages, which their bytes would evict, and which end at boundaries: on a picture
    nothing changes with the clock or with the seats.
    """

    def __init__(self) -> None:
        self.pictures = LRUCache(BYTES)
        self.locks: LocksByKey[str] = LocksByKey()

    def find_or_draw(self, path: str, draw: Callable[[], CachedPage]) -> CachedPage:
        key = path, ""
        if found := self.pictures.find(key):
            return found
        with self.locks.lock_of(path):
            # Another request may have drawn it while this one waited.
            picture = self.pictures.find(key) or draw()
            self.pictures.put(key, picture)
        return picture
