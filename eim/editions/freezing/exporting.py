"""Write the meeting as `load_meeting` reads it: what visitors see, and nothing of those who came.

The keys are those of programme/loading/format.py: a key that is added there is written here too.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Model, Prefetch

from eim.lib.site_languages import SITE_CODES
from programme.loading import format
from programme.loading.shapes import AnyShape, ListOf, Shape, Translated
from programme.models import (
    Document,
    Edition,
    Meeting,
    Organisation,
    Page,
    Part,
    Person,
    Presentation,
    Room,
    Session,
    Theme,
)
from registration.models import Quota

# Keys of the file whose value is not a column of the same name.
HOURS = {"starts": "starts_at", "ends": "ends_at"}
# Texts of a line for each, which the file has as lists.
LINES = {"links", "sources", "further_languages"}
# The file of an older meeting has it; `languages` says the same.
OLD_KEYS = {"language"}


def programme_json(meeting: Meeting) -> str:
    """Return the meeting's file: sessions that visitors see, the people in them, pages, documents.

    Streams are left out, as are services and whoever has a seat.
    """
    with meeting.activated():
        facts = {
            "meeting": entry(meeting, format.MEETING, meeting),
            "organisations": entries(Organisation.objects.all(), format.ORGANISATION, meeting),
            "themes": entries(Theme.objects.all(), format.THEME, meeting),
            "rooms": entries(Room.objects.all(), format.ROOM, meeting),
            "people": entries(Person.objects.in_programme(), format.PERSON, meeting),
            "sessions": [session_entry(one, meeting) for one in visible_sessions()],
            "pages": entries(Page.objects.all(), format.PAGE, meeting),
            "documents": entries(Document.objects.exclude(url=""), format.DOCUMENT, meeting),
            "editions": entries(Edition.objects.all(), format.EDITION, meeting),
            "places": {"in_person": quota.size} if (quota := in_person()) else {},
        }
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def in_person() -> Quota | None:
    return Quota.objects.in_person().first()


def visible_sessions() -> Iterable[Session]:
    parts = Part.objects.select_related("person")
    presentations = Presentation.objects.prefetch_related(Prefetch("parts", parts))
    return (
        Session.objects.visible()
        .select_related("room", "theme", "quota")
        .prefetch_related(Prefetch("parts", parts), Prefetch("presentations", presentations))
        .in_order()
    )


def entries(rows: Iterable[Model], shape: Shape, meeting: Meeting) -> list[dict[str, Any]]:
    return [entry(row, shape, meeting) for row in rows]


def entry(row: Model, shape: Shape, meeting: Meeting) -> dict[str, Any]:
    """Return the keys of a row that have a value, in the order of the format."""
    found = {}
    for key, kind in (shape.required | shape.optional).items():
        if isinstance(kind, ListOf):
            continue
        value = value_of(row, key, kind, meeting)
        if value not in (None, "", [], {}) or (key in shape.required):
            found[key] = value
    return found


def value_of(row: Model, key: str, kind: AnyShape, meeting: Meeting) -> Any:
    if isinstance(kind, Translated):
        texts = {code: getattr(row, f"{key}_{code}") for code in SITE_CODES}
        return {code: text for code, text in texts.items() if text}
    if key in LINES:
        return (getattr(row, key) or "").splitlines()
    return plain(getattr(row, HOURS.get(key, key), None), key, meeting)


def plain(value: Any, key: str, meeting: Meeting) -> Any:
    """Return a value as JSON has it: hours are those of the venue."""
    match value:
        case datetime():
            local = value.astimezone(meeting.zone)
            return local.strftime("%H:%M" if key in HOURS else "%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case time():
            return value.strftime("%H:%M")
        case Decimal():
            return float(value)
        case None | bool() | int() | str() | list():
            return value
    return str(value)


def session_entry(session: Session, meeting: Meeting) -> dict[str, Any]:
    shape = Shape(
        required=format.SESSION.required,
        optional={
            key: kind
            for key, kind in format.SESSION.optional.items()
            if key not in OLD_KEYS | {"room", "theme", "seats"}
        },
    )
    found = entry(session, shape, meeting)
    if session.room:
        found["room"] = session.room.code
    if session.theme:
        found["theme"] = session.theme.code
    if (quota := getattr(session, "quota", None)) and quota.size:
        found["seats"] = quota.size
    found["parts"] = parts_of(session)
    found["presentations"] = [
        entry(one, format.PRESENTATION, meeting) | {"parts": parts_of(one)}
        for one in session.presentations.all()
    ]
    return found


def parts_of(owner: Session | Presentation) -> list[dict[str, str]]:
    return [{"person": part.person.slug, "role": part.role} for part in owner.parts.all()]
