"""Tell from which address and network a request comes."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from eim.lib import hashing
from programme.decorators import SiteRequest

type View = Callable[..., HttpResponse]


def visitor_address(request: HttpRequest) -> str:
    """Return the visitor's address, counted from the right: our own proxies append it there."""
    remote = request.META.get("REMOTE_ADDR", "")
    if not settings.TRUSTED_PROXY_COUNT:
        return remote
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    try:
        return str(ipaddress.ip_address(hops[-settings.TRUSTED_PROXY_COUNT]))
    except (IndexError, ValueError):
        return remote


def axes_network(request: HttpRequest) -> str:
    """Return the network by which django-axes counts wrong passwords.

    An IPv6 visitor has more addresses and networks than anybody can count: their block counts. All
    unknown addresses share one network: without any, axes would not count them.
    """
    network, _slash, _length = hashing.staff_network_of(visitor_address(request)).partition("/")
    return network or "0.0.0.0"


def client_address(get_response: View) -> View:
    """Set `request.client_address`, so that the apps need not know about proxies."""

    def middleware(request: SiteRequest) -> HttpResponse:
        request.client_address = visitor_address(request)
        return get_response(request)

    return middleware
