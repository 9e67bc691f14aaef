"""Real processes at the same moment: places, mailboxes, reminders, and no deadlock."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from registration import actions, tokens
from registration.actions import Refusal
from registration.models import Message, Place, Quota, Registration
from tests import factories
from tests.registration.helpers import confirmed, fresh, sign_up
from tests.registration.processes import PROCESSES, at_once, leave_connections

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("running_clock")]


def sign_up_many(process, count, quota_ids, waitlist):
    """Return how many were refused because it was full."""
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
    assert fresh(workshop)[0].taken == places.taken().count() == 3
    at_once(confirm_all, list(Registration.objects.order_by("?").values_list("pk", flat=True)))

    assert fresh(workshop)[0].taken == places.taken().count() == 7
    assert sorted(places.values_list("number", flat=True)) == list(range(1, 41))
    assert places.waiting().count() == 33


def test_nothing_is_oversold_without_a_waiting_list(meeting):
    in_person = factories.quota(size=7)

    refused = at_once(sign_up_and_confirm_many, 10, [in_person.pk])

    assert sum(refused) >= 40 - 7 - PROCESSES
    assert fresh(in_person)[0].taken == Place.objects.filter(state="confirmed").count() == 7


def sign_up_and_confirm_many(process, count, quota_ids):
    """Return how many were refused; the others wait if someone else confirms in between."""
    from registration.actions import Full

    refused = 0
    for n in range(count):
        try:
            confirmed(*Quota.objects.filter(pk__in=quota_ids), n=process * count + n)
        except Full:
            refused += 1
    leave_connections()
    return refused


def same_person(process, email):
    names = ["Ana", "Bea", "Eva", "Ida", "Lea", "Mía", "Noa", "Pía"]
    for name in names[process:] + names[:process]:
        if registration := sign_up(full_name=name, email=email):
            with suppress(Refusal):
                actions.confirm(registration.pk, registration.link_version)
    leave_connections()


def test_mailbox_never_has_more_than_five_people_nor_one_twice(meeting):
    at_once(same_person, "museo@museo.example")

    rows = Registration.objects.for_mailbox("museo@museo.example")
    assert len(rows) == len({row.name_key for row in rows}) >= 5
    assert sorted(rows.confirmed().values_list("mailbox_slot", flat=True)) == [1, 2, 3, 4, 5]


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


def test_lock_holds_without_any_quota(meeting):
    """Check states and slots where no quota is there to be locked."""
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
    """Remind until nothing is due, as workers do; return how many mails this one wrote."""
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


def take_what_is_free(process, keys, quota_id, organiser_id):
    """Take it in three processes as people who wait, in the fourth as newcomers and organisers."""
    quota, organiser = Quota.objects.get(pk=quota_id), User.objects.get(pk=organiser_id)
    in_person = Quota.objects.in_person().get()
    for n, pk in enumerate(keys[process::4]):
        registration = Registration.objects.get(pk=pk)
        with suppress(Refusal):
            if process < 3:
                actions.take_free_place(registration, quota)
            elif n % 2:
                actions.give_place(registration.places.get(quota=quota), by=organiser)
            else:
                sign_up(in_person, quota, n=1000 + pk, waitlist=[quota.code])
    leave_connections()


def test_free_places_of_the_last_day_are_given_once(meeting, organiser, time_machine):
    in_person = factories.quota(size=1000)
    start = factories.moment("10:00", day=2)
    session = factories.workshop(starts_at=start, ends_at=start + timedelta(hours=1))
    clay = factories.quota(session=session, size=7)
    holders = [confirmed(in_person, clay, n=n) for n in range(7)]
    line = [confirmed(in_person, clay, n=n, waitlist=[clay.code]) for n in range(7, 47)]
    time_machine.move_to(start - timedelta(hours=20), tick=True)
    for holder in holders:
        actions.give_back(holder, clay)

    at_once(take_what_is_free, [person.pk for person in line], clay.pk, organiser.pk)

    places = Place.objects.filter(quota=clay)
    assert fresh(clay)[0].taken == places.taken().count() == 7


def take_new_address(process, keys, address):
    registration = Registration.objects.get(pk=keys[process])
    for _n in range(3):
        with suppress(Refusal):
            token = tokens.new_address_token(registration, address)
            actions.take_new_address(tokens.read_new_address(token))
    leave_connections()


def test_one_of_four_people_with_the_same_name_gets_the_same_new_address(meeting):
    address = "new@museo.example"
    keys = [confirmed(n=n).pk for n in range(4)]
    for pk in keys:
        actions.change_address(Registration.objects.get(pk=pk), address)

    at_once(take_new_address, keys, address)

    assert Registration.objects.for_mailbox(address).count() == 1
    assert Registration.objects.exclude(new_email="").count() == 3
    assert Message.objects.filter(kind="address_left").count() == 1
