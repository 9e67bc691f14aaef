"""A registration is cancelled, and its places are given to those who wait."""

import pytest

from registration import actions
from registration.models import Message
from tests import factories
from tests.registration.helpers import confirmed, events, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=1)


def test_cancelling_gives_the_place_to_the_first_who_waits(in_person):
    first = confirmed(in_person, n=1)
    second = confirmed(in_person, n=2, waitlist=["in_person"])

    actions.cancel(first)

    assert states(first) == {in_person.pk: "released"}
    assert states(second) == {in_person.pk: "confirmed"}
    assert taken(in_person) == 1
    assert list(Message.objects.values_list("kind", flat=True).order_by("pk"))[-2:] == [
        "cancelled",
        "promoted",
    ]


def test_cancelling_twice_writes_one_event(in_person):
    registration = confirmed(in_person)
    actions.cancel(registration)

    actions.cancel(registration)

    assert events(registration)[-2:] == ["promoted", "cancelled"]
    assert taken(in_person) == 0


def test_cancelling_a_pending_registration_writes_no_mail(in_person):
    registration = sign_up(in_person)

    actions.cancel(registration)

    assert [kind for kind, _ in mails()] == ["pending"]
