from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext

from programme.loading.contents import Contents
from programme.loading.faults import Fault, FileRefused
from programme.loading.rows import Writer, assign, plain
from programme.loading.sessions import Known, write_sessions
from programme.loading.shapes import Entry
from programme.models import (
    Channel,
    Document,
    Meeting,
    Organisation,
    Page,
    Person,
    Room,
    Session,
    Stream,
    Theme,
)

MOMENTS = ("registration_opens_at", "registration_closes_at")
CALENDAR = ("first_day", "last_day", "time_zone")


@dataclass(frozen=True)
class Loaded:
    """What a load wrote, by kind, and the sessions it knows by their codes."""

    written: Counter[str]
    sessions: dict[str, Session]


def write(contents: Contents, *, is_sample: bool = False) -> Loaded:
    """Writes what differs, in the transaction of a caller who holds the locks.

    Raises FileRefused with every fault, after which that transaction must be rolled back.
    """
    writer = Writer(list(contents.faults))
    root = contents.root
    meeting, is_moved = write_meeting(writer, contents.meeting, is_sample=is_sample)
    write_all(writer, Organisation, root.entries("organisations"), by="name")
    themes = write_all(writer, Theme, root.entries("themes"), by="code")
    rooms = write_all(writer, Room, root.entries("rooms"), by="code")
    people = write_all(writer, Person, root.entries("people"), by="slug", values=of_person)
    write_all(writer, Page, root.entries("pages"), by="slug")
    write_all(writer, Document, root.entries("documents"), by="url")
    entries = root.entries("sessions")
    known = Known(meeting=meeting, rooms=rooms, themes=themes, people=people)
    sessions = write_sessions(writer, entries, known)
    write_streams(writer, root.entries("streams"), rooms)
    for dated in root.entries("themes") + root.entries("streams"):
        check_day(writer, dated, meeting)
    if is_moved and not writer.faults:
        check_all_sessions(writer, entries)
    if writer.faults:
        raise FileRefused(writer.faults)
    return Loaded(writer.written, sessions)


def write_meeting(writer: Writer, entry: Entry, *, is_sample: bool) -> tuple[Meeting, bool]:
    """The meeting, and whether its days or its zone are others than before."""
    row = Meeting.objects.first() or Meeting(pk=1, is_sample=is_sample)
    if row.is_sample != is_sample:
        sentence = gettext("The database has another kind of meeting: start with an empty one.")
        raise FileRefused([Fault("", sentence)])
    if not entry.is_sound:
        raise FileRefused(writer.faults)
    is_new = row._state.adding
    changed = assign(row, of_meeting(entry))
    # Without its days and its zone nothing else in the file can be judged.
    if not writer.save(row, entry, changed):
        raise FileRefused(writer.faults)
    return row, not is_new and not changed.isdisjoint(CALENDAR)


def of_meeting(entry: Entry) -> dict[str, Any]:
    values = plain(entry)
    zone = ZoneInfo(values["time_zone"])
    for key in MOMENTS:
        if values.get(key):
            values[key] = values[key].replace(tzinfo=zone)
    return values


def of_person(entry: Entry) -> dict[str, Any]:
    values = plain(entry)
    if "links" in values:
        values["links"] = "\n".join(values["links"] or [])
    return values


def write_all[Row: Model](
    writer: Writer,
    model: type[Row],
    entries: list[Entry],
    *,
    by: str,
    values: Callable[[Entry], dict[str, Any]] = plain,
) -> dict[str, Row | None]:
    """All rows by what names them; None for one that the file names but that has a fault."""
    rows: dict[str, Row | None] = {getattr(row, by): row for row in model._default_manager.all()}
    has_order = any(field.name == "order" for field in model._meta.fields)
    for number, entry in enumerate(entries, start=1):
        name = entry.get(by)
        if not entry.is_sound:
            rows.setdefault(name, None)
            continue
        row = rows.get(name) or model(**({"order": number} if has_order else {}))
        rows[name] = row if writer.put(row, entry, values(entry)) else None
    return rows


def write_streams(writer: Writer, entries: list[Entry], rooms: dict[str, Room | None]) -> None:
    rows = {(row.room_id, row.day): row for row in Stream.objects.all()}
    seen = set()
    for entry in entries:
        room_id = writer.key_of(entry, "room", rooms)
        if not entry.is_sound or room_id is None:
            continue
        key = (room_id, entry.get("day"))
        if key in seen:
            writer.fault(entry.path, gettext("This room already has a stream on this day."))
            continue
        seen.add(key)
        row = rows.get(key) or Stream(room_id=room_id, day=entry.get("day"))
        if writer.save(row, entry, set()):
            write_channels(writer, entry, row)


def write_channels(writer: Writer, entry: Entry, stream: Stream) -> None:
    """The list is whole: a channel that left it goes."""
    leaving = {(row.kind, row.language, row.is_spare): row for row in stream.channels.all()}
    for channel in entry.entries("channels"):
        key = (channel.get("kind"), channel.get("language"), bool(channel.get("is_spare")))
        row = leaving.pop(key, None) or Channel(stream=stream)
        writer.put(row, channel, plain(channel))
    writer.delete(leaving.values())


def check_day(writer: Writer, entry: Entry, meeting: Meeting) -> None:
    day = entry.get("day")
    if day and not meeting.first_day <= day <= meeting.last_day:
        writer.fault(entry.at("day"), gettext("This is not a day of the meeting."))


def check_all_sessions(writer: Writer, entries: list[Entry]) -> None:
    """A meeting on other days, or in another zone, may leave behind a session that stays."""
    paths = {entry.get("code"): entry.path for entry in entries}
    for session in Session.objects.all():
        try:
            session.clean()
        except ValidationError as fault:
            path = paths.get(session.code, "meeting")
            writer.fault(path, f"{session.code}: {' '.join(fault.messages)}")
