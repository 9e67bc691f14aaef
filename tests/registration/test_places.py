"""Promotion: who gets a place that becomes free."""

from datetime import timedelta

import pytest

from registration import actions
from registration.models import Place
from tests import factories
from tests.registration.helpers import confirmed, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=1)


def test_nobody_is_promoted_in_the_last_24_hours_but_by_an_organiser(in_person, time_machine):
    first = confirmed(in_person, n=1)
    second = confirmed(in_person, n=2, waitlist=["in_person"])
    time_machine.move_to(factories.moment("00:01") - timedelta(hours=24))

    actions.cancel(first)
    assert states(second) == {in_person.pk: "waiting"}

    actions.set_size(in_person, 2)

    assert states(second) == {in_person.pk: "confirmed"}


def test_nobody_is_promoted_into_a_session_that_has_begun(meeting, time_machine):
    in_person = factories.quota(size=100)
    over = factories.quota(session=factories.workshop(), size=1)
    holder = confirmed(in_person, over, n=1)
    waiting = confirmed(in_person, over, n=2, waitlist=[over.code])
    time_machine.move_to(factories.moment("10:30"))

    actions.cancel(holder, by=factories.user())

    assert states(waiting)[over.pk] == "waiting"


def test_person_who_confirms_in_the_last_24_hours_gets_a_free_place(meeting, time_machine):
    in_person = factories.quota(size=100)
    time_machine.move_to(factories.moment("00:01") - timedelta(hours=24))
    for n in range(5):
        sign_up(in_person, n=n, network="one museum")
    sixth = sign_up(in_person, n=6, network="one museum")
    assert states(sixth) == {in_person.pk: "waiting"}

    actions.confirm(sixth.pk, 1)

    assert states(sixth) == {in_person.pk: "confirmed"}


def test_nobody_is_promoted_into_two_sessions_at_once(meeting):
    in_person = factories.quota(size=5)
    ours = factories.quota(session=factories.workshop(), size=1)
    other = factories.quota(session=factories.workshop(), size=1)
    holder = confirmed(in_person, other, n=1)
    registration = confirmed(in_person, ours, n=2)
    factories.place(quota=other, registration=registration, state="waiting")

    actions.cancel(holder)

    assert states(registration)[other.pk] == "waiting"
    assert taken(other) == 0


def test_larger_quota_promotes_the_people_who_wait(in_person):
    confirmed(in_person, n=1)
    second = confirmed(in_person, n=2, waitlist=["in_person"])

    actions.set_size(in_person, 2)

    assert states(second) == {in_person.pk: "confirmed"}


def test_quota_cannot_be_smaller_than_what_is_taken(in_person):
    confirmed(in_person)

    with pytest.raises(actions.Refusal, match="1 are taken"):
        actions.set_size(in_person, 0)


def test_position_counts_the_waiting_places_of_the_same_quota():
    workshop = factories.quota(session=factories.workshop())
    other = factories.quota(session=factories.workshop())
    states = ["confirmed", "waiting", "released", "waiting", "waiting"]
    line = [factories.place(quota=workshop, state=state) for state in states]
    elsewhere = factories.place(quota=other, state="waiting")

    positions = dict(Place.objects.waiting().with_positions().values_list("pk", "position"))

    assert positions == {line[1].pk: 1, line[3].pk: 2, line[4].pk: 3, elsewhere.pk: 1}
