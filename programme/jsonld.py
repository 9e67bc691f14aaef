"""The meeting as schema.org describes an event, for search engines."""

import json
from collections.abc import Iterable

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from programme.models import Meeting, Organisation

# So that no text can end the block it stands in.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def event(meeting: Meeting, organisations: Iterable[Organisation]) -> SafeString:
    return script(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": meeting.name,
            "description": meeting.summary or meeting.theme_line,
            "startDate": meeting.first_day.isoformat(),
            "endDate": meeting.last_day.isoformat(),
            "eventStatus": "https://schema.org/EventScheduled",
            "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
            "location": [place(meeting), online()],
            "image": [settings.SITE_URL + static("img/og.png")],
            "url": settings.SITE_URL + reverse("home"),
            "inLanguage": get_language(),
            "isAccessibleForFree": True,
            "offers": offer(meeting),
            "organizer": [organizer(organisation) for organisation in organisations],
        }
    )


def place(meeting: Meeting) -> dict[str, object]:
    found: dict[str, object] = {
        "@type": "Place",
        "name": meeting.venue_name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": meeting.venue_address,
            "addressLocality": meeting.city,
            "addressCountry": meeting.country,
        },
    }
    if meeting.latitude is not None and meeting.longitude is not None:
        found["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": float(meeting.latitude),
            "longitude": float(meeting.longitude),
        }
    return found


def online() -> dict[str, object]:
    return {"@type": "VirtualLocation", "url": settings.SITE_URL + reverse("programme:live")}


def offer(meeting: Meeting) -> dict[str, object]:
    found: dict[str, object] = {
        "@type": "Offer",
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
