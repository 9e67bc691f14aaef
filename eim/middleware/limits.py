"""Refuse what is too large before it is read, and files of strangers."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

type View = Callable[..., HttpResponse]

MEGABYTE = 1024 * 1024
# Bytes that a request may have. Forms for everybody are texts; organisers send pictures, documents.
MOST_OF_STRANGERS, MOST_OF_STAFF = MEGABYTE, 120 * MEGABYTE


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
