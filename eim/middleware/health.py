"""Answer health checks before anything looks at the host or the scheme of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from eim.views.health import CHECKS

type View = Callable[..., HttpResponse]


def health_checks(get_response: View) -> View:
    """Answer health checks by whatever name or address they come: monitors know no host."""
    views = {f"/{name}": view for name, view in CHECKS.items()}

    def middleware(request: HttpRequest) -> HttpResponse:
        view = views.get(request.path_info)
        return view(request) if view else get_response(request)

    return middleware
