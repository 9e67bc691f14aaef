"""Serve frozen editions under their numbers, and lead old addresses to them."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.csp import CSP
from django.utils.http import content_disposition_header, http_date
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim.editions.archive import NUMBER, ArchivedEdition, archive
from eim.lib.databases.faults import is_unavailable
from eim.lib.page_store import (
    ENCODERS,
    SAFE,
    WORTH_COMPRESSING,
    encoding_for,
    not_modified_or,
)
from eim.lib.site_languages import SITE_CODES
from eim.lib.uploads.storage import Source, Upload
from eim.views.files import FILE_CSP, content
from programme.caching import snapshot
from programme.decorators import machine
from programme.live.player import FRAME_SOURCES

# Seconds. Not for ever: what somebody wants removed is taken out of a copy.
KEPT_FOR = 60 * 60
# What pages of a copy need: their own sheets, scripts, fonts and pictures, and players of the
# recordings, which stay where they are.
PAGE_CSP: dict[str, Any] = {
    **{f"{kind}-src": [CSP.SELF] for kind in ("script", "style", "font", "connect")},
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "frame-src": FRAME_SOURCES,
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "upgrade-insecure-requests": settings.IS_HTTPS,
}
# By our own list: that of Python depends on the machine. What it does not name is downloaded.
TEXTS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".atom": "application/atom+xml",
    ".ics": "text/calendar; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
OTHERS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
}
UPLOADS, UPLOADED_PICTURES = "media/", "media/pictures/"


class MeetingNumber:
    """Match the number of a meeting, written without zeros before it."""

    regex = NUMBER.pattern

    def to_python(self, number: str) -> int:
        return int(number)

    def to_url(self, number: int) -> str:
        return str(number)


@machine
@require_safe
def archived(request: HttpRequest, number: int, path: str = "") -> HttpResponse:
    """Serve a page or a file of a frozen edition: only what its manifest names."""
    edition = archive.edition(number)
    if edition is None:
        raise Http404
    name = edition.name_of(path)
    if name is None:
        return elsewhere(edition, path)
    try:
        response = file_of(request, edition, name)
    except OSError as fault:  # it is being replaced, or damaged
        raise Http404 from fault
    if edition.number == present_number():
        # The living pages are the ones to find.
        response.headers["X-Robots-Tag"] = "noindex"
    return cast(HttpResponse, response)


def elsewhere(edition: ArchivedEdition, path: str) -> HttpResponse:
    """Redirect a page without its slash, and the copy's own address to its first language."""
    if path and edition.name_of(f"{path}/"):
        return redirect(f"/{edition.number}/{path}/", permanent=True)
    first = next((code for code in SITE_CODES if edition.name_of(f"{code}/")), None)
    if path or first is None:
        raise Http404
    return redirect(f"/{edition.number}/{first}/")


def file_of(request: HttpRequest, edition: ArchivedEdition, name: str) -> HttpResponseBase:
    """Show pages and what they need; uploads other than pictures are downloaded."""
    suffix = PurePosixPath(name).suffix.lower()
    if name.startswith(UPLOADS) and not name.startswith(UPLOADED_PICTURES):
        return binary(request, edition, name, None)
    if suffix == ".html":
        return page(request, edition, name)
    if suffix in TEXTS:
        return text(request, edition, name, TEXTS[suffix])
    return binary(request, edition, name, OTHERS.get(suffix))


@csp_override(PAGE_CSP)
def page(request: HttpRequest, edition: ArchivedEdition, name: str) -> HttpResponseBase:
    return compressed(request, edition, name, "text/html; charset=utf-8")


@csp_override(FILE_CSP)
def text(request: HttpRequest, edition: ArchivedEdition, name: str, kind: str) -> HttpResponseBase:
    return compressed(request, edition, name, kind)


@csp_override(FILE_CSP)
def binary(
    request: HttpRequest, edition: ArchivedEdition, name: str, kind: str | None
) -> HttpResponseBase:
    """Send a file or a part of it, to be downloaded unless browsers show its kind safely."""
    headers = headers_of(edition, name)
    if current := not_modified(request, headers):
        return current
    path = edition.file(name)
    facts = path.stat()
    modified_at = datetime.fromtimestamp(facts.st_mtime, UTC)
    file = Upload(name=name, size=facts.st_size, modified_at=modified_at, etag=headers["ETag"])
    response = content(request, file, kind or "application/octet-stream", partial(opened, path))
    if response.status_code < 400:
        disposition = content_disposition_header(kind is None, PurePosixPath(name).name)
        response.headers.update(headers | {"Content-Disposition": disposition})
    return response


def opened(path: Path, start: int, length: int) -> Source:
    file = path.open("rb")
    file.seek(start)
    return file


def compressed(
    request: HttpRequest, edition: ArchivedEdition, name: str, kind: str
) -> HttpResponseBase:
    """Send a text as the client takes it: each encoding is a body with an ETag of its own."""
    file = edition.file(name)
    is_worth_it = file.stat().st_size >= WORTH_COMPRESSING
    encoding = encoding_for(request.headers.get("accept-encoding")) if is_worth_it else ""
    headers = headers_of(edition, name, encoding) | {"Vary": "Accept-Encoding"}
    if current := not_modified(request, headers):
        return current
    body = ENCODERS[encoding](file.read_bytes())
    response = HttpResponse(body, content_type=kind, headers=headers)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def headers_of(edition: ArchivedEdition, name: str, encoding: str = "") -> dict[str, str]:
    """Say how a file is recognised, how long it may be kept, and in which languages it is."""
    first, digest = name.partition("/")[0], edition.sums[name][:24]
    return {
        "ETag": f'"{digest}-{encoding}"' if encoding else f'"{digest}"',
        "Last-Modified": http_date(edition.file(name).stat().st_mtime),
        "Cache-Control": f"public, max-age={KEPT_FOR}",
        "Content-Language": first if first in SITE_CODES else ", ".join(SITE_CODES),
        "X-Content-Type-Options": "nosniff",
    }


def not_modified(request: HttpRequest, headers: dict[str, str]) -> HttpResponse | None:
    """Return a 304 if the client's copy is current; before the file is opened."""
    response = not_modified_or(HttpResponse(headers=headers), request)
    return response if response.status_code == 304 else None


def present_number() -> int | None:
    """Return the number of this site's meeting; None without one, or while nobody can know it."""
    try:
        meeting = snapshot.current().shared.meeting
    except Exception as error:
        if not is_unavailable(error):
            raise
        return None
    return meeting.number if meeting else None


def where_it_was(request: HttpRequest) -> HttpResponse | None:
    """Redirect an address that no longer exists to the newest edition that has it.

    Not for good: the next programme may have a session of that name again.
    """
    if request.method not in SAFE or not archive.editions():
        return None
    present = present_number()
    edition = archive.others_with(request.path, present) if present else None
    return redirect(edition.address_of(request.path) or "") if edition else None
