"""Serve uploads and robots.txt."""

from collections.abc import Callable, Iterator
from functools import partial
from mimetypes import guess_type
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.csp import CSP
from django.utils.http import content_disposition_header, http_date
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim.backups.uploads import STAGE
from eim.lib.fields import kept_uploads
from eim.lib.page_store import SHARED_FOR
from eim.lib.uploads.answers import file_unavailable
from eim.lib.uploads.ranges import NotSatisfiable, Part, requested_part
from eim.lib.uploads.storage import Source, StorageAway, Upload, upload_storage
from programme.decorators import machine
from programme.models import removals

# What waits for a form, or for the rows of a restore; what organisers took off the site.
NOT_SERVED = (f"{kept_uploads.FOLDER}/", f"{STAGE}/", f"{removals.FOLDER}/")
FILE_CSP = {"default-src": [CSP.NONE], "sandbox": ""}
AT_ONCE = 64 * 1024

# Opens a file at a byte, from which so many can be read.
type Opener = Callable[[int, int], Source]


@machine
@require_safe
@csp_override(FILE_CSP)
def media(request: HttpRequest, path: str) -> HttpResponse:
    """Serve uploads: browsers show pictures, and download everything else."""
    # “pictures/../documents/…” would be a document that browsers show; storages take “\\” for “/”.
    if normpath(path) != path or "\\" in path or path.startswith(("/", *NOT_SERVED)):
        raise Http404
    try:
        return answer(request, upload_storage().find(path))
    except StorageAway:
        return file_unavailable()
    except OSError as fault:  # there is none, or its name is longer than the file system allows
        raise Http404 from fault


def answer(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Return the file or a part of it, or that the browser has it already."""
    modified_at = int(upload.modified_at.timestamp())
    unchanged = get_conditional_response(request, upload.etag, modified_at)
    opened = partial(upload_storage().source_of, upload)
    sent = unchanged or content(request, upload, content_type(upload.name), opened)
    response = cast(HttpResponse, sent)
    response.headers["ETag"] = upload.etag
    response.headers["Last-Modified"] = http_date(modified_at)
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not upload.name.startswith("pictures/"):
        header = content_disposition_header(True, PurePosixPath(upload.name).name)
        response.headers["Content-Disposition"] = str(header)
    if response.status_code < 400:
        # Caches in between ask again soon: an organiser may have removed the file.
        patch_cache_control(response, public=True, max_age=86400, s_maxage=SHARED_FOR)
    return response


def content(request: HttpRequest, upload: Upload, kind: str, open_at: Opener) -> HttpResponseBase:
    """Return a file or the part of it that is asked for; to HEAD only what is said about it."""
    try:
        part = asked_part(request, upload)
    except NotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{upload.size}"})
    sent = part or Part(0, upload.size)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(sent.length)}
    if part:
        headers["Content-Range"] = part.header(upload.size)
    about: Any = {"content_type": kind, "headers": headers}
    if request.method == "HEAD":
        return HttpResponse(**about)
    pieces = Pieces(open_at(sent.start, sent.length), sent.length)
    return StreamingHttpResponse(pieces, status=206 if part else 200, **about)


def asked_part(request: HttpRequest, upload: Upload) -> Part | None:
    """Return the part that is asked for; the whole to who has a part of another state of it."""
    if request.method != "GET" or "Range" not in request.headers:
        return None
    modified = http_date(int(upload.modified_at.timestamp()))
    if request.headers.get("If-Range", upload.etag) not in (upload.etag, modified):
        return None
    return requested_part(request.headers["Range"], upload.size)


def content_type(name: str) -> str:
    # Not strict: Python 3.12 does not count WebP among the registered types.
    found, encoding = guess_type(name, strict=False)
    return found if found and not encoding else "application/octet-stream"


class Pieces:
    """Read so many bytes piece by piece; whoever sends them closes the source at the end."""

    def __init__(self, source: Source, length: int) -> None:
        self.source, self.left = source, length

    def __iter__(self) -> Iterator[bytes]:
        while self.left and (piece := self.source.read(min(AT_ONCE, self.left))):
            self.left -= len(piece)
            yield piece

    def close(self) -> None:
        self.source.close()


@machine
def robots(request: HttpRequest) -> HttpResponse:
    """Keep search engines away from rehearsals and demos."""
    if settings.CLOCK or settings.DEMO:
        lines = "User-agent: *\nDisallow: /\n"
    else:
        lines = f"User-agent: *\nDisallow: \n\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n"
    return HttpResponse(lines, content_type="text/plain")
