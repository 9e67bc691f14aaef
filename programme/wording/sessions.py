"""What is said of a session in words: who takes part, in which languages, what is free."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django_countries.fields import Country

from eim.lib.languages import NAMES, WITH_SMALL_NAMES
from eim.lib.per_language import cached_per_language
from programme.models import Meeting, Part, Person, Presentation, Session
from programme.models.meeting import RegistrationState

# Below either, the places are the last ones.
LAST_PLACES, LAST_SHARE = 3, 10
NAMED = 2
SOUND_OF_I = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Seats:
    """How it stands with the places of a session: in words, for exact figures change too often."""

    state: str
    words: str

    @property
    def is_full(self) -> bool:
        return self.state == "full"


def seats(session: Session, meeting: Meeting, now: datetime) -> Seats | None:
    """None where places are no matter: no quota, cancelled, over, or registration closed."""
    is_over = session.ends_at is not None and session.ends_at <= now
    registration = meeting.registration_state(now)
    quota = quota_of(session)
    if session.is_cancelled or is_over or registration == RegistrationState.CLOSED:
        return None
    if quota is None and session.kind != Session.Kind.WORKSHOP:
        return None
    if quota is None or registration != RegistrationState.OPEN:
        return Seats(state="unopened", words=pgettext("places", "Not open yet"))
    match fullness(size=quota.size, taken=quota.taken):
        case "full":
            return Seats(state="full", words=pgettext("places", "Full"))
        case "last":
            return Seats(state="last", words=gettext("Last places"))
    return Seats(state="left", words=gettext("Places left"))


def fullness(*, size: int, taken: int) -> str:
    """All that a page says of a quota's figures: while this stays, so does the page."""
    free = size - taken
    if free <= 0:
        return "full"
    return "last" if free <= max(LAST_PLACES, size // LAST_SHARE) else "left"


@cached_per_language
def kind_words(kind: str) -> str:
    return str(Session.Kind(kind).label)


@cached_per_language
def format_words(form: str) -> str:
    return str(Session.Format(form).label)


def signs_line(session: Session) -> str:
    return capfirst(languages_joined(*session.sign_languages))


def captions_line(session: Session) -> str:
    return captions_in(session.caption_languages)


def recording_captions_line(session: Session) -> str:
    return captions_in(session.recording_captions)


def captions_in(codes: list[str]) -> str:
    languages = languages_joined(*codes)
    return gettext("Captions in %(languages)s") % {"languages": languages} if languages else ""


def late_words(session: Session) -> str:
    sentence = ngettext(
        "Starts about %(minutes)s minute late",
        "Starts about %(minutes)s minutes late",
        session.minutes_late,
    )
    return sentence % {"minutes": session.minutes_late}


def quota_of(session: Session) -> Any:
    """A row of an app that this one does not know, or None."""
    try:
        return session.quota
    except ObjectDoesNotExist:
        return None


def joined(names: list[str]) -> str:
    and_word = pgettext("between the last two of a list", "and")
    # Spanish says “e” before the sound of an i: portugués e inglés.
    if get_language() == "es" and names and SOUND_OF_I.match(names[-1]):
        and_word = "e"
    return get_text_list(names, and_word)


def in_running_text(name: str) -> str:
    """Catalogues write languages with a capital, as they stand in lists."""
    return name[:1].lower() + name[1:] if get_language() in WITH_SMALL_NAMES else name


@cached_per_language
def languages_joined(*codes: str) -> str:
    return joined([in_running_text(str(NAMES[code])) for code in codes])


def languages_line(session: Session) -> str:
    """Spanish; interpreted into Portuguese and English"""
    return spoken_line(session.language, *session.interpretation_languages)


@cached_per_language
def spoken_line(language: str, *interpretation: str) -> str:
    spoken = in_running_text(str(NAMES.get(language, "")))
    into = languages_joined(*interpretation)
    if spoken and into:
        sentence = gettext("%(language)s; interpreted into %(languages)s")
        return capfirst(sentence % {"language": spoken, "languages": into})
    if into:
        return gettext("Interpreted into %(languages)s") % {"languages": into}
    return capfirst(spoken)


def country_name(thing: Person | Presentation) -> str:
    return name_of_country(getattr(thing.country, "code", ""))


@cached_per_language
def name_of_country(code: str) -> str:
    return str(Country(code).name)


def institution_line(thing: Person | Presentation) -> str:
    """A museum (a country)"""
    country = country_name(thing)
    if not (thing.institution and country):
        return thing.institution or country
    # Two brackets in a row are hard to read.
    if thing.institution.endswith(")"):
        sentence = gettext("%(institution)s, %(country)s")
    else:
        sentence = gettext("%(institution)s (%(country)s)")
    return sentence % {"institution": thing.institution, "country": country}


def people_line(session: Any) -> str:
    """Who takes part; else whose work is shown. Reads what `cards.listed_sessions` has fetched."""
    people = list(dict.fromkeys(part.person for part in session.listed_parts))
    if len(people) == 1:
        return with_institution(people[0])
    if people:
        return and_more([person.name for person in people])
    shown = [institution_line(presentation) for presentation in session.listed_presentations]
    return and_more(list(dict.fromkeys(line for line in shown if line)))


def with_institution(person: Person) -> str:
    institution = institution_line(person)
    return f"{person.name}, {institution}" if institution else person.name


def and_more(names: list[str]) -> str:
    """The first ones by name, the others by number."""
    others = len(names) - NAMED
    if others <= 1:
        return joined(names)
    sentence = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", others)
    return sentence % {"names": ", ".join(names[:NAMED]), "count": others}


def role_words(part: Part) -> str:
    """moderates · Peru"""
    return " · ".join(filter(None, [part.get_role_display(), country_name(part.person)]))
