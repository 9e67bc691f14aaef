"""Delete the uploads of the last meeting, patiently: object storage may be away for a moment."""

import logging
import time
from collections import deque
from collections.abc import Iterable

from django.core.files.storage import default_storage

from eim.lib.uploads.storage import StorageAway

# How often the storage may be away before the rest is given up, and seconds before it is asked
# again: longer than object storage that has failed is left alone.
TRIES, PAUSE = 4, 6.0

logger = logging.getLogger(__name__)


def delete_uploads(names: Iterable[str]) -> tuple[str, ...]:
    """Delete files to which no row refers any more; return those that the storage keeps.

    The frozen edition has copies of its own.
    """
    waiting, kept, failures = deque(sorted(names)), [], 0
    while waiting and failures < TRIES:
        name = waiting.popleft()
        try:
            default_storage.delete(name)
        except FileNotFoundError:
            continue
        except StorageAway as fault:
            note(name, fault)
            # To the end: it may be this one alone that fails.
            waiting.append(name)
            failures += 1
            if failures < TRIES:
                time.sleep(PAUSE)
        except OSError as fault:
            note(name, fault)
            kept.append(name)
    return tuple(sorted([*kept, *waiting]))


def note(name: str, fault: OSError) -> None:
    logger.warning("%s of the last meeting is not deleted: %s", name, fault)
