"""Edit the meeting, its rooms and its themes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from eim.lib.site_languages import translated_columns
from programme.admin.base import VisibleChange, WritesSessions
from programme.models import Meeting, Room, Session, Theme


class MeetingForm(forms.ModelForm):
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
                "Some sessions already have times in this zone: it cannot be changed."
            )
            self.add_error("time_zone", sentence)


def _outside_meeting(session: Session) -> ValidationError:
    sentence = gettext("“%(title)s” would fall outside the days of the meeting: move it first.")
    return ValidationError(sentence % {"title": session.title})


@admin.register(Meeting)
class MeetingAdmin(WritesSessions, TranslationAdmin):
    form = MeetingForm
    list_display = ["name", "first_day", "last_day", "registration_opens_at"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "number",
                    "short_name",
                    "name",
                    "edition_label",
                    "theme_line",
                    "summary",
                    "about",
                    "audience",
                    "first_language",
                    "contact_email",
                ]
            },
        ),
        (_("When"), {"fields": ["first_day", "last_day", "time_zone"]}),
        (
            _("Where"),
            {
                "fields": [
                    "city",
                    "country",
                    "venue_name",
                    "venue_acronym",
                    "venue_address",
                    "directions",
                    "access",
                    "access_requests_until",
                    "latitude",
                    "longitude",
                ]
            },
        ),
        (_("Registration"), {"fields": ["registration_opens_at", "registration_closes_at"]}),
        (_("Stream"), {"fields": ["streaming_note"]}),
        (_("Privacy"), {"fields": ["privacy_notice", "privacy_version"]}),
    ]

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
