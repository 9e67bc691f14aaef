"""Serve the feeds: addresses without a language prefix, in the language of ?lang=, open to CORS."""

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, cached, machine, reads_query
from programme.feeds.agendas import Agenda, requested_agenda
from programme.feeds.atom import changes_atom
from programme.feeds.calendars import icalendar_of
from programme.feeds.schedule import schedule_json, schedule_of, schedule_xml
from programme.models import Change, Meeting, Session

LATEST_CHANGES = 50
SCHEDULE_TYPE = "application/vnd.c3voc.schedule+xml; charset=utf-8"


@machine
@cached
@require_safe
@reads_query("lang", "meeting", "only")
def calendar(request: SiteRequest) -> HttpResponse:
    """Serve the whole programme, or with ?only= the sessions of one visitor's agenda."""
    meeting = meeting_or_404(request)
    sessions = Session.objects.visible().with_hours().with_room_and_theme().in_order()
    if "only" not in request.GET:
        return calendar_file(request, sessions, meeting, "programme")
    agenda = requested_agenda(request, meeting)
    chosen = sessions.for_agenda(agenda.codes) if agenda.is_present else sessions.none()
    return calendar_file(request, chosen, meeting, "agenda", agenda)


@machine
@cached
@require_safe
@reads_query("lang")
def session_calendar(request: SiteRequest, slug: str) -> HttpResponse:
    meeting = meeting_or_404(request)
    sessions = Session.objects.visible().with_hours().with_room_and_theme()
    session = get_object_or_404(sessions, slug=slug)
    return calendar_file(request, [session], meeting, session.slug)


@machine
@cached
@require_safe
@reads_query("lang")
def schedule_as_xml(request: SiteRequest) -> HttpResponse:
    meeting = meeting_or_404(request)
    language = requested_language(request, meeting)
    with translation.override(language):
        body = schedule_xml(schedule_of(meeting, language))
    return with_feed_headers(HttpResponse(body, content_type=SCHEDULE_TYPE), language, meeting)


@machine
@cached
@require_safe
@reads_query("lang")
def schedule_as_json(request: SiteRequest) -> HttpResponse:
    meeting = meeting_or_404(request)
    language = requested_language(request, meeting)
    with translation.override(language):
        body = schedule_json(schedule_of(meeting, language))
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    return with_feed_headers(response, language, meeting)


@machine
@cached
@require_safe
@reads_query("lang")
def changes_feed(request: SiteRequest) -> HttpResponse:
    meeting = meeting_or_404(request)
    language = requested_language(request, meeting)
    with translation.override(language):
        body = changes_atom(
            Change.objects.news()[:LATEST_CHANGES], meeting, feed_url(request, language)
        )
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    return with_feed_headers(response, language, meeting)


def meeting_or_404(request: SiteRequest) -> Meeting:
    meeting = request.shared.meeting
    if meeting is None:
        raise Http404
    return meeting


def calendar_file(
    request: SiteRequest,
    sessions: Iterable[Session],
    meeting: Meeting,
    file: str,
    agenda: Agenda | None = None,
) -> HttpResponse:
    language = requested_language(request, meeting)
    source = feed_url(request, language) + (agenda.query if agenda else "")
    with translation.override(language):
        name = agenda.name if agenda else ""
    response = HttpResponse(
        icalendar_of(sessions, meeting, language, name=name, source=source),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{file}.ics"'},
    )
    return with_feed_headers(response, language, meeting)


def with_feed_headers(response: HttpResponse, language: str, meeting: Meeting) -> HttpResponse:
    """Allow scripts of other sites to read the file, and keep it out of search results."""
    if meeting.changed_at:
        response.headers["Last-Modified"] = http_date(meeting.changed_at.timestamp())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def feed_url(request: SiteRequest, language: str) -> str:
    """Return the canonical address of this file, without what else was asked for."""
    return f"{settings.SITE_URL}{request.path}?lang={language}"


def requested_language(request: SiteRequest, meeting: Meeting) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else meeting.first_language
