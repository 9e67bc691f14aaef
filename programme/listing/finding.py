"""Prepare what filters and search compare: facts such as `theme=afectos`, and folded words.

The browser compares the same facts and words (static/js/find.js): change both together.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import translation
from django_countries import countries

from eim.lib.normalising import fold
from eim.lib.site_languages import SITE_CODES
from programme.models import Part, Person, Presentation, Session

# Values of a filter: ANY interpretation, sign language or captions; NONE for a day not known yet.
ANY, NONE = "any", "none"
# The value of the room's filter for sessions that have a venue of their own.
ELSEWHERE = "elsewhere"
WORD = re.compile(r"[^\W_]+")


def folded_words(text: str) -> list[str]:
    """Split into words without accents and case: “Señas, AÑO 1” is senas, ano, 1. Twin: find.js."""
    return WORD.findall(fold(text))


def search_text(texts: Iterable[str]) -> str:
    """Join every distinct folded word, each preceded by a space, as `has_words` expects."""
    return "".join(f" {word}" for word in dict.fromkeys(folded_words("\n".join(texts))))


def has_words(text: str, wanted: Iterable[str]) -> bool:
    """Return whether each wanted word begins a word of a search text: “muse” finds museo."""
    return all(f" {word}" in text for word in wanted)


# Facts, for the filters


def filter_facts(session: Session) -> list[tuple[str, str]]:
    """Return names and values as they stand in the address; a break has its day alone."""
    facts = [("day", f"{session.day or NONE}")]
    if session.is_break:
        return facts
    facts += [("kind", session.kind), ("format", session.format)]
    if session.is_followed_online:
        facts.append(("online", "1"))
    if session.theme:
        facts.append(("theme", session.theme.code))
    if session.room:
        facts.append(("room", session.room.code))
    elif session.venue_name:
        facts.append(("room", ELSEWHERE))
    understood = dict.fromkeys([*session.languages, *session.interpretation_languages])
    facts += [("language", code) for code in understood]
    facts += with_any("interpretation", session.interpretation_languages)
    facts += with_any("sign", session.sign_languages)
    return facts + with_any("captions", session.caption_languages)


def with_any(name: str, codes: list[str]) -> list[tuple[str, str]]:
    return [(name, code) for code in [ANY, *codes]] if codes else []


def person_filter_facts(person: Person) -> list[tuple[str, str]]:
    code = country_code(person)
    return [("country", code)] if code else []


def person_filter_facts_line(person: Person) -> str:
    return facts_line(person_filter_facts(person))


def facts_line(facts: Iterable[tuple[str, str]]) -> str:
    """Write facts for `data-find`: day=2024-11-25 kind=lecture"""
    return " ".join(f"{name}={value}" for name, value in facts)


# Texts, for the search: in every language of the site


def session_search_texts(sessions: list[Any]) -> dict[int, str]:
    """Return the search text of each session by its key, breaks left out; adds one query.

    Takes sessions as `cards.listed_sessions` loads them.
    """
    parts = Prefetch("parts", Part.objects.select_related("person"))
    presentations = [p for session in sessions for p in session.listed_presentations]
    prefetch_related_objects(presentations, parts)
    searched = [session for session in sessions if not session.is_break]
    return {session.pk: search_text(texts_of(session)) for session in searched}


def texts_of(session: Any) -> Iterator[str]:
    yield from in_every_language(session, "title", "abstract")
    yield session.search_words
    yield kind_in_every_language(session.kind)
    for named in filter(None, (session.theme, session.room)):
        yield from in_every_language(named, "name")
    yield from (session.venue_name, session.venue_address)
    yield from texts_of_people(session.listed_parts)
    for presentation in session.listed_presentations:
        yield from in_every_language(presentation, "title", "summary")
        yield from texts_of_institution(presentation)
        yield from texts_of_people(presentation.parts.all())


def person_search_text(person: Person) -> str:
    return search_text_of("\n".join(texts_of_person(person)))


@lru_cache(maxsize=5000)
def search_text_of(text: str) -> str:
    """Cache the search text of what is known of one person: it changes with that alone."""
    return search_text([text])


def texts_of_people(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield from texts_of_person(part.person)


def texts_of_person(person: Person) -> Iterator[str]:
    yield person.name
    yield from in_every_language(person, "position")
    yield from texts_of_institution(person)


def texts_of_institution(thing: Person | Presentation) -> Iterator[str]:
    yield thing.institution
    if code := country_code(thing):
        yield country_in_every_language(code)


def country_code(thing: Person | Presentation) -> str:
    return str(getattr(thing.country, "code", None) or "")


def in_every_language(thing: object, *fields: str) -> Iterator[str]:
    for field in fields:
        for code in SITE_CODES:
            yield getattr(thing, f"{field}_{code}") or ""


@lru_cache
def country_in_every_language(code: str) -> str:
    return " ".join(country_names(code))


def country_names(code: str) -> Iterator[str]:
    return in_each_language(lambda: countries.name(code))


@lru_cache
def kind_in_every_language(kind: str) -> str:
    return " ".join(in_each_language(lambda: str(Session.Kind(kind).label)))


def in_each_language(name: Callable[[], str]) -> Iterator[str]:
    """Yield the result of `name` in each language of the site."""
    for code in SITE_CODES:
        with translation.override(code):
            yield name()
