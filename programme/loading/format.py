"""Define the keys of the file, in the order of docs/data-format.md."""

from eim.lib.languages import SIGN_LANGUAGES
from eim.lib.site_languages import SITE_CODES
from programme.loading.shapes import AnyShape, ListOf, Shape, Translated
from programme.loading.values import (
    answer_days,
    country,
    day,
    degrees,
    end_hour,
    filled_text,
    hour,
    language_code,
    language_codes,
    long_text,
    moment,
    one_of,
    size,
    some_of,
    text,
    texts,
    time_zone,
    whole_number,
    yes_or_no,
)
from programme.models import Channel, Organisation, Part, Session
from programme.models.meeting import Standing
from programme.models.themes import Colour, Motif

TITLE = Translated(is_required=True)
LINE = Translated()
LONG = Translated(long_text)
SITE_LANGUAGE = one_of(SITE_CODES)
SIGNED = [code for code, _name in SIGN_LANGUAGES]

MEETING = Shape(
    required={
        "number": whole_number,
        "short_name": filled_text,
        "name": TITLE,
        "theme_line": TITLE,
        "first_day": day,
        "last_day": day,
        "time_zone": time_zone,
        "city": TITLE,
        "country": country,
        "venue_name": filled_text,
        "venue_address": filled_text,
    },
    optional={
        "edition_label": LINE,
        "summary": LINE,
        "about": LONG,
        "audience": LONG,
        "first_language": SITE_LANGUAGE,
        "venue_acronym": text,
        "directions": LONG,
        "access": LONG,
        "access_requests_until": day,
        "access_answer_days": answer_days,
        "access_enforcement": LONG,
        "latitude": degrees,
        "longitude": degrees,
        "registration_opens_at": moment,
        "registration_closes_at": moment,
        "contact_email": text,
        "standing": one_of(Standing.values),
        "standing_reason": LONG,
        "streaming_note": LONG,
        "privacy_notice": LONG,
        "privacy_version": filled_text,
        "further_languages": texts,
    },
)

ORGANISATION = Shape(
    required={"name": filled_text, "role": one_of(Organisation.Role.values)},
    optional={"url": text, "order": whole_number},
)

THEME = Shape(
    required={
        "code": filled_text,
        "name": TITLE,
        "motif": one_of(Motif.values),
        "colour": one_of(Colour.values),
    },
    optional={"description": LONG, "day": day, "order": whole_number},
)

ROOM = Shape(
    required={"code": filled_text, "name": TITLE},
    optional={"capacity": whole_number, "is_step_free": yes_or_no, "order": whole_number},
)

PERSON = Shape(
    required={"slug": filled_text, "name": filled_text},
    optional={
        "position": LINE,
        "institution": text,
        "country": country,
        "biography": LONG,
        "links": texts,
    },
)

PARTS = ListOf(
    Shape(required={"person": filled_text, "role": one_of(Part.Role.values)}),
)

PRESENTATION = Shape(
    required={"title": TITLE},
    optional={"summary": LONG, "institution": text, "country": country, "parts": PARTS},
)

HOURS: dict[str, AnyShape] = {"day": day, "starts": hour, "ends": end_hour, "room": filled_text}
VENUE: dict[str, AnyShape] = {"venue_name": text, "venue_address": text}

SESSION = Shape(
    required={
        "code": filled_text,
        "slug": filled_text,
        "title": TITLE,
        "kind": one_of(Session.Kind.values),
        "format": one_of(Session.Format.values),
        "state": one_of(Session.State.values),
    },
    optional=HOURS
    | VENUE
    | {
        "abstract": LONG,
        "search_words": text,
        "theme": filled_text,
        "order": whole_number,
        "languages": language_codes,
        # As files named it when a session had one.
        "language": language_code,
        "interpretation_languages": language_codes,
        "sign_languages": some_of(SIGNED),
        "caption_languages": language_codes,
        "recording_url": text,
        "recording_captions": language_codes,
        "transcript_url": text,
        "materials_url": text,
        "cancellation_reason": LINE,
        "parts": PARTS,
        "presentations": ListOf(PRESENTATION),
        "seats": size,
    },
)

CHANNEL = Shape(
    required={
        "kind": one_of(Channel.Kind.values),
        "language": language_code,
        "provider": one_of(Channel.Provider.values),
    },
    optional={"video_id": text, "url": text, "is_spare": yes_or_no},
)

STREAM = Shape(required={"room": filled_text, "day": day, "channels": ListOf(CHANNEL)})

PAGE = Shape(
    required={"slug": filled_text, "title": TITLE, "text": Translated(long_text, is_required=True)},
    optional={"in_menu": yes_or_no, "order": whole_number},
)

DOCUMENT = Shape(
    required={"url": filled_text, "title": TITLE, "language": SITE_LANGUAGE},
    optional={"summary": LINE, "order": whole_number},
)

EDITION = Shape(
    required={"number": size, "year": whole_number},
    optional={
        "place": LINE,
        "country": country,
        "first_day": day,
        "last_day": day,
        "theme_line": LINE,
        "people": size,
        "countries": size,
        "result_title": LINE,
        "result_url": text,
        "url": text,
        "sources": texts,
    },
)

SERVICE = Shape(required={"code": filled_text, "name": TITLE, "size": size})

FILE = Shape(
    required={"meeting": MEETING},
    optional={
        "organisations": ListOf(ORGANISATION, unique=("name",)),
        "themes": ListOf(THEME, unique=("code",)),
        "rooms": ListOf(ROOM, unique=("code",)),
        "people": ListOf(PERSON, unique=("slug",)),
        "sessions": ListOf(SESSION, unique=("code", "slug")),
        "streams": ListOf(STREAM),
        "pages": ListOf(PAGE, unique=("slug",)),
        "documents": ListOf(DOCUMENT, unique=("url",)),
        "editions": ListOf(EDITION, unique=("number",)),
        "places": Shape(required={}, optional={"in_person": size}),
        "services": ListOf(SERVICE, unique=("code",)),
    },
)
