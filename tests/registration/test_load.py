"""Everybody at once: people, organisers and the clock, in real processes, in any order."""

import random

import pytest

from registration.models import History, Registration
from tests import factories
from tests.registration import operations
from tests.registration.processes import PROCESSES, at_once, leave_connections

pytestmark = pytest.mark.django_db(transaction=True)

# The full run of 10,000 is `make bench`.
OPERATIONS = 130
PEOPLE = 40


@pytest.fixture(autouse=True)
def running_clock(frozen_clock, time_machine):
    """Let the clock run: connection pools wait by it, for ever if it stands still."""
    time_machine.move_to(factories.NOW, tick=True)


def do_anything(process, count):
    chance = random.Random(process)
    for _n in range(count):
        operations.anything(chance, PEOPLE)
    leave_connections()


def test_rules_hold_after_hundreds_of_operations_of_four_processes(meeting):
    operations.some_quotas()

    at_once(do_anything, OPERATIONS)

    assert operations.broken_rules() == []
    assert PROCESSES * OPERATIONS >= 500
    # They met: neither refused for most of it nor each alone.
    assert Registration.objects.count() > PEOPLE / 2
    assert History.objects.count() > OPERATIONS
