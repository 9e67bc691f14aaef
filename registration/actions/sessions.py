"""Seats of sessions that were cancelled or moved, and mails to their people."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.models import User
from django.db.models import QuerySet

from programme import actions as programme_actions
from programme.actions import SessionsWrite
from programme.models import Session
from registration.actions.messages import write_messages, write_place_histories
from registration.actions.places import locked_places, release
from registration.models import History, Message, Place, Registration
from registration.models.places import PlaceQuerySet
from registration.models.registrations import RegistrationQuerySet


@contextmanager
def writing_sessions(*, by: User | None = None) -> Iterator[SessionsWrite]:
    """Write sessions under the places' lock; then free the places of those that are cancelled.

    `by` is the organiser who writes; without one it is a file of data. See the programme's
    `writing_sessions` for what else happens around the block.
    """
    with locked_places(), programme_actions.writing_sessions() as write:
        yield write
        write.people_freed = free_cancelled(by=by)


def free_cancelled(*, by: User | None) -> int:
    """Release the places of sessions that do not take place; write to confirmed people.

    Returns how many people lost places.
    """
    lost = Place.objects.current().of_sessions_not_held()
    # Promote within the last 24 hours only if places are lost: not when a title was corrected.
    with locked_places(by_organiser=by is not None and lost.exists()) as lock:
        places = release(lost.select_related("quota", "registration"), lock.now)
        event = History.Event.SESSION_CANCELLED
        histories = write_place_histories(places, event, lock.now, by=by)
        told = [history for history in histories if history.registration.is_confirmed]
        write_messages(Message.Kind.SESSION_CANCELLED, told)
    return len({place.registration_id for place in places})


def people_lost(session: Session) -> RegistrationQuerySet:
    """Return, by name, the people who lost their places and have not chosen it again."""
    cancelled = History.objects.filter(
        event=History.Event.SESSION_CANCELLED, quota__session=session
    )
    back = Place.objects.current().filter(quota__session=session)
    people = Registration.objects.live().filter(pk__in=cancelled.values("registration"))
    return people.exclude(pk__in=back.values("registration")).order_by("name_key", "pk")


@dataclass(frozen=True, kw_only=True)
class Clash:
    """A person with a seat, and other sessions at the same time in which they have seats."""

    registration: Registration
    others: list[Session]


def seats_of(session: Session) -> PlaceQuerySet:
    return Place.objects.taken().filter(quota__session=session)


def clashes_of(session: Session) -> list[Clash]:
    """Return, by name, the people with seats in other sessions at the same time."""
    if not (session.starts_at and session.ends_at):
        return []
    overlapping = Session.objects.published().exclude(pk=session.pk)
    overlapping = overlapping.overlapping(session.starts_at, session.ends_at)
    own = Place.objects.taken().filter(
        registration__in=seats_of(session).values("registration"), quota__session__in=overlapping
    )
    others: dict[Registration, list[Session]] = {}
    by_name = own.order_by("registration__name_key", "registration_id", "quota__session__starts_at")
    for place in by_name.select_related("registration", "quota__session__room"):
        others.setdefault(place.registration, []).append(place.quota.session)  # type: ignore[arg-type]
    return [Clash(registration=r, others=sessions) for r, sessions in others.items()]


def write_about_move(session: Session, registrations: Iterable[Registration], *, by: User) -> int:
    """Write to those of the people with a seat who had no mail about this move yet.

    Returns how many.
    """
    return write_about_moves([session.pk], by=by, only=[one.pk for one in registrations])


def write_about_moves(
    session_ids: Collection[int], *, by: User, only: Iterable[int] | None = None
) -> int:
    """Write one mail to each person with a seat in moved sessions; return how many.

    The mail names all of the sessions of which the person had no mail yet: their histories have
    one moment. Unproven addresses get none: a stranger would learn where the person will be.
    """
    with locked_places() as lock:
        histories: list[History] = []
        for revision, places in groupby(untold_places(session_ids, only), key=revision_of):
            histories += write_place_histories(
                places, History.Event.SESSION_MOVED, lock.now, by=by, note=revision
            )
        first = {history.registration_id: history for history in reversed(histories)}
        write_messages(Message.Kind.SESSION_MOVED, first.values())
    return len(first)


def people_to_tell_of_moves(session_ids: Collection[int]) -> int:
    """Count the people who have a seat in these sessions and a proven address."""
    return seats_to_tell(session_ids).values("registration").distinct().count()


def seats_to_tell(session_ids: Collection[int]) -> PlaceQuerySet:
    seats = Place.objects.taken().filter(
        quota__session__in=session_ids,
        registration__state=Registration.State.CONFIRMED,
        registration__unproven_since=None,
    )
    return seats.exclude(registration__email="")


def untold_places(session_ids: Collection[int], only: Iterable[int] | None) -> list[Place]:
    """Return the seats of moved sessions of whose move their people had no mail, by revision."""
    seats = seats_to_tell(session_ids)
    if only is not None:
        seats = seats.filter(registration__in=only)
    told = histories_of_moves(session_ids).values_list("registration", "quota", "note")
    known = set(told)
    places = seats.select_related("quota__session", "registration")
    return [
        place
        for place in places.order_by("quota__session__revision", "pk")
        if (place.registration_id, place.quota_id, revision_of(place)) not in known
    ]


def revision_of(place: Place) -> str:
    return str(place.quota.session.revision) if place.quota.session else ""


def histories_of_moves(session_ids: Collection[int]) -> QuerySet[History]:
    return History.objects.filter(event=History.Event.SESSION_MOVED, quota__session__in=session_ids)


def registrations_told(session: Session) -> set[int]:
    """Return the registrations that had a mail about the session's present revision."""
    about_this = histories_of_moves([session.pk]).filter(note=str(session.revision))
    return set(about_this.values_list("registration", flat=True))
