"""The live page, and the document that it polls."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim import clock
from programme.decorators import SiteRequest, cached, machine, public, reads_query
from programme.feeds.views import meeting_or_404
from programme.live.broadcast import broadcast
from programme.live.player import player_of
from programme.live.polling import POLL_OFTEN, state_document, state_hash
from programme.views.sessions import PLAYER_CSP


@public
@require_safe
@csp_override(PLAYER_CSP)
@reads_query("room", "channel")
def live(request: SiteRequest) -> HttpResponse:
    shown = broadcast(request.moment, request.GET.get("room", ""))
    room, sessions = shown.room, [card.session for card in shown.today]
    context = {
        "broadcast": shown,
        "player": player_of(room.channels, request.GET.get("channel", "")) if room else None,
        "state": state_hash(request.moment, sessions, shown.streams),
        "first_poll_seconds": POLL_OFTEN,
    }
    return render(request, "programme/live.html", context)


@machine
@cached
@require_safe
def live_state(request: SiteRequest) -> HttpResponse:
    """Serve one document for all languages and rooms."""
    response = JsonResponse(state_document(meeting_or_404(request), clock.now()))
    patch_cache_control(response, public=True, max_age=1)
    # Open pages would take an old state for the present one.
    vars(response)["is_of_the_moment"] = True
    return response
