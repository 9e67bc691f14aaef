"""Lists for people to sign on paper: of a day, of a session, of a service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django_countries import countries

from eim.lib.surnames import split_name, surname_key
from programme.models import Meeting
from programme.wording.dates import day_words
from registration.admin.base import may_see_people
from registration.models import Place, Quota, Registration
from registration.wording.place_lines import session_details


@dataclass(frozen=True, kw_only=True)
class Signer:
    given: str
    surnames: str
    institution: str
    country: str


def sheet_of_day(site: AdminSite, request: HttpRequest, day: str) -> HttpResponse:
    """List everybody with a place in person: the same people on each day."""
    meeting = get_object_or_404(Meeting)
    chosen = parsed_day(day)
    if chosen not in meeting.days:
        raise Http404
    quota = Quota.objects.in_person().first()
    return sheet(site, request, quota, title=day_words(chosen), details=meeting.venue_name)


def sheet_of_quota(site: AdminSite, request: HttpRequest, pk: int) -> HttpResponse:
    quota = get_object_or_404(Quota.objects.with_sessions(), pk=pk)
    meeting = get_object_or_404(Meeting)
    details = session_details(quota.session, meeting) if quota.session else meeting.venue_name
    return sheet(site, request, quota, title=str(quota), details=details)


def sheet(
    site: AdminSite, request: HttpRequest, quota: Quota | None, *, title: str, details: str
) -> HttpResponse:
    if not may_see_people(request):
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "title": title,
        "opts": Registration._meta,
        "details": details,
        "signers": signers(quota),
    }
    return TemplateResponse(request, "admin/registration/signatures.html", context)


def signers(quota: Quota | None) -> list[Signer]:
    """Return the people with a confirmed place, except those whose name is erased."""
    sure = Place.objects.filter(quota=quota, state=Place.State.CONFIRMED)
    rows = Registration.objects.named().filter(places__in=sure)
    rows = rows.only("full_name", "institution", "country")
    return [signer(registration) for registration in by_surname(rows)]


def by_surname(registrations: Iterable[Registration]) -> list[Registration]:
    return sorted(registrations, key=lambda r: (surname_key(r.full_name, str(r.country)), r.pk))


def signer(registration: Registration) -> Signer:
    given, surnames = split_name(registration.full_name, str(registration.country))
    return Signer(
        given=given,
        surnames=surnames,
        institution=registration.institution,
        country=str(countries.name(str(registration.country))),
    )


def parsed_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
