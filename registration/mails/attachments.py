"""Pictures and calendars in mails: the woven band, the QR code of the pass, the sessions."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from email.message import MIMEPart
from email.policy import SMTP

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from icalendar import Calendar, Event

from eim.lib import weave
from eim.lib.qr import qr_png
from programme.feeds import calendars
from programme.models import Meeting, Session, Theme
from programme.models.meeting import Standing
from registration.models import Registration

# Twice the size at which mails show a module of the QR code: sharp on a phone.
MODULE_PIXELS = 14


@dataclass(frozen=True)
class Picture:
    """A picture inside the mail: fetching one would reveal who reads the mail."""

    name: str
    png: bytes

    @property
    def cid(self) -> str:
        return f"{self.name}@{calendars.site_host()}"


def band_picture() -> Picture:
    themes = Theme.objects.values_list("motif", "colour")
    return Picture("band", weave.band_png(tuple(themes)))


def qr_picture(reference: str) -> Picture:
    return Picture("reference", qr_png(reference, scale=MODULE_PIXELS))


def calendar_of_registration(registration: Registration, meeting: Meeting) -> MIMEPart:
    """Return the days of the meeting and the sessions in which this person has a seat."""
    places = registration.places.taken()
    seats = Session.objects.filter(quota__places__in=places).with_room_and_theme().in_order()
    calendar = Calendar.from_ical(calendars.icalendar_of(seats, meeting, get_language()))
    calendar.add_component(entry_of_all_days(meeting, is_coming=registration.has_place_in_person()))
    return calendar_part(calendar, meeting)


def calendar_of_sessions(sessions: list[Session], meeting: Meeting) -> MIMEPart:
    """Return sessions as they are now; a calendar removes those that are cancelled."""
    body = calendars.icalendar_of(sessions, meeting, get_language())
    return calendar_part(Calendar.from_ical(body), meeting)


def calendar_part(calendar: Calendar, meeting: Meeting) -> MIMEPart:
    part = MIMEPart(policy=SMTP)
    part.set_content(
        calendar.to_ical().decode(),
        subtype="calendar",
        params={"method": "PUBLISH"},
        disposition="attachment",
        filename=f"eim-{meeting.number}.ics",
    )
    return part


def entry_of_all_days(meeting: Meeting, *, is_coming: bool) -> Event:
    """Return one entry for all days that does not mark them as busy."""
    event = Event()
    event.add("uid", f"meeting-{meeting.number}@{calendars.site_host()}")
    event.add("dtstamp", (meeting.changed_at or meeting.begins_at).astimezone(UTC))
    event.add("sequence", meeting.version)
    event.add("status", calendars.STATUSES[Standing(meeting.standing)])
    event.add("dtstart", meeting.first_day)
    event.add("dtend", meeting.last_day + timedelta(days=1))
    event.add("summary", calendars.printable(meeting.name))
    event.add("location", calendars.printable(whereabouts(meeting, is_coming=is_coming)))
    event.add("url", settings.SITE_URL + reverse("programme:session-list"))
    event.add("transp", "TRANSPARENT")
    return event


def whereabouts(meeting: Meeting, *, is_coming: bool) -> str:
    if is_coming:
        return f"{meeting.venue_name}, {meeting.venue_address}"
    return settings.SITE_URL + reverse("programme:live")
