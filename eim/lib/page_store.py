"""Cache whole responses in the memory of a process, and answer requests from them."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from threading import Lock

import brotli
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe, urlencode

from eim import clock

# Seconds: browsers and shared caches may show a page for MAX_AGE + STALE = 15 s.
MAX_AGE, STALE = 5, 10
# Seconds for which shared caches may show what browsers may keep for long.
SHARED_FOR = MAX_AGE + STALE
# Seconds for which a shared cache may show a page while the site answers with errors.
STALE_IF_ERROR = 60 * 60
# Bytes in each process. Two caches, so that a flood of invented query strings evicts no page that
# everybody reads.
BYTES_WITHOUT_QUERY, BYTES_WITH_QUERY = 16 * 1024 * 1024, 4 * 1024 * 1024
# Bytes that a cached page is estimated to take besides its bodies.
OVERHEAD = 3000
SAFE = ("GET", "HEAD")
NEVER = datetime.max.replace(tzinfo=UTC)
CONDITIONAL_HEADERS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
# Characters; pages with a longer query string are not cached.
LONGEST_QUERY = 200
# Bytes; shorter bodies are sent uncompressed, as pictures are.
WORTH_COMPRESSING = 200

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    # Quality 5 compresses nearly as well as the highest, in a tenth of the time.
    "br": lambda plain: brotli.compress(plain, quality=5),
    "gzip": lambda plain: gzip.compress(plain, compresslevel=6, mtime=0),
    "": lambda plain: plain,
}


@dataclass(eq=False)
class Period:
    """The time from one change of the site to the next, each its own: none equals another."""

    until: datetime


class CachedPage:
    """Hold one response: its headers, and its body in each encoding requested so far.

    `query_names` are the query parameters that its view reads; `counted_bytes` is the size that
    the LRU cache holding this page has counted for it. `valid_in` is the period in which the page
    is true: one that is outdated stays until the same address is rendered again. A response with
    a `lifetime` expires after it; others last as long as their snapshot.
    """

    valid_in: "Period | None" = None

    def __init__(self, response: HttpResponse) -> None:
        patch_vary_headers(response, ["Accept-Encoding"])
        self.headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
        self.query_names: frozenset[str] = vars(response).get("query_names", frozenset())
        lifetime: timedelta | None = vars(response).get("lifetime")
        self.expires_at = clock.now() + lifetime if lifetime else NEVER
        self.is_of_the_moment: bool = vars(response).get("is_of_the_moment", False)
        self.digest = hashlib.sha256(response.content).hexdigest()[:24]
        is_picture = self.headers.get("Content-Type", "").startswith("image/")
        self.is_sent_plain = is_picture or len(response.content) < WORTH_COMPRESSING
        self.bodies = {"": response.content}
        self.counted_bytes = 0

    @property
    def size(self) -> int:
        return OVERHEAD + sum(map(len, self.bodies.values()))

    def body(self, encoding: str) -> bytes:
        bodies = self.bodies
        if encoding in bodies:
            return bodies[encoding]
        encoded = ENCODERS[encoding](self.plain_body())
        # Drop the plain body: it can be decompressed from this one.
        self.bodies = {key: body for key, body in bodies.items() if key} | {encoding: encoded}
        return encoded

    def plain_body(self) -> bytes:
        bodies = self.bodies
        if "" in bodies:
            return bodies[""]
        return (
            brotli.decompress(bodies["br"]) if "br" in bodies else gzip.decompress(bodies["gzip"])
        )

    def respond(self, request: HttpRequest, expires_in: timedelta) -> HttpResponse:
        """Build the response to this request; the page expires after `expires_in`."""
        # META, because the first access to `request.headers` parses every header.
        meta = request.META
        encoding = "" if self.is_sent_plain else encoding_for(meta.get("HTTP_ACCEPT_ENCODING"))
        body = self.body(encoding)
        response = HttpResponse(b"" if request.method == "HEAD" else body, headers=self.headers)
        headers = response.headers
        headers["Content-Length"] = str(len(body))
        headers["ETag"] = f'"{self.digest}-{encoding}"' if encoding else f'"{self.digest}"'
        headers.setdefault("Cache-Control", cache_control(expires_in))
        if encoding:
            headers["Content-Encoding"] = encoding
        return not_modified_or(response, request)


def not_modified_or(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    """Return a 304 if the client's copy is current, else the response."""
    if request.META.keys().isdisjoint(CONDITIONAL_HEADERS):
        return response
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    etag = response.headers["ETag"]
    return get_conditional_response(request, etag, modified, response) or response


def cache_control(expires_in: timedelta) -> str:
    """Return a Cache-Control header under which no cache shows the page after it expires."""
    left = max(int(expires_in.total_seconds()), 0)
    age = min(MAX_AGE, left)
    stale, in_errors = min(STALE, left - age), min(STALE_IF_ERROR, left - age)
    return f"public, max-age={age}, stale-while-revalidate={stale}, stale-if-error={in_errors}"


@lru_cache(maxsize=256)
def encoding_for(accepted: str | None) -> str:
    """Choose `br` before `gzip`, unless the client refuses it with `q=0`; "" for neither."""
    wanted = set()
    for part in (accepted or "").lower().split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        if not any(p.startswith("q=") and not p[2:].strip("0.") for p in parameters):
            wanted.add(name)
    return next((name for name in ("br", "gzip") if name in wanted), "")


def canonical_query(query: str, names: Iterable[str]) -> str:
    """Return the query string with these parameters alone, sorted by name, without empty values."""
    if not (query and names):
        return ""
    sent = QueryDict(query)
    return urlencode(
        [(name, value) for name in sorted(names) for value in sent.getlist(name) if value]
    )


class LRUCache:
    """Hold pages up to `limit` bytes; evict the least recently used first."""

    def __init__(self, limit: int) -> None:
        self.limit, self.used = limit, 0
        self.lock = Lock()
        self.pages: OrderedDict[tuple[str, str], CachedPage] = OrderedDict()

    def find(self, key: tuple[str, str]) -> CachedPage | None:
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def put(self, key: tuple[str, str], page: CachedPage) -> None:
        """Store the page; call again when it has grown by an encoded body."""
        with self.lock:
            self._subtract(self.pages.pop(key, page))
            self.pages[key] = page
            page.counted_bytes = page.size
            self.used += page.counted_bytes
            while self.used > self.limit:
                self._subtract(self.pages.popitem(last=False)[1])

    def _subtract(self, page: CachedPage) -> None:
        self.used -= page.counted_bytes
        page.counted_bytes = 0


class PageStore:
    """Hold the pages of one version of the site, by path and canonical query string."""

    def __init__(self) -> None:
        self.query_names: dict[str, frozenset[str]] = {}
        self.without_query = LRUCache(BYTES_WITHOUT_QUERY)
        self.with_query = LRUCache(BYTES_WITH_QUERY)

    def find(self, path: str, query: str) -> CachedPage | None:
        if path not in self.query_names:
            return None
        canonical = canonical_query(query, self.query_names[path])
        return self._cache_for(canonical).find((path, canonical))

    def put(self, page: CachedPage, path: str, query: str) -> None:
        canonical = canonical_query(query, page.query_names)
        if len(canonical) <= LONGEST_QUERY:
            self.query_names[path] = page.query_names
            self._cache_for(canonical).put((path, canonical), page)

    def _cache_for(self, query: str) -> LRUCache:
        return self.with_query if query else self.without_query


def is_cacheable(response: HttpResponse) -> bool:
    """Return whether the response is complete, the same for everybody, and carries no nonce."""
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
