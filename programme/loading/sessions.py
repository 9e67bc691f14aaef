"""Write sessions with their hours, parts and presentations."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from eim.lib.site_languages import SITE_CODES
from programme.actions.sessions import placings
from programme.loading.rows import Writer, assign, values_of
from programme.loading.shapes import Entry
from programme.models import Meeting, Part, Person, Presentation, Room, Session, Theme
from programme.models.changes import Placing

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
        if entry.is_sound:
            row = rows.setdefault(entry.get("code"), Session(order=number))
            drafts.append((entry, row, assign(row, session_values(writer, entry, row, known))))
    vacate_rooms(drafts, before)
    for entry, row, changed in drafts:
        if writer.save(row, entry, changed):
            write_parts(writer, entry, known.people, session=row)
            write_presentations(writer, entry, known.people, row)
    return rows


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
    """Return `starts_at` and `ends_at`: the file has hours at the venue, on the session's day."""
    day: date | None = entry.values.get("day", row.day)
    given = {key: entry.get(key) for key in ("starts", "ends") if key in entry.values}
    if any(given.values()) and not day:
        writer.add_fault(entry.at("day"), gettext("Times need a day."))
        return {}
    return {
        f"{key}_at": day and hour and datetime.combine(day, hour, meeting.zone)
        for key, hour in given.items()
    }


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
    writer.delete(leaving)


def same_title(rows: list[Presentation], entry: Entry) -> Presentation | None:
    """Return the presentation that has the same title in at least one language.

    So a presentation keeps its picture when the order or a translation changes.
    """
    titles = entry.get("title")
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
        if person_id is None:
            continue
        role = part.get("role")
        row = leaving.pop((person_id, role), None) or Part(**owner, person_id=person_id, role=role)
        writer.put(row, part, {"order": number})
    writer.delete(leaving.values())
