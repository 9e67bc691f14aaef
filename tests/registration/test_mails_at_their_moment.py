"""Mails are sent only while they are true: before the meeting, during it and after it."""

import pytest

from programme.models import Meeting, Session
from registration import mails
from registration.models import History, Message, Place
from registration.models.messages import BY_STANDING
from tests import factories
from tests.registration.helpers import message_about
from tests.registration.letters import html_of, message_of, sent, text_of, words_of

pytestmark = pytest.mark.django_db

# The workshop of `message_of` is from 10:00 to 11:00 on the first of three days.
BEFORE, BEGUN, NEXT_HOUR = factories.NOW, factories.moment("10:30"), factories.moment("11:30")
LAST_EVENING = factories.moment("20:00", day=3)
NEXT_DAY, TWO_YEARS_ON = factories.moment("0:00", day=4), factories.moment("9:00", day=730)
EVERY_KIND = set(Message.Kind) - set(BY_STANDING.values())
REMINDERS = {"week_before", "days_before"}
# What is said of an address, of one's data, of what has been cancelled, and by the organisers.
FOR_EVER = {"moved", "desk", "new_address", "address_left", "cancelled", "fresh_link", "letter"}


@pytest.fixture(autouse=True)
def meeting():
    return factories.meeting()


@pytest.mark.parametrize(
    ("moment", "kinds"),
    [
        (BEFORE, EVERY_KIND),
        (BEGUN, EVERY_KIND - REMINDERS),
        (NEXT_HOUR, EVERY_KIND - REMINDERS - {"session_cancelled", "session_moved"}),
        (LAST_EVENING, EVERY_KIND - REMINDERS - {"session_cancelled", "session_moved"}),
        (NEXT_DAY, FOR_EVER),
        (TWO_YEARS_ON, FOR_EVER),
    ],
    ids=["before", "session on", "session over", "last evening", "next day", "two years on"],
)
def test_kinds_of_mails_that_are_true_at_a_moment(moment, kinds, time_machine):
    time_machine.move_to(moment, tick=False)
    workshop = factories.quota(session=factories.workshop(starts_at=factories.moment("10:00")))
    in_person = factories.quota()

    true = set()
    for kind in EVERY_KIND:
        Session.objects.update(state=Session.State.PUBLISHED)
        if mails.is_still_true(message_about(kind, in_person, workshop)):
            true.add(kind)

    assert true == kinds


def test_links_that_were_lost_are_sent_after_the_meeting_without_any_to_confirm(time_machine):
    person = factories.registration(full_name="Rosa Quispe")
    other = {"email": person.email, "email_key": person.email_key, "state": "pending"}
    factories.registration(full_name="Iván Rojas", **other)
    time_machine.move_to(NEXT_DAY, tick=False)
    lost = factories.history(registration=person, event=History.Event.LINK_LOST)
    message = factories.message(kind="mailbox", registration=person, history=lost)

    assert mails.is_still_true(message)
    text = text_of(sent(message))
    assert "Rosa Quispe" in text
    assert "no está confirmada" not in text


def test_mail_about_a_free_place_names_none_of_a_session_that_has_begun(time_machine):
    message = message_of("promoted")
    workshop = message.registration.places.get(quota__kind="session")
    time_machine.move_to(BEGUN, tick=False)

    assert "Archivo oral" not in text_of(sent(message))
    message.registration.places.exclude(pk=workshop.pk).update(state=Place.State.RELEASED)
    assert not mails.is_still_true(message)


@pytest.mark.parametrize("kind", ["session_cancelled", "session_moved"])
def test_mail_about_a_session_that_has_begun_offers_no_other(kind, time_machine):
    message = message_of(kind, language="en")
    told = {}
    for moment in (BEFORE, BEGUN):
        time_machine.move_to(moment, tick=False)
        mail = sent(message)
        told[moment] = [
            any(offer in words for offer in ("something else", "release your place"))
            for words in (text_of(mail), words_of(html_of(mail)))
        ]

    assert told == {BEFORE: [True, True], BEGUN: [False, False]}


def test_confirmed_mail_names_the_next_session_once_the_meeting_has_begun(time_machine):
    message = message_of("confirmed", language="en")
    factories.session(starts_at=factories.moment("15:00", day=2))
    factories.session(day=factories.FIRST_DAY, starts_at=None)
    told = {}
    for name, moment in {"before": BEFORE, "on": BEGUN, "evening": LAST_EVENING}.items():
        time_machine.move_to(moment, tick=False)
        lines = text_of(sent(message)).split("\n")
        told[name] = [line for line in lines if " session: " in line or "to be confirmed" in line]

    assert told == {
        "before": ["The first session: Wednesday 18 November, from 10:00 to 11:00, Asunción"],
        "on": ["The next session: Thursday 19 November, from 15:00 to 16:00, Asunción time."],
        "evening": [],
    }


def test_mail_about_a_cancellation_after_the_meeting_regrets_no_absence(time_machine):
    message = message_of("cancelled", language="en")
    time_machine.move_to(NEXT_DAY, tick=False)

    mail = sent(message)

    for words in (text_of(mail), words_of(html_of(mail))):
        assert "your registration has been cancelled." in words
        assert "we are sorry" not in words
        assert "register again" not in words


def test_mail_about_a_cancellation_links_to_registration_only_while_its_page_is_open(
    client, time_machine
):
    Meeting.objects.update(registration_closes_at=None)
    message = message_of("cancelled", language="en")
    factories.session(starts_at=factories.moment("15:00", day=3))
    offered, is_open = [], []
    for moment in (BEFORE, BEGUN, LAST_EVENING, NEXT_DAY):
        time_machine.move_to(moment, tick=False)
        offered.append("register again" in text_of(sent(message)))
        page = client.get("/en/registration/").content.decode()
        is_open.append('name="full_name"' in page)

    assert offered == is_open == [True, True, False, False]


def test_mail_of_the_desk_after_the_meeting_promises_no_pass(time_machine):
    message = message_of("desk", language="en")
    time_machine.move_to(NEXT_DAY, tick=False)

    mail = sent(message)

    assert "pass" not in text_of(mail) + words_of(html_of(mail))
