"""Show the home page, and lead to it."""

from contextlib import nullcontext
from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from eim.middleware.languages import in_language_of
from programme import jsonld
from programme.caching import snapshot
from programme.decorators import SiteRequest, machine, public
from programme.listing import cards, cloth
from programme.moment import Moment
from programme.wording.moment import results_of, strip_of
from programme.wording.seats import Seats, in_person_seats
from programme.wording.taking_part import figures_words, ways_of


@public
@require_safe
def home(request: SiteRequest) -> HttpResponse:
    listed, organisations = request.snapshot.sessions, request.shared.organisations
    timed = [session for session in listed if session.starts_at]
    # These sessions come with their rooms, which the strip names.
    moment = replace(request.moment, timed=timed)
    results = results_of(moment, listed)
    has_stream = moment.has_stream
    event = jsonld.meeting_event(request.meeting, organisations, timed, has_stream=has_stream)
    context = {
        "strip": strip_of(moment, listed, results, in_person_shown(moment)),
        "cloth": cloth.cloth_of(listed, moment),
        "ways": ways_of(listed),
        "results": results,
        "figures": figures_words(listed, results.edition) if moment.has_ended else "",
        "next_cards": cards.next_cards(listed, moment),
        "organisations": organisations,
        "event": event,
    }
    return render(request, "home.html", context)


def in_person_shown(moment: Moment) -> Seats | None:
    """Return how many places in person are left, while one can register before the meeting."""
    return in_person_seats() if moment.is_before and moment.may_register else None


@machine
@require_safe
def front_door(request: SiteRequest) -> HttpResponse:
    meeting = snapshot.current().shared.meeting
    with in_language_of(request, meeting) if meeting else nullcontext():
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response
