"""Edit the meeting, its rooms and its themes."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.languages import further_languages
from eim.lib.site_languages import translated_columns
from programme.actions import move_hours
from programme.admin.base import SharePictureField, VisibleChange, WritesSessions
from programme.admin.correcting import zone_view
from programme.admin.fieldsets import FOLDED, FoldsEmptyGroups
from programme.admin.languages import require_texts_in
from programme.clocks.zones import zone_choices
from programme.models import Meeting, Room, Session, Theme


class MeetingForm(forms.ModelForm):
    """Read hours in the zone, and require texts in the first language, that the form itself has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" not in self.fields:  # the page is only read, or only translated
            return
        require_texts_in(self["first_language"].value(), self)
        zones = zone_choices(self.instance.time_zone)
        self.fields["time_zone"].widget = forms.Select(choices=[("", "---------"), *zones])
        self.fields["registration_opens_at"].help_text = gettext(
            "In the time zone entered above. If empty, registration is not open."
        )
        self.fields["registration_closes_at"].help_text = gettext("In the time zone entered above.")

    def full_clean(self) -> None:
        with self._in_its_own_zone():
            super().full_clean()

    @cached_property
    def changed_data(self) -> list[str]:
        """Name an hour too that reads as before, but in another zone."""
        with self._in_its_own_zone():
            return super().changed_data

    def _in_its_own_zone(self) -> AbstractContextManager[object]:
        name = self["time_zone"].value() if "time_zone" in self.fields else ""
        return timezone.override(ZoneInfo(name)) if name in available_timezones() else nullcontext()

    def clean_further_languages(self) -> str:
        """Refuse to take a language away that a session still names."""
        text: str = self.cleaned_data["further_languages"]
        gone = further_languages(self.instance.further_languages).keys() - further_languages(text)
        for session in Session.objects.all() if gone else []:
            if named := sorted(gone & session.every_language):
                words = gettext("“%(code)s” is a language of “%(title)s”: change that first.")
                raise ValidationError(words % {"code": named[0], "title": session.title})
        return text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last:
            outside = Session.objects.exclude(day=None).exclude(day__range=(first, last)).first()
            if outside:
                self.add_error("first_day", _outside_meeting(outside))
        self._refuse_shifted_hours(cleaned)
        return cleaned

    def _refuse_shifted_hours(self, cleaned: dict[str, Any]) -> None:
        is_changed = "time_zone" in self.changed_data and "time_zone" in cleaned
        if is_changed and Session.objects.with_hours().exists():
            sentence = gettext(
                "Some sessions already have times in this zone: move all hours by the button above."
            )
            self.add_error("time_zone", sentence)


def _outside_meeting(session: Session) -> ValidationError:
    sentence = gettext("“%(title)s” would fall outside the days of the meeting: move it first.")
    return ValidationError(sentence % {"title": session.title})


@admin.register(Meeting)
class MeetingAdmin(FoldsEmptyGroups, WritesSessions, TranslationAdmin):
    form = MeetingForm
    list_display = ["name", "first_day", "last_day", "registration_opens_at"]
    # What stands in one row is in brackets.
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("first_language", "number", "short_name"),
                    "name",
                    "edition_label",
                    "theme_line",
                    "summary",
                    "contact_email",
                ]
            },
        ),
        (_("What it is about"), {"fields": ["about", "audience"]}),
        (
            _("When"),
            {"fields": [("first_day", "last_day"), "time_zone", "standing", "standing_reason"]},
        ),
        (
            _("Where"),
            {
                "fields": [
                    "city",
                    ("country", "venue_name", "venue_acronym"),
                    "venue_address",
                    "directions",
                    "access",
                    ("latitude", "longitude"),
                ]
            },
        ),
        (_("Registration"), {"fields": [("registration_opens_at", "registration_closes_at")]}),
        (_("Privacy"), {"fields": ["privacy_version", "privacy_notice"]}),
        (
            _("Support and accessibility statement"),
            {
                "fields": [
                    ("access_requests_until", "access_answer_days"),
                    "access_enforcement",
                ],
                "classes": [FOLDED],
            },
        ),
        (_("Pictures"), {"fields": [("logo", "share_picture")], "classes": [FOLDED]}),
        (_("Stream"), {"fields": ["streaming_note"], "classes": [FOLDED]}),
        (_("Further languages"), {"fields": ["further_languages"], "classes": [FOLDED]}),
    ]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "share_picture":
            kwargs |= {"form_class": SharePictureField, "help_text": db_field.help_text}
        if db_field.name == "logo":
            kwargs["help_text"] = db_field.help_text
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Go straight to the one meeting, or to the page that adds it."""
        meeting = Meeting.objects.first()
        if meeting and self.has_view_or_change_permission(request, meeting):
            return redirect("admin:programme_meeting_change", meeting.pk)
        if meeting is None and self.has_add_permission(request):
            return redirect("admin:programme_meeting_add")
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(zone_view, self))
        return [path("<int:pk>/zone/", view, name="programme_meeting_zone"), *super().get_urls()]

    def save_model(
        self, request: HttpRequest, obj: Meeting, form: forms.ModelForm, change: bool
    ) -> None:
        """Let the notices too keep the hours that clocks showed."""
        if change and "time_zone" in form.changed_data:
            move_hours(ZoneInfo(form.initial["time_zone"]), obj.zone)
        super().save_model(request, obj, form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Meeting.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Meeting | None = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(WritesSessions, TranslationAdmin):
    list_display = ["name", "code", "capacity", "is_step_free", "order"]
    search_fields = [*translated_columns("name"), "code"]
    prepopulated_fields = {"code": ["name"]}


@admin.register(Theme)
class ThemeAdmin(VisibleChange, TranslationAdmin):
    list_display = ["name", "code", "colour", "motif", "day", "order"]
    search_fields = [*translated_columns("name"), "code"]
    prepopulated_fields = {"code": ["name"]}
