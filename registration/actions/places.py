"""Give, move and release places, under the one lock over all quotas."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from operator import attrgetter

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext, ngettext

from eim import clock
from eim.lib.hashing import Network
from programme.models import Meeting, Session
from programme.models.phases import allows_no_changes
from programme.wording.sessions import joined
from registration.actions.holds import Holders, holders_of
from registration.actions.messages import write_history, write_message
from registration.actions.obstacles import Reason, obstacle
from registration.models import History, Message, Place, Quota, Registration
from registration.models.places import PlaceQuerySet
from registration.wording.places import clash_words


class Refusal(Exception):
    """A request that cannot be fulfilled; the message is a sentence for the person who asked."""


class Full(Refusal):
    """`quotas` have no place left."""

    def __init__(self, quotas: Sequence[Quota]) -> None:
        self.quotas = list(quotas)
        names = joined([f"“{quota}”" for quota in quotas])
        super().__init__(
            ngettext("%(names)s has no places left.", "%(names)s have no places left.", len(quotas))
            % {"names": names}
        )


@dataclass
class Lock:
    """Facts that were read after taking the lock, and a note for the promotion that ends it."""

    # Read after waiting for the lock: nothing written before it has a later time.
    now: datetime
    # Of the network that the request comes from.
    holders: Holders
    # Registrations that get another mail anyway: a promotion writes none to them.
    told: set[int] = field(default_factory=set)


@contextmanager
def locked_places(*, network: Network | None = None, by_organiser: bool = False) -> Iterator[Lock]:
    """Open a transaction in which nobody else can take, free, move or resize a place.

    One statement locks all quotas, in the order of their keys: locking only those that are needed
    led to deadlocks with promotion, which needs others. Read rows only inside it.
    """
    with transaction.atomic():
        quotas = Quota.objects.select_for_update(no_key=True).order_by("pk").values_list("pk")
        # Without a quota there is nothing to lock: then lock the meeting instead.
        list(quotas) or list(Meeting.objects.select_for_update(no_key=True).values_list("pk"))
        now = clock.now()
        lock = Lock(now, turn_overdue_holds_into_waiting(now, network))
        yield lock
        promote(now, told=lock.told, by_organiser=by_organiser)


def anything(quota: Quota) -> bool:
    return True


def set_places(
    registration: Registration,
    wanted: Sequence[Quota],
    *,
    waitlist: Iterable[str] = (),
    may_take: Callable[[Quota], bool] = anything,
    is_new: bool = False,
    by_organiser: bool = False,
    now: datetime,
) -> bool:
    """Give a registration a place of each wanted quota, release its others; return if any changed.

    Places that it has already keep their state and number. `waitlist` has the codes of the quotas
    for which the person is willing to wait: any other full one raises `Full`, which has to roll
    everything back. What `may_take` refuses waits until the person has confirmed, although it is
    free. What has begun is refused; to an organiser, only what is over.
    """
    current = {} if is_new else current_places(registration)
    keys = [quota.pk for quota in wanted]
    given_back = release_others(registration, current, keys, now)
    asked_for = Quota.objects.filter(pk__in=keys).with_checked_columns()
    rows = asked_for.with_last_number().with_held().order_by()
    quotas = sorted(rows, key=attrgetter("pk"))
    refuse_late([q for q in quotas if q.pk not in current], now, by_organiser=by_organiser)
    refuse_what_changed(quotas, current)
    share = divide(quotas, current, set(waitlist), may_take)
    if share.full:
        raise Full(share.full)
    add_places(registration, share.taken, taken_state(registration), now)
    add_places(registration, share.waiting, Place.State.WAITING, now)
    return bool(given_back or share.taken or share.waiting)


def release_others(
    registration: Registration, current: Mapping[int, Place], keys: Container[int], now: datetime
) -> list[Place]:
    """Release the current places whose quota is not among `keys`."""
    given_back = [place for key, place in current.items() if key not in keys]
    if registration.is_confirmed:
        refuse_begun([place.quota for place in given_back], now)
    return release(given_back, now)


def current_places(registration: Registration) -> dict[int, Place]:
    """Return the places that the registration has or waits for, by quota."""
    places = registration.places.current().select_related("quota__session")
    return {place.quota_id: place for place in places}


def refuse_begun(quotas: Iterable[Quota], now: datetime) -> None:
    for quota in quotas:
        if quota.has_begun(now):
            raise Refusal(
                gettext("“%(title)s” has begun: its places can no longer be taken or released.")
                % {"title": quota}
            )


def refuse_late(quotas: Iterable[Quota], now: datetime, *, by_organiser: bool) -> None:
    """Refuse what has begun; for an organiser, who lets late-comers in, what is over."""
    if not by_organiser:
        return refuse_begun(quotas, now)
    for quota in quotas:
        if quota.has_ended(now):
            raise Refusal(
                gettext("“%(title)s” has ended: nobody can be let in any more.") % {"title": quota}
            )


def refuse_with_obstacle(place: Place, lock: Lock, *, ignoring: Container[Reason]) -> None:
    """Raise the obstacle between a person and a free place, if there is one."""
    meeting = Meeting.objects.get()
    had = quotas_had_by([place.registration_id])[place.registration_id]
    why = obstacle(place, had, meeting, lock.now)
    if why and why.reason not in ignoring:
        raise Refusal(why.sentence(meeting))


def refuse_when_over(now: datetime) -> None:
    meeting = Meeting.objects.get()
    if allows_no_changes(meeting, now):
        raise Refusal(over_words(meeting))


def over_words(meeting: Meeting) -> str:
    if meeting.takes_place:
        return gettext("The meeting is over: nothing was changed.")
    return gettext("The meeting is cancelled: nothing was changed.")


def refuse_what_changed(quotas: Sequence[Quota], had: Container[int]) -> None:
    """Refuse sessions that an organiser cancelled or moved since the form was checked.

    Two sessions that overlap are not refused if the person has seats in both already.
    """
    seats = [(quota, quota.session) for quota in quotas if quota.session]
    for _quota, session in seats:
        if session.state != Session.State.PUBLISHED:
            raise Refusal(gettext("“%(title)s” has been cancelled.") % {"title": session})
    clashes = [
        (one, other)
        for (quota, one), (another, other) in combinations(seats, 2)
        if one.overlaps(other) and not (quota.pk in had and another.pk in had)
    ]
    if clashes:
        meeting = Meeting.objects.get()
        raise Refusal(" ".join(clash_words(*pair, meeting) for pair in clashes))


@dataclass
class Share:
    """Wanted quotas: those with a free place, those to wait for, and full ones."""

    taken: list[Quota] = field(default_factory=list)
    waiting: list[Quota] = field(default_factory=list)
    full: list[Quota] = field(default_factory=list)


def divide(
    quotas: Iterable[Quota],
    current: Mapping[int, Place],
    waitlist: set[str],
    may_take: Callable[[Quota], bool],
) -> Share:
    """Divide the quotas of which the person has no place yet; `current` has the others."""
    share = Share()
    in_person_waits = False
    # The place in person first: while it waits, seats and services wait too.
    for quota in sorted(quotas, key=lambda q: (not q.is_in_person, q.pk)):
        if place := current.get(quota.pk):
            in_person_waits |= place.is_waiting and quota.is_in_person
        elif quota.is_full and quota.code not in waitlist:
            share.full.append(quota)
        elif in_person_waits or quota.is_full or not may_take(quota):
            share.waiting.append(quota)
            in_person_waits |= quota.is_in_person
        else:
            share.taken.append(quota)
    return share


def taken_state(registration: Registration) -> Place.State:
    return Place.State.CONFIRMED if registration.is_confirmed else Place.State.HELD


def add_places(
    registration: Registration, quotas: Sequence[Quota], state: Place.State, now: datetime
) -> None:
    """Add a place of each quota, with its next number; `quotas` come from `with_last_number()`."""
    if not quotas:
        return
    if state in Place.TAKEN:
        keys = [quota.pk for quota in quotas]
        Quota.objects.filter(pk__in=keys).update(taken=F("taken") + 1)
    Place.objects.bulk_create(
        [
            Place(
                quota=quota,
                registration=registration,
                state=state,
                number=quota.last_number + 1,
                changed_at=now,
            )
            for quota in quotas
        ],
        # A released place gets a new number too: its person is the last in the queue again.
        update_conflicts=True,
        unique_fields=["quota", "registration"],
        update_fields=["state", "number", "changed_at"],
    )


def raise_taken(quota: Quota) -> bool:
    """Count one more place as taken; return False if the quota is full."""
    rows = Quota.objects.filter(pk=quota.pk, taken__lt=F("size"))
    return rows.update(taken=F("taken") + 1) == 1


def release(places: Iterable[Place], now: datetime) -> list[Place]:
    """Release the places; return them as they were before the update."""
    places = list(places)
    lower_taken(place for place in places if place.is_taken)
    if places:
        keys = [place.pk for place in places]
        Place.objects.filter(pk__in=keys).update(state=Place.State.RELEASED, changed_at=now)
    return places


def lower_taken(places: Iterable[Place]) -> None:
    counts = Counter(place.quota_id for place in places)
    # A person has at most one place of a quota: all counts are 1, and one UPDATE does.
    for count in set(counts.values()):
        keys = [quota_id for quota_id in counts if counts[quota_id] == count]
        Quota.objects.filter(pk__in=keys).update(taken=F("taken") - count)


def confirm_held(registration: Registration, now: datetime) -> None:
    registration.places.held().update(state=Place.State.CONFIRMED, changed_at=now)


def turn_overdue_holds_into_waiting(now: datetime, network: Network | None) -> Holders:
    """Let places wait, under their old number, that were not confirmed in time.

    Returns the unconfirmed registrations of `network` and its block that still hold places.
    """
    held = list(Place.objects.overdue_or_near(network, now))
    overdue = [place for place in held if place.registration.held_until <= now]
    if overdue:
        _let_wait(overdue, now)
        # First the queue, so that the request at hand does not get ahead of it.
        promote(now, told=(), by_organiser=False)
    return holders_of(network, [place.registration for place in held if place not in overdue])


def _let_wait(overdue: Sequence[Place], now: datetime) -> None:
    lower_taken(overdue)
    keys = [place.pk for place in overdue]
    Place.objects.filter(pk__in=keys).update(state=Place.State.WAITING, changed_at=now)
    for registration in {place.registration for place in overdue}:
        write_history(registration, History.Event.HOLD_OVER, now)


def promote(now: datetime, *, told: Container[int], by_organiser: bool) -> None:
    """Give free places to the people who wait, in order, until nobody eligible waits for one."""
    # Another round, because a place in person makes its holder eligible for seats.
    while _promote_once(now, told=told, by_organiser=by_organiser):
        pass


def _promote_once(now: datetime, *, told: Container[int], by_organiser: bool) -> bool:
    has_promoted = False
    # Mostly nobody waits for a free place: this cheap query saves the wide one below.
    if not waiting_for_what_is_free().exists():
        return False
    closed: set[int] = set()
    queue = list(waiting_for_what_is_free())
    meeting = Meeting.objects.get()
    had = quotas_had_by([place.registration_id for place in queue])
    for place in queue:
        if place.quota_id in closed:
            continue
        # A person who acts now may get what begins soon: they need no call.
        may_call = by_organiser or place.registration_id in told
        why = obstacle(place, had[place.registration_id], meeting, now)
        if why and not (may_call and why.reason == Reason.SOON):
            continue
        if not raise_taken(place.quota):
            closed.add(place.quota_id)
            continue
        _promote_place(place, now, is_told=place.registration_id in told)
        had[place.registration_id].append(place.quota)
        has_promoted = True
    return has_promoted


def waiting_for_what_is_free() -> PlaceQuerySet:
    """Return the waiting places of quotas that are not full: in person first, then by number.

    Leaves out the people whom `obstacle` would refuse most often.
    """
    in_person_first = Case(When(quota__kind=Quota.Kind.IN_PERSON, then=Value(0)), default=Value(1))
    return (
        Place.objects.waiting()
        .filter(
            quota__taken__lt=F("quota__size"),
            registration__state=Registration.State.CONFIRMED,
            registration__attendance=Registration.Attendance.IN_PERSON,
        )
        .select_related("quota__session", "registration")
        .order_by(in_person_first, "quota_id", "number")
    )


def quotas_had_by(registration_ids: Iterable[int]) -> dict[int, list[Quota]]:
    """Return the quotas of the places that each registration holds or has."""
    had = defaultdict(list)
    places = Place.objects.taken().filter(registration__in=registration_ids)
    for place in places.select_related("quota__session"):
        had[place.registration_id].append(place.quota)
    return had


def _promote_place(place: Place, now: datetime, *, is_told: bool) -> None:
    Place.objects.filter(pk=place.pk).update(state=Place.State.CONFIRMED, changed_at=now)
    history = write_history(place.registration, History.Event.PROMOTED, now, quota=place.quota)
    if not is_told:
        write_message(Message.Kind.PROMOTED, place.registration, history)
