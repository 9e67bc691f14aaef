"""Check that the rules hold after any actions of people, organisers and the clock, in any order."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from eim import clock
from registration import actions
from registration.models import Place
from tests import factories
from tests.registration import operations
from tests.registration.oracle import IN_PERSON, Limited, World

HOUR = timedelta(hours=1)
# So few that each network, and the block, holds all that it may, and half of the rest is open.
NETWORKS, MOST_OF_NETWORK, MOST_OF_BLOCK = 3, 1, 2
TEN = factories.moment("10:00", day=2)
FIRST = factories.moment("00:00")

EVERYBODY = range(1, 8)
people = st.sampled_from(EVERYBODY)
seats = st.sampled_from(["A", "B", "C"])
anything = st.sampled_from([IN_PERSON, IN_PERSON, "A", "B", "C", "bus"])
# Which of all that somebody has, or waits for.
picks = st.integers(0, 100)
# A and B overlap: who wants both is refused, so few do.
wishes = st.sampled_from(
    [[], ["A"], ["A"], ["B"], ["C"], ["A", "C"], ["A", "C"], ["B", "C"], ["A", "bus"], ["A", "B"]]
)
# A and B are over, and C has begun.
LATEST = TEN + 5 * HOUR / 2
LAST_SIGN_UP = TEN - HOUR / 4
# Before the last 24 hours of the places in person, of the session A; in them; A has begun; is over.
EARLY = [factories.NOW, FIRST - 26 * HOUR, TEN - 26 * HOUR]
LAST_DAY = [TEN - HOUR, TEN - HOUR, TEN + HOUR / 2, TEN + HOUR / 2, LATEST]
moments = st.sampled_from([*EARLY, *LAST_DAY])
# Or all want the same, and have C while they wait for A.
all_wishes = st.lists(wishes, min_size=7, max_size=7) | st.just([["A", "C"]] * 7)
person_actions = st.sampled_from(["come_in_person", "say_coming", "cancel", "erase"])


class Places(RuleBasedStateMachine):
    """Any sequence of actions, compared with the oracle; each run is rolled back."""

    def __init__(self, time_machine, organiser):
        super().__init__()
        self.time_machine, self.organiser = time_machine, organiser

    @initialize(
        now=moments,
        wanted=all_wishes,
        confirming=st.sampled_from([7, 7, 4, 0]),
        in_person=st.sampled_from([3, 4, 6]),
        size_of_c=st.sampled_from([1, 7]),
        is_moved=st.booleans(),
        first_leaves=st.booleans(),
    )
    def open(self, now, wanted, confirming, in_person, size_of_c, is_moved, first_leaves):
        """Sign everybody up, so that there are waiting lists; then perhaps move C onto A.

        On the last day what the first leaves stays free while others wait for it.
        """
        self.undone = transaction.atomic()
        self.undone.__enter__()
        opening = min(now, LAST_SIGN_UP)
        self.time_machine.move_to(opening, tick=False)
        factories.meeting()
        operations.some_quotas(in_person=in_person, seats=2, service=1)
        things = {
            IN_PERSON: Limited(in_person, FIRST),
            "A": Limited(2, TEN, TEN + 2 * HOUR),
            "B": Limited(2, TEN + HOUR, TEN + 2 * HOUR),
            "C": Limited(2, TEN + 2 * HOUR, TEN + 3 * HOUR),
            "bus": Limited(1, FIRST),
        }
        self.world = World(things, opening, MOST_OF_NETWORK, MOST_OF_BLOCK)
        self.resize("C", size_of_c)
        for n, codes in zip(EVERYBODY, wanted, strict=True):
            self.sign_up(n, codes, may_wait=True)
            if n <= confirming:
                self.confirm(n)
        if is_moved:
            self.move("C", -1)
        if first_leaves:
            self.act(1, "cancel")
        self.come(now)

    def teardown(self):
        if hasattr(self, "undone"):
            broken = operations.broken_rules()
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
            assert broken == []

    def expect(self, deed, n, *arguments):
        """Do nothing for a person who has not signed up."""
        if n in self.world.people:
            self.world.do(deed, n, *arguments)

    def place_of(self, pick, *, seated, is_free=False):
        """Choose a person and their place; None if nobody has one or waits for a free one."""
        places = [
            (n, code)
            for code, thing in self.world.things.items()
            for n in (sorted(thing.seated) if seated else thing.line())
            if thing.is_free() or not is_free
        ]
        return places[pick % len(places)] if places else None

    # People

    @rule(n=people, codes=st.none() | wishes, may_wait=st.booleans())
    def sign_up(self, n, codes, may_wait):
        operations.sign_up(n, codes, may_wait=may_wait, networks=NETWORKS, blocks=1)
        wanted = [] if codes is None else [IN_PERSON, *codes]
        waitlist = wanted if may_wait else []
        self.world.do(self.world.sign_up, n, wanted, waitlist, n % NETWORKS, 0)

    @rule(n=people)
    def confirm(self, n):
        operations.confirm(n)
        self.expect(self.world.confirm, n)

    @rule(n=people, codes=wishes)
    def sign_up_and_confirm(self, n, codes):
        self.sign_up(n, codes, may_wait=True)
        self.confirm(n)

    @rule(n=people, codes=wishes, may_wait=st.booleans())
    def change(self, n, codes, may_wait):
        operations.change(n, codes, may_wait=may_wait)
        self.expect(self.world.change, n, codes, codes if may_wait else [])

    @rule(pick=picks, seated=st.booleans())
    def give_back(self, pick, seated):
        if place := self.place_of(pick, seated=seated):
            operations.give_back(*place)
            self.expect(self.world.give_back, *place)

    @rule(pick=picks, is_free=st.booleans())
    def take_free(self, pick, is_free):
        if place := self.place_of(pick, seated=False, is_free=is_free):
            operations.take_free(*place)
            self.expect(self.world.take_free, *place)

    @rule(n=people, name=person_actions)
    def act(self, n, name):
        operations.do(getattr(actions, name), n)
        self.expect(getattr(self.world, name), n)

    # Organisers

    @rule(code=anything, size=st.integers(0, 7))
    def resize(self, code, size):
        operations.resize(code, size)
        self.world.do(self.world.resize, code, size, by_organiser=True)

    @rule(pick=picks)
    def make_room(self, pick):
        """Choose a person who waits, and for what."""
        if place := self.place_of(pick, seated=False):
            _n, code = place
            self.resize(code, self.world.things[code].size + 1)

    @rule(pick=picks, to_head=st.booleans())
    def move_up(self, pick, to_head):
        if place := self.place_of(pick, seated=False):
            operations.with_place(actions.move_up, *place, by=self.organiser, to_head=to_head)
            self.world.do(self.world.move_up, *place, to_head, by_organiser=True)

    @rule(pick=picks, is_free=st.booleans())
    def give(self, pick, is_free):
        if place := self.place_of(pick, seated=False, is_free=is_free):
            operations.with_place(actions.give_place, *place, by=self.organiser)
            self.world.do(self.world.give, *place, by_organiser=True)

    @rule(pick=picks, seated=st.booleans())
    def take_back(self, pick, seated):
        if place := self.place_of(pick, seated=seated):
            operations.with_place(actions.take_back, *place, by=self.organiser)
            self.world.do(self.world.take_back, *place, by_organiser=True)

    @rule(n=people, codes=st.none() | wishes)
    def add_by_hand(self, n, codes):
        operations.add_by_hand(n, codes, by=self.organiser)
        wanted = [] if codes is None else [IN_PERSON, *codes]
        self.world.do(self.world.add_by_hand, n, wanted)

    @rule(pick=picks, more=wishes)
    def add_by_hand_who_is_pending(self, pick, more):
        """Ask for what the person has or waits for, and perhaps more."""
        pending = [n for n, one in self.world.people.items() if one.state == "pending"]
        if pending:
            n = pending[pick % len(pending)]
            things = self.world.things.items()
            own = [code for code, thing in things if n in thing.numbers and code != IN_PERSON]
            self.add_by_hand(n, own + [code for code in more if code not in own])

    @rule(n=people)
    def confirm_by_hand(self, n):
        operations.confirm_by_hand(n, by=self.organiser)
        self.expect(self.world.confirm_by_hand, n)

    @rule(code=seats, hours=st.sampled_from([-1, 1]))
    def move(self, code, hours):
        operations.move(code, hours, by=self.organiser)
        self.world.do(self.world.move, code, hours)

    @rule(code=seats, is_cancelled=st.booleans())
    def set_state(self, code, is_cancelled):
        state = "cancelled" if is_cancelled else "published"
        operations.set_state(code, state, by=self.organiser)
        # Places that a cancellation frees are the organiser's deed; a date that comes back is not.
        frees_places = is_cancelled and bool(self.world.things[code].numbers)
        self.world.do(self.world.set_cancelled, code, is_cancelled, by_organiser=frees_places)

    # The clock

    @rule(n=people, hours=st.sampled_from([1, 48]))
    def let_lapse(self, n, hours):
        operations.let_lapse(n, hours)
        self.world.do(self.world.make_older, n, hours)
        self.world.do(self.world.lapse)

    @rule(hours=st.sampled_from([1, 3, 30]))
    def wait(self, hours):
        self.come(min(self.world.now + hours * HOUR, LATEST))

    def come(self, now):
        self.world.now = now
        self.time_machine.move_to(now, tick=False)

    @invariant()
    def each_has_what_is_theirs(self):
        if hasattr(self, "undone"):
            assert operations.found() == self.world.found()


@pytest.mark.django_db
def test_rows_match_the_oracle_after_any_actions_in_any_order(settings, time_machine, organiser):
    # A mailbox may be written to without end: what it costs to write too often is another test's.
    settings.MAILS_PER_ADDRESS = 10**6
    settings.HOLDS_PER_NETWORK = MOST_OF_NETWORK
    settings.NETWORKS_OF_A_BLOCK = MOST_OF_BLOCK // MOST_OF_NETWORK
    compare(Places, time_machine, organiser, runs=4)


def compare(machine, *arguments, runs):
    """Run the machine so often; `make drill` does it in many more runs."""
    run_state_machine_as_test(
        lambda: machine(*arguments), settings=settings(REPEATABLE, max_examples=runs)
    )


REPEATABLE = settings(
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.django_db
def test_check_of_the_rules_finds_a_wrong_counter_and_a_forgotten_person(meeting):
    operations.some_quotas()
    for n in (1, 2, 3):
        operations.sign_up(n, ["A"], may_wait=True)
        operations.confirm(n)
    assert operations.broken_rules() == []

    (quota,) = operations.quotas_of(["A"])
    type(quota).objects.filter(pk=quota.pk).update(taken=1)

    assert operations.broken_rules() == [
        f"{quota} counts 1, and has 2",
        f"{operations.person(3)} waits in vain for {quota}",
    ]


@pytest.mark.django_db
def test_check_of_the_rules_finds_a_clash_unless_a_session_was_moved_since(meeting, time_machine):
    operations.some_quotas()
    operations.sign_up(1, ["A", "C"], may_wait=False)
    operations.confirm(1)
    time_machine.shift(HOUR)
    operations.move("C", -1)
    assert operations.broken_rules() == []

    time_machine.shift(HOUR)
    Place.objects.filter(quota__session__code="C").update(changed_at=clock.now())

    (broken,) = operations.broken_rules()
    assert broken.endswith("at once")
