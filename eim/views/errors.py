"""Show error pages: in all languages, and without context, because the database may be down."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

from eim.context_processors import home_links
from eim.lib.databases.faults import is_unavailable
from eim.lib.logs.request_ids import request_id
from eim.views.archive import where_it_was
from eim.views.outages import unavailable
from programme.caching import snapshot
from programme.decorators import SiteRequest, machine, with_meeting
from programme.listing.finding import folded_words

# Views that show their form again, and write nothing, when the CSRF check has failed.
FORMS = {
    f"registration:{name}"
    for name in (
        *("correct", "change", "consents", "needs"),
        *("change-details", "change-address", "erase", "lost-link"),
    )
} | {"programme:question-ask", "programme:question-list"}
# Of a wrong address, in the search that its page offers.
MOST_WORDS = 8
logger = logging.getLogger(__name__)


@machine
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


@machine
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("403.html"), status=403)


@machine
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Lead to a frozen edition that has the address; else answer in its language and frame."""
    try:
        if elsewhere := where_it_was(request):
            return elsewhere
        framed = not_found_in_frame(request)
    except Exception:
        logger.exception("The frame of a page that does not exist could not be rendered.")
        framed = None
    return framed or HttpResponse(render_to_string("404.html"), status=404)


def not_found_in_frame(request: HttpRequest) -> HttpResponse | None:
    """Render the page with menu and search; None without a language or a meeting."""
    code = get_language_from_path(request.path_info)
    vars(request)["shared"] = snapshot.current().shared if code else None
    if code is None or vars(request)["shared"].meeting is None:
        return None
    with translation.override(code):
        return with_meeting(not_found)(request)


def not_found(request: SiteRequest) -> HttpResponse:
    last = request.path.rstrip("/").rpartition("/")[2]
    context = {
        "sought": " ".join(folded_words(last)[:MOST_WORDS]),
        # In another language the page does not exist either.
        "language_links": home_links(request),
        "canonical_url": "",
    }
    return render(request, "programme/not_found.html", context, status=404)


@machine
def server_error(request: HttpRequest) -> HttpResponse:
    """Show that something failed; a database that is away may come back (if no view asked it)."""
    if is_unavailable(sys.exc_info()[1]):
        return unavailable(request)
    context = {"request_id": request_id.get()}
    return HttpResponse(render_to_string("500.html", context), status=500)


@machine
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show the form again with what was typed, or say what to do if it was only a button."""
    match = resolve(request.path_info)
    if match.view_name in FORMS:
        vars(request)["has_failed_csrf_check"] = True
        return match.func(request, *match.args, **match.kwargs)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)
