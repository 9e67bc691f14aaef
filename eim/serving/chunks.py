"""Read a body in chunks (RFC 9112, 7.1) while it arrives.

gunicorn reads it too, but waits for more in a thread, and copies all that follows each chunk.
"""

import re

# Bytes of a form, also of one that comes whole (eim/middleware/limits.py), and of the chunks around
# it. No browser sends a form in chunks, but some programs and proxies do.
MOST_OF_FORM = 64 * 1024
MOST_OF_FRAMES = 2 * MOST_OF_FORM
# Bytes that are searched for an end, each time more arrives.
MOST_OF_LINE, MOST_OF_TRAILER = 1024, 8 * 1024

LINE_END, HEAD_END = b"\r\n", b"\r\n\r\n"
# What follows the size, an extension, is left out, as the trailer is.
SIZE = re.compile(rb"([0-9a-f]+)(?:[ \t]*;[^\r\n]*)?", re.IGNORECASE)
BAD, TOO_LARGE = b"400 Bad Request", b"413 Content Too Large"


class Refusal(Exception):
    """Say with which status a request is refused before it is whole."""

    def __init__(self, status: bytes) -> None:
        super().__init__(status)
        self.status = status


class Chunks:
    """A body in chunks, of a request that arrives; the body begins at `start`."""

    def __init__(self, start: int) -> None:
        self.start = self.at = start
        self.end = 0
        self.body = bytearray()
        self.is_in_trailer = False

    def are_whole(self, arrived: bytearray) -> bool:
        """Read on; return whether the last chunk and its trailer have arrived."""
        while not self.is_in_trailer and self.take_chunk(arrived):
            pass
        if self.is_in_trailer and self.take_trailer(arrived):
            return True
        if len(arrived) - self.start > MOST_OF_FRAMES:
            raise Refusal(TOO_LARGE)
        return False

    def take_chunk(self, arrived: bytearray) -> bool:
        """Read one chunk; return False if it has not arrived, or is the last."""
        line_end = arrived.find(LINE_END, self.at)
        if line_end < 0:
            refuse_beyond(MOST_OF_LINE, len(arrived) - self.at)
            return False
        size = size_in(arrived[self.at : line_end])
        if len(self.body) + size > MOST_OF_FORM:
            raise Refusal(TOO_LARGE)
        start = line_end + len(LINE_END)
        if size:
            return self.take_data(arrived, start, start + size)
        self.at, self.is_in_trailer = start, True
        return False

    def take_data(self, arrived: bytearray, start: int, stop: int) -> bool:
        after = arrived[stop : stop + len(LINE_END)]
        if not LINE_END.startswith(after):
            raise Refusal(BAD)
        if len(after) < len(LINE_END):
            return False
        self.body += arrived[start:stop]
        self.at = stop + len(LINE_END)
        return True

    def take_trailer(self, arrived: bytearray) -> bool:
        if arrived.startswith(LINE_END, self.at):
            self.end = self.at + len(LINE_END)
            return True
        found = arrived.find(HEAD_END, self.at)
        if found < 0:
            refuse_beyond(MOST_OF_TRAILER, len(arrived) - self.at)
            return False
        lines = arrived[self.at : found]
        # A proxy may take such a line for the end, and read a request of its own in what follows.
        if lines.count(b"\n") != lines.count(LINE_END):
            raise Refusal(BAD)
        self.end = found + len(HEAD_END)
        return True

    def as_one(self) -> bytes:
        """Return the body as a single chunk."""
        data = b"%x\r\n%b\r\n" % (len(self.body), bytes(self.body)) if self.body else b""
        return data + b"0\r\n\r\n"


def size_in(line: bytearray) -> int:
    if not (found := SIZE.fullmatch(line)):
        raise Refusal(BAD)
    return int(found[1], 16)


def refuse_beyond(most: int, length: int) -> None:
    if length > most:
        raise Refusal(BAD)
