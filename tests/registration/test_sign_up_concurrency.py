"""Real processes at the same moment: places, mailboxes, reminders, and no deadlock."""

from contextlib import suppress
from datetime import timedelta

import pytest

from registration.actions import Refusal
from registration.models import Message, Place, Quota, Registration
from tests import factories
from tests.registration.helpers import fresh, sign_up
from tests.registration.processes import at_once, leave_connections

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def running_clock(frozen_clock, time_machine):
    """Connection pools wait by the clock: one that stands still would make them wait for ever."""
    time_machine.move_to(factories.NOW, tick=True)


def sign_up_many(process, count, quota_ids, waitlist):
    """How many were refused as full."""
    from registration.actions import Full

    refused = 0
    for n in range(count):
        quotas = Quota.objects.filter(pk__in=quota_ids)
        try:
            sign_up(*quotas, n=process * count + n, waitlist=waitlist)
        except Full:
            refused += 1
    leave_connections()
    return refused


def test_last_seats_are_given_once_and_the_rest_wait_in_order(meeting):
    in_person = factories.quota(size=1000)
    workshop = factories.quota(session=factories.workshop(), size=7)

    at_once(sign_up_many, 10, [in_person.pk, workshop.pk], (workshop.code,))

    places = Place.objects.filter(quota=workshop)
    assert fresh(workshop)[0].taken == places.taken().count() == 7
    assert sorted(places.values_list("number", flat=True)) == list(range(1, 41))
    waiting = set(places.waiting().values_list("number", flat=True))
    assert waiting == set(range(8, 41))


def test_nothing_is_oversold_without_a_waiting_list(meeting):
    in_person = factories.quota(size=7)

    refused = at_once(sign_up_many, 10, [in_person.pk], ())

    assert sum(refused) == 33
    assert fresh(in_person)[0].taken == Registration.objects.count() == 7


def same_person(process, email):
    names = ["Ana", "Bea", "Eva", "Ida", "Lea", "Mía", "Noa", "Pía"]
    for name in names[process:] + names[:process]:
        sign_up(full_name=name, email=email)
    leave_connections()


def test_mailbox_never_has_more_than_five_people_nor_one_twice(meeting):
    at_once(same_person, "museo@museo.example")

    assert Registration.objects.for_mailbox("museo@museo.example").count() == 5
    assert Message.objects.filter(kind="pending").count() == 5


def confirm_all(process, keys):
    from registration import actions

    for pk in keys:
        actions.confirm(pk, 1)
    leave_connections()


def test_confirming_at_once_writes_one_mail_each(meeting):
    in_person = factories.quota(size=100)
    keys = [sign_up(in_person, n=n).pk for n in range(6)]

    at_once(confirm_all, keys)

    assert Message.objects.filter(kind="confirmed").count() == 6
    assert Place.objects.filter(state="confirmed").count() == fresh(in_person)[0].taken == 6


def confirm_and_cancel(process, key):
    from registration import actions

    registration = Registration.objects.get(pk=key)
    actions.confirm(key, 1) if process % 2 else actions.cancel(registration)
    leave_connections()


def test_the_lock_holds_before_anything_is_limited(meeting):
    """Without a quota there is none to lock: states and slots must still agree."""
    keys = [sign_up(n=n).pk for n in range(6)]

    for key in keys:
        with suppress(Refusal):
            at_once(confirm_and_cancel, key)

    rows = Registration.objects.values_list("state", "mailbox_slot")
    assert set(rows) == {("cancelled", None)}


def test_confirming_at_once_without_a_quota_writes_one_mail_each(meeting):
    keys = [sign_up(n=n).pk for n in range(6)]

    at_once(confirm_all, keys)

    assert Message.objects.filter(kind="confirmed").count() == 6


def replace_often(process, email):
    for n in range(8):
        sign_up(email=email, institution=f"Museo {process}-{n}")
    leave_connections()


def test_different_answers_of_one_person_at_once_leave_one_whole_registration(meeting):
    at_once(replace_often, "rosa@museo.example")

    registration = Registration.objects.get()
    assert registration.consents.filter(withdrawn_at=None).count() == 1


def remind_often(_process):
    """As workers do, until nothing is due: how many mails this one wrote."""
    from registration.actions import remind

    written = 0
    while count := remind():
        written += count
    leave_connections()
    return written


def test_workers_that_remind_at_once_write_to_each_person_once(meeting, time_machine):
    people = [sign_up(n=n).pk for n in range(120)]
    time_machine.move_to(factories.NOW + timedelta(hours=25), tick=True)

    written = at_once(remind_often)

    reminded = Message.objects.filter(kind="unconfirmed").order_by("registration_id")
    assert list(reminded.values_list("registration_id", flat=True)) == people
    assert sum(written) == len(people)
