"""A registration is confirmed by its link or its code, or lapses."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration import actions, tokens
from registration.models import Registration
from tests import factories
from tests.registration.helpers import confirmed, events, mails, network, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=2)


HOME = network("home")


def claim_of(registration):
    return tokens.Claim(registration.pk, registration.link_version)


def try_code(registration, typed):
    return actions.try_code(claim_of(registration), typed, HOME)


def test_confirming_confirms_the_held_places_and_writes_a_mail(in_person):
    registration = confirmed(in_person)

    assert registration.state == "confirmed"
    assert states(registration) == {in_person.pk: "confirmed"}
    assert events(registration) == ["signed_up", "confirmed"]
    assert [kind for kind, _ in mails()] == ["pending", "confirmed"]


def test_confirming_twice_writes_one_event():
    registration = confirmed()

    actions.confirm(registration.pk, registration.link_version)

    assert events(registration) == ["signed_up", "confirmed"]


def test_confirming_by_an_older_link_is_refused():
    registration = sign_up()
    sign_up(institution="Museo de Arte")

    with pytest.raises(actions.Refusal, match="This link"):
        actions.confirm(registration.pk, 1)

    assert Registration.objects.get().state == "pending"


def test_confirming_after_two_days_is_refused(time_machine):
    registration = sign_up()
    time_machine.shift(timedelta(hours=48))

    with pytest.raises(actions.Refusal, match="in time"):
        actions.confirm(registration.pk, 1)


def test_right_code_confirms():
    registration = sign_up()

    confirmed_one = try_code(registration, tokens.code(registration))

    assert confirmed_one == registration
    assert confirmed_one.state == "confirmed"


def test_code_is_refused_after_five_wrong_ones():
    registration = sign_up()
    wrong = "000000" if tokens.code(registration) != "000000" else "111111"

    outcomes = [try_code(registration, wrong) for _n in range(5)]
    last = try_code(registration, tokens.code(registration))

    assert (*outcomes, last) == (None,) * 6
    assert Registration.objects.get().code_tries == 5


def test_unconfirmed_registrations_lapse_after_two_days(in_person, time_machine):
    registration = sign_up(in_person)
    time_machine.shift(timedelta(hours=48))

    assert actions.sweep() == 1

    registration.refresh_from_db()
    assert (registration.state, registration.mailbox_slot) == ("expired", None)
    assert states(registration) == {in_person.pk: "released"}
    assert taken(in_person) == 0


def test_sweep_within_the_hour_leaves_the_hold(in_person, time_machine):
    registration = sign_up(in_person)
    time_machine.shift(timedelta(minutes=59))

    assert actions.sweep() == 0
    assert states(registration) == {in_person.pk: "held"}


def test_asking_again_writes_the_same_code(time_machine):
    registration = sign_up()
    code = tokens.code(registration)

    actions.ask_again(claim_of(registration), registration.email, HOME)

    registration.refresh_from_db()
    assert tokens.code(registration) == code
    assert [kind for kind, _ in mails()] == ["pending", "pending"]


def test_asking_again_for_a_confirmed_one_writes_nothing():
    registration = confirmed()

    actions.ask_again(claim_of(registration), registration.email, HOME)

    assert [kind for kind, _ in mails()] == ["pending", "confirmed"]


# What is written for nobody, so that the time of an answer tells nobody apart


def writes_of(queries):
    """Leave out the numbers of savepoints, and whether they were undone."""
    names = ("INSERT", "UPDATE", "SELECT")
    return [q["sql"].split()[0] for q in queries if q["sql"].startswith((*names, "\n"))]


@pytest.mark.parametrize("deed", ["code", "again"])
def test_same_statements_run_for_a_pending_person_and_for_nobody(deed):
    pending, counts = sign_up(), []
    confirmed(n=1)

    for claim in (claim_of(pending), None):
        with CaptureQueriesContext(connection) as captured:
            if deed == "code":
                actions.try_code(claim, "000000", HOME)
            else:
                actions.ask_again(claim, "rosa@museo.example", HOME)
        counts.append(writes_of(captured.captured_queries))

    known, unknown = counts
    # Nobody is not looked for: one look, at the anybody who stands in for them, is left out.
    assert [s for s in known if s != "SELECT"] == [s for s in unknown if s != "SELECT"]
    assert len(known) - len(unknown) == (1 if deed == "again" else 0)


def test_code_of_nobody_counts_for_nobody():
    sign_up()

    assert actions.try_code(None, "123456", HOME) is None
    assert Registration.objects.get().code_tries == 0
