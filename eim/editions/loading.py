"""Load a meeting's data file: the programme, and the numbers of places."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from programme.actions import bump_version
from programme.loading import Contents, Fault, FileRefused, Loaded, write
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
class WantedQuota:
    """A quota as the file describes it: `rows` finds it, or `create` makes it so."""

    path: str
    rows: QuerySet[Quota]
    create: Callable[[], Quota]


def load(contents: Contents, *, is_sample: bool = False) -> Counter[str]:
    """Write what differs, as below, and return how many rows of each kind were written."""
    return load_and_tell(contents, is_sample=is_sample).written


def load_and_tell(contents: Contents, *, is_sample: bool = False) -> Loaded:
    """Write what differs from the database, and return what was written, and what was not.

    Raise FileRefused, with nothing written, if the file has faults.
    """
    faults = [*contents.faults, *faults_of_codes(contents.root)]
    with locked_places():
        # Sessions first, with all that follows: only then is known how many places are taken.
        with writing_sessions() as sessions_write:
            loaded = write(replace(contents, faults=faults), is_sample=is_sample)
            wanted = list(wanted_quotas(contents.root, loaded.sessions))
            if loaded.faults:
                raise FileRefused([*loaded.faults, *write_quotas(wanted)[1]])
            sessions_write.is_visible = is_visible = bool(loaded.written)
        quotas, refused = write_quotas(wanted)
        if refused:
            raise FileRefused(refused)
        if quotas:
            loaded.written[str(Quota._meta.verbose_name_plural)] = quotas
            if not is_visible:
                bump_version()
    return loaded


def faults_of_codes(root: Entry) -> Iterator[Fault]:
    for entry in root.entries("services"):
        try:
            validate_service_code(entry.get("code") or "")
        except ValidationError as fault:
            yield from (Fault(entry.at("code"), sentence) for sentence in fault.messages)


def write_quotas(wanted: Iterable[WantedQuota]) -> tuple[int, list[Fault]]:
    """Write what is wanted; return how many quotas that were, and the faults of others."""
    faults = []
    count = 0
    for quota in wanted:
        if quota.rows.exists():
            continue
        try:
            quota.create()
        except Refusal as refusal:
            faults.append(Fault(quota.path, str(refusal)))
        count += 1
    return count, faults


def wanted_quotas(root: Entry, sessions: dict[str, Session]) -> Iterator[WantedQuota]:
    places = root.get("places")
    if places and places.get("in_person"):
        yield wanted_in_person(places, places.get("in_person"))
    for entry in root.entries("sessions"):
        session = sessions.get(entry.get("code"))
        if entry.get("seats") and session and session.pk:
            yield wanted_seats(entry, session, entry.get("seats"))
    for entry in root.entries("services"):
        if entry.is_sound:
            yield wanted_service(entry, entry.get("size"))


def wanted_in_person(entry: Entry, size: int) -> WantedQuota:
    rows = Quota.objects.in_person().filter(size=size)
    return WantedQuota(entry.at("in_person"), rows, lambda: open_in_person(size))


def wanted_seats(entry: Entry, session: Session, size: int) -> WantedQuota:
    rows = Quota.objects.filter(session=session, size=size)
    return WantedQuota(entry.at("seats"), rows, lambda: open_seats(session, size))


def wanted_service(entry: Entry, size: int) -> WantedQuota:
    code = entry.get("code")
    names = {language: words for language, words in entry.get("name").items() if words}
    columns = {f"name_{language}": words for language, words in names.items()}
    rows = Quota.objects.filter(service_code=code, size=size, **columns)
    return WantedQuota(entry.path, rows, lambda: open_service(code, names, size))
