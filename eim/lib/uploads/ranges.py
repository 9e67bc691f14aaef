"""Read which part of a file a client asks for (RFC 9110, 14)."""

import re
from dataclasses import dataclass

# Python refuses to read a number of thousands of digits.
ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


class NotSatisfiable(Exception):
    """The part that is asked for begins behind the end of the file."""


@dataclass(frozen=True)
class Part:
    """Bytes of a file: so many from `start` on."""

    start: int
    length: int

    def header(self, size: int) -> str:
        """Return the Content-Range of this part of a file that has `size` bytes."""
        return f"bytes {self.start}-{self.start + self.length - 1}/{size}"


def requested_part(header: str, size: int) -> Part | None:
    """Return the part that a Range header asks for, or raise `NotSatisfiable`.

    None for the whole file: there is no such header, it cannot be read, or it asks for several
    parts, which a server need not send apart.
    """
    found = ONE_RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    start, stop = bounds(first, last, size)
    if first and last and int(last) < int(first):
        return None
    if start >= size or stop <= start:
        raise NotSatisfiable
    return Part(start, stop - start)


def bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return where the part begins, and the byte behind its end; "-5" are the last five bytes."""
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size
