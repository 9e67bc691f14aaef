"""Announce delays and switch to spare streams, on one page that also works on a phone."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim import clock
from programme.actions import NoSpare, say_late, switch_stream
from programme.caching.snapshot import SharedRows
from programme.live.broadcast import broadcast
from programme.models import Meeting, Session, Stream
from programme.models.session_choices import MAX_MINUTES_LATE
from programme.wording.sessions import late_words

PERMISSION = "programme.change_stream"
MINUTES = [5, 10, 15, 30]
ENTRIES_SHOWN = 10


class LateForm(forms.Form):
    """Announce how many minutes late a session of the day starts; 0 takes the delay back."""

    session: forms.ModelChoiceField = forms.ModelChoiceField(Session.objects.none())
    minutes = forms.IntegerField(label=_("Other minutes"), min_value=0, max_value=MAX_MINUTES_LATE)

    def __init__(self, data: Any = None, *, meeting: Meeting, now: datetime) -> None:
        super().__init__(data)
        sessions = Session.objects.published().with_hours().of_today(meeting, now)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]

    def apply(self) -> tuple[Model, str]:
        """Announce the delay; return the session, and what the log says of it."""
        session, minutes = self.cleaned_data["session"], self.cleaned_data["minutes"]
        say_late(session, minutes)
        session.minutes_late = minutes
        return session, late_words(session) if minutes else gettext("On time again")


class SpareForm(forms.Form):
    """Choose whether a stream of the day shows its spare channels or its usual ones."""

    stream: forms.ModelChoiceField = forms.ModelChoiceField(Stream.objects.none())
    to_spare = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda answer: answer == "yes"
    )

    def __init__(self, data: Any = None, *, meeting: Meeting, now: datetime) -> None:
        super().__init__(data)
        sessions = Session.objects.published().of_today(meeting, now)
        days = {meeting.day_of(now), *sessions.values_list("day", flat=True)}
        streams = Stream.objects.for_days(days).with_channels()
        self.fields["stream"].queryset = streams  # type: ignore[attr-defined]

    def apply(self) -> tuple[Model, str]:
        """Switch the stream; return it, and what the log says of it. May raise NoSpare."""
        stream, to_spare = self.cleaned_data["stream"], self.cleaned_data["to_spare"]
        switch_stream(stream, to_spare=to_spare)
        words = gettext("On the spare stream") if to_spare else gettext("On the usual stream")
        return stream, words


def live_control(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    rows, now = SharedRows(), clock.now()
    meeting = rows.meeting
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if meeting is None:
        sentence = gettext("There is nothing to control yet: first write down the meeting.")
        model_admin.message_user(request, sentence, messages.WARNING)
        return redirect("admin:index")
    if request.method == "POST":
        form_class = LateForm if "minutes" in request.POST else SpareForm
        apply_form(model_admin, request, form_class(request.POST, meeting=meeting, now=now))
        return redirect("admin:programme_stream_live")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Live control"),
        "opts": model_admin.opts,
        "day": meeting.day_of(now),
        "now": now,
        "rooms": broadcast(rows.moment_at(now), "").rooms,
        "minutes": MINUTES,
        "latest": MAX_MINUTES_LATE,
        "entries": recent_entries(),
    }
    return TemplateResponse(request, "admin/programme/stream/live.html", context)


def apply_form(model_admin: ModelAdmin, request: HttpRequest, form: LateForm | SpareForm) -> None:
    if not form.is_valid():
        sentences = [sentence for errors in form.errors.values() for sentence in errors]
        model_admin.message_user(request, " ".join(map(str, sentences)), messages.ERROR)
        return
    try:
        row, words = form.apply()
    except NoSpare as refusal:
        model_admin.message_user(request, str(refusal), messages.ERROR)
        return
    model_admin.log_change(request, row, words)
    model_admin.message_user(request, f"{row}: {words}", messages.SUCCESS)


def recent_entries() -> QuerySet[LogEntry]:
    """Return the latest log entries of this page, without those of admin forms.

    Admin forms log a JSON list, this page a sentence.
    """
    kinds = ContentType.objects.get_for_models(Session, Stream).values()
    entries = LogEntry.objects.filter(content_type__in=kinds, action_flag=CHANGE)
    return entries.exclude(change_message__startswith="[").select_related("user")[:ENTRIES_SHOWN]
