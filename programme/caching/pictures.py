"""Keep the pictures to share that were drawn from the rows of one version."""

from collections.abc import Callable
from threading import Lock
from weakref import WeakValueDictionary

from eim.lib.page_store import CachedPage, LRUCache

# Bytes in each process: about a hundred pictures.
BYTES = 4 * 1024 * 1024


class PictureStore:
    """Hold pictures by their paths, and draw each once, however many requests want it.

    Apart from the pages, which their bytes would evict, and which end at boundaries: on a picture
    nothing changes with the clock or with the seats.
    """

    def __init__(self) -> None:
        self.pictures = LRUCache(BYTES)
        self.lock = Lock()
        # Weak: the lock of a path goes with the last request that holds or awaits it.
        self.locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    def find_or_draw(self, path: str, draw: Callable[[], CachedPage]) -> CachedPage:
        key = path, ""
        if found := self.pictures.find(key):
            return found
        lock = self.lock_of(path)
        with lock:
            # Another request may have drawn it while this one waited.
            picture = self.pictures.find(key) or draw()
            self.pictures.put(key, picture)
        return picture

    def lock_of(self, path: str) -> Lock:
        with self.lock:
            return self.locks.setdefault(path, Lock())
