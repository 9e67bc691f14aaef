"""Add headers that protect, and spare fonts to browsers that ask to save data."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

type View = Callable[..., HttpResponse]

# What no page of ours uses, so that no script or frame on it may either. A view may say otherwise.
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        *("camera", "display-capture", "geolocation", "microphone", "midi", "payment"),
        *("publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
    )
)


def safe_headers(get_response: View) -> View:
    """Add a Permissions-Policy to every answer, and let nobody keep an error."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def spare_fonts(get_response: View) -> View:
    """Send no fonts to browsers that ask to save data: they show the fallback fonts at once.

    The responses to the fonts differ, and not the pages: those are cached whole for everybody.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.endswith(".woff2"):
            return get_response(request)
        if request.headers.get("Save-Data") == "on":
            response = HttpResponse(status=204, headers={"Cache-Control": "no-store"})
        else:
            response = get_response(request)
        patch_vary_headers(response, ["Save-Data"])
        return response

    return middleware
