"""Operations of people, organisers and the clock on places, and rules that hold after each."""

import sys
from contextlib import suppress
from datetime import timedelta
from itertools import combinations

from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, OuterRef, Q

from eim import clock
from programme.models import Meeting, Session
from registration import actions
from registration.actions import Refusal
from registration.actions.obstacles import obstacle
from registration.actions.places import quotas_had_by
from registration.models import History, Message, Place, Quota, Registration
from registration.models.registrations import new_reference
from tests import factories
from tests.registration.helpers import application, network

HOUR = timedelta(hours=1)
SECOND_DAY = factories.FIRST_DAY + timedelta(days=1)

SEATED = ["A", "B", "C"]
CODES = [*SEATED, "bus"]


def some_quotas(*, in_person=6, seats=2, service=3):
    """Create small quotas: in person, three sessions (two of them overlap) and a service."""
    ten, noon = factories.moment("10:00", day=2), factories.moment("12:00", day=2)
    sessions = [
        factories.workshop(code="A", starts_at=ten, ends_at=ten + 2 * HOUR, day=SECOND_DAY),
        factories.workshop(code="B", starts_at=ten + HOUR, ends_at=noon, day=SECOND_DAY),
        factories.workshop(code="C", starts_at=noon, ends_at=noon + HOUR, day=SECOND_DAY),
    ]
    factories.quota(size=in_person)
    for session in sessions:
        factories.quota(session=session, size=seats)
    factories.quota(service_code="bus", size=service)


def quotas_of(codes):
    return [quota for quota in Quota.objects.with_sessions() if quota.code in codes]


def person(n):
    return Registration.objects.filter(email=f"person{n}@museo.example").first()


# Operations of people


def sign_up(n, codes, *, may_wait, networks=7, blocks=7):
    quotas = quotas_of(["in_person", *codes]) if codes is not None else []
    waitlist = [quota.code for quota in quotas] if may_wait else []
    origin = network(f"network {n % networks}", f"block {n % blocks}")
    facts = {"email": f"person{n}@museo.example", "network": origin}
    with suppress(Refusal):
        actions.sign_up(application(*quotas, waitlist=waitlist, **facts))


def confirm(n):
    registration = person(n)
    if registration:
        with suppress(Refusal):
            actions.confirm(registration.pk, registration.link_version)


def change(n, codes, *, may_wait):
    registration, quotas = person(n), quotas_of(codes)
    waitlist = [quota.code for quota in quotas] if may_wait else []
    if registration:
        with suppress(Refusal):
            actions.change_places(registration, quotas, waitlist=waitlist)


def do(action, n, *arguments, **facts):
    registration = person(n)
    if registration:
        with suppress(Refusal):
            action(registration, *arguments, **facts)


def give_back(n, code):
    for quota in quotas_of([code]):
        do(actions.give_back, n, quota)


def take_free(n, code):
    for quota in quotas_of([code]):
        do(actions.take_free_place, n, quota)


# Operations of organisers


def resize(code, size):
    for quota in quotas_of([code]):
        with suppress(Refusal):
            actions.set_size(quota, size)


def move(code, hours, *, by=None):
    with actions.writing_sessions(by=by):
        Session.objects.filter(code=code).update(
            starts_at=F("starts_at") + hours * HOUR, ends_at=F("ends_at") + hours * HOUR
        )


def set_state(code, state, *, by=None):
    with actions.writing_sessions(by=by):
        Session.objects.filter(code=code).update(state=state, cancellation_reason="Lluvia.")


def with_place(action, n, code, **facts):
    """Run an organiser's action on a person's place, taken or waiting."""
    places = Place.objects.current().filter(quota__in=quotas_of([code]), registration=person(n))
    for place in places:
        with suppress(Refusal):
            action(place, **facts)


def add_by_hand(n, codes, *, by):
    quotas = quotas_of(["in_person", *codes]) if codes is not None else []
    asked = application(*quotas, email=f"person{n}@museo.example")
    newcomer = actions.Newcomer(
        reference=new_reference(), category="attendee", answers=asked.answers, quotas=asked.quotas
    )
    with suppress(Refusal):
        actions.add_by_hand(newcomer, by=by)


def an_organiser():
    organiser, _is_new = User.objects.get_or_create(username="desk", defaults={"is_staff": True})
    return organiser


def confirm_by_hand(n, *, by):
    do(actions.confirm_by_hand, n, by=by)


# Operations of the clock


def let_lapse(n, hours):
    """Move a person's registration back in time, and run the sweep."""
    rows = Registration.objects.filter(email=f"person{n}@museo.example", state="pending")
    with actions.locked_places():
        rows.update(submitted_at=F("submitted_at") - hours * HOUR)
    actions.sweep()


def end_leases():
    """Let the leases of killed workers expire; return the ids of their mails."""
    leased = Message.objects.filter(state=Message.State.LEASED)
    in_hand = set(leased.values_list("message_id", flat=True))
    leased.update(leased_until=clock.now() - HOUR)
    return in_hand


# A random operation


def anything(chance, people, *, by=None):
    """Run a random operation for one of `people`.

    `by` runs those of people: this module calls the actions, `bench.people` sends requests.
    """
    by = by or sys.modules[__name__]
    n, may_wait = chance.randrange(people), chance.random() < 0.7
    codes = chance.sample(CODES, chance.randrange(3))
    operations = {
        lambda: by.sign_up(n, chance.choice([codes, codes, None]), may_wait=may_wait): 12,
        lambda: by.confirm(n): 12,
        lambda: by.change(n, codes, may_wait=may_wait): 6,
        lambda: by.give_back(n, chance.choice(["in_person", *CODES])): 3,
        lambda: by.do(chance.choice([actions.go_online, actions.come_in_person]), n): 5,
        lambda: by.take_free(n, chance.choice(["in_person", *CODES])): 2,
        lambda: by.do(actions.say_coming, n): 1,
        lambda: by.do(chance.choice([actions.cancel, actions.cancel, actions.erase]), n): 4,
        lambda: add_by_hand(n, codes, by=an_organiser()): 2,
        lambda: confirm_by_hand(n, by=an_organiser()): 1,
        lambda: let_lapse(n, chance.choice([1, 48])): 2,
        lambda: resize(chance.choice(["in_person", *CODES]), chance.randrange(8)): 2,
        lambda: move(chance.choice(SEATED), chance.choice([-1, 1])): 1,
        lambda: set_state(chance.choice(SEATED), chance.choice(["cancelled", "published"])): 1,
    }
    (operation,) = chance.choices(list(operations), operations.values())
    operation()


# State of the database


def found():
    """Return people (state, attendance), places (state, number) and quotas (size, counter)."""
    rows = Registration.objects.not_erased().values_list("email", "state", "attendance")
    people = {number_of(email): (state, attendance) for email, state, attendance in rows}
    quotas = {quota.pk: quota for quota in Quota.objects.select_related("session")}
    rows = Place.objects.current().values_list("registration__email", "quota", "state", "number")
    places = {
        (number_of(email), quotas[key].code): (state, number) for email, key, state, number in rows
    }
    return people, places, {quota.code: (quota.size, quota.taken) for quota in quotas.values()}


def number_of(email):
    return int(email.removeprefix("person").removesuffix("@museo.example"))


# Rules that hold after each operation


def broken_rules():
    return [
        *(f"{q} counts {q.taken}, and has {vars(q)['rows']}" for q in miscounted()),
        *(
            f"{q} gives out {q.taken} of {q.size}"
            for q in Quota.objects.filter(taken__gt=F("size"))
        ),
        *(
            f"{place} of {place.registration}, who has none to have"
            for place in illegitimate_places()
        ),
        *(f"{r} is in {one} and in {other} at once" for r, one, other in double_booked_people()),
        *(f"{place.registration} waits in vain for {place.quota}" for place in skipped_people()),
        *(f"{h.registration} was not written to: {h}" for h in events_without_mail()),
    ]


def miscounted():
    rows = Count("places", filter=Q(places__state__in=Place.TAKEN))
    return Quota.objects.annotate(rows=rows).exclude(rows=F("taken"))


def illegitimate_places():
    """Return places that their person cannot have.

    The person is cancelled, expired or online; the place is held without a pending registration, or
    confirmed without a confirmed one; or its session is cancelled.
    """
    current = Place.objects.current().select_related("registration", "quota__session")
    gone = Q(registration__state__in=["cancelled", "expired"])
    online = Q(registration__attendance="online")
    held = Q(state="held") & ~Q(registration__state="pending")
    firm = Q(state="confirmed") & ~Q(registration__state="confirmed")
    cancelled = Q(quota__session__state="cancelled")
    return current.filter(gone | online | held | firm | cancelled)


def double_booked_people():
    """Return people with overlapping sessions, if neither was moved after they had both."""
    seats = Place.objects.taken().filter(quota__session__isnull=False)
    by_person = {}
    for place in seats.select_related("registration", "quota__session"):
        by_person.setdefault(place.registration, []).append(place)
    return [
        (registration, one.quota.session, other.quota.session)
        for registration, places in by_person.items()
        for one, other in combinations(places, 2)
        if one.quota.session.overlaps(other.quota.session) and not is_moved_since(one, other)
    ]


def is_moved_since(*places):
    moves = [place.quota.session.revised_at for place in places]
    had_since = max(map(taken_at, places))
    return any(moment and moment >= had_since for moment in moves)


def taken_at(place):
    """Return when the person got the place; confirming a held one does not count."""
    registration = place.registration
    is_held_before = not registration.confirmed_at or place.changed_at <= registration.confirmed_at
    return registration.submitted_at if is_held_before else place.changed_at


def skipped_people():
    """Return waiting places that could have a free one: no obstacle stands in the way."""
    meeting, now = Meeting.objects.get(), clock.now()
    waiting = Place.objects.waiting().filter(quota__taken__lt=F("quota__size"))
    line = list(waiting.select_related("quota__session", "registration"))
    had = quotas_had_by([place.registration_id for place in line])
    return [p for p in line if obstacle(p, had[p.registration_id], meeting, now) is None]


def events_without_mail():
    """Return events that must be told by mail, and have none.

    A promotion that the person's own request caused at the same moment needs no mail of its own.
    """
    events = History.objects.filter(messages=None).select_related("registration")
    always = events.filter(event__in=["confirmed", "let_in", "took_free", "place_given"])
    called = events.filter(event="promoted")
    own = History.objects.exclude(event="promoted").filter(
        registration=OuterRef("registration"), happened_at=OuterRef("happened_at")
    )
    return always | called.exclude(Exists(own))
