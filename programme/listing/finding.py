"""What sessions and people are found by: short facts for the filters, folded words for the search.

The browser finds by the same facts and words (static/js/find.js): whoever changes one side changes
both.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import translation
from django_countries import countries

from eim.lib.languages import SITE_CODES
from programme.models import Part, Person, Presentation, Session

# Of interpretation, sign languages, captions: any of them. Of days: not known yet.
ANY, NONE = "any", "none"
ACCENTS = re.compile("[\u0300-\u036f]")
WORD = re.compile(r"[^\W_]+")


def folded(text: str) -> list[str]:
    """Its words without accents and case: “Señas, AÑO 1” is senas, ano, 1. Twin: find.js."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return WORD.findall(ACCENTS.sub("", decomposed))


def searchable(texts: Iterable[str]) -> str:
    """Every word once, each after a space."""
    return "".join(f" {word}" for word in dict.fromkeys(folded("\n".join(texts))))


def has_words(text: str, wanted: Iterable[str]) -> bool:
    """Whether each begins a word of a searchable text: “muse” finds museo, “arte” no parte."""
    return all(f" {word}" in text for word in wanted)


# Facts


def facts_of(session: Session) -> list[tuple[str, str]]:
    """Names and values as they stand in the address. A break is found by its day alone."""
    facts = [("day", f"{session.day or NONE}")]
    if session.kind == Session.Kind.BREAK:
        return facts
    facts += [("kind", session.kind), ("format", session.format)]
    if session.is_followed_online:
        facts.append(("online", "1"))
    if session.theme:
        facts.append(("theme", session.theme.code))
    if session.room:
        facts.append(("room", session.room.code))
    spoken = [session.language] if session.language else []
    facts += [("language", code) for code in [*spoken, *session.interpretation_languages]]
    facts += with_any("interpretation", session.interpretation_languages)
    facts += with_any("sign", session.sign_languages)
    return facts + with_any("captions", session.caption_languages)


def with_any(name: str, codes: list[str]) -> list[tuple[str, str]]:
    return [(name, code) for code in [ANY, *codes]] if codes else []


def facts_of_person(person: Person) -> list[tuple[str, str]]:
    code = country_code(person)
    return [("country", code)] if code else []


def person_facts(person: Person) -> str:
    return facts_line(facts_of_person(person))


def facts_line(facts: Iterable[tuple[str, str]]) -> str:
    """For the page: day=2024-11-25 kind=lecture"""
    return " ".join(f"{name}={value}" for name, value in facts)


# Words, in every language


def words_of(sessions: list[Any]) -> dict[int, str]:
    """Searchable texts by key of the session, breaks left out: one query more for all of them.

    Reads what `cards.listed_sessions` has fetched.
    """
    parts = Prefetch("parts", Part.objects.select_related("person"))
    shown = [one for session in sessions for one in session.listed_presentations]
    prefetch_related_objects(shown, parts)
    found = [session for session in sessions if session.kind != Session.Kind.BREAK]
    return {session.pk: searchable(texts_of(session)) for session in found}


def texts_of(session: Any) -> Iterator[str]:
    yield from in_every_language(session, "title", "abstract")
    yield kind_words(session.kind)
    for named in filter(None, (session.theme, session.room)):
        yield from in_every_language(named, "name")
    yield from texts_of_people(session.listed_parts)
    for presentation in session.listed_presentations:
        yield from in_every_language(presentation, "title", "summary")
        yield from texts_of_institution(presentation)
        yield from texts_of_people(presentation.parts.all())


def person_words(person: Person) -> str:
    return searchable(texts_of_person(person))


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
        yield country_words(code)


def country_code(thing: Person | Presentation) -> str:
    return str(getattr(thing.country, "code", None) or "")


def in_every_language(thing: object, *fields: str) -> Iterator[str]:
    for field in fields:
        for code in SITE_CODES:
            yield getattr(thing, f"{field}_{code}") or ""


@lru_cache
def country_words(code: str) -> str:
    return " ".join(names_of(lambda: countries.name(code)))


@lru_cache
def kind_words(kind: str) -> str:
    return " ".join(names_of(lambda: str(Session.Kind(kind).label)))


def names_of(name: Callable[[], str]) -> Iterator[str]:
    """What it is called in each language of the site."""
    for code in SITE_CODES:
        with translation.override(code):
            yield name()
