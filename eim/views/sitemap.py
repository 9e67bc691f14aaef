"""List every page for search engines, in every language.

Not with django.contrib.sitemaps, whose x-default address has no language (the site has no such
address), and which reverses each address of a page nine times.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from eim.lib.site_languages import SITE_CODES
from programme.decorators import SiteRequest, cached, machine
from programme.models import Meeting, Page, Person, Session

# Pages that show the programme: they change when it changes.
CURRENT = ["home", "programme:session-list", "programme:change-list", "programme:live"]
OTHERS = ["speaker-list", "venue", "document-list", "edition-list", "privacy"]
OTHERS += ["accessibility", "terms"]
# The name of an address, its arguments, and when the page last changed (if known).
type Named = tuple[str, list[str], datetime | None]


@dataclass(frozen=True, kw_only=True)
class SitemapPage:
    """One page: its address in each language, and when its content last changed."""

    addresses: dict[str, str]
    # The x-default address, as in the head of the page itself.
    first: str
    changed_at: datetime | None


@machine
@cached
@require_safe
def sitemap(request: SiteRequest) -> HttpResponse:
    meeting = request.shared.meeting
    if meeting is None:
        raise Http404
    context = {"pages": sitemap_pages(list(page_names(meeting)), meeting)}
    response = render(request, "sitemap.xml", context, content_type="application/xml")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def page_names(meeting: Meeting) -> Iterator[Named]:
    for name in CURRENT:
        yield name, [], meeting.changed_at
    for name in OTHERS:
        yield f"programme:{name}", [], None
    if not meeting.takes_place:
        yield "programme:standing", [], meeting.changed_at
    yield "registration:sign-up", [], None
    for slug, revised_at in Session.objects.visible().in_order().values_list("slug", "revised_at"):
        yield "programme:session-detail", [slug], revised_at
    for slug in Person.objects.in_programme().values_list("slug", flat=True):
        yield "programme:speaker-detail", [slug], None
    for slug in Page.objects.values_list("slug", flat=True):
        yield "programme:page-detail", [slug], None


def sitemap_pages(named: list[Named], meeting: Meeting) -> list[SitemapPage]:
    """Reverse all addresses of one language together: switching the language is slow."""
    found: list[dict[str, str]] = [{} for _page in named]
    for code in SITE_CODES:
        with translation.override(code):
            for addresses, (name, blanks, _moment) in zip(found, named, strict=True):
                addresses[code] = settings.SITE_URL + reverse(name, args=blanks)
    return [
        SitemapPage(addresses=addresses, first=addresses[meeting.first_language], changed_at=moment)
        for addresses, (_name, _blanks, moment) in zip(found, named, strict=True)
    ]
