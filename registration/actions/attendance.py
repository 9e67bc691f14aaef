"""Changes that people make themselves: places, in person or online, and “I will come”."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext

from registration.actions.messages import write_history, write_message
from registration.actions.obstacles import Reason
from registration.actions.places import (
    Lock,
    Refusal,
    locked_places,
    raise_taken,
    refuse_begun,
    refuse_when_over,
    refuse_with_obstacle,
    release,
    set_places,
)
from registration.models import History, Message, Place, Quota, Registration


def change_places(
    registration: Registration, quotas: Sequence[Quota], *, waitlist: Iterable[str] = ()
) -> Registration:
    """Replace the seats and services; the place in person stays. All or nothing.

    Raises `Full` or `Refusal`.
    """
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        in_person = _place_in_person(registration)
        if in_person is None:
            raise Refusal(
                gettext(
                    "This needs a place in person: first tell us that you are coming in person."
                )
            )
        if set_places(registration, [in_person, *quotas], waitlist=waitlist, now=lock.now):
            write_history(registration, History.Event.CHANGED, lock.now)
    return registration


def go_online(registration: Registration) -> Registration:
    """Release all places and take part online."""
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        if registration.is_in_person:
            _go_online(registration, lock.now)
    return registration


def come_in_person(registration: Registration) -> Registration:
    """Take a place in person if one is free, else wait for it as the last."""
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        if registration.is_in_person and _place_in_person(registration):
            return registration
        in_person = Quota.objects.in_person().first()
        if in_person is None:
            raise Refusal(gettext("Places in person are not open yet."))
        registration.attendance = Registration.Attendance.IN_PERSON
        registration.save(update_fields=["attendance"])
        others = list(Quota.objects.filter(places__in=registration.places.current()))
        set_places(registration, [in_person, *others], waitlist=[in_person.code], now=lock.now)
        write_history(registration, History.Event.CAME_BACK, lock.now)
    return registration


def give_back(registration: Registration, quota: Quota) -> Registration:
    """Release one place, taken or waiting; without the one in person the person goes online."""
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        _refuse_unless_theirs(registration, quota)
        if quota.is_in_person:
            _go_online(registration, lock.now)
        else:
            refuse_begun([quota], lock.now)
            release(registration.places.current().filter(quota=quota), lock.now)
            write_history(registration, History.Event.GAVE_BACK, lock.now, quota=quota)
    return registration


def take_free_place(registration: Registration, quota: Quota) -> Registration:
    """Take a free place that one waits for, in the last 24 hours: the first who asks gets it."""
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        _refuse_unless_theirs(registration, quota)
        rows = registration.places.waiting().select_related("quota__session")
        place = rows.filter(quota=quota).first()
        if place is None:
            return registration
        refuse_with_obstacle(place, lock, ignoring=[Reason.SOON])
        if not raise_taken(place.quota):
            raise Refusal(
                gettext("“%(name)s”: someone else got it first. You stay on the waiting list.")
                % {"name": quota}
            )
        registration.places.filter(pk=place.pk).update(
            state=Place.State.CONFIRMED, changed_at=lock.now
        )
        event = History.Event.TOOK_FREE
        history = write_history(registration, event, lock.now, quota=quota)
        write_message(Message.Kind.PROMOTED, registration, history)
    return registration


def say_coming(registration: Registration, quota: Quota | None = None) -> Registration:
    """Record that they will come (to the meeting, or to `quota`)."""
    with locked_places() as lock:
        registration = _confirmed(registration, lock)
        if quota:
            _refuse_unless_theirs(registration, quota)
        said = registration.history.filter(event=History.Event.COMING, quota=quota)
        if registration.coming_at and said.filter(happened_at__gte=registration.coming_at).exists():
            return registration
        if registration.coming_at is None:
            registration.coming_at = lock.now
            registration.save(update_fields=["coming_at"])
        write_history(registration, History.Event.COMING, lock.now, quota=quota)
    return registration


def _confirmed(registration: Registration, lock: Lock) -> Registration:
    """Read a confirmed registration again under the lock. Raises `Refusal` after the meeting.

    The person is at the screen: a promotion needs no mail to them.
    """
    registration = Registration.objects.get(pk=registration.pk)
    if not registration.is_confirmed:
        raise Refusal(gettext("This registration has been cancelled: nothing was changed."))
    refuse_when_over(lock.now)
    lock.told.add(registration.pk)
    return registration


def _place_in_person(registration: Registration) -> Quota | None:
    places = registration.places.current()
    return Quota.objects.in_person().filter(places__in=places).first()


def _refuse_unless_theirs(registration: Registration, quota: Quota) -> None:
    if not registration.places.current().filter(quota=quota).exists():
        raise Refusal(
            gettext("“%(name)s” is no longer among your places: nothing was changed.")
            % {"name": quota}
        )


def _go_online(registration: Registration, now: datetime) -> None:
    release(registration.places.current(), now)
    registration.attendance = Registration.Attendance.ONLINE
    registration.coming_at = None
    registration.save(update_fields=["attendance", "coming_at"])
    write_history(registration, History.Event.WENT_ONLINE, now)
