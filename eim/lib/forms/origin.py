"""Tell by a browser's own headers whether a form was sent from a page of this site.

Django's check compares a token in the page with one in a cookie: a page that is cached for
everybody has neither. `CsrfViewMiddleware` knows no `Sec-Fetch-Site`, and `csrf_exempt` drops its
check of `Origin` too.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

DEFAULT_PORTS = {"http": 80, "https": 443}


def is_from_own_page(request: HttpRequest) -> bool:
    """Return whether no header tells of another site; old browsers send neither header.

    No page can forge them. A page in a sandbox or a file has the origin `null`.
    """
    headers = request.headers
    is_same_site = headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    return is_same_site and ("Origin" not in headers or is_own(headers["Origin"], request))


def is_own(origin: str, request: HttpRequest) -> bool:
    """Return whether it is the site's address, or the allowed host that this request came to.

    A site may have several names, and a demo is `localhost` and `127.0.0.1`.
    """
    here = f"{request.scheme}://{request.get_host()}"
    return origin in {origin_of(settings.SITE_URL), origin_of(here)}


def origin_of(address: str) -> str:
    """Return scheme, host and port as browsers write them: lower case, no default port."""
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    has_port = parts.port and parts.port != DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if has_port else "")
