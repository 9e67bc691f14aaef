"""Answer requests from the cached pages of the current snapshot, right after SecurityMiddleware."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from eim.lib.page_store import SAFE, CachedPage, is_cacheable
from programme.caching import snapshot

type View = Callable[..., HttpResponse]


def page_cache(get_response: View) -> View:
    """Look the address up among the cached pages; on a miss, call the view and cache its answer.

    A page just rendered is sent like a cached one, so that both have the same headers.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return get_response(request)
        address = request.path, request.META["QUERY_STRING"]
        if hit := snapshot.find_cached(*address):
            # Refuses hosts that are not allowed, as CommonMiddleware does on a miss.
            request.get_host()
            return hit.snapshot.respond(hit.page, request, *address)
        response = get_response(request)
        rendered_in = getattr(response, "snapshot", None)
        if rendered_in is None or not is_cacheable(response):
            return response
        return rendered_in.respond(CachedPage(response), request, *address)

    return middleware
