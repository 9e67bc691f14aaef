"""Find people of the programme who are in two sessions at the same time."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Q
from django.utils.translation import gettext

from programme.models import Part, Person, Session


@dataclass(frozen=True, kw_only=True)
class PersonOverlap:
    person: Person
    first: Session
    second: Session

    @property
    def words(self) -> str:
        sentence = gettext("%(person)s is in “%(first)s” and in “%(second)s” at the same time.")
        return sentence % {"person": self.person, "first": self.first, "second": self.second}


def people_overlapping(session: Session | None = None) -> list[PersonOverlap]:
    """Return the overlaps of all published sessions, or of one of them, by one query."""
    sessions: dict[Person, dict[int, Session]] = {}
    for part in parts_with_hours():
        one = part.in_session
        sessions.setdefault(part.person, {})[one.pk] = one
    return [
        PersonOverlap(person=person, first=first, second=second)
        for person, own in sessions.items()
        for first, second in combinations(sorted(own.values(), key=start_of), 2)
        if first.overlaps(second) and (session is None or session in (first, second))
    ]


def parts_with_hours() -> Iterator[Part]:
    published = Session.objects.published().with_hours().values("pk")
    parts = Part.objects.filter(
        Q(session__in=published) | Q(presentation__session__in=published)
    ).select_related("person", "session", "presentation__session")
    yield from parts.order_by("person__name", "person_id", "pk")


def start_of(session: Session) -> tuple[object, int]:
    return session.starts_at, session.pk
