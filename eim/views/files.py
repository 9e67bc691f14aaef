"""Serve uploads and robots.txt."""

from pathlib import PurePosixPath
from posixpath import normpath
from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP
from django.utils.http import content_disposition_header
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from django.views.static import serve

from eim.backups.uploads import STAGE
from eim.lib.fields import kept_uploads
from programme.decorators import machine

# What waits for a form, or for the rows of a restore.
NOT_SERVED = (f"{kept_uploads.FOLDER}/", f"{STAGE}/")
FILE_CSP = {"default-src": [CSP.NONE], "sandbox": ""}


@machine
@require_safe
@csp_override(FILE_CSP)
def media(request: HttpRequest, path: str) -> HttpResponse:
    """Serve uploads: browsers show pictures, and download everything else."""
    # “pictures/../documents/…” would be a document that browsers show.
    if normpath(path) != path or path.startswith(NOT_SERVED):
        raise Http404
    try:
        response = cast(HttpResponse, serve(request, path, str(settings.MEDIA_ROOT)))
    except OSError as fault:  # the name is longer than the file system allows
        raise Http404 from fault
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not path.startswith("pictures/"):
        header = content_disposition_header(True, PurePosixPath(path).name)
        response.headers["Content-Disposition"] = str(header)
    patch_cache_control(response, public=True, max_age=86400)
    return response


@machine
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines away from rehearsals and demos."""
    if settings.CLOCK or settings.DEMO:
        lines = "User-agent: *\nDisallow: /\n"
    else:
        lines = f"User-agent: *\nDisallow: \n\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(lines, content_type="text/plain")
