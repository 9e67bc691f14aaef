"""Ask for consent: to the privacy notice, and to the use of access needs."""

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from programme.models import Meeting
from programme.wording.dates import date_words


def needs_words(meeting: Meeting) -> str:
    if meeting.needs_kept_until is None:
        sentence = gettext(
            "For example: sign language, wheelchair, large print. We erase it at the latest "
            "%(days)d days after the meeting, once it has new dates."
        )
        return sentence % {"days": settings.NEEDS_KEPT_DAYS}
    sentence = gettext(
        "For example: sign language, wheelchair, large print. We erase it on %(day)s at the latest."
    )
    return sentence % {"day": date_words(meeting.needs_kept_until)}


def consent_words(meeting: Meeting) -> SafeString:
    privacy = reverse("programme:privacy")
    return format_html(
        gettext("I have read the {link} (version {version}) and agree"),
        link=format_html('<a href="{}">{}</a>', privacy, gettext("privacy notice")),
        version=meeting.privacy_version,
    )


def refuse_needs_without_consent(form: forms.Form) -> None:
    if form.cleaned_data.get("needs") and not form.cleaned_data.get("needs_consent"):
        form.add_error(
            "needs_consent",
            gettext("We may use what you wrote only if you agree: tick this, or delete the text."),
        )
