"""Write sessions with their hours, parts and presentations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from eim.lib.site_languages import SITE_CODES
from programme.actions.sessions import placings
from programme.clocks.wall_clock import DAY, SkippedHour, end_at, moment_at
from programme.loading.rows import Writer, assign, values_of
from programme.loading.shapes import Entry
from programme.loading.values import END_OF_DAY
from programme.models import Meeting, Part, Person, Presentation, Room, Session, Theme
from programme.models.changes import Placing
from programme.wording.dates import skipped_words

# Keys of a session that are not stored as they stand in the file.
READ_APART = ("starts", "ends", "room", "theme", "language", "parts", "presentations", "seats")


@dataclass(frozen=True, kw_only=True)
class References:
    """The rows that sessions may refer to, by code; None for a row that has a fault."""

    meeting: Meeting
    rooms: dict[str, Room | None]
    themes: dict[str, Theme | None]
    people: dict[str, Person | None]


def write_sessions(writer: Writer, entries: list[Entry], known: References) -> dict[str, Session]:
    """Write the sessions of the file; return all the site's sessions by code."""
    rows = {row.code: row for row in Session.objects.all()}
    before = placings(rows.values())
    drafts = []
    for number, entry in enumerate(entries, start=1):
        row = rows.get(entry.get("code")) or Session(order=number)
        if entry.get("code"):
            rows[entry.get("code")] = row
        drafts.append((entry, row, assign(row, session_values(writer, entry, row, known))))
    vacate_rooms(drafts, before)
    for entry, row, changed in drafts:
        if writer.save(row, entry, changed):
            write_parts(writer, entry, known.people, session=row)
            write_presentations(writer, entry, known.people, row)
        else:
            check_people(writer, entry, known.people)
    return rows


def check_people(writer: Writer, entry: Entry, people: dict[str, Person | None]) -> None:
    """Find the faults of the parts of a session that cannot be saved."""
    for owner in (entry, *entry.entries("presentations")):
        for part in owner.entries("parts"):
            writer.key_of(part, "person", people)


def session_values(
    writer: Writer, entry: Entry, row: Session, references: References
) -> dict[str, Any]:
    values = values_of(entry, leave_out=READ_APART) | hours(writer, entry, row, references.meeting)
    if "language" in entry.values:
        values["languages"] = spoken_in(writer, entry)
    if "room" in entry.values:
        values["room_id"] = writer.key_of(entry, "room", references.rooms)
    if "theme" in entry.values:
        values["theme_id"] = writer.key_of(entry, "theme", references.themes)
    return values


def spoken_in(writer: Writer, entry: Entry) -> list[str]:
    """Return the languages of a file that names one by the older key."""
    if "languages" in entry.values:
        writer.add_fault(entry.at("language"), gettext("Write all languages under “languages”."))
    code = entry.get("language")
    return [code] if code else []


def hours(writer: Writer, entry: Entry, row: Session, meeting: Meeting) -> dict[str, Any]:
    """Return `starts_at` and `ends_at`: the file has hours at the venue, on the session's day.

    An end that is not after the start is on the next day.
    """
    if not entry.faulty.isdisjoint(("day", "starts", "ends")):
        return {}
    day: date | None = entry.values.get("day", row.day)
    if (entry.get("starts") or entry.get("ends")) and not day:
        writer.add_fault(entry.at("day"), gettext("Times need a day."))
        return {}
    faults_before = len(writer.faults)
    found, zone = {}, meeting.zone
    if "starts" in entry.values:
        found["starts_at"] = hour_of_day(writer, entry, "starts", day, zone)
    if "ends" in entry.values:
        start = found.get("starts_at", row.starts_at)
        found["ends_at"] = hour_of_day(writer, entry, "ends", day, zone, start=start)
    return found if len(writer.faults) == faults_before else {}


def hour_of_day(
    writer: Writer,
    entry: Entry,
    key: str,
    day: date | None,
    zone: ZoneInfo,
    *,
    start: datetime | None = None,
) -> datetime | None:
    """Return the moment of an hour of the file, `start` being that at which its session begins."""
    hour: time | None = entry.get(key)
    if day is None or hour is None:
        return None
    wall = datetime.combine(day, hour)
    if hour == END_OF_DAY:
        wall = datetime.combine(day, time.min) + DAY
    try:
        return end_at(wall, start, zone) if start else moment_at(wall, zone)
    except SkippedHour as refusal:
        writer.add_fault(entry.at(key), skipped_words(refusal))
        return None


def vacate_rooms(drafts: list[tuple[Entry, Session, set[str]]], before: dict[int, Placing]) -> None:
    """Take moved sessions out of their rooms before any is validated.

    Otherwise two sessions that swap rooms would each clash with the old place of the other.
    """
    moved = [
        (row, changed)
        for _entry, row, changed in drafts
        if row.pk in before and Placing.of(row) != before[row.pk]
    ]
    Session.objects.filter(pk__in=[row.pk for row, _changed in moved]).update(room=None)
    for _row, changed in moved:
        changed.add("room")


def write_presentations(
    writer: Writer, entry: Entry, people: dict[str, Person | None], session: Session
) -> None:
    """Write the presentations of a session, and delete those that the file no longer lists."""
    if "presentations" not in entry.values:
        return
    leaving = list(session.presentations.all())
    for number, item in enumerate(entry.entries("presentations"), start=1):
        row = same_title(leaving, item) or Presentation(session=session)
        leaving = [other for other in leaving if other is not row]
        values = values_of(item, leave_out=["parts"]) | {"order": number}
        if writer.put(row, item, values):
            write_parts(writer, item, people, presentation=row)
    refuse_to_forget(writer, entry, leaving)
    writer.delete(leaving)


def refuse_to_forget(writer: Writer, entry: Entry, leaving: Iterable[Presentation]) -> None:
    """Refuse to delete what was removed from the site: under a new title it would come back."""
    for row in leaving:
        if row.removed_parts:
            words = gettext(
                "Part of “%(title)s” is removed from the site: name it by the same title, or delete"
                " it in the back office first."
            )
            writer.add_fault(entry.at("presentations"), words % {"title": row})


def same_title(rows: list[Presentation], entry: Entry) -> Presentation | None:
    """Return the presentation that has the same title in at least one language.

    So a presentation keeps its picture when the order or a translation changes.
    """
    titles = entry.get("title") or {}
    for row in rows:
        if any(
            titles.get(code) and titles[code] == getattr(row, f"title_{code}")
            for code in SITE_CODES
        ):
            return row
    return None


def write_parts(
    writer: Writer,
    entry: Entry,
    people: dict[str, Person | None],
    *,
    session: Session | None = None,
    presentation: Presentation | None = None,
) -> None:
    """Write the parts of a session or a presentation, and delete those no longer listed."""
    if "parts" not in entry.values:
        return
    owner = {"session": session, "presentation": presentation}
    leaving = {(row.person_id, row.role): row for row in Part.objects.filter(**owner)}
    for number, part in enumerate(entry.entries("parts"), start=1):
        person_id = writer.key_of(part, "person", people)
        role = part.get("role")
        if person_id is None or role is None:
            continue
        row = leaving.pop((person_id, role), None) or Part(**owner, person_id=person_id, role=role)
        writer.put(row, part, {"order": number})
    writer.delete(leaving.values())
