"""Write sessions as an iCalendar file (RFC 5545), for feeds and for mails."""

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
from programme.models.meeting import Standing
from programme.models.phases import is_held, standing_of
from programme.wording.sessions import languages_line, where_line
from programme.wording.standing import standing_words

# How often subscribed calendars should reload the file.
RELOAD_EVERY = timedelta(hours=1)
# RFC 7986 takes the colour names of CSS3: for each theme's colour the nearest one.
COLOURS = {
    "cochineal": "crimson",
    "indigo": "darkslateblue",
    "ochre": "goldenrod",
    "molle": "olivedrab",
    "maiz": "purple",
    "clay": "sienna",
}
STATUSES = {
    Standing.AS_PLANNED: "CONFIRMED",
    Standing.POSTPONED: "TENTATIVE",
    Standing.CANCELLED: "CANCELLED",
}
# Control characters, Unicode line separators, and what XML forbids; joiners in emoji are allowed.
UNPRINTABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def icalendar_of(
    sessions: Iterable[Session],
    meeting: Meeting,
    language: str,
    *,
    name: str = "",
    source: str = "",
) -> bytes:
    """Return the file in `language`, without the sessions that have no hours.

    Load the sessions `with_room_and_theme`. `source` is the address from which calendars that
    subscribe reload the file.
    """
    calendar = Calendar()
    with translation.override(language):
        calendar.add("version", "2.0")
        calendar.add("prodid", f"-//{site_host()}//EIM//{language.upper()}")
        calendar.add("method", "PUBLISH")
        calendar.add("name", printable(name or meeting.name))
        calendar.add("x-wr-calname", printable(name or meeting.name))
        # The events are in UTC; some calendars also show this zone's time.
        calendar.add("x-wr-timezone", meeting.time_zone)
        calendar.add("color", "darkslateblue")
        if source:
            add_subscription(calendar, source)
        for session in sessions:
            if session.starts_at:
                calendar.add_component(icalendar_event(session, meeting))
    return calendar.to_ical()


def add_subscription(calendar: Calendar, source: str) -> None:
    calendar.add("source", source, parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", RELOAD_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")


def icalendar_event(session: Session, meeting: Meeting) -> Event:
    event = Event()
    changed_at = last_changed(session, meeting)
    url = settings.SITE_URL + session.get_absolute_url()
    event.add("uid", event_uid(session, meeting))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", session.revision + meeting.standing_revision)
    event.add("status", STATUSES[standing_of(session, meeting)])
    event.add("dtstart", in_utc(session.starts_at))
    event.add("dtend", in_utc(session.ends_at))
    event.add("summary", printable(session.title))
    event.add("description", printable(description_of(session, meeting, url)))
    event.add("location", printable(location_of(session, meeting)))
    event.add("categories", [printable(session.get_kind_display())])
    event.add("url", url)
    if session.theme:
        event.add("color", COLOURS[session.theme.colour])
    if session.is_followed_online and is_held(session, meeting):
        label = {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": gettext("Live, on this site")}
        event.add("conference", settings.SITE_URL + reverse("programme:live"), parameters=label)
    return event


def event_uid(session: Session, meeting: Meeting) -> str:
    """Identify the session for ever: the next meeting on this host may use the same codes."""
    return f"{meeting.number}-{session.calendar_code}@{site_host()}"


def last_changed(session: Session, meeting: Meeting) -> datetime | None:
    """Return when anything about the session may have changed.

    Not the time of the request, which would make every poll look like an update. Titles and names
    of rooms have no date of their own, so the last change of the site counts; `SEQUENCE` tells
    whether time, room or state changed.
    """
    known = [moment for moment in (session.revised_at, meeting.changed_at) if moment]
    return in_utc(max(known, default=session.starts_at))


def description_of(session: Session, meeting: Meeting, url: str) -> str:
    facts = [session.get_format_display(), languages_line(session)]
    parts = [
        "" if meeting.takes_place or is_held(session, meeting) else standing_words(meeting),
        session.cancellation_reason,
        session.abstract,
        "\n".join(filter(None, map(str, facts))),
        url,
    ]
    return "\n\n".join(part for part in parts if part)


def location_of(session: Session, meeting: Meeting) -> str:
    """Return where the session is, or the live page; never empty, some calendars require it."""
    if session.format == Session.Format.ONLINE:
        return settings.SITE_URL + reverse("programme:live")
    if session.venue_name:
        return where_line(session)
    room = session.room.name if session.room else ""
    return ", ".join(filter(None, [room, meeting.venue_name, meeting.venue_address]))


def in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC).replace(microsecond=0)


def site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def printable(text: object) -> str:
    """Remove control characters other than line feeds: icalendar keeps them, XML forbids them."""
    return UNPRINTABLE.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))
