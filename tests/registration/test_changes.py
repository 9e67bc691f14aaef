"""What happens to a registration after it was made."""

from datetime import timedelta

import pytest

from registration import actions, tokens
from registration.mails import is_still_true, render
from registration.models import Message, Registration
from tests import factories
from tests.registration.helpers import confirmed, correction, events, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=1)


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

    with pytest.raises(actions.Refusal, match="no longer works"):
        actions.confirm(registration.pk, 1)

    assert Registration.objects.get().state == "pending"


def test_confirming_after_two_days_is_refused(time_machine):
    registration = sign_up()
    time_machine.shift(timedelta(hours=48))

    with pytest.raises(actions.Refusal, match="in time"):
        actions.confirm(registration.pk, 1)


def test_right_code_confirms():
    registration = sign_up()

    confirmed_one = actions.try_code(registration.pk, 1, tokens.code(registration))

    assert confirmed_one == registration
    assert confirmed_one.state == "confirmed"


def test_code_stops_working_after_five_wrong_ones():
    registration = sign_up()
    wrong = "000000" if tokens.code(registration) != "000000" else "111111"

    outcomes = [actions.try_code(registration.pk, 1, wrong) for _n in range(5)]
    last = actions.try_code(registration.pk, 1, tokens.code(registration))

    assert (*outcomes, last) == (None,) * 6
    assert Registration.objects.get().code_tries == 5


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


def test_cancelling_twice_writes_one_event_and_releases_each_place_once(in_person):
    registration = confirmed(in_person)
    actions.cancel(registration)

    actions.cancel(registration)

    assert events(registration) == ["signed_up", "confirmed", "cancelled"]
    assert taken(in_person) == 0


def test_cancelling_a_pending_registration_writes_no_mail(in_person):
    registration = sign_up(in_person)

    actions.cancel(registration)

    assert [kind for kind, _ in mails()] == ["pending"]


def test_unconfirmed_registrations_lapse_after_two_days(in_person, time_machine):
    registration = sign_up(in_person)
    time_machine.shift(timedelta(hours=48))

    assert actions.sweep() == 1

    registration.refresh_from_db()
    assert (registration.state, registration.mailbox_slot) == ("expired", None)
    assert states(registration) == {in_person.pk: "released"}
    assert taken(in_person) == 0


def test_sweep_before_the_lapse_changes_nothing(in_person, time_machine):
    registration = sign_up(in_person)
    time_machine.shift(timedelta(minutes=59))

    assert actions.sweep() == 0
    assert states(registration) == {in_person.pk: "held"}


def test_asking_again_writes_the_same_code(time_machine):
    registration = sign_up()
    code = tokens.code(registration)

    actions.ask_again(registration.pk, 1)

    registration.refresh_from_db()
    assert tokens.code(registration) == code
    assert [kind for kind, _ in mails()] == ["pending", "pending"]


def test_asking_again_for_a_confirmed_registration_writes_no_mail():
    registration = confirmed()

    actions.ask_again(registration.pk, 1)

    assert [kind for kind, _ in mails()] == ["pending", "confirmed"]


def test_nobody_is_called_within_the_last_day_but_by_an_organiser(in_person, time_machine):
    first = confirmed(in_person, n=1)
    second = confirmed(in_person, n=2, waitlist=["in_person"])
    time_machine.move_to(factories.moment("00:01") - timedelta(hours=24))

    actions.cancel(first)
    assert states(second) == {in_person.pk: "waiting"}

    actions.set_size(in_person, 2)

    assert states(second) == {in_person.pk: "confirmed"}


def test_nobody_is_called_to_what_has_begun(meeting, time_machine):
    in_person = factories.quota(size=100)
    over = factories.quota(session=factories.workshop(), size=1)
    holder = confirmed(in_person, over, n=1)
    waiting = confirmed(in_person, over, n=2, waitlist=[over.code])
    time_machine.move_to(factories.moment("10:30"))

    actions.cancel(holder, by=factories.user())

    assert states(waiting)[over.pk] == "waiting"


def test_cancelled_mail_is_not_sent_to_a_corrected_address(organiser, meeting):
    registration = actions.cancel(confirmed())
    corrected = correction(registration, email="nueva@museo.example")

    actions.correct(registration, corrected, by=organiser)

    assert is_still_true(Message.objects.get(kind="cancelled")) is False


def test_person_who_confirms_on_the_last_day_gets_the_seats_that_are_free(meeting, time_machine):
    in_person = factories.quota(size=100)
    time_machine.move_to(factories.moment("00:01") - timedelta(hours=24))
    for n in range(5):
        sign_up(in_person, n=n, network="one museum")
    sixth = sign_up(in_person, n=6, network="one museum")
    assert states(sixth) == {in_person.pk: "waiting"}

    actions.confirm(sixth.pk, 1)

    assert states(sixth) == {in_person.pk: "confirmed"}


def test_nobody_is_called_to_two_seats_at_once(meeting):
    in_person = factories.quota(size=5)
    ours = factories.quota(session=factories.workshop(), size=1)
    other = factories.quota(session=factories.workshop(), size=1)
    holder = confirmed(in_person, other, n=1)
    registration = confirmed(in_person, ours, n=2)
    factories.place(quota=other, registration=registration, state="waiting")

    actions.cancel(holder)

    assert states(registration)[other.pk] == "waiting"
    assert taken(other) == 0


def test_larger_quota_calls_those_who_wait(in_person):
    confirmed(in_person, n=1)
    second = confirmed(in_person, n=2, waitlist=["in_person"])

    actions.set_size(in_person, 2)

    assert states(second) == {in_person.pk: "confirmed"}


def test_quota_cannot_be_smaller_than_what_is_taken(in_person):
    confirmed(in_person)

    with pytest.raises(actions.Refusal, match="1 are taken"):
        actions.set_size(in_person, 0)


def test_corrected_address_gets_a_mail_and_old_links_stop_working(organiser):
    registration = confirmed()
    other = {"full_name": "Rosa Quispe", "email": "nueva@museo.example", "mail_language": "pt"}
    corrected = correction(registration, **other)

    actions.correct(registration, corrected, by=organiser, note="Lo pidió por teléfono.")

    registration.refresh_from_db()
    assert (registration.email_key, registration.name_key) == ("nueva@museo.example", "rosa quispe")
    assert registration.link_version == 2
    corrected = registration.history.last()
    assert (corrected.actor, corrected.note) == (
        organiser,
        "Lo pidió por teléfono.\nfull_name, email, mail_language",
    )
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "moved"]


def test_new_address_is_told_nothing_personal_until_its_reader_confirms_it(organiser, meeting):
    registration = confirmed()
    corrected = correction(registration, email="nueva@museo.example", mail_language="en")
    actions.correct(registration, corrected, by=organiser)
    moved = Message.objects.get(kind="moved")
    mail = render(moved)
    html = str(mail.alternatives[0].content)
    assert ["Rosa" in mail.body, "Rosa" in html, registration.reference in html] == [False] * 3

    actions.confirm(registration.pk, 2)
    actions.confirm(registration.pk, 2)

    registration.refresh_from_db()
    assert registration.unproven_since is None
    assert is_still_true(Message.objects.get(pk=moved.pk)) is False
    assert events(registration)[-2:] == ["corrected", "moved"]
    assert [kind for kind, _ in mails()] == ["pending", "confirmed", "moved", "confirmed"]
