"""Serve the home page, uploaded files, health checks, robots.txt and error pages."""

import logging
from contextlib import nullcontext
from dataclasses import replace
from pathlib import PurePosixPath
from posixpath import normpath
from typing import cast

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.csp import CSP
from django.utils.http import content_disposition_header
from django.utils.translation import get_language_from_path
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from django.views.static import serve

from eim import clock
from eim.context_processors import home_links
from eim.lib.fields import kept_uploads
from eim.middleware import in_language_of
from programme import jsonld
from programme.caching import snapshot
from programme.decorators import SiteRequest, machine, public, with_meeting
from programme.listing import cards, cloth
from programme.listing.finding import folded_words
from programme.moment import Moment
from programme.wording.moment import results_of, strip_of
from programme.wording.seats import Seats, in_person_seats
from programme.wording.taking_part import figures_words, ways_of
from registration.models import Message
from registration.views.sign_up import sign_up_again

# Views that show their form again, and write nothing, when the CSRF check has failed.
FORMS = {
    f"registration:{name}"
    for name in (
        *("change", "consents", "needs"),
        *("change-details", "change-address", "erase", "lost-link"),
    )
} | {"programme:question-ask", "programme:question-list"}
# Of a wrong address, in the search that its page offers.
MOST_WORDS = 8
logger = logging.getLogger(__name__)
FILE_CSP = {"default-src": [CSP.NONE], "sandbox": ""}


@public
@require_safe
def home(request: SiteRequest) -> HttpResponse:
    listed, organisations = request.snapshot.sessions, request.shared.organisations
    timed = [session for session in listed if session.starts_at]
    # These sessions come with their rooms, which the strip names.
    moment = replace(request.moment, timed=timed)
    results = results_of(moment, listed)
    context = {
        "strip": strip_of(moment, listed, results, in_person_shown(moment)),
        "cloth": cloth.woven(listed, moment),
        "ways": ways_of(listed),
        "results": results,
        "figures": figures_words(listed, results.edition) if moment.has_ended else "",
        "next_cards": cards.next_cards(listed, moment),
        "organisations": organisations,
        "event": jsonld.meeting_event(request.meeting, organisations, timed),
    }
    return render(request, "home.html", context)


def in_person_shown(moment: Moment) -> Seats | None:
    """Return how many places in person are left, while one can register before the meeting."""
    return in_person_seats() if moment.is_before and moment.may_register else None


@machine
@require_safe
def front_door(request: SiteRequest) -> HttpResponse:
    meeting = snapshot.current().shared.meeting
    with in_language_of(request, meeting) if meeting else nullcontext():
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@machine
@require_safe
@csp_override(FILE_CSP)
def media(request: HttpRequest, path: str) -> HttpResponse:
    """Serve uploads: browsers show pictures, and download everything else."""
    # “pictures/../documents/…” would be a document that browsers show.
    if normpath(path) != path or path.startswith(f"{kept_uploads.FOLDER}/"):
        raise Http404
    try:
        response = cast(HttpResponse, serve(request, path, str(settings.MEDIA_ROOT)))
    except OSError as fault:  # the name is longer than the file system allows
        raise Http404 from fault
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not path.startswith("pictures/"):
        header = content_disposition_header(True, PurePosixPath(path).name)
        response.headers["Content-Disposition"] = str(header)
    patch_cache_control(response, public=True, max_age=86400)
    return response


@machine
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@machine
def readyz(request: HttpRequest) -> HttpResponse:
    if is_ready():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("not ready", content_type="text/plain", status=503)


def is_ready() -> bool:
    """Return whether the database answers, is migrated, and mails are being sent."""
    try:
        return is_migrated() and not is_mail_stuck()
    except DatabaseError:
        return False


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_mail_stuck() -> bool:
    return Message.objects.late(clock.now()).exists()


@machine
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines away from rehearsals and demos."""
    if settings.CLOCK or settings.DEMO:
        lines = "User-agent: *\nDisallow: /\n"
    else:
        lines = f"User-agent: *\nDisallow: \n\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(lines, content_type="text/plain")


# Error pages: in all languages, and without context, because the database may be down.


@machine
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


@machine
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("403.html"), status=403)


@machine
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer in the language of the address and the frame of its page, else as the others do."""
    try:
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
    return HttpResponse(render_to_string("500.html"), status=500)


@machine
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show the form again with what was typed, or say what to do if it was only a button."""
    match = resolve(request.path_info)
    if match.view_name == "registration:sign-up":
        return sign_up_again(request)
    if match.view_name in FORMS:
        vars(request)["has_failed_csrf_check"] = True
        return match.func(request, *match.args, **match.kwargs)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)
