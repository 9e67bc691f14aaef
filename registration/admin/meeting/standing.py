"""The page on which organisers postpone or cancel the meeting: it says first who gets a mail."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import construct_change_message
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext

from eim import clock
from eim.lib.fields.merging import MergingForm
from eim.lib.site_languages import translated_columns
from programme.actions import bump_version
from programme.models import Meeting
from programme.models.meeting import Standing
from registration.actions import change_standing, people_to_tell
from registration.models import Registration

REASONS = translated_columns("standing_reason")


class StandingForm(MergingForm):
    class Meta:
        model = Meeting
        fields = ["standing", *REASONS]
        widgets = {"standing": forms.RadioSelect}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_held = cleaned.get("standing") == Standing.AS_PLANNED
        was_postponed = self.initial["standing"] == Standing.POSTPONED
        if not is_held and not any(cleaned.get(name) for name in REASONS):
            sentence = gettext("Say why, in one language at least: it goes into the e-mail.")
            self.add_error(REASONS[0], sentence)
        if is_held and was_postponed and is_meeting_past(self.instance):
            sentence = gettext(
                "Enter the new days on the meeting's own page first: its former ones are over, and "
                "with them the time for which data are kept."
            )
            self.add_error("standing", sentence)
        return cleaned


def is_meeting_past(meeting: Meeting) -> bool:
    return meeting.last_day < meeting.day_of(clock.now())


def standing_view(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    if request.method != "POST":
        return standing_page(model_admin, request, pk)
    with model_admin.writing(request):
        return standing_page(model_admin, request, pk)


def standing_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    meeting: Meeting = get_object_or_404(Meeting, pk=pk)
    if not model_admin.has_change_permission(request, meeting):
        raise PermissionDenied
    form = StandingForm(request.POST if request.method == "POST" else None, instance=meeting)
    if form.is_valid():
        save_standing(model_admin, request, form)
        return redirect("admin:programme_meeting_change", pk)
    people = people_to_tell().count()
    live = Registration.objects.live().count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Postpone or cancel the meeting"),
        "subtitle": str(meeting),
        "opts": model_admin.opts,
        "original": meeting,
        "form": form,
        "people": people,
        "others": live - people,
    }
    return TemplateResponse(request, "admin/programme/meeting/standing.html", context)


def save_standing(model_admin: Any, request: HttpRequest, form: StandingForm) -> None:
    """Write the reason, then the standing with the mails: they say the reason."""
    meeting: Meeting = form.instance
    reasons = [name for name in form.changed_columns() if name != "standing"]
    meeting.save(update_fields=reasons)
    bump_version()
    written = change_standing(Standing(meeting.standing), by=cast(User, request.user))
    said = construct_change_message(form, [], add=False)  # type: ignore[arg-type]
    model_admin.log_change(request, meeting, said)
    words = gettext("Saved. Nobody gets an e-mail.")
    if written:
        words = ngettext(
            "Saved. %(count)s e-mail is on its way.",
            "Saved. %(count)s e-mails are on their way.",
            written,
        ) % {"count": written}
    model_admin.message_user(request, words, messages.SUCCESS)
