"""Serve pages of texts: venue, documents, editions, privacy, and those that organisers write."""

from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from programme.decorators import SiteRequest, public
from programme.listing.editions import all_editions
from programme.models import Document, Edition, Meeting, Page, Room
from programme.wording.retention import retention_lines

# The days on which the accessibility statement was first written, and last checked against the
# site. They belong to a release, not to a meeting: test as the statement says, correct it, then
# change the second date.
STATEMENT_PREPARED_ON, STATEMENT_CHECKED_ON = date(2026, 11, 22), date(2026, 11, 29)

# The page of previous meetings that sites had before there were editions: links to it stay alive.
PAGE_BEFORE_EDITIONS = "encuentros-anteriores"


@public
@require_safe
def venue(request: SiteRequest) -> HttpResponse:
    context = {"rooms": list(Room.objects.all()), "maps": maps(request.meeting)}
    return render(request, "programme/venue.html", context)


def maps(meeting: Meeting) -> dict[str, str]:
    """Return links to maps by the name of the provider; an embedded map would track visitors."""
    address = f"{meeting.venue_name}, {meeting.venue_address}"
    if meeting.latitude is None:
        where, pin = address, "search?" + urlencode({"query": address})
    else:
        latitude, longitude = meeting.latitude, meeting.longitude
        where = f"{latitude},{longitude}"
        pin = f"?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    google = urlencode({"api": 1, "query": where})
    return {
        "OpenStreetMap": f"https://www.openstreetmap.org/{pin}",
        "Google Maps": f"https://www.google.com/maps/search/?{google}",
    }


@public
@require_safe
def document_list(request: SiteRequest) -> HttpResponse:
    context = {"documents": list(Document.objects.shown())}
    return render(request, "programme/document_list.html", context)


@public
@require_safe
def edition_list(request: SiteRequest) -> HttpResponse:
    editions = all_editions(Edition.objects.all(), request.meeting)
    context = {
        "editions": editions,
        # Their motifs and colours are defined once a page.
        "woven": [*request.shared.themes, *editions],
    }
    return render(request, "programme/edition_list.html", context)


@public
@require_safe
def standing(request: SiteRequest) -> HttpResponse:
    """Say whether the meeting takes place, and why not; mails and banners lead here."""
    return render(request, "programme/standing.html")


@public
@require_safe
def privacy(request: SiteRequest) -> HttpResponse:
    context = {"retention": retention_lines(request.meeting)}
    return render(request, "programme/privacy.html", context)


@public
@require_safe
def accessibility(request: SiteRequest) -> HttpResponse:
    meeting, until = request.meeting, request.meeting.access_requests_until
    context = {
        "prepared_on": STATEMENT_PREPARED_ON,
        "checked_on": STATEMENT_CHECKED_ON,
        "is_too_late": until is not None and until < meeting.day_of(request.moment.now),
    }
    return render(request, "programme/accessibility.html", context)


@public
@require_safe
def terms(request: SiteRequest) -> HttpResponse:
    """Say what organisers may remove, and how to ask for it."""
    return render(request, "programme/terms.html")


@public
@require_safe
def page_detail(request: SiteRequest, slug: str) -> HttpResponse:
    if slug == PAGE_BEFORE_EDITIONS and not Page.objects.filter(slug=slug).exists():
        return redirect("programme:edition-list", permanent=True)
    page = get_object_or_404(Page, slug=slug)
    return render(request, "programme/page_detail.html", {"page": page})
