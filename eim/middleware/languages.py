"""Activate the language of a page, a feed, or the back office."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from eim.back_office.language import COOKIE as OFFICE_LANGUAGE
from eim.back_office.paths import is_of_back_office
from eim.lib.site_languages import SITE_CODES
from programme.decorators import SiteRequest
from programme.models import Meeting

type View = Callable[..., HttpResponse]

NUL = re.compile(r"\0|%00")


def asked_language(request: HttpRequest) -> str | None:
    """Return the language of the site that the browser prefers; None if it names none of them."""
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return None


def language(get_response: View) -> View:
    """Activate the language of the address, or else the language that the browser prefers.

    Django's LocaleMiddleware would also redirect unknown addresses, and add
    `Vary: Accept-Language` to feeds, whose language is in their address.
    """

    def middleware(request: SiteRequest) -> HttpResponse:
        named = translation.get_language_from_path(request.path_info)
        request.asked_language = named or asked_language(request)
        code = request.asked_language or settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or code)
        return response

    return middleware


def in_language_of(request: SiteRequest, meeting: Meeting | None) -> AbstractContextManager[object]:
    """Activate the language that was chosen in the back office, or one that the browser prefers.

    A browser that has asked for none of the site's languages gets the meeting's first one.
    """
    if (chosen := request.COOKIES.get(OFFICE_LANGUAGE)) in SITE_CODES:
        return translation.override(chosen)
    if request.asked_language:
        return nullcontext()
    return translation.override(meeting.first_language) if meeting else nullcontext()


def staff_pages(get_response: View) -> View:
    """Activate the meeting in the back office, and keep search engines away.

    Its filters go into queries as they are, and PostgreSQL accepts no text with a NUL.
    """

    def middleware(request: SiteRequest) -> HttpResponse:
        if not is_of_back_office(request):
            return get_response(request)
        if NUL.search(request.META["QUERY_STRING"]):
            raise BadRequest("NUL in the query string")
        meeting = Meeting.objects.first()
        active = meeting.activated() if meeting else nullcontext()
        with active, in_language_of(request, meeting):
            response = get_response(request)
            response.headers["Content-Language"] = translation.get_language() or ""
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return middleware
