"""Declare for each view who may see the page, and whether it may be cached.

`public`, `public_form`, `personal` and `machine` are the policies; every view carries one.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page

from eim import clock
from eim.lib.page_store import SAFE, canonical_query
from programme.caching import snapshot
from programme.caching.snapshot import SharedRows, Snapshot
from programme.models import Meeting
from programme.moment import Moment

type View = Callable[..., HttpResponse]

# Of the page of a form for everybody: it says what is free, and when it was opened.
FORM_LIFETIME = timedelta(seconds=5)


class SiteRequest(HttpRequest):
    """A request with the attributes that decorators and middleware have set."""

    snapshot: Snapshot
    shared: SharedRows
    meeting: Meeting
    moment: Moment
    client_address: str
    # Of the frozen editions of the meeting that this site has.
    archived_numbers: frozenset[int]
    # None if neither the address nor the browser names a language of the site.
    asked_language: str | None


def public(view: View) -> View:
    """Mark a page that is the same for everybody: no cookie, cached whole, compressed."""
    wrapper = cached(with_meeting(view))
    vars(wrapper)["policy"] = "public"
    return wrapper


def public_form(view: View) -> View:
    """Mark a form for everybody: its page is cached for some seconds, and sets no cookie.

    What answers a form that was sent is for one person: never stored.
    """
    show = public(view)
    answer = never_cache(gzip_page(with_meeting(view)))

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method not in SAFE:
            return answer(request, *args, **kwargs)
        response = show(request, *args, **kwargs)
        vars(response)["lifetime"] = FORM_LIFETIME
        return response

    vars(wrapper).update(policy="public", is_cached=True)
    return wrapper


def cached(view: View) -> View:
    """Let the middleware cache the response in the current snapshot. Feeds: `@machine @cached`."""
    names = vars(view).get("query_names", frozenset())
    in_snapshot = with_snapshot(view)

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = in_snapshot(request, *args, **kwargs)
        vars(response).update(snapshot=request.snapshot, query_names=names)
        return response

    vars(wrapper)["is_cached"] = True
    return wrapper


def with_snapshot(view: View) -> View:
    """Set `request.snapshot` and `request.shared`, and activate the meeting.

    `request.GET` holds only the parameters named by `@reads_query`, so that cached pages differ by
    nothing else.
    """
    names = vars(view).get("query_names", frozenset())

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        # Before the view reads a row: see `snapshot.refreshed`.
        current = snapshot.current()
        request.snapshot, request.shared = current, current.shared
        if request.method in SAFE:
            vars(request)["GET"] = QueryDict(canonical_query(request.META["QUERY_STRING"], names))
        meeting = request.shared.meeting
        with meeting.activated() if meeting else nullcontext():
            return view(request, *args, **kwargs)

    return wrapper


def reads_query(*names: str) -> Callable[[View], View]:
    """Declare the query parameters that a cached view reads."""

    def decorator(view: View) -> View:
        vars(view)["query_names"] = frozenset(names)
        return view

    return decorator


def with_meeting(view: View) -> View:
    """Set `request.meeting`, `request.moment` and `request.shared`, and activate the meeting.

    Without a meeting, render a page that says so instead.
    """

    @wraps(view)
    def wrapper(request: SiteRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not hasattr(request, "shared"):
            # At most a second old, as what public pages show.
            request.shared = snapshot.current().shared
        if request.shared.meeting is None:
            return render(request, "programme/no_meeting.html")
        request.meeting = request.shared.meeting
        request.moment = request.shared.moment_at(clock.now())
        with request.meeting.activated():
            return view(request, *args, **kwargs)

    return wrapper


def personal(view: View) -> View:
    """Mark a page for one person: never stored, never indexed, no referrer to other sites."""

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
    """Mark a view for programs, such as health checks, feeds and files: no meeting, no language."""
    vars(view)["policy"] = "machine"
    return view
