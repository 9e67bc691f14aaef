"""The site's URLconf with the demo's pages, and one page that fails with a chosen status."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.urls import path

from eim import urls
from eim.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAULTS = {400: BadRequest, 403: PermissionDenied, 500: RuntimeError}


def fail(request, status):
    raise FAULTS[status]("a failure on purpose")


fail.policy = "machine"

urlpatterns = [
    *urls.demo_patterns,
    path("fail/<int:status>/", fail, name="fail"),
    *urls.urlpatterns,
]
