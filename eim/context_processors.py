from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.functional import SimpleLazyObject

from eim.editions.archive import archive
from eim.lib.languages import OWN_NAMES
from eim.lib.site_languages import SITE_CODES
from programme.caching import snapshot
from programme.decorators import SiteRequest
from programme.models import Edition


@dataclass(frozen=True, kw_only=True)
class LanguageLink:
    """The same page in one of the site's languages."""

    code: str
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class ArchivedPage:
    """The page that an earlier meeting had under the same address, in its frozen edition."""

    year: int
    url: str


def site(request: HttpRequest) -> dict[str, object]:
    """Return what the frame of a page shows; nothing for pages that belong to no meeting."""
    if not hasattr(request, "meeting"):
        return {}
    own = cast(SiteRequest, request)
    meeting, shared, now = own.meeting, own.shared, own.moment.now
    return {
        "meeting": meeting,
        "moment": own.moment,
        "themes": SimpleLazyObject(lambda: shared.themes),
        "organisers": SimpleLazyObject(lambda: shared.organisers),
        "notices": SimpleLazyObject(lambda: shared.notices_at(now)),
        "menu_pages": SimpleLazyObject(lambda: shared.menu_pages),
        "registration_state": meeting.registration_state(now),
        "is_streaming": is_streaming(own),
        "has_recordings": SimpleLazyObject(lambda: shared.has_recordings),
        "is_sample": meeting.is_sample,
        "is_rehearsal": bool(settings.CLOCK),
        "rehearsal_now": now if settings.CLOCK else None,
        "is_demo": settings.DEMO,
        "language_links": language_links(request),
        "site_url": settings.SITE_URL,
        "canonical_url": settings.SITE_URL + request.path,
        "archived_page": SimpleLazyObject(lambda: archived_page(own)),
        "archived_numbers": SimpleLazyObject(archive.numbers),
    }


def archived_page(request: SiteRequest) -> ArchivedPage | None:
    """Return the same page of the newest earlier edition that has it, if its year is known."""
    edition = archive.others_with(request.path, request.meeting.number)
    if edition is None:
        return None
    year = Edition.objects.filter(number=edition.number).values_list("year", flat=True).first()
    return ArchivedPage(year=year, url=edition.address_of(request.path) or "") if year else None


def is_streaming(request: SiteRequest) -> bool:
    """Return whether something streamed is on, by the sessions that this process has in memory."""
    if not request.moment.is_on:
        return False
    current = getattr(request, "snapshot", None) or snapshot.current()
    return current.shared.moment_at(request.moment.now).is_streaming


def language_links(request: HttpRequest) -> list[LanguageLink]:
    return links_to(request.path, request)


def home_links(request: HttpRequest) -> list[LanguageLink]:
    return links_to(reverse("home"), request)


def links_to(path: str, request: HttpRequest) -> list[LanguageLink]:
    current = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return [
        LanguageLink(
            code=code,
            name=OWN_NAMES[code],
            url=translate_url(path, code),
            is_current=code == current,
        )
        for code in SITE_CODES
    ]
