"""Tell load balancers whether this process can serve, and monitors how all is.

Health checks are answered by `eim.middleware.health`, before hosts are checked.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eim.monitoring.arrivals import arrival
from eim.monitoring.checks import is_database_fine, named_checks
from eim.monitoring.releases import code_version
from programme.decorators import machine

# Read, and cached, when the process starts: an update writes the file while old processes go on.
VERSION = code_version()


@machine
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer if the process does; tell the doctor how its question arrived."""
    if (seen := arrival(request)) is not None:
        return JsonResponse(seen)
    return HttpResponse("ok", content_type="text/plain")


@machine
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether the database answers and is migrated: a load balancer asks nothing else."""
    if is_database_fine():
        return HttpResponse("ok", content_type="text/plain")
    return unlogged(HttpResponse("not ready", content_type="text/plain", status=503))


@machine
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Tell monitors what is well and what is not, without personal data."""
    checks = named_checks()
    is_fine = all(check["ok"] for check in checks.values())
    body = {"ok": is_fine, "version": VERSION, "checks": checks}
    return unlogged(JsonResponse(body, status=200 if is_fine else 503))


@machine
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give Prometheus its figures, if the site has a token for it and it sends that token."""
    if not settings.METRICS_TOKEN:
        return unlogged(HttpResponse("not found", content_type="text/plain", status=404))
    sent = request.headers.get("Authorization", "")
    if not constant_time_compare(sent, f"Bearer {settings.METRICS_TOKEN}"):
        response = HttpResponse("unauthorized", content_type="text/plain", status=401)
        response.headers["WWW-Authenticate"] = "Bearer"
        return unlogged(response)
    # Not at the top: a site without a token loads none of it.
    from eim.monitoring.metrics import CONTENT_TYPE, exposition

    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def unlogged(response: HttpResponse) -> HttpResponse:
    """Keep Django from logging an error for each question of a monitor."""
    vars(response)["_has_been_logged"] = True
    return response


# Address and view: nothing here needs a host, a session or a language.
ADDRESSES: dict[str, Callable[..., HttpResponse]] = {
    "healthz": healthz,
    "readyz": readyz,
    "status": status,
    "metrics": metrics,
}
