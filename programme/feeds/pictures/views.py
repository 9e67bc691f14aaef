"""Serve the pictures to share, each in the language of its address."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from eim.lib.woven.poster import Poster, drawn
from programme.decorators import SiteRequest, cached, machine
from programme.feeds.pictures.posters import meeting_poster, person_poster, session_poster
from programme.feeds.views import meeting_or_404
from programme.listing import cards
from programme.models import Session
from programme.views.people import speakers

# Seconds; pages name a picture by the version of the programme, so a change has a new address.
MAX_AGE = 60 * 60


@machine
@cached
@require_safe
def session_picture(request: SiteRequest, language: str, slug: str) -> HttpResponse:
    meeting = meeting_or_404(request)
    session = get_object_or_404(cards.with_card_rows(Session.objects.visible()), slug=slug)
    with translation.override(language):
        return picture(session_poster(session, meeting, request.shared.themes), language)


@machine
@cached
@require_safe
def person_picture(request: SiteRequest, language: str, slug: str) -> HttpResponse:
    meeting = meeting_or_404(request)
    person = get_object_or_404(speakers(), slug=slug)
    with translation.override(language):
        return picture(person_poster(person, meeting, request.shared.themes), language)


@machine
@cached
@require_safe
def meeting_picture(request: SiteRequest, language: str) -> HttpResponse:
    meeting = meeting_or_404(request)
    if meeting.share_picture:
        return HttpResponseRedirect(meeting.share_picture.url)
    with translation.override(language):
        return picture(meeting_poster(meeting, request.shared.themes), language)


def picture(poster: Poster, language: str) -> HttpResponse:
    response = HttpResponse(drawn(poster), content_type="image/png")
    response.headers["Content-Language"] = language
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response
