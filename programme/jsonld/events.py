"""Build the JSON-LD blocks of the meeting, of a session and of a person."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from eim import clock
from programme.feeds.pictures.addresses import meeting_picture, session_picture
from programme.jsonld.places import (
    locations,
    own_venue_place,
    stream_id,
    venue_id,
    venue_place,
    virtual_location,
)
from programme.models import Change, Meeting, Organisation, Person, Session
from programme.models.meeting import RegistrationState, Standing
from programme.models.phases import is_held, is_meeting_over, standing_of

# Escaped, so that no text can close the <script> element around it.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


CONTEXT = "https://schema.org"
SCHEMA = CONTEXT + "/"
MODES = {
    Session.Format.HYBRID: SCHEMA + "MixedEventAttendanceMode",
    Session.Format.IN_PERSON: SCHEMA + "OfflineEventAttendanceMode",
    Session.Format.ONLINE: SCHEMA + "OnlineEventAttendanceMode",
}

AVAILABILITY = {
    RegistrationState.BEFORE: SCHEMA + "PreOrder",
    RegistrationState.OPEN: SCHEMA + "InStock",
    RegistrationState.CLOSED: SCHEMA + "SoldOut",
}

# A postponed or cancelled meeting takes its sessions with it.
STATUSES = {
    Standing.AS_PLANNED: SCHEMA + "EventScheduled",
    Standing.POSTPONED: SCHEMA + "EventPostponed",
    Standing.CANCELLED: SCHEMA + "EventCancelled",
}


def meeting_event(
    meeting: Meeting,
    organisations: Iterable[Organisation],
    sessions: Iterable[Session],
    *,
    has_stream: bool,
) -> SafeString:
    """Describe the meeting and these sessions."""
    form = Session.Format.HYBRID if has_stream else Session.Format.IN_PERSON
    return data_block(
        {
            "@context": CONTEXT,
            **meeting_identity(meeting, has_stream=has_stream),
            "description": meeting.summary or meeting.theme_line,
            "eventStatus": STATUSES[Standing(meeting.standing)],
            "eventAttendanceMode": MODES[form],
            "image": [meeting_picture(meeting).url],
            "inLanguage": get_language(),
            "isAccessibleForFree": True,
            **offers(meeting, is_offered=is_offered(meeting)),
            "organizer": [organizer(organisation) for organisation in organisations],
            "subEvent": [session_summary(session, meeting) for session in sessions],
        }
    )


def session_event(
    session: Session,
    meeting: Meeting,
    organisations: Iterable[Organisation],
    people: Iterable[Person],
    moves: Iterable[Change],
    *,
    is_ahead: bool,
    is_full: bool,
    has_stream: bool,
) -> SafeString:
    """Describe one session; empty while the session has no day, because an event needs a date."""
    if session.day is None:
        return SafeString("")
    found: dict[str, object] = {
        "@context": CONTEXT,
        **session_identity(session, meeting),
        "location": locations(session, meeting),
        "description": session.abstract or meeting.theme_line,
        "eventAttendanceMode": MODES[Session.Format(session.format)],
        **status(session, meeting, moves),
        "superEvent": meeting_identity(meeting, has_stream=has_stream),
        "image": [session_picture(session, meeting).url],
        "isAccessibleForFree": True,
        **offers(meeting, is_offered=is_ahead, is_full=is_full),
        "organizer": [organizer(organisation) for organisation in organisations],
        "performer": [performer(person) for person in people],
    }
    spoken: list[str] = session.languages
    found["inLanguage"] = spoken[0] if len(spoken) == 1 else spoken
    return data_block({name: value for name, value in found.items() if value not in ("", [])})


def profile(person: Person) -> SafeString:
    found = performer(person)
    if person.institution:
        found["affiliation"] = {"@type": "Organization", "name": person.institution}
    if person.position:
        found["jobTitle"] = person.position
    if person.photo:
        found["image"] = settings.SITE_URL + person.photo.url
    if person.link_list:
        found["sameAs"] = person.link_list
    return data_block({"@context": CONTEXT, "@type": "ProfilePage", "mainEntity": found})


def meeting_identity(meeting: Meeting, *, has_stream: bool) -> dict[str, object]:
    """Return what identifies the meeting: on the home page, and as part of each session."""
    home = settings.SITE_URL + reverse("home")
    return {
        "@type": "Event",
        "@id": home + "#meeting",
        "name": meeting.name,
        "startDate": meeting.first_day.isoformat(),
        "endDate": meeting.last_day.isoformat(),
        "location": [venue_place(meeting), *([virtual_location()] if has_stream else [])],
        "url": home,
    }


def session_identity(session: Session, meeting: Meeting) -> dict[str, object]:
    """Return what identifies a session: on its own page, and as part of the meeting."""
    url = settings.SITE_URL + session.get_absolute_url()
    return {
        "@type": "Event",
        "@id": url + "#session",
        "name": session.title,
        **date_properties(session, meeting),
        "eventStatus": STATUSES[standing_of(session, meeting)],
        "url": url,
    }


def session_summary(session: Session, meeting: Meeting) -> dict[str, object]:
    """Describe a session as part of the meeting, with references to the places given there."""
    here = own_venue_place(session, meeting) if session.venue_name else {"@id": venue_id()}
    places = [] if session.format == Session.Format.ONLINE else [here]
    places += [{"@id": stream_id()}] if session.is_followed_online else []
    return session_identity(session, meeting) | {"location": places}


def date_properties(session: Session, meeting: Meeting) -> dict[str, object]:
    if session.starts_at and session.ends_at:
        return {
            "startDate": at_venue(session.starts_at, meeting),
            "endDate": at_venue(session.ends_at, meeting),
        }
    return {"startDate": session.day.isoformat()} if session.day else {}


def at_venue(moment: datetime, meeting: Meeting) -> str:
    return moment.astimezone(meeting.zone).isoformat()


def status(session: Session, meeting: Meeting, moves: Iterable[Change]) -> dict[str, object]:
    """Return the earlier start dates of a session that was moved, and its status."""
    before = [at_venue(move.was_starts_at, meeting) for move in moves if move.was_starts_at]
    if not before:
        return {}
    moved = {"eventStatus": SCHEMA + "EventRescheduled"} if is_held(session, meeting) else {}
    return {**moved, "previousStartDate": before}


def performer(person: Person) -> dict[str, object]:
    url = settings.SITE_URL + person.get_absolute_url()
    return {"@type": "Person", "name": person.name, "url": url}


def is_offered(meeting: Meeting) -> bool:
    """Return whether one can still come to the meeting, or follow it."""
    return meeting.takes_place and not is_meeting_over(meeting, clock.now())


def offers(meeting: Meeting, *, is_offered: bool, is_full: bool = False) -> dict[str, object]:
    return {"offers": free_offer(meeting, is_full=is_full)} if is_offered else {}


def free_offer(meeting: Meeting, *, is_full: bool) -> dict[str, object]:
    state = RegistrationState.CLOSED if is_full else meeting.registration_state(clock.now())
    found: dict[str, object] = {
        "@type": "Offer",
        **({"availability": AVAILABILITY[state]} if state in AVAILABILITY else {}),
        # Without a currency: nothing costs the same in each of them.
        "price": 0,
        "url": settings.SITE_URL + reverse("home"),
    }
    if meeting.registration_opens_at:
        found["validFrom"] = meeting.registration_opens_at.isoformat()
    if meeting.registration_closes_at:
        found["validThrough"] = meeting.registration_closes_at.isoformat()
    return found


def organizer(organisation: Organisation) -> dict[str, object]:
    found: dict[str, object] = {"@type": "Organization", "name": organisation.name}
    return found | ({"url": organisation.url} if organisation.url else {})


def data_block(data: dict[str, object]) -> SafeString:
    """Render a data block; the CSP allows it, because browsers do not execute JSON-LD."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))
