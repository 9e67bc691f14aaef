"""Answer requests from the cached pages of the current snapshot, right after SecurityMiddleware."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

from eim.lib.page_store import SAFE, canonical_query, is_cacheable
from programme.caching import snapshot
from programme.caching.locks import LocksByKey
from programme.caching.snapshot import snapshot_cache

type View = Callable[..., HttpResponse]
type Address = tuple[str, str]

# Seconds for which a request waits for another one that renders the same page.
LONGEST_RENDER = 5.0


def page_cache(get_response: View) -> View:
    """Look the address up among the cached pages; on a miss, call the view and cache its answer.

    A page just rendered is sent like a cached one, so that both have the same headers. While the
    database does not answer, a page goes on that a boundary has outdated.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return get_response(request)
        if hit := from_cache(request):
            return hit
        with renders.one_at_a_time(request) as has_waited:
            return (has_waited and from_cache(request)) or rendered(request, get_response)

    return middleware


def from_cache(request: HttpRequest) -> HttpResponse | None:
    address = request.path, request.META["QUERY_STRING"]
    if hit := snapshot.find_cached(*address):
        # Refuses hosts that are not allowed, as CommonMiddleware does on a miss.
        request.get_host()
        # Counted by eim/serving/access.py.
        request.META["eim.page"] = "memory"
        return hit.snapshot.respond(hit.page, request, *address)
    return outdated(request) if snapshot_cache.is_away else None


def outdated(request: HttpRequest) -> HttpResponse | None:
    if response := snapshot.respond_outdated(request):
        request.get_host()
        request.META["eim.page"] = "outdated"
    return response


def rendered(request: HttpRequest, get_response: View) -> HttpResponse:
    response = get_response(request)
    if response.status_code == 503:
        return outdated(request) or response
    rendered_in = getattr(response, "snapshot", None)
    if rendered_in is None or not is_cacheable(response):
        return response
    request.META["eim.page"] = "rendered"
    address = request.path, request.META["QUERY_STRING"]
    return rendered_in.respond(rendered_in.keep(response), request, *address)


class Renders:
    """Let one thread render a page, while the others that were asked for it wait."""

    def __init__(self) -> None:
        self.locks: LocksByKey[Address] = LocksByKey()

    @contextmanager
    def one_at_a_time(self, request: HttpRequest) -> Iterator[bool]:
        """Wait for the thread that renders this page; yield whether there was one.

        Nobody waits for a page that is not cached, nor for ever: not a HEAD, which caches nothing.
        """
        address = address_of_cached(request) if request.method == "GET" else None
        if address is None:
            yield False
            return
        lock = self.locks.lock_of(address)
        is_free = lock.acquire(blocking=False)
        is_mine = is_free or lock.acquire(timeout=LONGEST_RENDER)
        try:
            yield not is_free
        finally:
            if is_mine:
                lock.release()


def address_of_cached(request: HttpRequest) -> Address | None:
    """Return the path and canonical query of an address whose view is cached; None for others."""
    code = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    try:
        with translation.override(code):
            view = resolve(request.path_info).func
    except Resolver404:
        return None
    if not getattr(view, "is_cached", False):
        return None
    names: frozenset[str] = getattr(view, "query_names", frozenset())
    return request.path, canonical_query(request.META["QUERY_STRING"], names)


renders = Renders()
