"""Answer while the database is away: with what was typed, so that nobody types it twice."""

from collections.abc import Iterator
from functools import cache

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_path

from eim.back_office.language import COOKIE as OFFICE_LANGUAGE
from eim.back_office.paths import is_of_back_office
from eim.lib.forms.origin import is_from_own_page
from eim.lib.logs.request_ids import request_id
from eim.lib.site_languages import SITE_CODES
from programme.forms import QuestionForm
from registration.forms import (
    AddressForm,
    CodeForm,
    DetailsForm,
    ErasureForm,
    LostLinkForm,
    NeedsForm,
    SignUpForm,
)

COME_BACK_AFTER = 5  # seconds
# Whose texts the page shows with their labels; it carries everything else too.
PUBLIC_FORMS: tuple[type[forms.Form], ...] = (
    *(SignUpForm, LostLinkForm, CodeForm, QuestionForm),
    *(DetailsForm, AddressForm, NeedsForm, ErasureForm),
)
TEXTS = (forms.TextInput, forms.EmailInput, forms.Textarea)
# Parts of the names of fields that no page may carry.
SECRETS = ("password", "otp_token")
# The honeypot of public forms.
NOT_SHOWN = {"website"}


def unavailable(request: HttpRequest) -> HttpResponse:
    """Tell a person when to come back, with a button that sends again what was sent."""
    headers = {"Retry-After": str(COME_BACK_AFTER)}
    # Counted by eim/serving/access.py.
    request.META["eim.without_database"] = True
    if "text/html" not in request.headers.get("Accept", "text/html"):
        plain = "text/plain; charset=utf-8"
        return HttpResponse("unavailable\n", content_type=plain, headers=headers, status=503)
    sent = list(sent_fields(request))
    code = language_of(request)
    context = {
        "codes": [code] if code else SITE_CODES,
        "is_sending": request.method == "POST",
        "address": request.get_full_path(),
        "sent": sent,
        "request_id": request_id.get(),
    }
    with translation.override(code or settings.LANGUAGE_CODE):
        context["typed"] = list(typed_texts(sent))
        body = render_to_string("503.html", context)
    return HttpResponse(body, headers=headers, status=503)


def language_of(request: HttpRequest) -> str | None:
    """Return the language of the address, or of the back office; None for other addresses."""
    if is_of_back_office(request):
        chosen = request.COOKIES.get(OFFICE_LANGUAGE)
        return chosen if chosen in SITE_CODES else translation.get_language()
    return get_language_from_path(request.path_info)


def sent_fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield what a page of ours has sent; nothing if a part of it could not be sent again.

    Nothing of another site either: the button would make it look like our own.
    """
    if request.method != "POST" or not is_from_own_page(request) or request.FILES:
        return
    names = list(request.POST)
    if any(secret in name for name in names for secret in SECRETS):
        return
    for name in names:
        yield from ((name, value) for value in request.POST.getlist(name))


def typed_texts(sent: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the texts of public forms with the labels of their fields."""
    labels = labels_of_texts()
    for name, value in sent:
        if name in labels and value.strip():
            yield str(labels[name]), value


@cache
def labels_of_texts() -> dict[str, object]:
    return {
        name: field.label
        for form in PUBLIC_FORMS
        for name, field in form.base_fields.items()
        if isinstance(field.widget, TEXTS) and name not in NOT_SHOWN
    }
