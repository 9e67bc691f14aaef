"""Whole answers as they were rendered, kept in a process's memory and sent to whoever asks next."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from threading import Lock

import brotli
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe, urlencode

# What lies between may show a page that is as old as both together: 15 seconds.
MAX_AGE, STALE = 5, 10
# Bytes, in each process: apart, so that no flood of questions drives out what everybody reads.
ROOM_FOR_PAGES, ROOM_FOR_QUESTIONS = 16 * 1024 * 1024, 4 * 1024 * 1024
OVERHEAD = 3000
SAFE = ("GET", "HEAD")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
LONGEST_QUESTION = 200
WORTH_COMPRESSING = 200

SHAPES: dict[str, Callable[[bytes], bytes]] = {
    # Nearly as small as at the highest level, in a tenth of its time.
    "br": lambda plain: brotli.compress(plain, quality=5),
    "gzip": lambda plain: gzip.compress(plain, compresslevel=6, mtime=0),
    "": lambda plain: plain,
}


class Page:
    """One answer: its headers, and its body in each encoding that somebody has asked for.

    `knows`: what its view reads of the query; `weight`: the bytes that its shelf has counted.
    """

    def __init__(self, response: HttpResponse) -> None:
        patch_vary_headers(response, ["Accept-Encoding"])
        self.headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
        self.knows: frozenset[str] = vars(response)["knows"]
        self.digest = hashlib.sha256(response.content).hexdigest()[:24]
        self.is_short = len(response.content) < WORTH_COMPRESSING
        self.bodies = {"": response.content}
        self.weight = 0

    @property
    def size(self) -> int:
        return OVERHEAD + sum(map(len, self.bodies.values()))

    def body(self, encoding: str) -> bytes:
        bodies = self.bodies
        if encoding in bodies:
            return bodies[encoding]
        made = SHAPES[encoding](self.plain())
        # What is compressed gives the plain text back, which is not kept beside it.
        self.bodies = {key: body for key, body in bodies.items() if key} | {encoding: made}
        return made

    def plain(self) -> bytes:
        bodies = self.bodies
        if "" in bodies:
            return bodies[""]
        return (
            brotli.decompress(bodies["br"]) if "br" in bodies else gzip.decompress(bodies["gzip"])
        )

    def answer(self, request: HttpRequest, lasts: timedelta) -> HttpResponse:
        """`lasts` until something on the site changes by itself."""
        # Not its `headers`, which are all made ready for whoever asks for one.
        said = request.META
        encoding = "" if self.is_short else encoding_for(said.get("HTTP_ACCEPT_ENCODING"))
        body = self.body(encoding)
        response = HttpResponse(b"" if request.method == "HEAD" else body, headers=self.headers)
        headers = response.headers
        headers["Content-Length"] = str(len(body))
        headers["ETag"] = f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'
        headers.setdefault("Cache-Control", cache_control(lasts))
        if encoding:
            headers["Content-Encoding"] = encoding
        return if_changed(request, response)


def if_changed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, or 304 to who has it already."""
    if request.META.keys().isdisjoint(CONDITIONS):
        return response
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    etag = response.headers["ETag"]
    return get_conditional_response(request, etag, modified, response) or response


def cache_control(lasts: timedelta) -> str:
    """Nothing that lies between shows a page beyond the moment at which it is no longer true."""
    left = max(int(lasts.total_seconds()), 0)
    age = min(MAX_AGE, left)
    return f"public, max-age={age}, stale-while-revalidate={min(STALE, left - age)}"


@lru_cache(maxsize=256)
def encoding_for(accepted: str | None) -> str:
    """`br` before `gzip`, unless the client says that it wants none of it (`br;q=0`)."""
    wanted = set()
    for part in (accepted or "").lower().split(","):
        name, *facts = [piece.strip() for piece in part.split(";")]
        if not any(fact.startswith("q=") and not fact[2:].strip("0.") for fact in facts):
            wanted.add(name)
    return next((name for name in ("br", "gzip") if name in wanted), "")


def question(query: str, knows: Iterable[str]) -> str:
    """What a page reads of a query string, written in one way: nothing empty, no unknown names."""
    if not (query and knows):
        return ""
    asked = QueryDict(query)
    return urlencode(
        [(name, value) for name in sorted(knows) for value in asked.getlist(name) if value]
    )


class Shelf:
    """What was asked for last, as many bytes as there is room for."""

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self.lock = Lock()
        self.pages: OrderedDict[tuple[str, str], Page] = OrderedDict()

    def find(self, key: tuple[str, str]) -> Page | None:
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def put(self, key: tuple[str, str], page: Page) -> None:
        """Once more when it has grown by an encoding."""
        with self.lock:
            self._forget(self.pages.pop(key, page))
            self.pages[key] = page
            page.weight = page.size
            self.used += page.weight
            while self.used > self.room:
                self._forget(self.pages.popitem(last=False)[1])

    def _forget(self, page: Page) -> None:
        self.used -= page.weight
        page.weight = 0


class Pages:
    """Those of one edition, by path and question."""

    def __init__(self) -> None:
        self.knows: dict[str, frozenset[str]] = {}
        self.plain, self.asked = Shelf(ROOM_FOR_PAGES), Shelf(ROOM_FOR_QUESTIONS)

    def find(self, path: str, query: str) -> Page | None:
        if path not in self.knows:
            return None
        asked = question(query, self.knows[path])
        return self._shelf(asked).find((path, asked))

    def put(self, page: Page, path: str, query: str) -> None:
        asked = question(query, page.knows)
        if len(asked) <= LONGEST_QUESTION:
            self.knows[path] = page.knows
            self._shelf(asked).put((path, asked), page)

    def _shelf(self, asked: str) -> Shelf:
        return self.asked if asked else self.plain


def may_be_kept(response: HttpResponse) -> bool:
    """Whole, the same for everybody, and without anything that is said only once."""
    vary = {name.strip() for name in response.headers.get("Vary", "").split(",")} - {""}
    control = response.headers.get("Cache-Control", "")
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and vary <= {"Accept-Encoding"}
        and not ("no-store" in control or "private" in control)
        and "'nonce-" not in response.headers.get("Content-Security-Policy", "")
    )
