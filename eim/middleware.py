import ipaddress
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from programme.decorators import SiteRequest
from programme.models import Meeting

type View = Callable[..., HttpResponse]


def address_of(request: HttpRequest) -> str:
    """The visitor's address: counted from the right, where our own proxies write it."""
    remote = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXY_COUNT:
        return remote
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    try:
        return str(ipaddress.ip_address(hops[-settings.TRUSTED_PROXY_COUNT]))
    except (IndexError, ValueError):
        return remote


def client_address(get_response: View) -> View:
    """Gives each request its `client_address`: the apps need not know of proxies."""

    def middleware(request: SiteRequest) -> HttpResponse:
        request.client_address = address_of(request)
        return get_response(request)

    return middleware


def language(get_response: View) -> View:
    """The language of the address; without one, that of the browser.

    Django's own middleware would also add `Vary: Accept-Language` to the feeds, which take
    theirs from the address, and redirect unknown addresses.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        named = translation.get_language_from_path(request.path_info)
        code = named or translation.get_language_from_request(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or code)
        return response

    return middleware


def staff_pages(get_response: View) -> View:
    """The back office shows the hours of the meeting's own zone, and no search engine keeps it."""
    prefix = f"/{settings.ADMIN_PATH}/"

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(prefix):
            return get_response(request)
        meeting = Meeting.objects.first()
        with timezone.override(ZoneInfo(meeting.time_zone) if meeting else None):
            response = get_response(request)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return middleware
