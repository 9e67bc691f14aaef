from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim import clock
from programme.decorators import SiteRequest, cached, machine, public, reads_query
from programme.forms import PARAMETERS, FindSessions
from programme.listing import cards, finding
from programme.live.player import FRAME_SOURCES, channels_of, player_of
from programme.models import Session

KEPT = 7 * 24 * 60 * 60
PLAYER_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": FRAME_SOURCES}


@public
@require_safe
@reads_query(*PARAMETERS["programme:session-list"])
def session_list(request: SiteRequest) -> HttpResponse:
    meeting, now = request.meeting, clock.now()
    sessions, themes = request.edition.sessions, request.shared.themes
    form = FindSessions(request.GET, sessions=sessions)
    context = {
        "sessions": sessions,
        "form": form,
        "find_query": form.query,
        "version": str(meeting.version),
        "summary": cards.summary(sessions),
        "has_hours": any(session.starts_at for session in sessions),
        "days": cards.days(sessions, themes, meeting, now, form.found),
        "themes": themes,
    }
    return render(request, "programme/session_list.html", context)


@machine
@cached
@require_safe
@reads_query("v")
def session_words(request: SiteRequest) -> HttpResponse:
    """What the search finds sessions by: asked for when somebody begins to search, and kept.

    Its address names the version of the programme: the next one is another file.
    """
    # Before the sessions, and of the same edition: a process may not know yet of the version that
    # another one's page has named.
    meeting = request.shared.meeting
    if meeting is None:
        raise Http404
    response = JsonResponse(finding.words_of(request.edition.sessions))
    is_this_version = request.GET.get("v") == f"{meeting.version}"
    patch_cache_control(response, public=True, max_age=KEPT if is_this_version else 0)
    return response


@public
@require_safe
@csp_override(PLAYER_CSP)
@reads_query("channel")
def session_detail(request: SiteRequest, slug: str) -> HttpResponse:
    visible = Session.objects.visible().select_related("room", "theme", "quota")
    session = get_object_or_404(visible, slug=slug)
    meeting, now = request.meeting, clock.now()
    presentations, parts = cards.contents(session)
    card = cards.Card(session=session, meeting=meeting, now=now)
    channels = channels_of(session) if card.is_on else []
    context = {
        "session": session,
        "card": card,
        "presentations": presentations,
        "parts": parts,
        # One that nobody ever moved has none: most need no query.
        "changes": list(session.changes.seen()) if session.revision else [],
        "is_over": session.is_over(now),
        "player": player_of(channels, request.GET.get("channel", "")),
    }
    return render(request, "programme/session_detail.html", context)
