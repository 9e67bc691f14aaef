"""A person signs up, for the first time or again."""

from datetime import timedelta

import pytest

from eim import clock
from registration import actions
from registration.models import Registration
from tests import factories
from tests.registration.helpers import (
    application,
    confirmed,
    events,
    fresh,
    mails,
    sign_up,
    states,
    taken,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=4)


@pytest.fixture
def workshop(meeting):
    """Open a workshop of one seat: nobody holds it before they have confirmed."""
    return factories.quota(session=factories.workshop(), size=1)


@pytest.fixture
def visit(meeting):
    return factories.quota(session=factories.session(kind="visit"), size=2)


def test_online_registration_is_pending_with_a_consent_and_one_mail():
    registration = sign_up()

    assert registration.state == "pending"
    assert events(registration) == ["signed_up"]
    assert mails() == [("pending", "Rosa Quispe Mamani")]
    assert [c.purpose for c in registration.consents.all()] == ["privacy"]


def test_access_needs_come_with_a_consent_of_their_own():
    registration = sign_up(needs="Silla de ruedas")

    assert [c.purpose for c in registration.consents.all()] == ["privacy", "needs"]


def test_places_are_held_until_the_address_is_confirmed(in_person, visit):
    registration = sign_up(in_person, visit)

    assert states(registration) == {in_person.pk: "held", visit.pk: "held"}
    assert (taken(in_person), taken(visit)) == (1, 1)


def test_full_workshop_refuses_all_and_writes_nothing(in_person, workshop):
    confirmed(in_person, workshop, n=1)

    with pytest.raises(actions.Full) as refusal:
        sign_up(in_person, workshop, n=2)

    assert refusal.value.quotas == [workshop]
    assert Registration.objects.count() == 1
    assert (taken(in_person), taken(workshop)) == (1, 1)


def test_full_workshop_with_accepted_waiting_list_waits(in_person, workshop):
    confirmed(in_person, workshop, n=1)

    second = sign_up(in_person, workshop, n=2, waitlist=[workshop.code])

    assert states(second) == {in_person.pk: "held", workshop.pk: "waiting"}
    assert second.places.get(quota=workshop).number == 2


def test_seat_waits_while_the_place_in_person_waits(workshop, meeting):
    in_person = factories.quota(size=1)
    confirmed(in_person, n=1)

    second = sign_up(in_person, workshop, n=2, waitlist=["in_person"])

    assert states(second) == {in_person.pk: "waiting", workshop.pk: "waiting"}
    assert taken(workshop) == 0


def test_same_answers_again_change_nothing_and_write_no_mail(in_person):
    first = sign_up(in_person)

    again = sign_up(in_person)

    assert again == first
    assert again.link_version == 1
    assert mails() == [("pending", "Rosa Quispe Mamani")]


def test_other_answers_replace_a_pending_registration_and_keep_the_number_in_line(in_person, visit):
    first = sign_up(in_person, visit)
    sign_up(in_person, n=2)
    number = first.places.get(quota=in_person).number

    again = sign_up(in_person, institution="Museo de Arte")

    assert (again.pk, again.institution, again.link_version) == (first.pk, "Museo de Arte", 2)
    assert again.places.get(quota=in_person).number == number
    assert states(again) == {in_person.pk: "held", visit.pk: "released"}
    assert (taken(in_person), taken(visit)) == (2, 0)
    assert events(again) == ["signed_up", "replaced"]


def test_other_answers_give_five_new_tries_at_the_code():
    first = sign_up()
    Registration.objects.update(code_tries=5)

    again = sign_up(institution="Museo de Arte")

    assert (again.pk, again.code_tries) == (first.pk, 0)


@pytest.mark.parametrize(
    ("full_name", "email"),
    [
        ("ROSA  quispe mamani", "rosa@museo.example"),
        ("Rósa Quispe Mamaní", "rosa@museo.example"),
        ("Rosa Quispe Mamani", "ROSA@Museo.Example"),
    ],
)
def test_person_is_the_same_whatever_the_case_accents_and_spaces(full_name, email):
    first = confirmed()

    again = sign_up(full_name=full_name, email=email)

    assert again is None
    assert Registration.objects.get() == first


def test_confirmed_person_again_stays_untouched_and_gets_a_mail_with_the_link():
    first = confirmed()

    assert sign_up(institution="Otra") is None

    first.refresh_from_db()
    assert (first.state, first.institution, first.link_version) == ("confirmed", "", 1)
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "already"]


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_cancelled_or_lapsed_registration_is_reopened(state, in_person):
    old = factories.registration(
        state=state, full_name="Rosa Quispe Mamani", email="rosa@museo.example"
    )

    again = sign_up(in_person)

    assert (again.pk, again.state, again.link_version) == (old.pk, "pending", 2)
    assert (again.submitted_at, again.mailbox_slot) == (clock.now(), None)
    assert states(again) == {in_person.pk: "held"}
    assert events(again) == ["reopened"]


def test_five_people_share_a_mailbox_and_the_sixth_leads_to_a_list_of_them():
    for n in range(5):
        confirmed(full_name=f"Persona {'ABCDE'[n]}", email="museo@museo.example")

    sixth = sign_up(full_name="Persona F", email="museo@museo.example")

    assert sixth is None
    assert Registration.objects.count() == 5
    assert mails()[-1] == ("mailbox", "Persona A")


def test_slot_of_a_mailbox_is_free_again_after_a_cancellation(meeting):
    five = [
        confirmed(full_name=f"Persona {'ABCDE'[n]}", email="museo@museo.example") for n in range(5)
    ]
    actions.cancel(five[2])

    sixth = confirmed(full_name="Persona F", email="museo@museo.example")

    assert sixth.mailbox_slot == 3


def test_mistyped_address_gives_its_place_to_the_corrected_one(meeting):
    in_person = factories.quota(size=2)
    slip = sign_up(in_person, email="rosa@musoe.example")

    registration = actions.sign_up(
        application(*fresh(in_person), instead_of=(slip.pk, slip.link_version))
    )

    slip.refresh_from_db()
    assert slip.state == "cancelled"
    assert states(registration) == {in_person.pk: "held"}
    assert taken(in_person) == 1


def test_correcting_the_name_under_the_same_address_leaves_one_registration(in_person):
    slip = sign_up(in_person, full_name="Rosa Quipse")

    registration = actions.sign_up(
        application(*fresh(in_person), instead_of=(slip.pk, slip.link_version))
    )

    assert list(Registration.objects.live()) == [registration]
    assert taken(in_person) == 1


def test_network_holds_places_for_five_unconfirmed_and_the_sixth_waits(meeting):
    in_person = factories.quota(size=100)
    for n in range(5):
        sign_up(in_person, n=n, network="one museum")

    sixth = sign_up(in_person, n=6, network="one museum")

    assert states(sixth) == {in_person.pk: "waiting"}
    assert taken(in_person) == 5
    actions.confirm(sixth.pk, 1)
    assert states(sixth) == {in_person.pk: "confirmed"}


def test_hold_ends_after_an_hour_and_the_number_stays(in_person, time_machine):
    first = sign_up(in_person, n=1)
    time_machine.shift(timedelta(minutes=60))

    sign_up(in_person, n=2)
    sign_up(in_person, n=3)

    assert states(first) == {in_person.pk: "waiting"}
    assert first.places.get().number == 1
    assert events(first) == ["signed_up", "hold_over"]
    assert taken(in_person) == 2


def test_mailbox_is_written_to_ten_times_a_day_at_most(settings):
    settings.MAILS_PER_ADDRESS = 2
    for n in range(4):
        sign_up(institution=f"Museo {n}")

    assert len(mails()) == 2


def test_correcting_a_slip_in_a_full_mailbox_keeps_the_person(in_person):
    for name in "ABCD":
        confirmed(full_name=f"Persona {name}", email="museo@museo.example")
    slip = sign_up(full_name="Rosa Quipse", email="museo@museo.example")

    registration = actions.sign_up(
        application(email="museo@museo.example", instead_of=(slip.pk, slip.link_version))
    )

    confirmed_one = actions.confirm(registration.pk, registration.link_version)
    assert (confirmed_one.full_name, confirmed_one.mailbox_slot) == ("Rosa Quispe Mamani", 5)
    assert Registration.objects.live().count() == 5


def test_full_quota_is_refused_to_a_confirmed_person_too(meeting):
    """Another answer would reveal that the address is known."""
    in_person = factories.quota(size=1)
    confirmed(in_person, n=1)
    known = confirmed()

    with pytest.raises(actions.Full) as refusal:
        sign_up(in_person)

    assert refusal.value.quotas == [in_person]
    assert events(known) == ["signed_up", "confirmed", "repeated"]
    assert [kind for kind, _ in mails()][-1] == "already"


def test_answers_are_not_replaced_while_no_mail_may_be_written(settings):
    settings.MAILS_PER_ADDRESS = 1
    first = sign_up()

    again = sign_up(institution="Museo de Arte")

    assert (again.pk, again.institution, again.link_version) == (first.pk, "", 1)
    assert events(first) == ["signed_up"]


@pytest.mark.parametrize(
    "facts", [{"full_name": "\ufdfa" * 20}, {"email": "a@" + "\ufdfa" * 60 + ".example"}]
)
def test_letters_that_get_longer_when_normalised_fit_their_columns(facts):
    first = sign_up(**facts)

    assert sign_up(**facts) == first


def test_invisible_joiners_in_a_name_make_no_other_person():
    first = confirmed(full_name="Ana\u200d \u200cPérez")

    assert sign_up(full_name="Ana Perez") is None
    assert Registration.objects.get() == first


def test_session_that_was_cancelled_meanwhile_gives_no_seat(in_person, workshop):
    workshop.session.state = "cancelled"
    workshop.session.save()

    with pytest.raises(actions.Refusal):
        sign_up(in_person, workshop)

    assert Registration.objects.count() == 0


def test_sessions_that_were_moved_over_each_other_meanwhile_give_no_seats(in_person, workshop):
    other = factories.quota(session=factories.workshop())

    with pytest.raises(actions.Refusal):
        sign_up(in_person, workshop, other)

    assert Registration.objects.count() == 0


def test_corrected_slip_keeps_its_place_at_the_network_limit(meeting):
    in_person = factories.quota(size=100)
    for n in range(4):
        sign_up(in_person, n=n, network="a network")
    slip = sign_up(in_person, email="rosa@musoe.example")

    registration = actions.sign_up(
        application(*fresh(in_person), instead_of=(slip.pk, slip.link_version))
    )

    assert states(registration) == {in_person.pk: "held"}


def test_refused_correction_of_a_known_person_leaves_the_slip_as_it_was(in_person, workshop):
    confirmed(in_person, workshop, n=1)
    confirmed()
    slip = sign_up(in_person, email="rosa@musoe.example")

    with pytest.raises(actions.Full):
        actions.sign_up(
            application(*fresh(in_person, workshop), instead_of=(slip.pk, slip.link_version))
        )

    slip.refresh_from_db()
    assert (slip.state, states(slip)) == ("pending", {in_person.pk: "held"})


def test_full_quota_is_refused_to_a_pending_person_without_mails_left(
    settings, in_person, workshop
):
    confirmed(in_person, workshop, n=1)
    settings.MAILS_PER_ADDRESS = 1
    sign_up()

    with pytest.raises(actions.Full):
        sign_up(in_person, workshop)
