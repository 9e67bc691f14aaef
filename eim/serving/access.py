"""Log each request as one line of JSON, and gunicorn's own words likewise.

No line holds who asked: no address, no browser, no page that led here. Of the path it holds only
what cannot be a personal link.
"""

import json
import os
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from gunicorn.glogging import Logger

from eim.lib.logs import JsonLine
from eim.lib.logs.request_ids import request_id, sane_or_new
from eim.serving.counters import METHODS, WITHOUT_DATABASE, Name, count_request

# A part of a path that is shown. A token has a colon; what else is not a plain word is nobody's
# address here, and may be anything.
PLAIN = re.compile(r"[\w.~+-]{0,100}")
# Usual paths, told in one step. Below these folders everything is personal, also in capitals, which
# make a QR code smaller.
USUAL = re.compile(r"(?!/+(?:[pP]|door)/)(?:/[A-Za-z0-9_.~+-]{0,100}){1,12}")
PERSONAL = re.compile(r"\A(/+(?:[pP]|door)/).+", re.DOTALL)
# Characters: each is at most four bytes of a line.
LONGEST_PATH = 240
# Bytes up to which a write to a pipe is whole, so that lines of two processes do not mix.
AT_ONCE = 4096
# How gunicorn tells of a request that is none: with who sent it, and with what was sent in quotes.
INVALID = re.compile(r"\AInvalid request from ip=\S*: ([^'\"(]*).*", re.DOTALL)
REQUEST_LINE = re.compile(r"(?P<method>[A-Z]{3,20}) (?P<path>/[^ ?#]*)")

encode = json.JSONEncoder(ensure_ascii=False).encode
# Lines that are to be written: by the worker's loop, for a thread that writes waits for its turn.
lines: deque[bytes] = deque()


class JsonLogger(Logger):
    """Log by gunicorn's calls, and count what it has answered."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLine())

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        super().warning(INVALID.sub(r"Invalid request: \1", msg), *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a fault without the query string of its address."""
        shown = [str(arg).partition("?")[0] for arg in args]
        super().exception(msg, *shown, **kwargs)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Note an answer that a thread has sent; gunicorn calls this after each."""
        since = getattr(req, "whole_at", None)
        seconds = request_time.total_seconds() if since is None else time.monotonic() - since
        status = int(str(resp.status)[:3])
        route = environ.get("eim.route", "other")
        count_request(route, req.method, status, seconds, counted(environ))
        number = environ.get("eim.request_id") or sane_or_new(request_id.get())
        note(number, req.method, req.path, status, seconds, resp.sent)


def counted(environ: dict[str, Any]) -> Iterator[Name]:
    """Yield what views and middleware have noted of the answer."""
    if source := environ.get("eim.page"):
        yield "pages", source
    if environ.get("eim.without_database"):
        yield WITHOUT_DATABASE


def note_refusal(asked: bytes, status: bytes, seconds: float, number: str) -> None:
    """Note a request that the worker or gunicorn's parser has refused: as much of it as arrived."""
    first, end, _rest = asked.partition(b"\r\n")
    found = REQUEST_LINE.match(first.decode("latin-1")) if end else None
    method, path = (found["method"], found["path"]) if found else (None, None)
    code = int(status[:3])
    count_request("other", method or "other", code, seconds)
    note(number, method, path, code, seconds, 0)


def note(
    number: str, method: str | None, path: str | None, status: int, seconds: float, sent: int
) -> None:
    """Add a line about an answer, unless ACCESS_LOG is 0; nobody could read a method of None."""
    if not getattr(settings, "ACCESS_LOG", True):
        return
    now = time.time()
    # By hand: it is done for each page from memory, and json.dumps takes five times as long.
    line = (
        f'{{"at": "{second(int(now))}.{int(now % 1 * 1000):03}+00:00", "level": "INFO", '
        f'"logger": "eim.access", "request": "{number}", '
        f'"method": {quoted_method(method)}, "path": {quoted(path)}, '
        f'"status": {status}, "ms": {seconds * 1000:.1f}, "bytes": {sent}}}\n'
    )
    lines.append(line.encode())


def write_lines() -> None:
    """Write what was noted; a full disk, or nobody who reads, is no fault of the visitor."""
    try:
        while lines:
            part = lines.popleft()
            while lines and len(part) + len(lines[0]) <= AT_ONCE:
                part += lines.popleft()
            os.write(sys.stdout.fileno(), part)
    except (OSError, ValueError):
        lines.clear()


@lru_cache(maxsize=2)
def second(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def quoted_method(method: str | None) -> str:
    return f'"{method}"' if method in METHODS else encode(method)


def quoted(path: str | None) -> str:
    """Return the path as JSON, without what may be a secret, however it was sent."""
    if path is None:
        return "null"
    is_usual = len(path) <= LONGEST_PATH and USUAL.fullmatch(path)
    return f'"{path}"' if is_usual else encode(shown(path))


def shown(path: str) -> str:
    parts = PERSONAL.sub(r"\1…", unquote(path)).split("/")
    whole = "/".join(part if PLAIN.fullmatch(part) else "…" for part in parts)
    return whole if len(whole) <= LONGEST_PATH else f"{whole[:LONGEST_PATH]}…"
