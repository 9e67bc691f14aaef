"""Files without a language prefix: their language stands in ?lang=, and any site may read them."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from programme.decorators import cached, machine, reads_query
from programme.feeds.atom import changes_atom
from programme.feeds.calendars import calendar_of
from programme.feeds.schedule import schedule_json, schedule_of, schedule_xml
from programme.models import Change, Meeting, Session
from programme.models.sessions import SESSION_CODE

# Nobody sits in more sessions; an address that names more is no visitor's.
AGENDA_SIZE = 100
NEWS = 50
SCHEDULE_TYPE = "application/vnd.c3voc.schedule+xml; charset=utf-8"


@machine
@cached
@require_safe
@reads_query("lang", "only")
def calendar(request: HttpRequest) -> HttpResponse:
    """All of the programme, or with ?only= the sessions of somebody's agenda."""
    meeting = the_meeting()
    sessions = Session.objects.visible().with_hours().with_room_and_theme().in_order()
    if "only" in request.GET:
        return agenda_file(request, sessions.for_agenda(codes_asked_for(request)), meeting)
    return calendar_file(request, sessions, meeting, "programme")


@machine
@cached
@require_safe
@reads_query("lang")
def session_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = the_meeting()
    sessions = Session.objects.visible().with_hours().with_room_and_theme()
    session = get_object_or_404(sessions, slug=slug)
    return calendar_file(request, [session], meeting, session.slug)


@machine
@cached
@require_safe
@reads_query("lang")
def schedule_as_xml(request: HttpRequest) -> HttpResponse:
    meeting = the_meeting()
    language = language_asked_for(request, meeting)
    with translation.override(language):
        body = schedule_xml(schedule_of(meeting, language))
    return open_to_all(HttpResponse(body, content_type=SCHEDULE_TYPE), language, meeting)


@machine
@cached
@require_safe
@reads_query("lang")
def schedule_as_json(request: HttpRequest) -> HttpResponse:
    meeting = the_meeting()
    language = language_asked_for(request, meeting)
    with translation.override(language):
        body = schedule_json(schedule_of(meeting, language))
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    return open_to_all(response, language, meeting)


@machine
@cached
@require_safe
@reads_query("lang")
def changes(request: HttpRequest) -> HttpResponse:
    meeting = the_meeting()
    language = language_asked_for(request, meeting)
    with translation.override(language):
        body = changes_atom(Change.objects.told()[:NEWS], meeting, address_of(request, language))
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    return open_to_all(response, language, meeting)


def the_meeting() -> Meeting:
    meeting = Meeting.objects.first()
    if meeting is None:
        raise Http404
    return meeting


def codes_asked_for(request: HttpRequest) -> list[str]:
    """Each once; what is no code at all is passed over, and so is what is beyond the bound."""
    asked = request.GET["only"].upper().split(",", AGENDA_SIZE)[:AGENDA_SIZE]
    return [code for code in dict.fromkeys(asked) if re.fullmatch(SESSION_CODE, code)]


def agenda_file(
    request: HttpRequest, sessions: Iterable[Session], meeting: Meeting
) -> HttpResponse:
    with translation.override(language_asked_for(request, meeting)):
        name = gettext("My agenda: %(meeting)s") % {"meeting": meeting.name}
    return calendar_file(request, sessions, meeting, "agenda", name)


def calendar_file(
    request: HttpRequest, sessions: Iterable[Session], meeting: Meeting, file: str, name: str = ""
) -> HttpResponse:
    language = language_asked_for(request, meeting)
    source = address_of(request, language)
    response = HttpResponse(
        calendar_of(sessions, meeting, language, name=name, source=source),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{file}.ics"'},
    )
    return open_to_all(response, language, meeting)


def open_to_all(response: HttpResponse, language: str, meeting: Meeting) -> HttpResponse:
    """For scripts of other sites, and not for the lists of search engines."""
    if meeting.changed_at:
        response.headers["Last-Modified"] = http_date(meeting.changed_at.timestamp())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Language"] = language
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def address_of(request: HttpRequest, language: str) -> str:
    """Where the same can be had again, whoever's words brought it."""
    only = codes_asked_for(request) if "only" in request.GET else None
    query = f"?lang={language}" + ("" if only is None else f"&only={','.join(sorted(only))}")
    return settings.SITE_URL + request.path + query


def language_asked_for(request: HttpRequest, meeting: Meeting) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else meeting.first_language
