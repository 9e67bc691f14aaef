"""Register people for the sample meeting in bulk, with correct counters of places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from django.db.models import F, Max

from eim import clock
from eim.lib.normalising import email_key, name_key
from eim.lib.site_languages import SITE_CODES
from eim.sample.people import SEED, Namer
from eim.sample.texts import TEXTS
from programme.models import Meeting
from registration.actions import locked_places
from registration.models import Consent, History, Place, Quota, Registration

DOMAIN = "@example.org"
BATCH = 1000
State = Registration.State
Attendance = Registration.Attendance
# Of ten registrations, eight are confirmed, one is pending and one cancelled.
STATES = [State.CONFIRMED] * 8 + [State.PENDING, State.CANCELLED]
EVENTS = {State.CONFIRMED: History.Event.CONFIRMED, State.CANCELLED: History.Event.CANCELLED}


@dataclass
class Filling:
    """A quota while it is filled: the free places, and the last number of its waiting list."""

    quota: Quota
    number: int
    free: int
    given: int = 0

    @classmethod
    def of(cls, quota: Quota) -> "Filling":
        last = quota.places.aggregate(last=Max("number"))["last"] or 0
        return cls(quota, last, quota.free)

    def give(self, registration: Registration, now: datetime) -> Place:
        state = Place.State.CONFIRMED if registration.is_confirmed else Place.State.HELD
        if self.given == self.free:
            state = Place.State.WAITING
        else:
            self.given += 1
        self.number += 1
        return Place(
            quota=self.quota,
            registration=registration,
            state=state,
            number=self.number,
            changed_at=now,
        )


def add_registrations(count: int) -> int:
    """Add registrations until there are `count`, without mails; return how many were added."""
    now = clock.now()
    with locked_places():
        existing = Registration.objects.filter(email_key__endswith=DOMAIN).count()
        rows = list(new_registrations(existing, count, now))
        Registration.objects.bulk_create(rows, batch_size=BATCH)
        version = Meeting.objects.get().privacy_version
        given = [one for number, row in enumerate(rows) for one in consents(row, number, version)]
        Consent.objects.bulk_create(given, batch_size=BATCH)
        History.objects.bulk_create([e for row in rows for e in events(row)], batch_size=BATCH)
        give_places(rows, now)
    return len(rows)


def new_registrations(existing: int, count: int, now: datetime) -> Iterator[Registration]:
    namer = Namer(SEED * 2)
    languages = cycle(SITE_CODES)
    occupations = cycle(Registration.Occupation.values)
    for number in range(count):
        name, country = namer.name(number)
        answers = {"full_name": name, "country": country, "occupation": next(occupations)}
        answers["mail_language"] = next(languages)
        if number >= existing:
            yield new_registration(number, answers, now)


def new_registration(number: int, answers: dict[str, str], now: datetime) -> Registration:
    state = STATES[number % len(STATES)]
    email = f"muestra{number + 1}{DOMAIN}"
    # A pending one is new, so that its places are still held.
    submitted_at = now if state == State.PENDING else now - timedelta(minutes=7 * (number + 10))
    moment = {} if state == State.PENDING else {f"{state}_at": submitted_at + timedelta(minutes=5)}
    return Registration(
        **answers,
        **moment,
        email=email,
        email_key=email_key(email),
        name_key=name_key(answers["full_name"]),
        mailbox_slot=1 if state == State.CONFIRMED else None,
        institution=TEXTS["institutions"][number % len(TEXTS["institutions"])],
        is_professional=True,
        attendance=Attendance.IN_PERSON if number % 7 < 3 else Attendance.ONLINE,
        state=state,
        network=f"sample-{number}",
        submitted_at=submitted_at,
    )


def consents(row: Registration, number: int, version: str) -> Iterator[Consent]:
    """Yield the consent to the notice, and of two in three that to the list of participants."""
    purposes = [Consent.Purpose.PRIVACY]
    if row.is_confirmed and number % 3:
        purposes.append(Consent.Purpose.LIST)
    for purpose in purposes:
        yield Consent(
            registration=row,
            purpose=purpose,
            text_version=version,
            language=row.mail_language,
            given_at=row.submitted_at,
        )


def events(row: Registration) -> Iterator[History]:
    yield History(registration=row, event=History.Event.SIGNED_UP, happened_at=row.submitted_at)
    event = EVENTS.get(State(row.state))
    moment = row.confirmed_at or row.cancelled_at
    if event and moment:
        yield History(registration=row, event=event, happened_at=moment)


def give_places(rows: list[Registration], now: datetime) -> None:
    """Give places in person first; each person with one takes or waits for up to two seats."""
    in_person = [Filling.of(quota) for quota in Quota.objects.in_person()]
    # No two of them overlap: all are in the same room.
    seats = [Filling.of(quota) for quota in Quota.objects.seats().with_sessions()]
    places = []
    for number, row in enumerate(row for row in rows if row.is_in_person and row.is_live):
        for filling in in_person:
            place = filling.give(row, now)
            places.append(place)
            if place.is_taken:
                wanted = {(number + n) % len(seats) for n in range(number % 3)} if seats else set()
                places += [seats[which].give(row, now) for which in sorted(wanted)]
    Place.objects.bulk_create(places, batch_size=BATCH)
    for filling in (*in_person, *seats):
        Quota.objects.filter(pk=filling.quota.pk).update(taken=F("taken") + filling.given)
