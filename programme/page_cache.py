"""The middleware that answers from the cached pages of the current edition."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from eim.lib.page_store import SAFE, Page, may_be_kept
from programme import edition

type View = Callable[..., HttpResponse]


def page_cache(get_response: View) -> View:
    """Answer with a cached page before anything but the address of the request is looked at.

    A page that a view has just rendered is sent the same way, so that both have the same headers.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE:
            return get_response(request)
        address = request.path, request.META["QUERY_STRING"]
        if found := edition.find(*address):
            # A host that is not ours is refused here as elsewhere.
            request.get_host()
            return found.edition.send(found.page, request, *address)
        response = get_response(request)
        present = getattr(response, "edition", None)
        if present is None or not may_be_kept(response):
            return response
        return present.send(Page(response), request, *address)

    return middleware
