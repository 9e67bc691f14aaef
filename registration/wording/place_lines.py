"""Lines in words about the places that a person has or waits for."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext, pgettext

from programme.models import Meeting, Session
from programme.models.changes import Placing
from programme.wording import dates
from programme.wording.sessions import where_line
from registration.models import Place, Registration
from registration.models.places import PlaceQuerySet


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """A place, or a session, in words."""

    name: str
    details: str
    state: str
    session: Session | None = None


def attendance_lines(registration: Registration, meeting: Meeting) -> list[PlaceLine]:
    """Return how the person takes part, then each place with its state."""
    lines = lines_of(registration.places.current(), meeting)
    return lines if registration.is_in_person else [online_line(meeting), *lines]


def online_line(meeting: Meeting) -> PlaceLine:
    return PlaceLine(
        name=gettext("Online, from wherever you are"),
        details=dates.meeting_dates_words(meeting),
        state=pgettext("attendance", "Confirmed"),
    )


def lines_of(places: PlaceQuerySet, meeting: Meeting) -> list[PlaceLine]:
    """Return the place in person first, then the others by their time."""

    def by_time(place: Place) -> tuple[bool, date, bool, datetime, int]:
        quota = place.quota
        begins_at = quota.begins_at(meeting)
        has_no_hour = quota.session is not None and quota.session.starts_at is None
        is_part = not quota.is_in_person
        return is_part, meeting.day_of(begins_at), has_no_hour, begins_at, quota.pk

    rows = places.with_quotas().with_positions()
    return [line_of(place, meeting) for place in sorted(rows, key=by_time)]


def line_of(place: Place, meeting: Meeting) -> PlaceLine:
    quota, state = place.quota, state_words(place)
    if quota.session:
        return session_line(quota.session, meeting, state=state)
    if quota.is_in_person:
        name = gettext("In person, in %(city)s") % {"city": meeting.city}
        details = f"{meeting.venue_name}. {dates.meeting_dates_words(meeting)}"
        return PlaceLine(name=name, details=details, state=state)
    return PlaceLine(name=quota.name, details="", state=state)


def session_line(session: Session, meeting: Meeting, *, state: str = "") -> PlaceLine:
    """Return the session with the state of a place in it, or else with its own."""
    return PlaceLine(
        name=session.title,
        details=session_details(session, meeting),
        state=state or (gettext("Cancelled") if session.is_cancelled else ""),
        session=session,
    )


def session_details(session: Session, meeting: Meeting) -> str:
    return placing_words(session, where_line(session), meeting)


def placing_words(placing: Session | Placing, where: str, meeting: Meeting) -> str:
    """“Monday 25 November, from 9:30 to 11:00, Lima time · Auditorium”"""
    return " · ".join(filter(None, [dates.when_words(placing, meeting), where]))


def state_words(place: Place) -> str:
    if place.is_waiting:
        number = place.position
        return gettext("On the waiting list, number %(number)s") % {"number": number}
    return pgettext("place", "Yours") if place.is_taken else pgettext("place", "Released")
