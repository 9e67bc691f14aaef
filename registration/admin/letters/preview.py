"""Show a letter as the mail that its readers get: for nobody in each language, or for real ones."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from eim.lib.languages import language_name
from eim.lib.site_languages import SITE_CODES
from eim.lib.translated.first_language import languages_in_order
from registration import mails
from registration.admin.letters.addresses import letter_to_look_at, may_see_recipients
from registration.letters.segments import READERS, Recipients, recipients_of
from registration.mails.html_parts import page_of_mail
from registration.mails.letters import sample_of
from registration.models import Letter, Message
from registration.models.letters import Audience

SAMPLES = 3
NOBODY = "nobody@example.org"
FRAMING: dict[str, Any] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
FRAMED: dict[str, Any] = {
    "default-src": [CSP.NONE],
    "img-src": ["data:"],
    "style-src": [CSP.UNSAFE_INLINE],  # as in mail programs
    "frame-ancestors": [CSP.SELF],
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One way to look at a letter; `code` is a language, or the key of a recipient."""

    code: str
    words: str
    language: str = ""
    is_shown: bool = False


@csp_override(FRAMING)
def preview_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    letter = letter_to_look_at(request, pk)
    asked = request.GET.get("as", "") or languages_in_order()[0]
    samples = samples_of(letter, asked, with_people=may_see_recipients(request, letter))
    shown = next((sample for sample in samples if sample.is_shown), None)
    if shown is None:
        raise Http404
    mail = mails.render(message_for(letter, shown.code))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("How the letter looks"),
        "subtitle": str(letter),
        "opts": model_admin.opts,
        "original": letter,
        "samples": samples,
        "shown": shown,
        "mail": mail,
        "frame": f"{reverse('admin:registration_letter_mail', args=[letter.pk])}?as={shown.code}",
    }
    return TemplateResponse(request, "admin/registration/letter/preview.html", context)


@xframe_options_sameorigin
@csp_override(FRAMED)
def mail_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Return the HTML of the mail, for the frame of the page that shows it."""
    letter = letter_to_look_at(request, pk)
    code = request.GET.get("as", "")
    if code not in SITE_CODES and not may_see_recipients(request, letter):
        raise Http404
    html = page_of_mail(mails.render(message_for(letter, code)).message())
    return HttpResponse(html)


def samples_of(letter: Letter, asked: str, *, with_people: bool) -> list[Sample]:
    """Return the languages, then some real recipients: the first, the last and one between."""
    readers = READERS[Audience(letter.audience)]
    found = [
        Sample(code=code, words=language_name(code), language=code, is_shown=code == asked)
        for code in languages_in_order()
    ]
    for row in some_of(recipients_of(letter)) if with_people else []:
        name = getattr(row, readers.name) if readers.name else getattr(row, readers.address)
        found.append(Sample(code=str(row.pk), words=name, is_shown=str(row.pk) == asked))
    return found


def some_of(rows: Recipients) -> list[Any]:
    count = rows.count()
    positions = sorted({0, count // 2, count - 1}) if count else []
    return [rows[position] for position in positions][:SAMPLES]


def message_for(letter: Letter, code: str) -> Message:
    """Return a message that is not stored: to nobody in a language, or with a recipient's name.

    It holds no link of the recipient's: whoever looks at letters must not act in anybody's name.
    """
    if code in SITE_CODES:
        name = gettext("Name of the recipient")
        return sample_of(letter, name=name, address=NOBODY, language=code)
    rows = recipients_of(letter)
    row = rows.filter(pk=int(code)).first() if code.isdecimal() and len(code) < 10 else None
    if row is None:
        raise Http404
    readers = READERS[Audience(letter.audience)]
    name = getattr(row, readers.name) if readers.name else ""
    return sample_of(letter, name=name, address=NOBODY, language=getattr(row, readers.language))
