"""Who may see a page and what may keep a copy of it: every view carries one of these."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.gzip import gzip_page

from programme.models import Meeting

type View = Callable[..., HttpResponse]


class SiteRequest(HttpRequest):
    """A request as the views get it: with what the decorators and the middleware put there."""

    meeting: Meeting
    client_address: str


def public(view: View) -> View:
    """For everybody, the same for everybody: no cookie, may be cached, is sent compressed."""
    wrapper = gzip_page(with_meeting(view))
    vars(wrapper)["policy"] = "public"
    return wrapper


def with_meeting(view: View) -> View:
    """Gives the view `request.meeting` and the meeting's own zone as the current one."""

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        meeting = Meeting.objects.first()
        if meeting is None:
            return render(request, "programme/no_meeting.html")
        request.meeting = meeting
        with timezone.override(meeting.zone):
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
