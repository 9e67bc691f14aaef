"""A second implementation of “first come, first served”, in plain Python without a database.

It shares no line with the product. An operation takes effect completely or not at all (`Refused`).
Tests compare its state with the product's rows after each operation.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

HOUR = timedelta(hours=1)
HOLD, LAPSE, LAST_CALL = HOUR, 48 * HOUR, 24 * HOUR
IN_PERSON = "in_person"


class Refused(Exception):
    """The operation changes nothing."""


@dataclass
class Limited:
    """A quota with its waiting list: `numbers` of everybody in it, `seated` with a place."""

    size: int
    starts_at: datetime
    ends_at: datetime | None = None  # of a session
    is_cancelled: bool = False
    numbers: dict[int, int] = field(default_factory=dict)
    seated: set[int] = field(default_factory=set)
    last_number: int = 0

    def line(self):
        return sorted(self.numbers.keys() - self.seated, key=self.numbers.get)

    def is_free(self):
        return len(self.seated) < self.size

    def join(self, n, *, seated):
        self.last_number += 1
        self.numbers[n] = self.last_number
        if seated:
            self.seated.add(n)

    def leave(self, n):
        self.numbers.pop(n, None)
        self.seated.discard(n)

    def has_begun(self, now):
        return self.ends_at is not None and self.starts_at <= now

    def has_ended(self, now):
        return self.ends_at is not None and self.ends_at <= now

    def overlaps(self, other):
        both = self.ends_at and other.ends_at
        return bool(both and self.starts_at < other.ends_at and other.starts_at < self.ends_at)


@dataclass
class Someone:
    network: int
    block: int
    submitted_at: datetime
    state: str = "pending"
    attendance: str = "online"


@dataclass
class World:
    """`things` are in the order in which they are given out: places in person first."""

    things: dict[str, Limited]
    now: datetime
    # How many unconfirmed people of one network, and of one block of networks, may hold places.
    most_of_network: int = 5
    most_of_block: int = 20
    people: dict[int, Someone] = field(default_factory=dict)

    def do(self, operation, *arguments, by_organiser=False):
        """End expired holds, run the operation, then give out what is free."""
        before = deepcopy((self.things, self.people))
        self.end_holds()
        try:
            acting = operation(*arguments)
        except Refused:
            self.things, self.people = before
            return
        self.give_out(acting=acting, by_organiser=by_organiser)

    # State to compare

    def found(self):
        """Return the state in the shape of `operations.found()`."""
        people = {n: (one.state, one.attendance) for n, one in self.people.items()}
        places = {
            (n, code): (self.state_of(n, thing), number)
            for code, thing in self.things.items()
            for n, number in thing.numbers.items()
        }
        quotas = {code: (thing.size, len(thing.seated)) for code, thing in self.things.items()}
        return people, places, quotas

    def state_of(self, n, thing):
        if n not in thing.seated:
            return "waiting"
        return "confirmed" if self.people[n].state == "confirmed" else "held"

    # The rules

    def end_holds(self):
        """Give the places of expired holds to the waiting lists, before the operation runs."""
        over = {
            n
            for n, one in self.people.items()
            if one.state == "pending" and one.submitted_at + HOLD <= self.now
        }
        if any(thing.seated & over for thing in self.things.values()):
            for thing in self.things.values():
                thing.seated -= over
            self.give_out(acting=None, by_organiser=False)

    def give_out(self, *, acting, by_organiser):
        """Give free places to the first in line who may have them.

        In the last 24 hours only the person who acts gets one, or anybody if an organiser acts.
        """
        for thing in self.things.values():
            for n in thing.line():
                is_late = thing.starts_at - self.now < LAST_CALL
                may_call = by_organiser or n == acting or not is_late
                may_have = self.may_have(n, thing) and not thing.has_begun(self.now)
                if may_call and may_have and thing.is_free():
                    thing.seated.add(n)

    def may_have(self, n, thing):
        one, in_person = self.people[n], self.things[IN_PERSON]
        own = [other for other in self.things.values() if n in other.seated]
        return (
            (one.state, one.attendance) == ("confirmed", IN_PERSON)
            and not thing.is_cancelled
            and (thing is in_person or n in in_person.seated)
            and not any(thing.overlaps(other) for other in own)
        )

    def set_places(self, n, wanted, *, may_wait, may_take=None, is_closed=Limited.has_begun):
        """Set the person's places: old ones keep their number, new ones are taken or waited for.

        What is free, but not for this person before the confirmation, is waited for.
        """
        had = [code for code in self.things if n in self.things[code].numbers]
        given_back = [code for code in had if code not in wanted]
        if self.people[n].state == "confirmed":
            self.refuse_begun(given_back)
        for code in given_back:
            self.things[code].leave(n)
        self.refuse_impossible(wanted, had, is_closed)
        waits_for_place = False
        for code in [code for code in self.things if code in wanted]:
            thing = self.things[code]
            if code not in had:
                if not (thing.is_free() or code in may_wait):
                    raise Refused
                is_theirs = may_take is None or may_take(thing)
                thing.join(n, seated=thing.is_free() and not waits_for_place and is_theirs)
            waits_for_place |= code == IN_PERSON and n not in thing.seated

    def refuse_impossible(self, wanted, had, is_closed=Limited.has_begun):
        if any(is_closed(self.things[code], self.now) for code in wanted if code not in had):
            raise Refused
        if any(self.things[code].is_cancelled for code in wanted):
            raise Refused
        for one in wanted:
            for other in wanted:
                is_old = one in had and other in had
                if one < other and self.things[one].overlaps(self.things[other]) and not is_old:
                    raise Refused

    def refuse_begun(self, codes):
        if any(self.things[code].has_begun(self.now) for code in codes):
            raise Refused

    def leave_all(self, n):
        for thing in self.things.values():
            thing.leave(n)

    def unconfirmed(self, thing):
        return {n for n in thing.seated if self.people[n].state == "pending"}

    def may_hold(self, n, thing):
        """Return whether the unconfirmed person may hold one of these.

        Few of a network and of a block may hold anything at a time. All unconfirmed people together
        hold at most half of what no confirmed person has.
        """
        one = self.people[n]
        holders = set().union(*map(self.unconfirmed, self.things.values())) - {n}
        people = [self.people[other] for other in holders]
        of_network = [other for other in people if other.network == one.network]
        of_block = [other for other in people if other.block == one.block]
        held = len(self.unconfirmed(thing))
        open_to_all = thing.size - (len(thing.seated) - held)
        return (
            len(of_network) < self.most_of_network
            and len(of_block) < self.most_of_block
            and held + 1 <= open_to_all / 2
            and one.submitted_at + HOLD > self.now
        )

    # Operations of people; each returns the person who acts, and so may have a place at any hour

    def sign_up(self, n, wanted, may_wait, network, block):
        one = self.people.get(n)
        if one and one.state == "confirmed":
            # Impossible wishes are refused as for an unknown person.
            self.refuse_impossible(wanted, [])
            return
        if not one:
            one = self.people[n] = Someone(network, block, self.now)
        elif one.state != "pending" or one.submitted_at + LAPSE <= self.now:
            one.state, one.submitted_at = "pending", self.now
            one.network, one.block = network, block
        one.attendance = IN_PERSON if wanted else "online"
        may_take = partial(self.may_hold, n)
        self.set_places(n, wanted, may_wait=may_wait, may_take=may_take)

    def confirm(self, n):
        one = self.people[n]
        is_in_time = one.submitted_at + LAPSE > self.now
        if one.state == "confirmed":
            return None
        if one.state != "pending" or not is_in_time:
            raise Refused
        one.state = "confirmed"
        return n

    def change(self, n, codes, may_wait):
        self.refuse_unless_confirmed(n)
        if n not in self.things[IN_PERSON].numbers:
            raise Refused
        self.set_places(n, [IN_PERSON, *codes], may_wait=may_wait)
        return n

    def come_in_person(self, n):
        self.refuse_unless_confirmed(n)
        if n not in self.things[IN_PERSON].numbers:
            self.people[n].attendance = IN_PERSON
            self.set_places(n, [IN_PERSON], may_wait=[IN_PERSON])
        return n

    def go_online(self, n):
        self.refuse_unless_confirmed(n)
        self.people[n].attendance = "online"
        self.leave_all(n)
        return n

    def give_back(self, n, code):
        self.refuse_unless_confirmed(n)
        if n not in self.things[code].numbers:
            raise Refused
        if code == IN_PERSON:
            return self.go_online(n)
        self.refuse_begun([code])
        self.things[code].leave(n)
        return n

    def take_free(self, n, code):
        """Take a free place, as the last 24 hours allow the first who asks, before it begins."""
        self.refuse_unless_confirmed(n)
        thing = self.things[code]
        if n not in thing.numbers:
            raise Refused
        if n not in thing.seated:
            self.refuse_begun([code])
            self.seat(n, thing)
        return n

    def seat(self, n, thing):
        """Seat the person, whatever their number."""
        if not self.may_have(n, thing) or not thing.is_free():
            raise Refused
        thing.seated.add(n)

    def say_coming(self, n):
        self.refuse_unless_confirmed(n)
        return n

    def cancel(self, n):
        if self.people[n].state in ("pending", "confirmed"):
            self.people[n].state = "cancelled"
            self.leave_all(n)

    def erase(self, n):
        self.leave_all(n)
        del self.people[n]

    def refuse_unless_confirmed(self, n):
        if self.people[n].state != "confirmed":
            raise Refused

    # Operations of organisers

    def resize(self, code, size):
        if size < len(self.things[code].seated):
            raise Refused
        self.things[code].size = size

    def move(self, code, hours):
        self.things[code].starts_at += hours * HOUR
        self.things[code].ends_at += hours * HOUR

    def set_cancelled(self, code, is_cancelled):
        thing = self.things[code]
        thing.is_cancelled = is_cancelled
        for n in list(thing.numbers) if is_cancelled else []:
            thing.leave(n)

    def move_up(self, n, code, to_head):
        thing = self.things[code]
        line = thing.line()
        if n not in line:
            raise Refused
        passed = line[: line.index(n) + 1] if to_head else line[: line.index(n) + 1][-2:]
        numbers = sorted(thing.numbers[one] for one in passed)
        thing.numbers |= dict(zip([n, *passed[:-1]], numbers, strict=True))

    def give(self, n, code):
        """Give a place out of turn, also in the last 24 hours, and until the session ends."""
        thing = self.things[code]
        if n not in thing.line() or thing.has_ended(self.now):
            raise Refused
        self.seat(n, thing)

    def take_back(self, n, code):
        if code == IN_PERSON:
            self.people[n].attendance = "online"
            self.leave_all(n)
        self.things[code].leave(n)

    def add_by_hand(self, n, wanted):
        """Register at the desk; a pending registration is confirmed, with exactly these places."""
        one = self.people.get(n)
        if one and one.state == "confirmed":
            raise Refused
        if not one or one.state != "pending":
            origin = (one.network, one.block) if one else (0, 0)
            one = self.people[n] = Someone(*origin, self.now)
        one.attendance = IN_PERSON if wanted else "online"
        self.set_places(n, wanted, may_wait=[], is_closed=Limited.has_ended)
        one.state = "confirmed"
        return n

    def confirm_by_hand(self, n):
        """Confirm a pending person at the desk, however old the registration is."""
        if self.people[n].state != "pending":
            raise Refused
        self.people[n].state = "confirmed"
        return n

    # Operations of the clock

    def make_older(self, n, hours):
        if n in self.people and self.people[n].state == "pending":
            self.people[n].submitted_at -= hours * HOUR

    def lapse(self):
        for n, one in self.people.items():
            if one.state == "pending" and one.submitted_at + LAPSE <= self.now:
                one.state = "expired"
                self.leave_all(n)
