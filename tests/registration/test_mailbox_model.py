"""Random sign-ups, moves, renames and cancellations: who has which mailbox and slot.

The world here shares no line with the product; after each step the rows must say the same.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import F

from registration import actions, throttling, tokens
from registration.actions import mailboxes
from registration.models import Registration
from registration.models.registrations import new_reference
from tests.registration.helpers import application, correction

pytestmark = pytest.mark.django_db

NAMES = ["Ana", "Eva", "Luz"]
EMAILS = ["one@museo.example", "two@museo.example"]
SIZE = 2
STEPS = 60


class Refused(Exception):
    """Nothing happens at all."""


@dataclass
class Someone:
    email: str
    name: str
    state: str
    slot: int | None
    # Found by name and address; not, once the person has another registration there.
    is_found: bool = True

    @property
    def is_live(self):
        return self.state in ("pending", "confirmed")


class World:
    def __init__(self):
        self.people = []

    def find(self, email, name):
        found = [p for p in self.people if p.is_found and (p.email, p.name) == (email, name)]
        return found[0] if found else None

    def free_slot(self, email):
        used = {p.slot for p in self.people if p.state == "confirmed" and p.email == email}
        free = set(range(1, SIZE + 1)) - used
        if not free:
            raise Refused
        return min(free)

    def make_way(self, email, name):
        other = self.find(email, name)
        if other and other.is_live:
            raise Refused
        return other

    def enter(self, email, name, state):
        """Give a slot to who is confirmed at once; who still has to confirm only needs a free one.

        If there is none, nobody is entered who is not known: the mailbox gets a mail instead.
        """
        slot, other = self.free_slot(email), self.find(email, name)
        slot = slot if state == "confirmed" else None
        if other:
            other.state, other.slot = state, slot
        else:
            self.people.append(Someone(email, name, state, slot))

    def sign_up(self, email, name):
        known = self.find(email, name)
        if not (known and known.is_live):
            self.enter(email, name, "pending")

    def add_by_hand(self, email, name):
        known = self.find(email, name)
        if known and known.state == "confirmed":
            raise Refused
        if known and known.is_live:
            known.slot, known.state = self.free_slot(email), "confirmed"
        else:
            self.enter(email, name, "confirmed")

    def confirm(self, n):
        one = self.people[n]
        if not one.is_live:
            raise Refused
        if one.state == "pending":
            one.slot, one.state = self.free_slot(one.email), "confirmed"

    def end(self, n, state):
        self.people[n].state, self.people[n].slot = state, None

    def cancel(self, n):
        if self.people[n].is_live:
            self.end(n, "cancelled")

    def lapse(self, n):
        if self.people[n].state == "pending":
            self.end(n, "expired")

    def rename(self, n, name):
        one = self.people[n]
        if one.is_found and name != one.name and (other := self.make_way(one.email, name)):
            other.is_found = False
        one.name = name

    def move(self, n, email):
        one = self.people[n]
        if email == one.email:
            return
        other = self.make_way(email, one.name)
        slot = self.free_slot(email) if one.state == "confirmed" else None
        if other:
            other.is_found = False
        one.email, one.slot, one.is_found = email, slot, True

    def move_oneself(self, n, email):
        if self.people[n].state != "confirmed":
            raise Refused
        self.move(n, email)


class Site:
    """The same deeds, by the actions."""

    def __init__(self, organiser):
        self.organiser = organiser

    def row(self, n):
        return Registration.objects.order_by("pk")[n]

    def sign_up(self, email, name):
        actions.sign_up(application(email=email, full_name=name))

    def add_by_hand(self, email, name):
        answers = application(email=email, full_name=name).answers
        newcomer = actions.Newcomer(reference=new_reference(), category="attendee", answers=answers)
        actions.add_by_hand(newcomer, by=self.organiser)

    def confirm(self, n):
        row = self.row(n)
        actions.confirm(row.pk, row.link_version)

    def cancel(self, n):
        actions.cancel(self.row(n))

    def lapse(self, n):
        rows = Registration.objects.pending().filter(pk=self.row(n).pk)
        rows.update(submitted_at=F("submitted_at") - timedelta(hours=48))
        actions.sweep()

    def rename(self, n, name):
        actions.change_details(self.row(n), {"full_name": name})

    def move(self, n, email):
        row = self.row(n)
        actions.correct(row, correction(row, email=email), by=self.organiser)

    def move_oneself(self, n, email):
        row = actions.change_address(self.row(n), email)
        token = tokens.new_address_token(row, email)
        actions.take_new_address(tokens.read_new_address(token))


def any_deed(chance, people):
    """Return the name of a deed and its arguments."""
    if people == 0 or chance.random() < 0.3:
        name = chance.choice(["sign_up", "sign_up", "add_by_hand"])
        return name, (chance.choice(EMAILS), chance.choice(NAMES))
    n = chance.randrange(people)
    name = chance.choice(["confirm", "cancel", "lapse", "rename", "move", "move_oneself"])
    if name == "rename":
        return name, (n, chance.choice(NAMES))
    return name, (n, chance.choice(EMAILS)) if name.startswith("move") else (n,)


def done(doer, name, arguments):
    """Return whether it was not refused."""
    try:
        getattr(doer, name)(*arguments)
    except (Refused, actions.Refusal):
        return False
    return True


def expected(world):
    return [(p.email, p.name, p.state, p.slot, p.is_found) for p in world.people]


def found():
    rows = Registration.objects.order_by("pk")
    return [(r.email, r.full_name, r.state, r.mailbox_slot, bool(r.email_key)) for r in rows]


@pytest.mark.parametrize("seed", range(6))
def test_mailboxes_are_as_expected_whatever_is_done_in_whatever_order(
    settings, monkeypatch, meeting, organiser, seed
):
    settings.MAILS_PER_ADDRESS = 10**6
    monkeypatch.setattr(throttling, "ADDRESSES_A_DAY", 10**6)
    monkeypatch.setattr(mailboxes, "MAILBOX_SIZE", SIZE)
    chance, world, site, deeds = random.Random(seed), World(), Site(organiser), []

    for _n in range(STEPS):
        deed = any_deed(chance, len(world.people))
        deeds.append((*deed, done(world, *deed), done(site, *deed)))

        assert found() == expected(world), deeds
