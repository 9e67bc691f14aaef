from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim import clock
from programme import agenda
from programme.decorators import SiteRequest, public
from programme.models import Session, Theme
from programme.screens import FRAME_SOURCES, channels_of, screen

PLAYER_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": FRAME_SOURCES}


@public
@require_safe
def session_list(request: SiteRequest) -> HttpResponse:
    meeting, now = request.meeting, clock.now()
    sessions, themes = agenda.sessions(), list(Theme.objects.all())
    context = {
        "sessions": sessions,
        "summary": agenda.summary(sessions),
        "has_hours": any(session.starts_at for session in sessions),
        "days": agenda.days(sessions, themes, meeting, now),
        "themes": themes,
    }
    return render(request, "programme/session_list.html", context)


@public
@require_safe
@csp_override(PLAYER_CSP)
def session_detail(request: SiteRequest, slug: str) -> HttpResponse:
    visible = Session.objects.visible().select_related("room", "theme", "quota")
    session = get_object_or_404(visible, slug=slug)
    meeting, now = request.meeting, clock.now()
    presentations, parts = agenda.contents(session)
    context = {
        "session": session,
        "card": agenda.Card(session=session, meeting=meeting, now=now),
        "presentations": presentations,
        "parts": parts,
        # One that nobody ever moved has none: most need no query.
        "changes": list(session.changes.seen()) if session.revision else [],
        "is_over": session.ends_at is not None and session.ends_at <= now,
        "screen": screen(channels_of(session), request.GET.get("channel", "")),
    }
    return render(request, "programme/session_detail.html", context)
