"""Give nested calls room for their frames, which CPython takes from the system 16 kB at a time.

A loop at the end of such a piece takes and returns it on each round: rendering a page
may cost a thousand calls of mmap and munmap. A frame that asks for more gets a larger piece, and
the calls below it use the rest. Memory that no frame uses is not touched.
"""

from collections.abc import Callable

# In values of 8 bytes: CPython rounds the piece up to 1 MB, of which half is left for the others.
SLOTS = 1 << 16


def with_room[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that does the same, with room for all the calls that it makes."""

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=SLOTS)
    return call
