"""The programme, the texts that its search uses, and one session's page."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim.lib.page_store import SHARED_FOR
from programme.decorators import SiteRequest, cached, machine, public, reads_query
from programme.forms import FindSessions
from programme.listing import cards, days, finding
from programme.live.player import FRAME_SOURCES, channels_of, player_of
from programme.models import Session

# Seconds for which browsers cache the search texts of one version.
SEARCH_TEXTS_MAX_AGE = 7 * 24 * 60 * 60
PLAYER_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": FRAME_SOURCES}


@public
@require_safe
@reads_query(*FindSessions.parameters())
def session_list(request: SiteRequest) -> HttpResponse:
    sessions, themes = request.snapshot.sessions, request.shared.themes
    form = FindSessions(request.GET, sessions=sessions, moment=request.moment)
    arranged = days.days(sessions, themes, request.moment, form.matches)
    context = {
        "sessions": sessions,
        "form": form,
        "find_query": form.query,
        "version": str(request.meeting.version),
        "summary": cards.summary(sessions),
        "has_hours": any(session.starts_at for session in sessions),
        "days": arranged,
        "now_words": days.now_words(arranged),
        "themes": themes,
    }
    return render(request, "programme/session_list.html", context)


@machine
@cached
@require_safe
@reads_query("v")
def search_texts(request: SiteRequest) -> HttpResponse:
    """Serve the search texts that find.js loads when a visitor enters the search box.

    The address contains the version of the programme, so browsers may cache the file for long.
    """
    # The meeting of this snapshot: the `v` of the address may come from a page of another process,
    # and be newer than the sessions that this process has loaded.
    meeting = request.shared.meeting
    if meeting is None:
        raise Http404
    response = JsonResponse(finding.session_search_texts(request.snapshot.sessions))
    if request.GET.get("v") == f"{meeting.version}":
        # Caches in between ask again soon: an organiser may have removed a text.
        ages = {"max_age": SEARCH_TEXTS_MAX_AGE, "s_maxage": SHARED_FOR}
    else:
        ages = {"max_age": 0}
    patch_cache_control(response, public=True, **ages)
    return response


@public
@require_safe
@csp_override(PLAYER_CSP)
@reads_query("channel")
def session_detail(request: SiteRequest, slug: str) -> HttpResponse:
    visible = Session.objects.visible().select_related("room", "theme", "quota")
    session = get_object_or_404(visible, slug=slug)
    moment = request.moment
    presentations, parts = cards.presentations_and_parts(session)
    card = cards.Card(session=session, meeting=request.meeting, now=moment.now)
    channels = channels_of(session) if card.is_on else []
    context = {
        "session": session,
        "card": card,
        "presentations": presentations,
        "parts": parts,
        # Sessions that were never moved have revision 0: no query for them.
        "changes": list(session.changes.visible()) if session.revision else [],
        "is_ahead": moment.is_ahead(session),
        "is_behind": moment.is_behind(session),
        "is_kept": bool(session.recording_url or session.materials_url or session.transcript_url),
        # In a session on site, who registers now would come too late.
        "is_open_to_all": session.is_followed_online or not card.has_begun,
        "player": player_of(channels, request.GET.get("channel", "")),
    }
    return render(request, "programme/session_detail.html", context)
