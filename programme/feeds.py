"""Calendar files without a language prefix: their language stands in ?lang=."""

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from programme.calendars import calendar_of
from programme.decorators import kept, knows, machine
from programme.models import Meeting, Session


@machine
@kept
@require_safe
@knows("lang")
def calendar(request: HttpRequest) -> HttpResponse:
    meeting = the_meeting()
    sessions = Session.objects.visible().with_hours().select_related("room").in_order()
    return calendar_file(request, sessions, meeting, "programme")


@machine
@kept
@require_safe
@knows("lang")
def session_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = the_meeting()
    sessions = Session.objects.visible().with_hours().select_related("room")
    session = get_object_or_404(sessions, slug=slug)
    return calendar_file(request, [session], meeting, session.slug)


def the_meeting() -> Meeting:
    meeting = Meeting.objects.first()
    if meeting is None:
        raise Http404
    return meeting


def calendar_file(
    request: HttpRequest, sessions: Iterable[Session], meeting: Meeting, name: str
) -> HttpResponse:
    language = language_asked_for(request, meeting)
    return HttpResponse(
        calendar_of(sessions, meeting, language),
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'inline; filename="{name}.ics"',
            "Content-Language": language,
        },
    )


def language_asked_for(request: HttpRequest, meeting: Meeting) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else meeting.first_language
