"""Read days and hours by the clock of the venue, on days of a change of clocks too."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from eim.lib.fields.hours import HourField, plain_hour
from programme.clocks.wall_clock import (
    DAY,
    SkippedHour,
    end_at,
    is_shown_twice,
    moment_at,
    shown_at,
)
from programme.wording.dates import moment_in, skipped_words, twice_words

END_OF_DAY = "24:00"


class WallClockField(forms.SplitDateTimeField):
    """Return a moment in UTC; 24:00 is midnight at the end of the day.

    Django refuses an hour that clocks show twice: here it is the first one, and
    `sentences_about_clocks` says so.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        plain = self.fields[1]
        self.fields = (self.fields[0], HourField(required=plain.required, localize=plain.localize))
        self.fields[1].error_messages = plain.error_messages

    def clean(self, value: Any) -> datetime | None:
        parts = value if isinstance(value, list | tuple) else [value]
        if [plain_hour(str(part)) for part in parts[1:]] != [END_OF_DAY]:
            return super().clean(value)
        day = self.fields[0].clean(parts[0])
        return moment_or_error(datetime.combine(day, time.min) + DAY)

    def compress(self, data_list: tuple[date, time] | None) -> datetime | None:
        if data_list and all(part not in self.empty_values for part in data_list):
            return moment_or_error(datetime.combine(*data_list))
        return super().compress(data_list)


def wall_of(moment: datetime) -> datetime:
    return shown_at(moment, timezone.get_current_timezone())


def moment_or_error(wall: datetime) -> datetime:
    try:
        return moment_at(wall, timezone.get_current_timezone())
    except SkippedHour as refusal:
        raise ValidationError(skipped_words(refusal)) from refusal


class HoursForm(forms.ModelForm):
    """Edit what has hours: an end before the start, on the same day, is on the next day."""

    is_end_moved = False

    def clean_ends_at(self) -> datetime | None:
        starts_at, ends_at = self.cleaned_data.get("starts_at"), self.cleaned_data["ends_at"]
        if starts_at is None or ends_at is None:
            return ends_at
        try:
            found = end_at(wall_of(ends_at), starts_at, timezone.get_current_timezone())
        except SkippedHour as refusal:
            raise ValidationError(skipped_words(refusal)) from refusal
        self.is_end_moved = wall_of(found).date() != wall_of(ends_at).date()
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not {"starts_at", "ends_at"}.isdisjoint(self.errors):
            # Keep both as they were: nobody forgot the hour that was refused.
            for name in ("starts_at", "ends_at"):
                cleaned.pop(name, None)
        return cleaned


def sentences_about_clocks(form: forms.BaseModelForm) -> Iterator[str]:
    """Say what was understood where the hours that were typed could mean another moment."""
    zone = timezone.get_current_timezone()
    if getattr(form, "is_end_moved", False):
        ends = moment_in(form.cleaned_data["ends_at"], zone)
        yield gettext("The end is before the start, so it counts for the next day: %(ends)s.") % {
            "ends": ends
        }
    for name in form.changed_data:
        moment = form.cleaned_data.get(name)
        if isinstance(moment, datetime) and is_shown_twice(moment, zone):
            yield twice_words(moment, zone)
