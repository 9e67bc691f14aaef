"""Locks that are made when they are needed: one for each thing that is made once for all."""

from collections.abc import Hashable
from threading import Lock
from weakref import WeakValueDictionary


class LocksByKey[Key: Hashable]:
    """Return the same lock to all threads that ask for the same key."""

    def __init__(self) -> None:
        self.lock = Lock()
        # Weak: the lock of a key goes with the last thread that holds or awaits it.
        self.locks: WeakValueDictionary[Key, Lock] = WeakValueDictionary()

    def lock_of(self, key: Key) -> Lock:
        with self.lock:
            return self.locks.setdefault(key, Lock())

    def __len__(self) -> int:
        return len(self.locks)
