"""What organisers do with places by hand: each with who did it, when, and why."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db.models import F, Max
from django.utils.translation import gettext

from registration.actions.messages import write_history, write_message
from registration.actions.obstacles import Reason
from registration.actions.places import (
    Refusal,
    locked_places,
    raise_taken,
    refuse_with_obstacle,
    release,
)
from registration.models import History, Message, Place, Registration

# Whoever stands at the door may come in, though nobody would be called by mail any more.
SET_ASIDE = (Reason.BEGUN, Reason.SOON)


def move_up(place: Place, *, by: User, to_head: bool = False, note: str = "") -> Place:
    """One place up in its line, or to the head of it; harmless for who is there already."""
    with locked_places(by_organiser=True) as lock:
        place = _waiting(place)
        line = list(Place.objects.waiting().up_to(place))
        passed = line if to_head else line[-2:]
        if len(passed) > 1:
            _renumber([passed[-1], *passed[:-1]])
            event, quota = History.Event.MOVED_UP, place.quota
            write_history(place.registration, event, lock.now, by=by, quota=quota, note=note)
    return place


def _renumber(line: Sequence[Place]) -> None:
    """Gives them their numbers anew, in this order."""
    numbers = sorted(place.number for place in line)
    of_quota = Place.objects.filter(quota=line[0].quota_id)
    # A number is given once: first all of them beyond the last, then each to its own.
    last = of_quota.aggregate(last=Max("number"))["last"]
    of_quota.filter(pk__in=[place.pk for place in line]).update(number=F("number") + last)
    for place, number in zip(line, numbers, strict=True):
        place.number = number
    Place.objects.bulk_update(line, ["number"], batch_size=500)


def give_place(place: Place, *, by: User, note: str = "") -> Place:
    """Out of turn, also to what has begun; raises `Refusal`, also if nothing is free."""
    with locked_places(by_organiser=True) as lock:
        place = _waiting(place)
        refuse_with_obstacle(place, lock, ignoring=SET_ASIDE)
        if not raise_taken(place.quota):
            raise Refusal(
                gettext(
                    "“%(name)s” has no places left: first increase their number, or take one back."
                )
                % {"name": place.quota}
            )
        Place.objects.filter(pk=place.pk).update(state=Place.State.CONFIRMED, changed_at=lock.now)
        registration, event = place.registration, History.Event.PLACE_GIVEN
        history = write_history(registration, event, lock.now, by=by, quota=place.quota, note=note)
        write_message(Message.Kind.PROMOTED, registration, history)
    return place


def take_back(place: Place, *, by: User, note: str = "") -> Place:
    """A place, or a place in line. Without one in person, one takes part online, without seats."""
    with locked_places(by_organiser=True) as lock:
        place = _fresh(place)
        registration = place.registration
        leaving = registration.places.current().select_related("quota__session")
        if not place.quota.is_in_person:
            leaving = leaving.filter(pk=place.pk)
        elif leaving.filter(pk=place.pk).exists():
            online = Registration.Attendance.ONLINE
            Registration.objects.filter(pk=registration.pk).update(attendance=online)
        for row in release(leaving, lock.now):
            event = History.Event.PLACE_TAKEN
            write_history(registration, event, lock.now, by=by, quota=row.quota, note=note)
    return place


def _waiting(place: Place) -> Place:
    place = _fresh(place)
    if not place.is_waiting:
        raise Refusal(gettext("This person is no longer waiting."))
    return place


def _fresh(place: Place) -> Place:
    """As it is under the lock, not as the page showed it."""
    return Place.objects.select_related("quota__session", "registration").get(pk=place.pk)
