"""Find in the back office's log who has changed or deleted a row since a page was opened."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.forms import BaseForm
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from eim.back_office.colleagues.names import name_of
from programme.wording.sessions import joined

MOST_ENTRIES = 50


@dataclass(frozen=True, kw_only=True)
class OtherEditors:
    """The log since `last_entry` of the rows that are edited on one page."""

    last_entry: int
    rows: list[tuple[type[Model], object]] = field(default_factory=list)

    @cached_property
    def entries(self) -> list[LogEntry]:
        """Return the newest entry first."""
        about = Q(pk__in=[])
        for model, key in self.rows:
            kind = ContentType.objects.get_for_model(model)
            about |= Q(content_type=kind, object_id=str(key))
        since = LogEntry.objects.filter(about, pk__gt=self.last_entry).order_by("-pk")
        return list(since.select_related("user")[:MOST_ENTRIES])

    def words(self, form: BaseForm, names: Iterable[str]) -> str:
        """Return who changed these fields, and when; without names, who deleted the row."""
        labels = source_labels(form, names)
        about = [entry for entry in self.entries if labels & set(fields_of(entry))]
        deleted = [e for e in self.entries if e.action_flag == DELETION or not labels]
        return people_and_times((about or self.entries) if labels else deleted)


def source_labels(form: BaseForm, names: Iterable[str]) -> set[str]:
    """Return the labels of fields as the log stores them: in the language of the sources."""
    with override(None):
        return {str(form.fields[name].label or name) for name in names}


def fields_of(entry: LogEntry) -> Iterator[str]:
    """Yield the labels of the fields that an entry of the log says were changed."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:  # a sentence, such as live control writes
        return
    for part in parts:
        yield from part.get("changed", {}).get("fields", [])


def people_and_times(entries: Iterable[LogEntry]) -> str:
    """Return “Rosa Paz (rosa) (9:30) and caio (9:41)”: of each person the latest entry."""
    latest: dict[int, LogEntry] = {}
    for entry in entries:
        latest.setdefault(entry.user_id, entry)
    if not latest:
        return gettext("somebody else, on another page or with a file,")
    words = [f"{name_of(entry.user)} ({moment_of(entry)})" for entry in reversed(latest.values())]
    return joined(words)


def moment_of(entry: LogEntry) -> str:
    moment = timezone.localtime(entry.action_time)
    is_today = moment.date() == timezone.localdate()
    return date_format(moment, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")
