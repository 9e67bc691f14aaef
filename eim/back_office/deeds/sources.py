"""Find deeds in the log of the back office and in the histories of registrations, as one list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import CharField, Count, F, Min, Model, QuerySet, Value

from registration.models import History, Registration

LOG, HISTORY = "log", "history"
# What makes rows of the history one deed: a cancelled session has one for each of its people.
OF_ONE_DEED = ("happened_at", "event", "actor", "quota")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The conditions of the list; None is no condition."""

    colleague: int | None = None
    kind: type[Model] | None = None
    since: datetime | None = None
    before: datetime | None = None


def deeds_found(wanted: Wanted) -> QuerySet[Any, Any]:
    """Build one query for both tables, the latest deed first: moment, source, key, people."""
    rows = log_rows(wanted).union(history_rows(wanted), all=True)
    return rows.order_by("-at", "-source", "-key")


def log_rows(wanted: Wanted) -> QuerySet[Any, Any]:
    rows = LogEntry.objects.order_by().filter(**conditions(wanted, "action_time", "user"))
    if wanted.kind:
        label, name = wanted.kind._meta.app_label, wanted.kind._meta.model_name
        rows = rows.filter(content_type__app_label=label, content_type__model=name)
    return rows.values(at=F("action_time"), source=named(LOG), key=F("pk"), people=Value(1))


def history_rows(wanted: Wanted) -> QuerySet[Any, Any]:
    rows = History.objects.order_by().exclude(actor=None)
    rows = rows.filter(**conditions(wanted, "happened_at", "actor"))
    if wanted.kind not in (None, Registration):
        rows = rows.none()
    counted = rows.values(*OF_ONE_DEED).annotate(key=Min("pk"), people=Count("pk"))
    return counted.values(
        at=F("happened_at"), source=named(HISTORY), key=F("key"), people=F("people")
    )


def conditions(wanted: Wanted, moment: str, person: str) -> dict[str, Any]:
    found = {
        person: wanted.colleague,
        f"{moment}__gte": wanted.since,
        f"{moment}__lt": wanted.before,
    }
    return {name: value for name, value in found.items() if value is not None}


def named(source: str) -> Value:
    return Value(source, output_field=CharField())
