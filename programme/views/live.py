from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim import clock
from programme.broadcast import broadcast
from programme.decorators import SiteRequest, knows, public
from programme.screens import screen
from programme.views.sessions import PLAYER_CSP


@public
@require_safe
@csp_override(PLAYER_CSP)
@knows("room", "channel")
def live(request: SiteRequest) -> HttpResponse:
    shown = broadcast(request.meeting, clock.now(), request.GET.get("room", ""))
    room = shown.room
    context = {
        "broadcast": shown,
        "screen": screen(room.channels, request.GET.get("channel", "")) if room else None,
    }
    return render(request, "programme/live.html", context)
