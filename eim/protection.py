"""Protect answers by headers, and the site from strangers' uploads and forgotten sessions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

type View = Callable[..., HttpResponse]

MEGABYTE = 1024 * 1024
# Bytes that a request may have. Forms for everybody are texts; organisers send pictures, documents.
MOST_OF_STRANGERS, MOST_OF_STAFF = MEGABYTE, 120 * MEGABYTE
# What no page of ours uses, so that no script or frame on it may either. A view may say otherwise.
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        *("camera", "display-capture", "geolocation", "microphone", "midi", "payment"),
        *("publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
    )
)
# A session of staff ends after a day's work, and when nobody has used it for so long.
LONGEST, LONGEST_IDLE = timedelta(hours=12), timedelta(hours=2)
# How often it is written down that a session is used.
NOTED_EVERY = timedelta(minutes=5)


def safe_headers(get_response: View) -> View:
    """Add a Permissions-Policy to every answer, and let nobody keep an error."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class NoFiles(FileUploadHandler):
    """Skip files: forms for everybody have none, and a skipped one is not written to the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Return nothing; Django calls this for no skipped file."""

    def file_complete(self, file_size: int) -> None:
        """Return no file."""


def limited_uploads(get_response: View) -> View:
    """Refuse what is too large before it is read, and files of people who have not signed in.

    Django reads a body, and writes its files to the disk, before it checks the CSRF token.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        is_staff = is_of_back_office(request) and request.user.is_authenticated
        if size_of(request) > (MOST_OF_STAFF if is_staff else MOST_OF_STRANGERS):
            return HttpResponse(render_to_string("413.html"), status=413)
        if request.method == "POST" and not is_staff:
            request.upload_handlers = [NoFiles(request)]
        return get_response(request)

    return middleware


def size_of(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def is_of_back_office(request: HttpRequest) -> bool:
    return request.path_info.startswith(f"/{settings.ADMIN_PATH}/")


def limited_sessions(get_response: View) -> View:
    """End a session of staff that is too long or unused: the next request has to sign in again.

    Both are counted here, for Django would count a session's age anew whenever it is written.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_of_back_office(request) and SESSION_KEY in request.session:
            end_or_note(request.session, datetime.now(UTC))
        return get_response(request)

    return middleware


def end_or_note(session: SessionBase, now: datetime) -> None:
    began = datetime.fromisoformat(session.get("began", now.isoformat()))
    used = datetime.fromisoformat(session.get("used", now.isoformat()))
    if now - began >= LONGEST or now - used >= LONGEST_IDLE:
        session.flush()
    elif "used" not in session or now - used >= NOTED_EVERY:
        session.update({"began": began.isoformat(), "used": now.isoformat()})
