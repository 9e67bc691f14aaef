"""Write a whole file: the meeting first, then everything that refers to it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext

from eim.lib.fields.web_addresses import with_scheme
from eim.lib.site_languages import translated_columns
from programme.clocks.wall_clock import SkippedHour, moment_at
from programme.loading.contents import Contents
from programme.loading.faults import Fault, FileRefused
from programme.loading.rows import Writer, assign, is_taken, values_of
from programme.loading.sessions import References, write_sessions
from programme.loading.shapes import Entry
from programme.models import (
    Channel,
    Document,
    Edition,
    Meeting,
    Organisation,
    Page,
    Person,
    Removal,
    Room,
    Session,
    Stream,
    Theme,
)
from programme.models.meeting import Standing
from programme.models.removals import RemovedPart
from programme.wording.dates import skipped_words

MOMENTS = ("registration_opens_at", "registration_closes_at")
REASONS = translated_columns("standing_reason")
CALENDAR = ("first_day", "last_day", "time_zone")


@dataclass(frozen=True)
class Loaded:
    """The number of rows that a load wrote, by model, and all the site's sessions by code.

    With faults, all that was written must be rolled back.
    """

    written: Counter[str]
    sessions: dict[str, Session]
    faults: list[Fault]
    # Sentences about what organisers have removed from the site, and the file has.
    withheld: list[str]


def write(contents: Contents, *, is_sample: bool = False) -> Loaded:
    """Write the rows that differ; the caller holds the locks and the transaction.

    Raises FileRefused if nothing can be checked against the meeting.
    """
    writer = Writer(list(contents.faults))
    root = contents.root
    meeting, is_moved = write_meeting(writer, root, is_sample=is_sample)
    with meeting.activated():
        sessions = write_programme(writer, root, meeting)
        if is_moved and not writer.faults:
            check_all_sessions(writer, root.entries("sessions"))
    return Loaded(writer.written, sessions, writer.faults, writer.withheld)


def write_programme(writer: Writer, root: Entry, meeting: Meeting) -> dict[str, Session]:
    """Write everything but the meeting; return all the site's sessions by code."""
    write_all(writer, Organisation, root.entries("organisations"), by="name")
    themes = write_all(writer, Theme, root.entries("themes"), by="code")
    rooms = write_all(writer, Room, root.entries("rooms"), by="code")
    people = write_all(writer, Person, root.entries("people"), by="slug", values=person_values)
    write_all(writer, Page, root.entries("pages"), by="slug")
    write_all(writer, Document, documents_in(writer, root), by="url")
    write_all(writer, Edition, root.entries("editions"), by="number", values=edition_values)
    references = References(meeting=meeting, rooms=rooms, themes=themes, people=people)
    sessions = write_sessions(writer, root.entries("sessions"), references)
    write_streams(writer, root.entries("streams"), rooms)
    for dated in root.entries("themes") + root.entries("streams"):
        check_day(writer, dated, meeting)
    return sessions


def documents_in(writer: Writer, root: Entry) -> list[Entry]:
    """Return the documents of the file without those that organisers have removed from the site."""
    entries = root.entries("documents")
    removed = Removal.objects.open().filter(document__isnull=False) if entries else []
    gone = {removal.kept["url"] for removal in removed}
    for entry in entries:
        if entry.get("url") in gone:
            writer.withhold(entry, RemovedPart.DOCUMENT)
    return [entry for entry in entries if entry.get("url") not in gone]


def write_meeting(writer: Writer, root: Entry, *, is_sample: bool) -> tuple[Meeting, bool]:
    """Write the meeting; return it, and whether its days or its time zone have changed."""
    entry: Entry | None = root.get("meeting")
    row = Meeting.objects.first() or Meeting(pk=1, is_sample=is_sample)
    if row.is_sample != is_sample:
        sentence = gettext("The database has another kind of meeting: start with an empty one.")
        raise FileRefused([Fault("", sentence)])
    if entry is None:
        raise FileRefused(writer.faults)
    is_new = row._state.adding
    values = meeting_values(writer, entry)
    if not is_new:
        keep_standing(writer, entry, row, values)
    changed = assign(row, values)
    check_reason(writer, entry, row, is_new=is_new, changed=changed)
    row.time_zone = row.time_zone or "UTC"
    if not writer.save(row, entry, changed):
        complete(row, days_in(root))
        # Nothing else can be validated without a meeting.
        if not is_taken(row):
            raise FileRefused(writer.faults)
    return row, not is_new and not changed.isdisjoint(CALENDAR)


def keep_standing(writer: Writer, entry: Entry, row: Meeting, values: dict[str, Any]) -> None:
    """Drop the file's standing, and refuse one that differs: a change of it writes to everybody."""
    wanted = values.pop("standing", row.standing) or Standing.AS_PLANNED
    if wanted == row.standing:
        return
    button = gettext("Postponed, cancelled, held…")
    if row.takes_place:
        button = gettext("Postpone or cancel…")
    sentence = gettext(
        "A file cannot change whether the meeting takes place, of which everybody gets an e-mail: "
        "press “%(button)s” on the page of the meeting in the back office."
    )
    writer.add_fault(entry.at("standing"), sentence % {"button": button})


def check_reason(
    writer: Writer, entry: Entry, row: Meeting, *, is_new: bool, changed: set[str]
) -> None:
    """Ask for a reason where the meeting is new and not as planned, or its reason is emptied."""
    is_asked = is_new or not changed.isdisjoint(REASONS)
    if row.takes_place or not is_asked or "standing_reason" in entry.faulty:
        return
    if not any(getattr(row, name) for name in REASONS):
        sentence = gettext("Say in one language at least why the meeting does not take place.")
        writer.add_fault(entry.at("standing_reason"), sentence)


def days_in(root: Entry) -> list[date]:
    dated = (entry for key in ("sessions", "themes", "streams") for entry in root.entries(key))
    return sorted(day for entry in dated if (day := entry.get("day")))


def complete(row: Meeting, days: list[date]) -> None:
    """Give a faulty meeting a calendar, with which the rest of the file can be checked."""
    if not (row.first_day and row.last_day and row.first_day <= row.last_day):
        row.first_day, row.last_day = (days[0], days[-1]) if days else (date.min, date.min)
    row.number = row.number or 1
    row.registration_opens_at = row.registration_closes_at = row.access_requests_until = None


def meeting_values(writer: Writer, entry: Entry) -> dict[str, Any]:
    values = values_of(entry)
    if "further_languages" in values:
        values["further_languages"] = "\n".join(values["further_languages"] or [])
    zone = ZoneInfo(values.get("time_zone", "UTC"))
    for key in MOMENTS:
        if values.get(key):
            try:
                values[key] = moment_at(values[key], zone)
            except SkippedHour as refusal:
                writer.add_fault(entry.at(key), skipped_words(refusal))
                del values[key]
    return values


def person_values(entry: Entry) -> dict[str, Any]:
    values = values_of(entry)
    if "links" in values:
        values["links"] = "\n".join(map(with_scheme, values["links"] or []))
    return values


def edition_values(entry: Entry) -> dict[str, Any]:
    values = values_of(entry)
    if "sources" in values:
        values["sources"] = "\n".join(values["sources"] or [])
    return values


def write_all[Row: Model](
    writer: Writer,
    model: type[Row],
    entries: list[Entry],
    *,
    by: str,
    values: Callable[[Entry], dict[str, Any]] = values_of,
) -> dict[str, Row | None]:
    """Write the rows of one model; return all its rows by their key `by`.

    None stands for a row that is in the file but has a fault.
    """
    rows: dict[str, Row | None] = {getattr(row, by): row for row in model._default_manager.all()}
    has_order = any(field.name == "order" for field in model._meta.fields)
    for number, entry in enumerate(entries, start=1):
        name = entry.get(by)
        row = rows.get(name) or model(**({"order": number} if has_order else {}))
        is_there = writer.put(row, entry, values(entry))
        if name is not None:
            rows[name] = row if is_there else None
    return rows


def write_streams(writer: Writer, entries: list[Entry], rooms: dict[str, Room | None]) -> None:
    rows = {(row.room_id, row.day): row for row in Stream.objects.all()}
    seen = set()
    for entry in entries:
        room_id, day = writer.key_of(entry, "room", rooms), entry.get("day")
        if day is None or room_id is None:
            continue
        key = (room_id, day)
        if key in seen:
            writer.add_fault(entry.path, gettext("This room already has a stream on this day."))
            continue
        seen.add(key)
        row = rows.get(key) or Stream(room_id=room_id, day=day)
        if writer.save(row, entry, set()):
            write_channels(writer, entry, row)


def write_channels(writer: Writer, entry: Entry, stream: Stream) -> None:
    """Write the channels of a stream, and delete those that the file no longer lists."""
    leaving = {(row.kind, row.language, row.is_spare): row for row in stream.channels.all()}
    for channel in entry.entries("channels"):
        key = (channel.get("kind"), channel.get("language"), bool(channel.get("is_spare")))
        row = leaving.pop(key, None) or Channel(stream=stream)
        writer.put(row, channel, values_of(channel))
    writer.delete(leaving.values())


def check_day(writer: Writer, entry: Entry, meeting: Meeting) -> None:
    day = entry.get("day")
    if day and not meeting.first_day <= day <= meeting.last_day:
        writer.add_fault(entry.at("day"), gettext("This is not a day of the meeting."))


def check_all_sessions(writer: Writer, entries: list[Entry]) -> None:
    """Validate all sessions again: new days or a new zone may leave one outside the meeting."""
    paths = {entry.get("code"): entry.path for entry in entries}
    for session in Session.objects.all():
        try:
            session.clean()
        except ValidationError as fault:
            path = paths.get(session.code, "meeting")
            writer.add_fault(path, f"{session.code}: {' '.join(fault.messages)}")
