"""Find sessions to which more people may come than their rooms hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from programme.models import Session
from registration.models import Quota


@dataclass(frozen=True, kw_only=True)
class Crowding:
    """A session, how many people may come to it, and how many its room holds."""

    session: Session
    people: int
    capacity: int
    has_seats: bool

    @property
    def words(self) -> str:
        sentence = gettext("“%(session)s” has %(people)s seats, and “%(room)s” holds %(capacity)s.")
        if not self.has_seats:
            sentence = gettext(
                "“%(session)s” is open to all %(people)s people in person, and “%(room)s” holds "
                "%(capacity)s."
            )
        facts = {"session": self.session, "room": self.session.room}
        return sentence % {**facts, "people": self.people, "capacity": self.capacity}


def crowded_sessions(only: Iterable[Session] | None = None) -> list[Crowding]:
    """Return crowded sessions in the order of the programme, by two queries."""
    in_person = Quota.objects.in_person().first()
    published = Session.objects.published().without_breaks().select_related("room", "quota")
    sessions = list(published.exclude(format=Session.Format.ONLINE).in_order())
    found = [crowding_of(session, sessions, in_person) for session in sessions]
    chosen = None if only is None else set(only)
    return [one for one in found if one and (chosen is None or one.session in chosen)]


def crowding_of(
    session: Session, sessions: Iterable[Session], in_person: Quota | None
) -> Crowding | None:
    room, quota = session.room, getattr(session, "quota", None)
    if room is None or room.capacity is None:
        return None
    people = quota.size if quota else everybody(session, sessions, in_person)
    if people <= room.capacity:
        return None
    facts = {"people": people, "capacity": room.capacity, "has_seats": quota is not None}
    return Crowding(session=session, **facts)  # type: ignore[arg-type]


def everybody(session: Session, sessions: Iterable[Session], in_person: Quota | None) -> int:
    """Return how many may come to a session without seats: none if they can go elsewhere too."""
    has_choice = any(session.overlaps(other) for other in sessions if other != session)
    is_expected = session.starts_at and not has_choice
    return in_person.size if in_person and is_expected else 0
