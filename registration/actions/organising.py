"""What organisers do with places by hand: each with who did it, when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, Max
from django.utils.translation import gettext

from programme.models import Meeting
from registration.actions.messages import write_history, write_message
from registration.actions.obstacles import Reason, obstacle
from registration.actions.places import (
    Lock,
    Refusal,
    locked_places,
    quotas_had_by,
    release,
    set_places,
    take,
)
from registration.models import History, Message, Place, Quota, Registration
from registration.models.registrations import MAILBOX_SIZE
from registration.normalising import email_key, name_key

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
    """Out of turn, and within the last day too; raises `Refusal`, also if nothing is free."""
    with locked_places(by_organiser=True) as lock:
        place = _waiting(place)
        _refuse_whom_something_keeps(place, lock)
        if not take(place.quota):
            raise Refusal(
                gettext("“%(name)s” has no place left: make it larger first, or take a place back.")
                % {"name": place.quota}
            )
        Place.objects.filter(pk=place.pk).update(state=Place.State.CONFIRMED, changed_at=lock.now)
        registration, event = place.registration, History.Event.PLACE_GIVEN
        history = write_history(registration, event, lock.now, by=by, quota=place.quota, note=note)
        write_message(Message.Kind.PROMOTED, registration, history)
    return place


def _refuse_whom_something_keeps(place: Place, lock: Lock) -> None:
    meeting = Meeting.objects.get()
    had = quotas_had_by([place.registration_id])[place.registration_id]
    why = obstacle(place, had, meeting, lock.now)
    if why and why.reason not in SET_ASIDE:
        raise Refusal(why.sentence(meeting))


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
        raise Refusal(gettext("This person does not wait any more."))
    return place


def _fresh(place: Place) -> Place:
    """As it is under the lock, not as the page showed it."""
    return Place.objects.select_related("quota__session", "registration").get(pk=place.pk)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Whom an organiser writes down at the desk; `email` may be empty."""

    # Drawn before: the same newcomer twice is one person.
    reference: str
    full_name: str
    email: str
    country: str
    institution: str
    occupation: str
    category: str
    attendance: str
    mail_language: str
    quotas: Sequence[Quota] = ()


def add_by_hand(newcomer: Newcomer, *, by: User) -> Registration:
    """Confirmed at once: the person stands there. Raises `Full` and `Refusal`."""
    with locked_places(by_organiser=True) as lock:
        if same := Registration.objects.filter(reference=newcomer.reference).first():
            return same
        registration = _row_of(newcomer)
        registration.state = Registration.State.CONFIRMED
        registration.submitted_at = registration.confirmed_at = lock.now
        is_new = registration.pk is None
        registration.save()
        set_places(registration, newcomer.quotas, is_new=is_new, now=lock.now)
        history = write_history(registration, History.Event.ADDED, lock.now, by=by)
        if registration.email:
            lock.told.add(registration.pk)
            write_message(Message.Kind.CONFIRMED, registration, history)
    return registration


def _row_of(newcomer: Newcomer) -> Registration:
    """A new one; of who cancelled or let it lapse under this address, the old one."""
    facts = {name: value for name, value in vars(newcomer).items() if name != "quotas"}
    if not newcomer.email:
        return Registration(**facts)
    mailbox = list(Registration.objects.for_mailbox(email_key(newcomer.email)))
    key = name_key(newcomer.full_name)
    row = next((r for r in mailbox if r.name_key == key), Registration(name_key=key))
    if row.is_live and row.pk:
        raise Refusal(gettext("This person is registered with this address already."))
    reference = row.reference if row.pk else newcomer.reference
    for name, value in (facts | {"reference": reference}).items():
        setattr(row, name, value)
    row.email_key = email_key(newcomer.email)
    row.mailbox_slot = _free_slot(mailbox)
    row.link_version += 1 if row.pk else 0
    row.cancelled_at = row.expired_at = row.moved_at = row.coming_at = None
    return row


def _free_slot(mailbox: Sequence[Registration]) -> int:
    used = {r.mailbox_slot for r in mailbox}
    free = next((n for n in range(1, MAILBOX_SIZE + 1) if n not in used), None)
    if free is None:
        raise Refusal(
            gettext("Five people are registered with this address already: leave it empty.")
        )
    return free
