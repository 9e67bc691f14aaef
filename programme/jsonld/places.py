"""Describe in JSON-LD where a session is: at the venue, in a room, online."""

from django.conf import settings
from django.urls import reverse

from programme.models import Meeting, Room, Session


def locations(session: Session, meeting: Meeting) -> list[dict[str, object]]:
    """Return the physical place first: search engines support virtual locations poorly."""
    here = place_of(session, meeting)
    match session.format:
        case Session.Format.ONLINE:
            return [virtual_location()]
        case Session.Format.IN_PERSON:
            return [here]
    return [here, virtual_location()]


def place_of(session: Session, meeting: Meeting) -> dict[str, object]:
    if session.room:
        return room_place(session.room, meeting)
    return own_venue_place(session, meeting) if session.venue_name else venue_place(meeting)


def own_venue_place(session: Session, meeting: Meeting) -> dict[str, object]:
    """Describe a place outside the venue; search engines require some address."""
    address = session.venue_address or meeting.city
    return {"@type": "Place", "name": session.venue_name, "address": address}


def venue_place(meeting: Meeting) -> dict[str, object]:
    found: dict[str, object] = {
        "@type": "Place",
        "@id": venue_id(),
        "name": meeting.venue_name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": meeting.venue_address,
            "addressLocality": meeting.city,
            "addressCountry": str(meeting.country),
        },
    }
    if meeting.latitude is not None and meeting.longitude is not None:
        found["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(meeting.latitude),
            "longitude": float(meeting.longitude),
        }
    return found


def room_place(room: Room, meeting: Meeting) -> dict[str, object]:
    venue = venue_place(meeting)
    found = {"@type": "Place", "name": f"{room.name}, {meeting.venue_name}"}
    return {**found, "address": venue["address"], "containedInPlace": {"@id": venue["@id"]}}


def virtual_location() -> dict[str, object]:
    url = settings.SITE_URL + reverse("programme:live")
    return {"@type": "VirtualLocation", "@id": stream_id(), "url": url}


def venue_id() -> str:
    return settings.SITE_URL + reverse("programme:venue") + "#venue"


def stream_id() -> str:
    return settings.SITE_URL + reverse("programme:live") + "#stream"
