"""Sessions as an iCalendar file (RFC 5545), for feeds and for mails."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from icalendar import Calendar, Event

from programme.models import Meeting, Session
from programme.wording.sessions import languages_line

# How often a calendar that subscribed should ask again.
ASK_AGAIN = timedelta(hours=1)
# Calendars know colours by the names of CSS3: those nearest to the themes' own.
COLOURS = {
    "cochineal": "crimson",
    "indigo": "darkslateblue",
    "ochre": "goldenrod",
    "molle": "olivedrab",
    "maiz": "purple",
    "clay": "sienna",
}
# Controls, ends of lines that are none elsewhere, and what XML forbids; the joiners of emoji stay.
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def calendar_of(
    sessions: Iterable[Session],
    meeting: Meeting,
    language: str,
    *,
    name: str = "",
    source: str = "",
) -> bytes:
    """Leaves out sessions without hours; fetch the others `with_room_and_theme`.

    With `source`, the address at which it can be asked for again, calendars subscribe to it.
    """
    calendar = Calendar()
    with translation.override(language):
        calendar.add("version", "2.0")
        calendar.add("prodid", f"-//{host()}//EIM//{language.upper()}")
        calendar.add("method", "PUBLISH")
        calendar.add("name", plain(name or meeting.name))
        calendar.add("x-wr-calname", plain(name or meeting.name))
        # All hours are in UTC; this one is for calendars that show the event's own beside them.
        calendar.add("x-wr-timezone", meeting.time_zone)
        calendar.add("color", "darkslateblue")
        if source:
            add_subscription(calendar, source)
        for session in sessions:
            if session.starts_at:
                calendar.add_component(event_of(session, meeting))
    return calendar.to_ical()


def add_subscription(calendar: Calendar, source: str) -> None:
    calendar.add("source", source, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")


def event_of(session: Session, meeting: Meeting) -> Event:
    event = Event()
    changed_at = changed(session, meeting)
    url = settings.SITE_URL + session.get_absolute_url()
    event.add("uid", uid(session))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", session.revision)
    event.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    event.add("dtstart", in_utc(session.starts_at))
    event.add("dtend", in_utc(session.ends_at))
    event.add("summary", plain(session.title))
    event.add("description", plain(description_of(session, url)))
    event.add("location", plain(location_of(session, meeting)))
    event.add("categories", [plain(session.get_kind_display())])
    event.add("url", url)
    if session.theme:
        event.add("color", COLOURS[session.theme.colour])
    if session.is_followed_online and not session.is_cancelled:
        label = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": gettext("Live, on this site")}
        event.add("conference", settings.SITE_URL + reverse("programme:live"), parameters=label)
    return event


def uid(session: Session) -> str:
    return f"{session.code.lower()}@{host()}"


def changed(session: Session, meeting: Meeting) -> datetime | None:
    """When anything of it may have changed, and not when it was asked for.

    Or every poll looks like news. Only the meeting knows when a title or the name of a room
    changed; `SEQUENCE` says whether its time, room or state did.
    """
    known = [moment for moment in (session.revised_at, meeting.changed_at) if moment]
    return in_utc(max(known, default=session.starts_at))


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
    return UNPRINTABLE.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))
