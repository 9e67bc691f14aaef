"""A file of data with both of its sides: the programme, and how many places there are."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from programme.actions import bump_version
from programme.loading import Contents, Fault, FileRefused, write
from programme.loading.shapes import Entry
from programme.models import Session
from registration.actions import (
    Refusal,
    locked_places,
    open_in_person,
    open_seats,
    open_service,
    writing_sessions,
)
from registration.models import Quota
from registration.validators import validate_service_code


@dataclass(frozen=True)
class Wish:
    """What the file says of one quota: true already if `rows` has one."""

    path: str
    rows: QuerySet[Quota]
    fulfil: Callable[[], Quota]


def load(contents: Contents, *, is_sample: bool = False) -> Counter[str]:
    """How many rows of each kind were written; none if the database says the same already.

    Raises FileRefused, with nothing written.
    """
    faults = [*contents.faults, *faults_of_codes(contents.root)]
    with locked_places():
        # Sessions first, with all that follows: only then is known how many places are taken.
        with writing_sessions() as sessions_write:
            loaded = write(replace(contents, faults=faults), is_sample=is_sample)
            sessions_write.is_visible = is_visible = bool(loaded.written)
        if fulfilled := fulfil(wishes(contents.root, loaded.sessions)):
            loaded.written[str(Quota._meta.verbose_name_plural)] = fulfilled
            if not is_visible:
                bump_version()
    return loaded.written


def faults_of_codes(root: Entry) -> Iterator[Fault]:
    for entry in root.entries("services"):
        try:
            validate_service_code(entry.get("code") or "")
        except ValidationError as fault:
            yield from (Fault(entry.at("code"), sentence) for sentence in fault.messages)


def fulfil(wishes: Iterator[Wish]) -> int:
    faults = []
    count = 0
    for wish in wishes:
        if wish.rows.exists():
            continue
        try:
            wish.fulfil()
        except Refusal as refusal:
            faults.append(Fault(wish.path, str(refusal)))
        count += 1
    if faults:
        raise FileRefused(faults)
    return count


def wishes(root: Entry, sessions: dict[str, Session]) -> Iterator[Wish]:
    places = root.get("places")
    if places and places.get("in_person"):
        yield in_person(places, places.get("in_person"))
    for entry in root.entries("sessions"):
        if entry.get("seats"):
            yield seats(entry, sessions[entry.get("code")], entry.get("seats"))
    for entry in root.entries("services"):
        yield service(entry, entry.get("size"))


def in_person(entry: Entry, size: int) -> Wish:
    rows = Quota.objects.in_person().filter(size=size)
    return Wish(entry.at("in_person"), rows, lambda: open_in_person(size))


def seats(entry: Entry, session: Session, size: int) -> Wish:
    rows = Quota.objects.filter(session=session, size=size)
    return Wish(entry.at("seats"), rows, lambda: open_seats(session, size))


def service(entry: Entry, size: int) -> Wish:
    code = entry.get("code")
    names = {language: words for language, words in entry.get("name").items() if words}
    columns = {f"name_{language}": words for language, words in names.items()}
    rows = Quota.objects.filter(service_code=code, size=size, **columns)
    return Wish(entry.path, rows, lambda: open_service(code, names, size))
