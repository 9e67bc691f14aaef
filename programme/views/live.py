from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim import clock
from programme import live_state
from programme.broadcast import broadcast
from programme.decorators import SiteRequest, machine, public
from programme.feeds import the_meeting
from programme.screens import screen
from programme.views.sessions import PLAYER_CSP


@public
@require_safe
@csp_override(PLAYER_CSP)
def live(request: SiteRequest) -> HttpResponse:
    now = clock.now()
    shown = broadcast(request.meeting, now, request.GET.get("room", ""))
    room, sessions = shown.room, [card.session for card in shown.today]
    context = {
        "broadcast": shown,
        "screen": screen(room.channels, request.GET.get("channel", "")) if room else None,
        "state": live_state.state(request.meeting, now, sessions, shown.streams),
    }
    return render(request, "programme/live.html", context)


@machine
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """The same for all, whatever their language and room."""
    document = live_state.document(the_meeting(), clock.now())
    response = JsonResponse(document)
    patch_cache_control(response, public=True, max_age=1)
    etag = quote_etag("{state}-{seconds}-{ahead}".format(**document))
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
