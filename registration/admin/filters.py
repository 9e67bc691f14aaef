"""Filters beside the list of registrations."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from eim.lib.normalising import fold
from programme.wording.dates import date_words
from registration.models import Place, Quota, Registration

type Registrations = QuerySet[Registration]


class CountryFilter(admin.SimpleListFilter):
    """Offer the countries that registrations have, not all 249."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = Registration.objects.order_by("country").values_list("country", flat=True)
        named = [(str(code), str(countries.name(code))) for code in codes.distinct()]
        return sorted(named, key=lambda pair: fold(pair[1]))

    def queryset(self, request: HttpRequest, queryset: Registrations) -> Registrations:
        return queryset.filter(country=self.value()) if self.value() else queryset


class SignUpDayFilter(admin.SimpleListFilter):
    """Count days by the venue's calendar: its zone is the back office's current one."""

    title = _("day of registration")
    parameter_name = "signed_up"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        days = Registration.objects.annotate(day=TruncDate("submitted_at")).order_by("-day")
        known = days.values_list("day", flat=True).distinct()
        return [(day.isoformat(), date_words(day)) for day in known]

    def queryset(self, request: HttpRequest, queryset: Registrations) -> Registrations:
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            return queryset.none()
        day = date.fromisoformat(value)
        start = datetime.combine(day, time.min, timezone.get_current_timezone())
        end = datetime.combine(day + timedelta(days=1), time.min, start.tzinfo)
        return queryset.filter(submitted_at__gte=start, submitted_at__lt=end)


class PlaceFilter(admin.SimpleListFilter):
    """Find the people with a place of a quota, or on its waiting list."""

    title = _("place")
    parameter_name = "place"
    WAITING = "-waiting"
    ANY_LINE = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        choices: list[tuple[str, str]] = [(self.ANY_LINE, gettext("on a waiting list"))]
        for quota in Quota.objects.select_related("session"):
            choices.append((str(quota.pk), str(quota)))
            waiting = _("%(quota)s: waiting list") % {"quota": quota}
            choices.append((f"{quota.pk}{self.WAITING}", waiting))
        return choices

    def queryset(self, request: HttpRequest, queryset: Registrations) -> Registrations:
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            return queryset.none()
        if value == self.ANY_LINE:
            return queryset.filter(pk__in=Place.objects.waiting().values("registration"))
        key = value.removesuffix(self.WAITING)
        states = [Place.State.WAITING] if value.endswith(self.WAITING) else Place.TAKEN
        # A person has at most one place of a quota: the join repeats no row.
        return queryset.filter(places__quota=int(key), places__state__in=states)


class NeedsFilter(admin.SimpleListFilter):
    title = _("access needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with access needs")), ("no", _("without"))]

    def queryset(self, request: HttpRequest, queryset: Registrations) -> Registrations:
        if self.value() == "yes":
            return queryset.exclude(needs="")
        return queryset.filter(needs="") if self.value() == "no" else queryset
