"""Sessions as an iCalendar file (RFC 5545), for feeds and for mails."""

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from icalendar import Calendar, Event

from programme.models import Meeting, Session
from programme.phrases import languages_line


def calendar_of(sessions: Iterable[Session], meeting: Meeting, language: str) -> bytes:
    """Leaves out sessions without hours; their room is read too, so fetch it with them."""
    calendar = Calendar()
    with translation.override(language):
        calendar.add("version", "2.0")
        calendar.add("prodid", f"-//{host()}//EIM//{language.upper()}")
        calendar.add("method", "PUBLISH")
        calendar.add("name", plain(meeting.name))
        calendar.add("x-wr-calname", plain(meeting.name))
        for session in sessions:
            if session.starts_at:
                calendar.add_component(event_of(session, meeting))
    return calendar.to_ical()


def event_of(session: Session, meeting: Meeting) -> Event:
    event = Event()
    # When it was changed and not when it was asked for: or every poll looks like news.
    changed_at = session.revised_at or meeting.changed_at or session.starts_at
    url = settings.SITE_URL + session.get_absolute_url()
    event.add("uid", f"{session.code.lower()}@{host()}")
    event.add("dtstamp", in_utc(changed_at))
    event.add("last-modified", in_utc(changed_at))
    event.add("sequence", session.revision)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("dtstart", in_utc(session.starts_at))
    event.add("dtend", in_utc(session.ends_at))
    event.add("summary", plain(session.title))
    event.add("description", plain(description_of(session, url)))
    event.add("location", plain(location_of(session, meeting)))
    event.add("categories", [plain(session.get_kind_display())])
    event.add("url", url)
    return event


def description_of(session: Session, url: str) -> str:
    facts = [session.get_format_display(), languages_line(session)]
    parts = [
        session.cancellation_reason,
        session.abstract,
        "\n".join(filter(None, map(str, facts))),
        url,
    ]
    return "\n\n".join(part for part in parts if part)


def location_of(session: Session, meeting: Meeting) -> str:
    """Never empty: there are calendars that pass over events without a place."""
    if session.format == Session.Format.ONLINE:
        return settings.SITE_URL + reverse("programme:live")
    room = session.room.name if session.room else ""
    return ", ".join(filter(None, [room, meeting.venue_name, meeting.venue_address]))


def in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC).replace(microsecond=0)


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def plain(text: object) -> str:
    """Without control characters other than the end of a line: the library keeps them."""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign == "\n")
