"""The opening of registration: refused once while e-mails cannot arrive, unless told why."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from eim.lib.fields.cleaned import CleanedLinesField
from programme.admin.meeting import MeetingForm
from registration.models import SenderHealth

OPENS, EXCUSE = "registration_opens_at", "sender_excuse"


def is_sender_broken() -> bool:
    health = SenderHealth.known()
    return bool(health and health.is_broken)


def opens_registration(data: Mapping[str, Any]) -> bool:
    """Return whether the page that is sent says when registration opens."""
    return any(data.get(name) for name in (OPENS, f"{OPENS}_0"))


def with_excuse(fieldsets: Iterable[Any]) -> list[Any]:
    """Add the field for the reason to the group in which the opening stands."""
    return [
        (title, {**options, "fields": [*options["fields"], EXCUSE]})
        if any(OPENS in row for row in options["fields"])
        else (title, options)
        for title, options in fieldsets
    ]


class OpeningForm(MeetingForm):
    """Warn before registration opens with a sender whose e-mails cannot arrive."""

    sender_excuse = CleanedLinesField(
        label=_("Why it opens although e-mails may not arrive"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Recorded with your name. Without it registration cannot be opened now."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        health = SenderHealth.known()
        written = {EXCUSE: health.excuse if health else ""}
        kwargs["initial"] = written | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_opened = OPENS in self.changed_data and cleaned.get(OPENS)
        if is_opened and not cleaned.get(EXCUSE) and is_sender_broken():
            self.add_error(OPENS, warning())
        return cleaned

    def note_excuse(self, by: User) -> None:
        """Record why it opens all the same, if that was written."""
        reason = self.cleaned_data.get(EXCUSE) if self.is_bound else ""
        health = SenderHealth.known()
        if health and health.is_broken and reason and reason != health.excuse:
            health.pardon(reason, by, clock.now())


def warning() -> SafeString:
    sentence = gettext(
        "E-mails of this site cannot arrive now, so nobody could confirm a registration. Have "
        "their sender put right, or write below why it opens all the same."
    )
    page = reverse("admin:mail_health")
    return format_html('{} <a href="{}">{}</a>', sentence, page, gettext("Health of the e-mails"))
