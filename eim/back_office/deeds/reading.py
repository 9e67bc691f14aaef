"""Read deeds as organisers read them: in the language of the page, without attendees' data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.colleagues.names import name_of
from eim.back_office.deeds.sources import HISTORY, LOG
from eim.back_office.log_words import words_of_entry
from registration.models import History, Letter, Quota, Registration, Reminder

# Rows whose name tells of no attendee, besides those of the programme. Of all others the list says
# only what kind they are.
NAMED: tuple[type[Model], ...] = (Quota, Reminder, Letter, User, Group, TOTPDevice)
# The name of these is a text that an attendee has typed, or may be.
TYPED_BY_ATTENDEES = {"question", "removal"}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One line of the list."""

    at: datetime
    who: str
    what: str
    kind: str
    # The name or the reference of the thing; empty where it would tell of a person.
    about: str
    url: str = ""

    @property
    def text(self) -> str:
        return f"{self.who} {self.what} {self.kind} {self.about}"


def read_deeds(rows: Iterable[dict[str, Any]], reader: User) -> list[Deed]:
    """Return the deeds of rows of `deeds_found`, by four queries for however many."""
    found = list(rows)
    entries = entries_by_key(row["key"] for row in found if row["source"] == LOG)
    events = events_by_key(row["key"] for row in found if row["source"] == HISTORY)
    references = references_of(entries.values())
    deeds = []
    for row in found:
        if entry := entries.get(row["key"]) if row["source"] == LOG else None:
            deeds.append(deed_of_entry(entry, references, reader))
        if event := events.get(row["key"]) if row["source"] == HISTORY else None:
            deeds.append(deed_of_event(event, row["people"], reader))
    return deeds


def entries_by_key(keys: Iterable[int]) -> dict[int, LogEntry]:
    return LogEntry.objects.select_related("user", "content_type").in_bulk(list(keys))


def events_by_key(keys: Iterable[int]) -> dict[int, History]:
    related = ("actor", "registration", "quota__session")
    return History.objects.select_related(*related).in_bulk(list(keys))


def references_of(entries: Iterable[LogEntry]) -> dict[str, str]:
    """Return the reference of each registration in the log, by its key as the log has it."""
    keys = {
        int(key)
        for entry in entries
        if model_of(entry) is Registration and (key := entry.object_id or "").isdecimal()
    }
    rows = Registration.objects.only("reference").in_bulk(list(keys))
    return {str(key): row.spaced_reference for key, row in rows.items()}


def deed_of_entry(entry: LogEntry, references: dict[str, str], reader: User) -> Deed:
    model = model_of(entry)
    return Deed(
        at=entry.action_time,
        who=name_of(entry.user),
        what=gettext("Deleted.") if entry.is_deletion() else words_of_entry(entry),
        kind=capfirst(str(model._meta.verbose_name)) if model else "",
        about=references.get(entry.object_id or "", "") if model is Registration else named(entry),
        url=address_of(entry, reader),
    )


def deed_of_event(event: History, people: int, reader: User) -> Deed:
    what = capfirst(event.get_event_display())
    may_see = reader.has_perm("registration.view_registration") and people == 1
    of_many = ngettext("%(count)s registration", "%(count)s registrations", people)
    return Deed(
        at=event.happened_at,
        who=name_of(event.actor),
        what=f"{what}: {event.quota}" if event.quota else what,
        kind=capfirst(str(Registration._meta.verbose_name)),
        about=event.registration.spaced_reference if people == 1 else of_many % {"count": people},
        url=page_of(event.registration) if may_see else "",
    )


def model_of(entry: LogEntry) -> type[Model] | None:
    return entry.content_type.model_class() if entry.content_type else None


def named(entry: LogEntry) -> str:
    """Return the name of a thing as it was then, if it tells of no attendee."""
    model = model_of(entry)
    if model is None or model._meta.model_name in TYPED_BY_ATTENDEES:
        return ""
    is_of_programme = model._meta.app_label == "programme"
    return entry.object_repr if is_of_programme or model in NAMED else ""


def address_of(entry: LogEntry, reader: User) -> str:
    """Return the page of a thing that is still there, if the reader may open it."""
    model = model_of(entry)
    if model is None or entry.is_deletion() or not entry.object_id:
        return ""
    label, name = model._meta.app_label, model._meta.model_name
    may = any(reader.has_perm(f"{label}.{verb}_{name}") for verb in ("view", "change"))
    return (entry.get_admin_url() or "") if may else ""


def page_of(registration: Registration) -> str:
    return reverse("admin:registration_registration_change", args=[registration.pk])
