"""Who may see a page and what may keep a copy of it: every view carries one of these."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.gzip import gzip_page

from eim.lib.page_store import SAFE, question
from programme import edition
from programme.edition import Edition, Surroundings
from programme.models import Meeting

type View = Callable[..., HttpResponse]


class SiteRequest(HttpRequest):
    """A request as the views get it: with what the decorators and the middleware put there."""

    edition: Edition
    around: Surroundings
    meeting: Meeting
    client_address: str


def public(view: View) -> View:
    """For everybody, the same for everybody: no cookie, is kept whole, is sent compressed."""
    wrapper = kept(with_meeting(view))
    vars(wrapper)["policy"] = "public"
    return wrapper


def public_form(view: View) -> View:
    """For everybody, but with a form of one's own: it is not kept, so it says `never_cache`."""
    wrapper = gzip_page(with_meeting(view))
    vars(wrapper)["policy"] = "public"
    return wrapper


def kept(view: View) -> View:
    """The answer is kept whole until the site says something else. Feeds: `@machine @kept`.

    Of the query the view is given only what it says it `knows`: no copy can differ by anything
    else. It finds `request.edition` and `request.around`.
    """
    names = vars(view).get("knows", frozenset())

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        # Before a row is read: what is older is never kept under what is newer.
        present = edition.present()
        request.edition, request.around = present, present.around
        if request.method in SAFE:
            vars(request)["GET"] = QueryDict(question(request.META["QUERY_STRING"], names))
        response = view(request, *args, **kwargs)
        vars(response).update(edition=present, knows=names)
        return response

    vars(wrapper)["is_kept"] = True
    return wrapper


def knows(*names: str) -> Callable[[View], View]:
    """What a kept view reads of the query, by name."""

    def decorator(view: View) -> View:
        vars(view)["knows"] = frozenset(names)
        return view

    return decorator


def with_meeting(view: View) -> View:
    """Gives the view `request.meeting`, what is around it, and the meeting's zone as the current
    one."""

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not hasattr(request, "around"):
            request.around = Surroundings()
        if request.around.meeting is None:
            return render(request, "programme/no_meeting.html")
        request.meeting = request.around.meeting
        with timezone.override(request.meeting.zone):
            return view(request, *args, **kwargs)

    return wrapper


def personal(view: View) -> View:
    """For one person: never stored, never indexed, never named to another site."""

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = with_meeting(view)(request, *args, **kwargs)
        add_never_cache_headers(response)
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    vars(wrapper)["policy"] = "personal"
    return wrapper


def machine(view: View) -> View:
    """For programs: health, feeds, files. Needs no meeting and no language."""
    vars(view)["policy"] = "machine"
    return view
