"""A place that is kept no longer goes to who waits for it, before whoever acts just then."""

from datetime import timedelta

import pytest

from registration import actions
from tests import factories
from tests.registration.helpers import confirmed, events, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


@pytest.fixture
def in_person():
    return factories.quota(size=1)


@pytest.fixture
def line(in_person, time_machine):
    """Ana and Eva wait, in this order, for what somebody has not confirmed for an hour."""
    sign_up(in_person, n=1)
    waiting = [
        confirmed(in_person, n=n, full_name=name, waitlist=["in_person"])
        for n, name in enumerate(("Ana", "Eva"), start=2)
    ]
    time_machine.move_to(factories.NOW + timedelta(minutes=61))
    return waiting


def test_newcomer_does_not_get_a_place_whose_hold_is_over(in_person, line):
    newcomer = sign_up(in_person, n=9, waitlist=["in_person"])

    assert [states(person)[in_person.pk] for person in (*line, newcomer)] == [
        "confirmed",
        "waiting",
        "waiting",
    ]
    assert taken(in_person) == 1


def test_newcomer_who_does_not_want_to_wait_is_told_that_it_is_full(in_person, line):
    with pytest.raises(actions.Full):
        sign_up(in_person, n=9)


def test_person_further_back_does_not_take_a_place_whose_hold_is_over(in_person, line):
    ana, eva = line

    with pytest.raises(actions.Refusal, match="somebody else was faster"):
        actions.take_free_place(eva, in_person)
    actions.sweep()

    assert [states(person)[in_person.pk] for person in (ana, eva)] == ["confirmed", "waiting"]


def test_person_back_from_online_does_not_get_a_place_whose_hold_is_over(in_person, line):
    online = actions.come_in_person(confirmed(n=9))

    assert states(online) == {in_person.pk: "waiting"}
    assert states(line[0]) == {in_person.pk: "confirmed"}


def test_who_is_called_is_written_to(in_person, line):
    sign_up(n=9)

    assert events(line[0])[-1] == "promoted"
    assert ("promoted", "Ana") in mails()
