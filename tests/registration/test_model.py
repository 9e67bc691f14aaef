"""Whatever people, organisers and the clock do, in whatever order: the rules hold."""

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

from registration import actions
from tests import factories
from tests.registration import operations

people = st.integers(1, 9)
seats = st.sampled_from(["A", "B", "C"])
anything = st.sampled_from(["in_person", "A", "B", "C", "bus"])
wishes = st.sets(st.sampled_from(["A", "B", "C", "bus"]), max_size=3).map(sorted)
person_actions = st.sampled_from(
    [actions.go_online, actions.come_in_person, actions.say_coming, actions.cancel, actions.erase]
)


class Places(RuleBasedStateMachine):
    """Each run is one transaction that is undone at its end."""

    @initialize()
    def open(self):
        self.undone = transaction.atomic()
        self.undone.__enter__()
        factories.meeting()
        operations.some_quotas()

    def teardown(self):
        if hasattr(self, "undone"):
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    @rule(n=people, codes=st.none() | wishes, may_wait=st.booleans())
    def sign_up(self, n, codes, may_wait):
        operations.sign_up(n, codes, may_wait=may_wait)

    @rule(n=people)
    def confirm(self, n):
        operations.confirm(n)

    @rule(n=people, codes=wishes)
    def sign_up_and_confirm(self, n, codes):
        operations.sign_up(n, codes, may_wait=True)
        operations.confirm(n)

    @rule(n=people, codes=wishes, may_wait=st.booleans())
    def change(self, n, codes, may_wait):
        operations.change(n, codes, may_wait=may_wait)

    @rule(n=people, code=anything)
    def give_back(self, n, code):
        operations.give_back(n, code)

    @rule(n=people, action=person_actions)
    def act(self, n, action):
        operations.do(action, n)

    @rule(code=anything, size=st.integers(0, 7))
    def resize(self, code, size):
        operations.resize(code, size)

    @rule(code=seats, hours=st.sampled_from([-1, 1]))
    def move(self, code, hours):
        operations.move(code, hours)

    @rule(code=seats, state=st.sampled_from(["cancelled", "published"]))
    def set_state(self, code, state):
        operations.set_state(code, state)

    @rule(n=people, hours=st.sampled_from([1, 48]))
    def let_lapse(self, n, hours):
        operations.let_lapse(n, hours)

    @invariant()
    def rules_hold(self):
        if hasattr(self, "undone"):
            assert operations.broken_rules() == []


@pytest.mark.django_db
def test_rules_hold_whatever_is_done_in_whatever_order():
    run_state_machine_as_test(
        Places,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_rules_are_seen_to_be_broken(meeting):
    """The check itself: a counter that lies, a seat of somebody who is gone, a forgotten one."""
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
