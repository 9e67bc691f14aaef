"""Say in words who takes part in a session, where, and in which languages."""

import re
from functools import lru_cache
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst, get_text_list
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django_countries.fields import Country

from eim.lib.languages import WITH_SMALL_NAMES, language_name
from eim.lib.per_language import cached_per_language
from programme.listing import finding
from programme.models import Part, Person, Presentation, Session
from programme.models.changes import Placing
from programme.wording.marking import marked

# Names that a card lists before “and 3 more”.
NAMED = 2
SOUND_OF_I = re.compile(r"h?[ií](?![aeo])", re.IGNORECASE)


@cached_per_language
def kind_words(kind: str) -> str:
    return str(Session.Kind(kind).label)


@cached_per_language
def format_words(form: str) -> str:
    return str(Session.Format(form).label)


def where_name(session: Session) -> str:
    """Return the room, or the name of the session's own venue; empty while neither is known."""
    return session.room.name if session.room else session.venue_name


def where_line(session: Session) -> str:
    """Return the room, or the name and the address of the session's own venue."""
    return session.room.name if session.room else venue_line(session)


def venue_line(placing: Session | Placing) -> str:
    return ", ".join(filter(None, [placing.venue_name, placing.venue_address]))


def marked_where(session: Session) -> SafeString:
    """Return `where_name` as HTML, marked with its language where it is not the page's."""
    return marked(session.room, "name") if session.room else conditional_escape(session.venue_name)


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


def joined(names: list[str]) -> str:
    and_word = pgettext("between the last two of a list", "and")
    # Spanish writes “e” before the sound of i: portugués e inglés.
    if get_language() == "es" and names and SOUND_OF_I.match(names[-1]):
        and_word = "e"
    return get_text_list(names, and_word)


def in_running_text(name: str) -> str:
    """Write a language's name in lower case where the page's language does."""
    return name[:1].lower() + name[1:] if get_language() in WITH_SMALL_NAMES else name


def languages_joined(*codes: str) -> str:
    return names_joined(*map(language_name, codes))


@cached_per_language
def names_joined(*names: str) -> str:
    return joined([in_running_text(name) for name in names])


def languages_line(session: Session) -> str:
    """“Spanish and Guarani; interpreted into Portuguese and English”"""
    into = languages_joined(*session.interpretation_languages)
    return spoken_line(languages_joined(*session.languages), into)


@cached_per_language
def spoken_line(spoken: str, into: str) -> str:
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
    """“A museum (a country)”; a museum whose name has its country is not told it again."""
    country = country_name(thing)
    if names_country(thing.institution, getattr(thing.country, "code", "")):
        return thing.institution
    if not (thing.institution and country):
        return thing.institution or country
    # Two pairs of brackets in a row would be hard to read.
    if thing.institution.endswith(")"):
        sentence = gettext("%(institution)s, %(country)s")
    else:
        sentence = gettext("%(institution)s (%(country)s)")
    return sentence % {"institution": thing.institution, "country": country}


@lru_cache(maxsize=5000)
def names_country(institution: str, code: str) -> bool:
    """Return whether the name of an institution has that of a country, in any language."""
    if not (institution and code):
        return False
    words = f" {' '.join(finding.folded_words(institution))} "
    names = (finding.folded_words(name) for name in finding.country_names(code))
    return any(f" {' '.join(name)} " in words for name in names)


def people_line(session: Any) -> str:
    """Name the people who take part, else the institutions whose work is shown.

    Takes a session as `cards.listed_sessions` loads it.
    """
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
    """List the first names and count the others; a single other is named too."""
    others = len(names) - NAMED
    if others <= 1:
        return joined(names)
    sentence = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", others)
    return sentence % {"names": ", ".join(names[:NAMED]), "count": others}


def role_words(part: Part) -> str:
    """“moderates · Peru”"""
    return " · ".join(filter(None, [part.get_role_display(), country_name(part.person)]))
