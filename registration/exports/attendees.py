"""Attendees as a spreadsheet, in which nothing that a person typed becomes a formula."""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from itertools import batched
from typing import IO

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch
from django.http import FileResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from eim import clock
from registration.answers import Use, answers_for
from registration.models import Place, Registration
from registration.models.registrations import RegistrationQuerySet

# Spreadsheets may drop spaces and quotes at the start, and read full-width signs as plain ones. A
# program that splits the file at another sign than ours sees a cell after each such sign.
FORMULA = re.compile(r"(^|[,;|])([\s\"']*)(?=[=+\-@\0＝＋－＠])")
LINE_ENDS = re.compile(r"\s*[\r\n\x0b\x0c\x85\u2028\u2029]+\s*")
# Excel splits at the sign between the items of a list in its computer's language: a semicolon where
# the comma stands in decimal numbers.
SEPARATORS = {"es": ";", "pt": ";", "en": ","}
ROWS_AT_ONCE = 1000
MOST_IN_MEMORY = 2 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Column:
    heading: object
    text: Callable[[Registration], object]


def local_time(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def places_in(states: Iterable[str]) -> Callable[[Registration], str]:
    wanted = set(states)
    return lambda registration: "; ".join(
        str(place.quota) for place in registration.places.all() if place.state in wanted
    )


def column(name: str) -> Column:
    """Make a column of a field: its own name, and its value as organisers read it."""
    return Column(
        heading=Registration._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
        text=lambda registration: value_of(registration, name),
    )


def value_of(registration: Registration, name: str) -> object:
    if name == "country":
        return countries.name(str(registration.country))
    display = getattr(registration, f"get_{name}_display", None)
    value = display() if display else getattr(registration, name)
    return local_time(value) if isinstance(value, datetime | None) else value


# In the order in which spreadsheets know them: a column for a new answer comes after these.
FIRST = (
    *("reference", "state", "full_name", "email", "institution", "country", "occupation"),
    *("category", "attendance"),
)
COLUMNS = [
    *map(column, FIRST),
    Column(heading=_("places"), text=places_in(Place.TAKEN)),
    Column(heading=_("waiting for"), text=places_in([Place.State.WAITING])),
    *(column(name) for name in answers_for(Use.EXPORT) if name not in FIRST),
    column("submitted_at"),
    column("confirmed_at"),
]
NEEDS = column("needs")


def is_allowed_to(user: AbstractBaseUser | AnonymousUser) -> bool:
    return user.has_perm("registration.export_registration")  # type: ignore[union-attr]


def attendee_rows(registrations: RegistrationQuerySet, *, with_needs: bool) -> Iterator[list[str]]:
    """Yield the headings, then a row for each person, by a few queries for each 1,000."""
    columns = [*COLUMNS, NEEDS] if with_needs else COLUMNS
    yield [str(column.heading) for column in columns]
    places = Prefetch("places", Place.objects.select_related("quota__session"))
    everybody = registrations.named().prefetch_related(places)
    for keys in batched(registrations.values_list("pk", flat=True), ROWS_AT_ONCE):
        # Not by iterator(): without cursors of the server it would read all of them at once.
        for registration in everybody.filter(pk__in=keys):
            yield [str(column.text(registration)) for column in columns]


def without_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula, in one line."""
    return FORMULA.sub(r"\1'\2", LINE_ENDS.sub(" · ", text).replace("\t", " "))


def write_csv(rows: Iterable[list[str]], file: IO[bytes]) -> None:
    """Write CSV as Excel opens it in this language, with a byte-order mark that tells of UTF-8."""
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    separator = SEPARATORS[get_language() or settings.LANGUAGE_CODE]
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([without_formula(cell) for cell in row] for row in rows)
    text.detach()


def write_xlsx(rows: Iterable[list[str]], file: IO[bytes]) -> None:
    # At its first use: openpyxl is 175 modules, which would take 7 MB of each process.
    from registration.exports.workbook import write_workbook

    write_workbook(rows, file)


WRITERS: dict[str, tuple[Callable[[Iterable[list[str]], IO[bytes]], None], str]] = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def download(registrations: RegistrationQuerySet, kind: str, *, by: User) -> FileResponse:
    """Write the whole file before sending it: a file cut off by an error would lack people."""
    write, content_type = WRITERS[kind]
    with_needs = by.has_perm("registration.view_needs")
    file = tempfile.SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115 -- the response closes it
    written = CountedRows(attendee_rows(registrations, with_needs=with_needs))
    write(written, file)
    file.seek(0)
    log_export(by, written.count - 1, kind, with_needs=with_needs)
    name = f"{slugify(gettext('attendees'))}-{timezone.localtime(clock.now()):%Y-%m-%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)


class CountedRows:
    """Count the rows that are read."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self.rows:
            self.count += 1
            yield row


def log_export(by: User, count: int, kind: str, *, with_needs: bool) -> None:
    """Record who exported personal data, when, and of how many people."""
    if with_needs:
        words = ngettext(
            "Exported %(count)s registration with access needs as %(kind)s.",
            "Exported %(count)s registrations with access needs as %(kind)s.",
            count,
        )
    else:
        words = ngettext(
            "Exported %(count)s registration as %(kind)s.",
            "Exported %(count)s registrations as %(kind)s.",
            count,
        )
    sentence = words % {"count": count, "kind": kind.upper()}
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Registration),
        object_repr=sentence,
        action_flag=CHANGE,
        change_message=sentence,
    )
