"""Refuse what is too large, and files that a page does not take, before anything is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

from eim.serving.chunks import MOST_OF_FORM

type View = Callable[..., HttpResponse]
type Rule = Callable[[HttpRequest], Limit]

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The body that a page takes: so many bytes, and multipart, with or without files in it."""

    most: int
    multipart: bool = False
    files: bool = False


# Every page that no rule below names: its form is a text.
FORM = Limit(most=MOST_OF_FORM)
FIELDS = Limit(most=MOST_OF_FORM, multipart=True)
UPLOADS = Limit(most=120 * MEGABYTE, multipart=True, files=True)


def of_back_office(request: HttpRequest) -> Limit:
    """Let staff upload documents; a form whose session has ended leads to the sign-in page."""
    return UPLOADS if request.user.is_authenticated else FIELDS


def of_one_click(_request: HttpRequest) -> Limit:
    """Take the one field of a mail program, which may send it as multipart (RFC 8058)."""
    return FIELDS


# By the name of a view, or else of its namespace. A rule may look at the user and at the arguments
# of the address (`request.resolver_match`), such as the token that allows an upload.
RULES: dict[str, Rule] = {
    "admin": of_back_office,
    "registration:stop": of_one_click,
    "registration:stop-reminders": of_one_click,
}


class NoFiles(FileUploadHandler):
    """Skip files: a skipped one is not written to the disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Return nothing; Django calls this for no skipped file."""

    def file_complete(self, file_size: int) -> None:
        """Return no file."""


class Limits:
    """Check the body of each request against the limit of its view.

    First of all middleware, so that its `process_view` runs before any other reads the body: Django
    would read it, and write its files to the disk, before it checks the CSRF token.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: View, _args: list, _kwargs: dict
    ) -> HttpResponse | None:
        if length_of(request) > 0:
            return refusal(request, limit_of(request))
        return None


def refusal(request: HttpRequest, limit: Limit) -> HttpResponse | None:
    """Return the answer to a body that the page does not take; None after reading a good one."""
    # A body in chunks has a length too, by eim/serving/wsgi.py.
    if length_of(request) > limit.most:
        return HttpResponse(render_to_string("413.html"), status=413)
    is_multipart = request.content_type == MULTIPART
    if is_multipart and not limit.multipart:
        return HttpResponse(render_to_string("415.html"), status=415)
    if is_multipart and not limit.files:
        request.upload_handlers = [NoFiles(request)]
    if not is_multipart:
        read_whole(request)
    return None


def limit_of(request: HttpRequest) -> Limit:
    match = request.resolver_match
    names = [match.view_name, match.namespace] if match else []
    rule = next((RULES[name] for name in names if name in RULES), None)
    return rule(request) if rule else FORM


def read_whole(request: HttpRequest) -> None:
    """Read the body; half a form, whose sender has gone or is too slow, is not one to act on."""
    try:
        received = len(request.body)
    except UnreadablePostError as fault:
        raise BadRequest("The body could not be read.") from fault
    if received < length_of(request):
        raise BadRequest("The body is shorter than its Content-Length.")


def length_of(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0
