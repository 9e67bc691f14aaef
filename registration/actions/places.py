"""Who has which place. Everything here runs under the one lock over all quotas."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from operator import attrgetter

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext, ngettext

from eim import clock
from programme.models import Meeting, Session
from programme.wording.sessions import joined
from registration.actions.messages import write_history, write_message
from registration.actions.obstacles import Reason, obstacle
from registration.models import History, Message, Place, Quota, Registration
from registration.models.places import PlaceQuerySet
from registration.wording.places import clash_words


class Refusal(Exception):
    """Why something cannot be done, as a sentence for the person who tried."""


class Full(Refusal):
    """What was asked for has no place left; `quotas` says which."""

    def __init__(self, quotas: Sequence[Quota]) -> None:
        self.quotas = list(quotas)
        names = joined([f"“{quota}”" for quota in quotas])
        super().__init__(
            ngettext("%(names)s has no places left.", "%(names)s have no places left.", len(quotas))
            % {"names": names}
        )


@dataclass
class Lock:
    """What one who holds the lock knows, and says."""

    # Read after the wait: whoever was before us has written no later moment.
    now: datetime
    # Registrations of the network asked about that hold places without being confirmed.
    holders: set[int]
    # Registrations that learn of a promotion from another mail, and need none of its own.
    told: set[int] = field(default_factory=set)


@contextmanager
def locked_places(*, network: str = "", by_organiser: bool = False) -> Iterator[Lock]:
    """A transaction in which nobody else can take, free, move or resize a place.

    One statement locks all quotas in one order: whoever locked only those it needs met others'
    in promotion, and died of deadlocks. Read only after entering it.
    """
    with transaction.atomic():
        quotas = Quota.objects.select_for_update(no_key=True).order_by("pk").values_list("pk")
        # Before anything is limited there is no quota to lock: then the meeting stands for them.
        list(quotas) or list(Meeting.objects.select_for_update(no_key=True).values_list("pk"))
        now = clock.now()
        lock = Lock(now, turn_overdue_holds_into_waiting(now, network))
        yield lock
        promote(now, told=lock.told, by_organiser=by_organiser)


def set_places(
    registration: Registration,
    wanted: Sequence[Quota],
    *,
    waitlist: Iterable[str] = (),
    may_hold: bool = True,
    is_new: bool = False,
    by_organiser: bool = False,
    now: datetime,
) -> bool:
    """Gives a registration a place of each wanted quota and takes back its others.

    A place it has already keeps its state and its number. All or nothing: raises `Full` unless
    waiting for what is full was accepted. Beyond its network's holds it waits until confirmed.
    An organiser lets people in until the end. Says whether anything is other than before.
    """
    current = {} if is_new else current_places(registration)
    keys = [quota.pk for quota in wanted]
    given_back = release_others(registration, current, keys, now)
    asked_for = Quota.objects.filter(pk__in=keys).select_related("session")
    quotas = sorted(asked_for.with_last_number().order_by(), key=attrgetter("pk"))
    refuse_late([q for q in quotas if q.pk not in current], now, by_organiser=by_organiser)
    share = share_of(quotas, current, waitlist, may_hold=may_hold)
    if share.full:
        raise Full(share.full)
    add_places(registration, share.taken, taken_state(registration), now)
    add_places(registration, share.waiting, Place.State.WAITING, now)
    return bool(given_back or share.taken or share.waiting)


def release_others(
    registration: Registration, current: Mapping[int, Place], keys: Container[int], now: datetime
) -> list[Place]:
    """What it has or waits for, and is not asked for any more."""
    given_back = [place for key, place in current.items() if key not in keys]
    if registration.is_confirmed:
        refuse_begun([place.quota for place in given_back], now)
    return release(given_back, now)


def current_places(registration: Registration) -> dict[int, Place]:
    """What it has and waits for, by quota."""
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
    """Nobody new gets into what has begun; an organiser lets late-comers in until its end."""
    if not by_organiser:
        return refuse_begun(quotas, now)
    for quota in quotas:
        if quota.has_ended(now):
            raise Refusal(
                gettext("“%(title)s” has ended: nobody can be let in any more.") % {"title": quota}
            )


def refuse_with_obstacle(place: Place, lock: Lock, *, ignoring: Container[Reason]) -> None:
    """From a place that is free, out of turn."""
    meeting = Meeting.objects.get()
    had = quotas_had_by([place.registration_id])[place.registration_id]
    why = obstacle(place, had, meeting, lock.now)
    if why and why.reason not in ignoring:
        raise Refusal(why.sentence(meeting))


def refuse_when_over(now: datetime) -> None:
    meeting = Meeting.objects.get()
    if meeting.day_of(now) > meeting.last_day:
        raise Refusal(gettext("The meeting is over: nothing was changed."))


def refuse_what_changed(quotas: Sequence[Quota], had: Container[int]) -> None:
    """Since the form was checked, an organiser may have cancelled or moved a session.

    Two that somebody has already stay theirs when one is moved onto the other.
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
    """What of the wanted is to be had at once, what to be waited for, and what not at all."""

    taken: list[Quota] = field(default_factory=list)
    waiting: list[Quota] = field(default_factory=list)
    full: list[Quota] = field(default_factory=list)


def share_of(
    quotas: Sequence[Quota],
    current: Mapping[int, Place],
    waitlist: Iterable[str],
    *,
    may_hold: bool,
) -> Share:
    """What somebody gets who asks for this, whoever it is. Raises `Refusal`."""
    refuse_what_changed(quotas, current)
    return divide(quotas, current, set(waitlist), may_hold=may_hold)


def divide(
    quotas: Iterable[Quota], current: Mapping[int, Place], waitlist: set[str], *, may_hold: bool
) -> Share:
    """Leaves out what the person has already; `current` is that, by quota."""
    share = Share()
    in_person_waits = False
    # In person first: a seat waits with it.
    for quota in sorted(quotas, key=lambda q: (not q.is_in_person, q.pk)):
        must_wait = in_person_waits or not may_hold
        if place := current.get(quota.pk):
            in_person_waits |= place.is_waiting and quota.is_in_person
        elif not must_wait and not quota.is_full:
            share.taken.append(quota)
        elif must_wait or quota.code in waitlist:
            share.waiting.append(quota)
            in_person_waits |= quota.is_in_person
        else:
            share.full.append(quota)
    return share


def taken_state(registration: Registration) -> Place.State:
    return Place.State.CONFIRMED if registration.is_confirmed else Place.State.HELD


def add_places(
    registration: Registration, quotas: Sequence[Quota], state: Place.State, now: datetime
) -> None:
    """At the end of each line; `quotas` come from `with_last_number()`, read under the lock."""
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
        # Who gave a place of it back before stands at the end again.
        update_conflicts=True,
        unique_fields=["quota", "registration"],
        update_fields=["state", "number", "changed_at"],
    )


def raise_taken(quota: Quota) -> bool:
    rows = Quota.objects.filter(pk=quota.pk, taken__lt=F("size"))
    return rows.update(taken=F("taken") + 1) == 1


def release(places: Iterable[Place], now: datetime) -> list[Place]:
    """Gives back what it released, as it was before."""
    places = list(places)
    lower_taken(place for place in places if place.is_taken)
    if places:
        keys = [place.pk for place in places]
        Place.objects.filter(pk__in=keys).update(state=Place.State.RELEASED, changed_at=now)
    return places


def lower_taken(places: Iterable[Place]) -> None:
    counts = Counter(place.quota_id for place in places)
    # Of one person it is one of each: one statement, however many they had.
    for count in set(counts.values()):
        keys = [quota_id for quota_id in counts if counts[quota_id] == count]
        Quota.objects.filter(pk__in=keys).update(taken=F("taken") - count)


def confirm_held(registration: Registration, now: datetime) -> None:
    registration.places.held().update(state=Place.State.CONFIRMED, changed_at=now)


def turn_overdue_holds_into_waiting(now: datetime, network: str = "") -> set[int]:
    """An address that nobody confirmed in time keeps its number, not its place.

    Gives the registrations of `network` that still hold places.
    """
    held = list(Place.objects.overdue_or_of_network(network, now))
    overdue = [place for place in held if place.registration.held_until <= now]
    if overdue:
        _let_wait(overdue, now)
        # Before whoever acts now looks what is free: they must not get in front of the line.
        promote(now, told=(), by_organiser=False)
    return {place.registration_id for place in held if place not in overdue}


def _let_wait(overdue: Sequence[Place], now: datetime) -> None:
    lower_taken(overdue)
    keys = [place.pk for place in overdue]
    Place.objects.filter(pk__in=keys).update(state=Place.State.WAITING, changed_at=now)
    for registration in {place.registration for place in overdue}:
        write_history(registration, History.Event.HOLD_OVER, now)


def promote(now: datetime, *, told: Container[int], by_organiser: bool) -> None:
    """Gives what is free to the first eligible who waits, until nobody eligible waits for it."""
    # A place in person makes its holder eligible for seats: hence another round.
    while _promote_once(now, told=told, by_organiser=by_organiser):
        pass


def _promote_once(now: datetime, *, told: Container[int], by_organiser: bool) -> bool:
    has_promoted = False
    # Mostly nobody waits for what is free: to learn that, no wide rows are asked for.
    if not waiting_for_what_is_free().exists():
        return False
    closed: set[int] = set()
    line = list(waiting_for_what_is_free())
    meeting = Meeting.objects.get()
    had = quotas_had_by([place.registration_id for place in line])
    for place in line:
        if place.quota_id in closed:
            continue
        # Who has just confirmed is here: nobody needs to be called.
        may_call = by_organiser or place.registration_id in told
        why = obstacle(place, had[place.registration_id], meeting, now)
        if why and not (may_call and why.reason == Reason.SOON):
            continue
        if not raise_taken(place.quota):
            closed.add(place.quota_id)
            continue
        call(place, now, is_told=place.registration_id in told)
        had[place.registration_id].append(place.quota)
        has_promoted = True
    return has_promoted


def waiting_for_what_is_free() -> PlaceQuerySet:
    """Those who wait for something that is free, in person first, then by number.

    Leaves out by itself whom `obstacle` would pass over most often.
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
    had = defaultdict(list)
    places = Place.objects.taken().filter(registration__in=registration_ids)
    for place in places.select_related("quota__session"):
        had[place.registration_id].append(place.quota)
    return had


def call(place: Place, now: datetime, *, is_told: bool) -> None:
    Place.objects.filter(pk=place.pk).update(state=Place.State.CONFIRMED, changed_at=now)
    history = write_history(place.registration, History.Event.PROMOTED, now, quota=place.quota)
    if not is_told:
        write_message(Message.Kind.PROMOTED, place.registration, history)
