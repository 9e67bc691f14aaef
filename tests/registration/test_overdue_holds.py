"""A place whose hold is over goes to the first person who waits, before the person who acts."""

from datetime import timedelta

import pytest

from registration import actions
from tests import factories
from tests.registration.helpers import confirmed, events, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english", "meeting")]


@pytest.fixture
def in_person():
    return factories.quota(size=2)


@pytest.fixture
def line(in_person, time_machine):
    """Let Ana and Eva wait, in this order, for a place whose hold is over after an hour."""
    sign_up(in_person, n=1)
    confirmed(in_person, n=0)
    waiting = [
        confirmed(in_person, n=n, full_name=name, waitlist=["in_person"])
        for n, name in enumerate(("Ana", "Eva"), start=2)
    ]
    time_machine.move_to(factories.NOW + timedelta(minutes=61))
    return waiting


def test_newcomer_does_not_get_the_place(in_person, line):
    newcomer = sign_up(in_person, n=9, waitlist=["in_person"])

    assert [states(person)[in_person.pk] for person in (*line, newcomer)] == [
        "confirmed",
        "waiting",
        "waiting",
    ]
    assert taken(in_person) == 2


def test_newcomer_who_does_not_wait_is_told_that_it_is_full(in_person, line):
    with pytest.raises(actions.Full):
        sign_up(in_person, n=9)


def test_second_person_in_line_cannot_take_the_place(in_person, line):
    ana, eva = line

    with pytest.raises(actions.Refusal, match="someone else got it first"):
        actions.take_free_place(eva, in_person)
    actions.sweep()

    assert [states(person)[in_person.pk] for person in (ana, eva)] == ["confirmed", "waiting"]


def test_person_who_comes_back_from_online_does_not_get_the_place(in_person, line):
    online = actions.come_in_person(confirmed(n=9))

    assert states(online) == {in_person.pk: "waiting"}
    assert states(line[0]) == {in_person.pk: "confirmed"}


def test_person_who_gets_the_place_gets_a_mail(in_person, line):
    sign_up(n=9)

    assert events(line[0])[-1] == "promoted"
    assert ("promoted", "Ana") in mails()
