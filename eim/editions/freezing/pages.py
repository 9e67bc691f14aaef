"""List the public pages of the meeting in each language, and those that need the living site."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from eim.lib.site_languages import SITE_CODES
from eim.views.sitemap import page_names
from programme.decorators import SiteRequest, public
from programme.models import Meeting, Session
from programme.moment import Moment

type Named = tuple[str, tuple[str, ...]]

LIVE = "programme:live"
SIGN_UP = "registration:sign-up"
# Pages that no search engine lists.
UNLISTED = ["programme:my-agenda", "programme:standing"]


def copied_names(meeting: Meeting, moment: Moment) -> list[Named]:
    """Return the names of all pages that are copied, each once."""
    listed = [(name, tuple(blanks)) for name, blanks, _moment in page_names(meeting)]
    names: list[Named] = [*listed, *((name, ()) for name in UNLISTED)]
    closed = {name for name, _blanks in closed_names(moment)}
    return list(dict.fromkeys(named for named in names if named[0] not in closed))


def closed_names(moment: Moment) -> Iterator[Named]:
    """Yield the pages that are links of others, and that only the living site can answer."""
    yield SIGN_UP, ()
    yield "registration:lost-link", ()
    if not moment.is_over:  # afterwards it is the list of recordings
        yield LIVE, ()
    for slug in Session.objects.visible().values_list("slug", flat=True):
        yield "programme:question-ask", (slug,)


def addresses_of(names: list[Named]) -> dict[str, str]:
    """Return the addresses of pages in all languages, each with its language."""
    found: dict[str, str] = {}
    for code in SITE_CODES:
        with translation.override(code):
            found |= {reverse(name, args=blanks): code for name, blanks in names}
    return found


@public
@require_safe
def closed_page(request: SiteRequest) -> HttpResponse:
    """Say instead of a form or of the live page that this is a copy."""
    return render(request, "editions/closed.html")
