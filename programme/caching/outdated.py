"""Go on with pages that may be outdated, while the database does not answer: they say so."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from eim.lib.page_store import MAX_AGE, CachedPage, LRUCache, canonical_query
from programme.models import Meeting
from programme.wording.dates import hour_words, zone_words

# Bytes in each process.
BYTES = 8 * 1024 * 1024
# Where templates/base.html takes the notice.
MARKER = b"<!--outdated-->"


class OutdatedPages:
    """Hold pages with the notice that tells their age."""

    def __init__(self) -> None:
        self.noted = LRUCache(BYTES)

    def respond(
        self, page: CachedPage, as_of: datetime, meeting: Meeting, request: HttpRequest
    ) -> HttpResponse:
        query = canonical_query(request.META["QUERY_STRING"], page.query_names)
        key = request.path, f"{query} {as_of}"
        noted = self.noted.find(key) or with_notice(page, as_of, meeting)
        response = noted.respond(request, timedelta(seconds=MAX_AGE))
        if noted.counted_bytes != noted.size:
            self.noted.put(key, noted)
        return response


def with_notice(page: CachedPage, as_of: datetime, meeting: Meeting) -> CachedPage:
    """Return an HTML page with the hour at which it was known to be true; files stay as they are.

    Calendars and the like do not change with the clock.
    """
    body = page.plain_body()
    if MARKER in body:
        with translation.override(page.headers["Content-Language"]):
            words = {"hour": hour_words(as_of, meeting), "zone": zone_words(meeting)}
            notice = render_to_string("includes/_outdated.html", words)
        body = body.replace(MARKER, notice.encode(), 1)
    return CachedPage(HttpResponse(body, headers=page.headers))
