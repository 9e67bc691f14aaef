"""Serve the pictures to share, each in the language of its address."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from eim.lib.page_store import SHARED_FOR, CachedPage
from eim.lib.uploads.answers import file_unavailable
from eim.lib.uploads.storage import StorageAway
from eim.lib.woven.poster import Poster, drawn
from programme.decorators import SiteRequest, machine, reads_query, with_snapshot
from programme.feeds.pictures.posters import meeting_poster, person_poster, session_poster
from programme.feeds.views import meeting_or_404
from programme.listing import cards
from programme.models import Session
from programme.views.people import speakers

# Seconds; pages name a picture by the version of the programme, so a change has a new address.
# Caches in between ask again soon: an organiser may have removed the portrait.
MAX_AGE = 60 * 60


@machine
@with_snapshot
@require_safe
@reads_query("v")
def session_picture(request: SiteRequest, language: str, slug: str) -> HttpResponse:
    meeting = meeting_or_404(request)

    def poster() -> Poster:
        visible = cards.with_card_rows(Session.objects.visible())
        session = get_object_or_404(visible, slug=slug)
        return session_poster(session, meeting, request.shared.themes)

    return picture(request, language, poster)


@machine
@with_snapshot
@require_safe
@reads_query("v")
def person_picture(request: SiteRequest, language: str, slug: str) -> HttpResponse:
    meeting = meeting_or_404(request)

    def poster() -> Poster:
        person = get_object_or_404(speakers(), slug=slug)
        return person_poster(person, meeting, request.shared.themes)

    return picture(request, language, poster)


@machine
@with_snapshot
@require_safe
@reads_query("v")
def meeting_picture(request: SiteRequest, language: str) -> HttpResponse:
    meeting = meeting_or_404(request)
    if meeting.share_picture:
        return HttpResponseRedirect(meeting.share_picture.url)
    return picture(request, language, lambda: meeting_poster(meeting, request.shared.themes))


def picture(request: SiteRequest, language: str, poster: Callable[[], Poster]) -> HttpResponse:
    """Answer with the picture of this address, drawn only if it is not in memory."""

    def draw() -> CachedPage:
        with translation.override(language):
            png = drawn(poster())
        headers = {"Content-Type": "image/png", "Content-Language": language}
        return CachedPage(HttpResponse(png, headers=headers))

    try:
        page = request.shared.pictures.find_or_draw(request.path, draw)
    except StorageAway:
        # Without its portrait the picture would be kept.
        return file_unavailable()
    response = page.respond(request, timedelta())
    # The `v` of the address may come from a page of another process, and be newer than these rows.
    is_current = request.GET.get("v") == f"{request.snapshot.version}"
    ages = f"max-age={MAX_AGE}, s-maxage={SHARED_FOR}" if is_current else "max-age=0"
    response.headers["Cache-Control"] = f"public, {ages}"
    return response
