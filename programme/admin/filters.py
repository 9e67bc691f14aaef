"""Filter the lists of the back office by day and by missing translation."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from eim.lib.translated.untranslated import lacking
from programme.models import Meeting, Person, Session
from programme.wording.dates import day_words


class DayFilter(admin.SimpleListFilter):
    """Filter by a day of the meeting: Django's date filter offers only days around today."""

    title = _("day")
    parameter_name = "day"
    UNKNOWN = "unknown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        meeting = Meeting.objects.first()
        days = meeting.days if meeting else []
        named = [(day.isoformat(), day_words(day)) for day in days]
        return [*named, (self.UNKNOWN, _("Day to be confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> QuerySet[Session]:
        if self.value() == self.UNKNOWN:
            return queryset.filter(day=None)
        day = read_day(self.value())
        return queryset.filter(day=day) if day else queryset


def read_day(text: str | None) -> Any:
    """Return the day; None for any other text, as addresses can be typed by hand."""
    try:
        return parse_date(text or "")
    except ValueError:
        return None


class LackingFilter(admin.SimpleListFilter):
    """Filter rows with a text that exists in another language but not in the chosen one."""

    title = _("missing translation")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.LANGUAGES)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(lacking(queryset.model, value))


class IncompletePersonFilter(admin.SimpleListFilter):
    """Filter people of the programme whose photograph or biography is still missing."""

    title = _("still missing")
    parameter_name = "without"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("photo", _("photograph")), ("biography", _("biography"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        lacking = {
            "photo": Person.objects.in_programme().without_photo(),
            "biography": Person.objects.in_programme().without_biography(),
        }
        chosen = lacking.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(pk__in=chosen.values("pk"))
