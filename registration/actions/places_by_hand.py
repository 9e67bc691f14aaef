"""Changes of single places by organisers; the history says who did it, when, and why."""

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

# A person at the door may come in, although it is too late to call anybody by mail.
IGNORED = (Reason.BEGUN, Reason.SOON)


def move_up(place: Place, *, by: User, to_head: bool = False, note: str = "") -> Place:
    """Move a waiting place up by one, or to the head of its queue. Harmless at the head."""
    with locked_places(by_organiser=True) as lock:
        place = _waiting(place)
        queue = list(Place.objects.waiting().up_to(place))
        passed = queue if to_head else queue[-2:]
        if len(passed) > 1:
            _renumber([passed[-1], *passed[:-1]])
            event, quota = History.Event.MOVED_UP, place.quota
            write_history(place.registration, event, lock.now, by=by, quota=quota, note=note)
    return place


def _renumber(queue: Sequence[Place]) -> None:
    """Distribute the numbers of these places again, in the order given."""
    numbers = sorted(place.number for place in queue)
    of_quota = Place.objects.filter(quota=queue[0].quota_id)
    # Numbers are unique in a quota: first move all beyond the last one, then set the new ones.
    last = of_quota.aggregate(last=Max("number"))["last"]
    of_quota.filter(pk__in=[place.pk for place in queue]).update(number=F("number") + last)
    for place, number in zip(queue, numbers, strict=True):
        place.number = number
    Place.objects.bulk_update(queue, ["number"], batch_size=500)


def give_place(place: Place, *, by: User, note: str = "") -> Place:
    """Give a free place out of turn, even if its session has begun. Raises `Refusal`."""
    with locked_places(by_organiser=True) as lock:
        place = _waiting(place)
        refuse_with_obstacle(place, lock, ignoring=IGNORED)
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
    """Take back a place, or a number in the queue.

    Without a place in person the person takes part online, and loses seats and services too.
    """
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
    """Read the place again under the lock: the page may have shown an older state."""
    return Place.objects.select_related("quota__session", "registration").get(pk=place.pk)
