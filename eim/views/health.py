"""Tell load balancers whether this process can serve, and monitors whether all is well.

Health checks are answered by `eim.middleware.health`, before hosts are checked.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eim.monitoring.checks import is_database_fine, named_checks
from eim.monitoring.releases import code_version
from programme.decorators import machine


@machine
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer if the process does."""
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
    body = {"ok": is_fine, "version": code_version(), "checks": checks}
    return unlogged(JsonResponse(body, status=200 if is_fine else 503))


def unlogged(response: HttpResponse) -> HttpResponse:
    """Keep Django from logging an error for each question of a monitor."""
    vars(response)["_has_been_logged"] = True
    return response


# Address and view: nothing here needs a host, a session or a language.
ADDRESSES: dict[str, Callable[..., HttpResponse]] = {
    "healthz": healthz,
    "readyz": readyz,
    "status": status,
}
