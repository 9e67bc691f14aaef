"""Serve pages that only the demo has: the mails it would have sent, a sheet of components."""

import email
import email.policy
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from eim.lib import weave
from programme.decorators import SiteRequest, personal, public
from registration.mails.html_parts import page_of_mail

# The line that Django's file-based mail backend writes after each mail.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"
HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID")
READER_CSP: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
MAIL_CSP: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "img-src": ["data:"],
    "style-src": [CSP.UNSAFE_INLINE],  # as in mail programs
    "frame-ancestors": [CSP.SELF],
}


class Weave(NamedTuple):
    """Stand in for a theme, with the two fields by which templates draw its motif."""

    motif: str
    colour: str


@public
@require_safe
def components(request: SiteRequest) -> HttpResponse:
    pairs = zip(weave.MOTIFS, cycle(weave.FILLS))
    context = {"weaves": [Weave(*pair) for pair in pairs], "icons": list(weave.ICONS)}
    return render(request, "components.html", context)


@personal
@require_safe
def mails(request: SiteRequest) -> HttpResponse:
    numbered = enumerate(written_mails(), start=1)
    newest_first = [(number, found, language_of(found)) for number, found in numbered][::-1]
    return render(request, "demo_mails.html", {"mails": newest_first})


@personal
@require_safe
@csp_override(READER_CSP)
def mail(request: SiteRequest, number: int) -> HttpResponse:
    found = mail_or_404(number)
    text = found.get_body(("plain",))
    context = {
        "number": number,
        "mail": found,
        "language": language_of(found),
        "headers": [(name, found[name]) for name in HEADERS if found[name]],
        "text": text.get_content() if text else "",
        "has_html": found.get_body(("html",)) is not None,
        "attachments": [part.get_filename() for part in found.iter_attachments()],
    }
    return render(request, "demo_mail.html", context)


@personal
@require_safe
@xframe_options_sameorigin
@csp_override(MAIL_CSP)
def mail_html(request: SiteRequest, number: int) -> HttpResponse:
    """Show the HTML part in its frame; its links open outside of it."""
    found = mail_or_404(number)
    html = page_of_mail(found)
    if html is None:
        raise Http404
    return HttpResponse(html)


def language_of(found: EmailMessage) -> str:
    return found["Content-Language"] or ""


def mail_or_404(number: int) -> EmailMessage:
    found = written_mails()
    if not 1 <= number <= len(found):
        raise Http404
    return found[number - 1]


def written_mails() -> list[EmailMessage]:
    """Return the oldest mails first, so that the number of a mail never changes."""
    options: Any = settings.MAILERS["default"].get("OPTIONS", {})
    folder = options.get("file_path")
    if not folder or not Path(folder).is_dir():
        return []
    files = [file for file in Path(folder).iterdir() if file.suffix in (".log", ".eml")]
    files.sort(key=lambda file: (file.stat().st_mtime_ns, file.name))
    return [
        email.message_from_bytes(raw, policy=email.policy.default)
        for file in files
        for raw in file.read_bytes().split(SEPARATOR)
        if raw.strip()
    ]
