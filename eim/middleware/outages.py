"""Answer soon, and with what was typed, while the database is away, locked or full."""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from eim.back_office.paths import is_of_back_office
from eim.lib.databases.breaker import CircuitBreaker, connecting
from eim.lib.databases.faults import is_unavailable
from eim.lib.databases.patience import patience
from eim.lib.page_store import SAFE
from eim.views.outages import unavailable

type View = Callable[..., HttpResponse]

logger = logging.getLogger(__name__)


def bounded_waits(get_response: View) -> View:
    """Bound how long requests wait for the database, and say so if that was in vain.

    A form is refused at once if another of its kind has just failed: threads that wait for a lock
    would be missing for other pages.
    """
    breakers: defaultdict[str, CircuitBreaker] = defaultdict(CircuitBreaker)

    def breaker_of(request: HttpRequest) -> CircuitBreaker:
        match = request.resolver_match
        return breakers[match.view_name if match else ""]

    def middleware(request: HttpRequest) -> HttpResponse:
        with patience(patience_with(request)):
            response = get_response(request)
        if request.method not in SAFE and response.status_code < 500:
            breaker_of(request).succeed()
        return response

    def process_view(
        request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.method in SAFE or breaker_of(request).allows_try():
            return None
        return unavailable(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_unavailable(error):
            return None
        logger.warning("The database is unavailable: %s: %s", type(error).__name__, error)
        if request.method not in SAFE and not connecting.is_open:
            # A lock or a full disk, which other pages may not meet.
            breaker_of(request).fail()
        return unavailable(request)

    vars(middleware).update(process_view=process_view, process_exception=process_exception)
    return middleware


def patience_with(request: HttpRequest) -> float:
    """Return the seconds for which a request waits for the database in all."""
    is_staffs = is_of_back_office(request)
    return settings.PATIENCE_OF_STAFF if is_staffs else settings.PATIENCE
