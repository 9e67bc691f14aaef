"""Events, people and organisations as blocks of data."""

import json
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from eim import clock
from programme.jsonld.places import locations, online, place, stream_id, venue_id
from programme.models import Change, Meeting, Organisation, Person, Session
from programme.models.meeting import RegistrationState

# So that no text can end the block it stands in.
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


def event(
    meeting: Meeting, organisations: Iterable[Organisation], sessions: Iterable[Session]
) -> SafeString:
    """The meeting, with those of its sessions that have hours."""
    return script(
        {
            "@context": CONTEXT,
            **whole(meeting),
            "description": meeting.summary or meeting.theme_line,
            "eventStatus": SCHEMA + "EventScheduled",
            "eventAttendanceMode": MODES[Session.Format.HYBRID],
            "image": image(),
            "inLanguage": get_language(),
            "isAccessibleForFree": True,
            "offers": offer(meeting),
            "organizer": [organizer(organisation) for organisation in organisations],
            "subEvent": [short_part(session, meeting) for session in sessions],
        }
    )


def session_event(
    session: Session,
    meeting: Meeting,
    organisations: Iterable[Organisation],
    people: Iterable[Person],
    moves: Iterable[Change],
    *,
    is_full: bool,
) -> SafeString:
    """One session; nothing while it has no day, for an event without a date is none."""
    if session.day is None:
        return SafeString("")
    found: dict[str, object] = {
        "@context": CONTEXT,
        **part(session, meeting),
        "location": locations(session, meeting),
        "description": session.abstract or meeting.theme_line,
        "eventAttendanceMode": MODES[Session.Format(session.format)],
        **status(session, meeting, moves),
        "superEvent": whole(meeting),
        "image": image(),
        "isAccessibleForFree": True,
        "offers": offer(meeting, is_full=is_full),
        "organizer": [organizer(organisation) for organisation in organisations],
        "performer": [performer(person) for person in people],
    }
    found["inLanguage"] = session.language
    return script({name: value for name, value in found.items() if value not in ("", [])})


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
    return script({"@context": CONTEXT, "@type": "ProfilePage", "mainEntity": found})


def whole(meeting: Meeting) -> dict[str, object]:
    """What names the meeting, wherever it is named."""
    home = settings.SITE_URL + reverse("home")
    return {
        "@type": "Event",
        "@id": home + "#meeting",
        "name": meeting.name,
        "startDate": meeting.first_day.isoformat(),
        "endDate": meeting.last_day.isoformat(),
        "location": [place(meeting), online()],
        "url": home,
    }


def part(session: Session, meeting: Meeting) -> dict[str, object]:
    """What names a session: on its own page, and on the meeting's."""
    url = settings.SITE_URL + session.get_absolute_url()
    return {
        "@type": "Event",
        "@id": url + "#session",
        "name": session.title,
        **hours(session, meeting),
        "eventStatus": SCHEMA + ("EventCancelled" if session.is_cancelled else "EventScheduled"),
        "url": url,
    }


def short_part(session: Session, meeting: Meeting) -> dict[str, object]:
    """As the meeting's page lists it: there are hundreds, and the places stand there already."""
    names = [] if session.format == Session.Format.ONLINE else [venue_id()]
    names += [stream_id()] if session.is_followed_online else []
    return part(session, meeting) | {"location": [{"@id": name} for name in names]}


def hours(session: Session, meeting: Meeting) -> dict[str, object]:
    if session.starts_at and session.ends_at:
        return {
            "startDate": at_venue(session.starts_at, meeting),
            "endDate": at_venue(session.ends_at, meeting),
        }
    return {"startDate": session.day.isoformat()} if session.day else {}


def at_venue(moment: datetime, meeting: Meeting) -> str:
    return moment.astimezone(meeting.zone).isoformat()


def status(session: Session, meeting: Meeting, moves: Iterable[Change]) -> dict[str, object]:
    """Cancelled, or moved: then also from when, as often as it was."""
    before = [at_venue(move.was_starts_at, meeting) for move in moves if move.was_starts_at]
    if not before:
        return {}
    moved = {} if session.is_cancelled else {"eventStatus": SCHEMA + "EventRescheduled"}
    return {**moved, "previousStartDate": before}


def performer(person: Person) -> dict[str, object]:
    url = settings.SITE_URL + person.get_absolute_url()
    return {"@type": "Person", "name": person.name, "url": url}


def image() -> list[str]:
    return [settings.SITE_URL + static("img/og.png")]


def offer(meeting: Meeting, *, is_full: bool = False) -> dict[str, object]:
    state = RegistrationState.CLOSED if is_full else meeting.registration_state(clock.now())
    found: dict[str, object] = {
        "@type": "Offer",
        **({"availability": AVAILABILITY[state]} if state in AVAILABILITY else {}),
        "price": 0,
        "priceCurrency": "USD",
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


def script(data: dict[str, object]) -> SafeString:
    """A block of data: no browser runs it, hence the CSP lets it pass."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))
