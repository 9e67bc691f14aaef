"""A letter goes once to each recipient: frozen, paused, resumed, stopped, counted."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from eim import clock
from programme.models import Person
from registration import actions, mails, outbox
from registration.actions import Refusal, suppressions
from registration.models import Letter, Message, Registration
from registration.models.letters import PLACEHOLDERS
from tests import factories
from tests.registration.helpers import sample_letter
from tests.registration.letters import html_of, sent, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

State = Message.State
NOW = factories.NOW


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting()


@pytest.fixture
def by():
    return factories.user()


def speaker(**facts):
    return factories.part(person=factories.person(**{"email": "eva@museo.example"} | facts)).person


def states(letter):
    return dict(letter.messages.order_by().values_list("pk", "state"))


def let_worker_run(letter):
    while outbox.send_next():
        pass
    actions.end_letters()
    letter.refresh_from_db()


# Freezing


def test_letter_is_written_to_each_confirmed_person_with_a_proven_address_once(by):
    one, other = factories.registration(), factories.registration()
    factories.registration(state="pending")
    factories.registration(state="cancelled")
    factories.registration(unproven_since=NOW)
    factories.registration(email="", email_key=None)
    letter = factories.letter()

    letter = actions.send_letter(letter, by)
    again = actions.send_letter(Letter.objects.get(), by)
    factories.registration()

    written = letter.messages.order_by("pk").values_list("registration", "kind", "state", "history")
    assert list(written) == [(row.pk, "letter", "due", None) for row in (one, other)]
    assert (letter.state, letter.recipients, letter.approved_by) == ("sending", 2, by)
    assert letter.frozen_at == letter.approved_at == NOW
    assert again == letter


def test_letters_to_speakers_and_for_news_have_their_own_recipients(by):
    factories.registration()
    factories.person(email="sin-parte@museo.example")
    eva, ada = speaker(), factories.news_address()

    to_speakers = actions.send_letter(factories.letter(audience="speakers"), by)
    news = actions.send_letter(factories.letter(audience="news"), by)

    assert list(to_speakers.messages.values_list("person", flat=True)) == [eva.pk]
    assert list(news.messages.values_list("news_address", flat=True)) == [ada.pk]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"audience": "speakers"}, "Nobody fulfils the conditions"),
        ({"text_pt": " "}, "Some recipients read Portuguese"),
        ({"subject_pt": None}, "Some recipients read Portuguese"),
        ({"text_es": "Hola, {nombre}"}, "cannot fill in {nombre}"),
        ({"segment": {"place": "has-1"}, "text_es": "{session}"}, "names a session"),
    ],
)
def test_letter_that_recipients_could_not_read_is_refused_and_writes_nothing(facts, words, by):
    quota = factories.quota(pk=1)
    for language in ("es", "pt"):
        row = factories.registration(attendance="in_person", mail_language=language)
        factories.place(quota=quota, registration=row)
    letter = factories.letter(**facts)

    with pytest.raises(Refusal, match=words):
        actions.send_letter(letter, by)

    assert Letter.objects.get().state == "draft"
    assert not Message.objects.exists()


def test_language_that_nobody_reads_may_be_empty(by):
    factories.registration(mail_language="es")

    letter = actions.send_letter(factories.letter(text_pt="", subject_en=None), by)

    assert letter.recipients == 1


# Its text


@pytest.mark.parametrize(
    ("audience", "text", "words"),
    [
        ("attendees", "{name} {own_page} {Name}", "{Name}"),
        ("attendees", "{session}", "{session}"),
        ("speakers", "{name} {own_page}", "{own_page}"),
        ("news", "{meeting} {name}", "{name}"),
    ],
)
def test_unknown_placeholder_is_refused_beside_its_field_with_those_that_are_known(
    audience, text, words
):
    letter = factories.letter(audience=audience, text_pt=text)

    with pytest.raises(ValidationError) as refused:
        letter.full_clean()

    known = [name for name in PLACEHOLDERS[audience] if name != "session"]
    assert refused.value.message_dict == {
        "text_pt": [
            f"The site cannot fill in {words} for these recipients. It knows: "
            + ", ".join(f"{{{name.value}}}" for name in known)
            + "."
        ]
    }


def test_mail_has_the_values_of_its_recipient_in_their_language():
    message = factories.message(
        kind="letter",
        registration=factories.registration(full_name="Eva *M*", mail_language="pt"),
        letter=sample_letter(subject_pt="{name}: oficina", text_pt="{name}, {dates}"),
    )

    mail = sent(message)

    assert mail["Subject"] == "Eva *M*: oficina"
    assert "Eva *M*, de 18 a 20 de novembro de 2026" in text_of(mail)
    assert "<p>Eva *M*, de 18 a 20 de novembro de 2026</p>" in html_of(mail)


def test_mail_names_the_session_of_the_segment():
    quota = factories.quota(session=factories.workshop(title_es="Archivo oral"))
    letter = sample_letter(segment={"place": f"has-{quota.pk}"}, text_es="{session}")

    mail = sent(factories.message(kind="letter", letter=letter))

    assert "Archivo oral (miércoles 18 de noviembre, de 10:00 a 11:00, hora de Asunción)" in (
        " ".join(text_of(mail).split())
    )


def test_sample_of_a_letter_has_no_link_to_a_registration():
    letter = sample_letter()

    sample = mails.sample_of(letter, name="Luz", address="luz@museos.example", language="es")

    with translation.override("es"):
        assert reverse("registration:lost-link") in text_of(sent(sample))
    assert sent(sample)["To"] == "luz@museos.example"


# On its way


def test_letter_reaches_everybody_in_their_language_and_is_then_sent(inbox, by):
    eva = speaker(mail_language="pt", name="Eva")
    letter = actions.send_letter(factories.letter(audience="speakers"), by)

    let_worker_run(letter)

    assert [(mail["To"], mail["Subject"]) for mail in inbox.mails] == [
        (eva.email, "A sua oficina muda de sala")
    ]
    assert (letter.state, letter.ended_at) == ("sent", NOW)


def test_person_without_a_language_reads_the_first_of_the_meeting():
    message = factories.message(kind="letter", person=speaker())

    assert sent(message)["Content-Language"] == "es"


def test_paused_letter_gives_the_worker_nothing_until_it_goes_on(by):
    factories.registration(), factories.registration()
    letter = actions.send_letter(factories.letter(), by)
    other = factories.message(kind="confirmed", registration=Registration.objects.first())
    assert outbox.claim(NOW) == other
    taken = outbox.claim(NOW)

    assert actions.pause(letter) is True
    assert actions.pause(letter) is False
    assert outbox.claim(NOW) is None
    # Nor does a worker that died with one of its e-mails.
    assert outbox.claim(NOW + timedelta(minutes=11)) == other
    assert outbox.claim(NOW + timedelta(minutes=11)) is None

    assert actions.resume(letter) is True
    assert actions.resume(letter) is False
    assert {outbox.claim(NOW + timedelta(minutes=11)).pk for _n in range(2)} == set(states(letter))
    assert taken.pk in states(letter)


def test_stopped_letter_sends_no_more_for_good(by):
    factories.registration(), factories.registration()
    letter = actions.send_letter(factories.letter(), by)
    taken = outbox.claim(NOW)

    assert actions.stop(letter) is True
    assert (actions.stop(letter), actions.resume(letter), actions.pause(letter)) == (False,) * 3

    assert (letter.state, letter.ended_at) == ("stopped", NOW)
    assert sorted(states(letter).values()) == ["leased", "skipped"]
    # What a mail server did not take is not tried again.
    assert outbox.send(Message.objects.get(pk=taken.pk)) == outbox.SKIPPED


@pytest.mark.parametrize(
    ("facts", "is_sent"),
    [
        ({}, True),
        ({"state": "cancelled", "cancelled_at": NOW + timedelta(minutes=1)}, False),
        ({"state": "cancelled", "cancelled_at": NOW - timedelta(days=1)}, True),
        ({"state": "pending"}, False),
        ({"unproven_since": NOW}, False),
        ({"email": "", "email_key": None}, False),
    ],
)
def test_letter_goes_only_to_who_still_is_what_they_were(facts, is_sent):
    message = factories.message(kind="letter", registration=factories.registration(**facts))

    assert mails.is_still_true(message) is is_sent


@pytest.mark.parametrize("audience", ["attendees", "speakers", "news"])
@pytest.mark.parametrize(
    "suppress", [suppressions.suppress_reminders, suppressions.suppress_hashed]
)
def test_reader_who_wants_no_mails_gets_no_letter(audience, suppress, inbox):
    recipients = {
        "attendees": lambda: {"registration": factories.registration()},
        "speakers": lambda: {"person": speaker()},
        "news": lambda: {"news_address": factories.news_address()},
    }
    message = factories.message(kind="letter", **recipients[audience]())
    reason = ["asked"] if suppress == suppressions.suppress_hashed else []
    suppress(suppressions.mailbox_hash(message.mailbox), *reason)

    # News were asked for, apart from the reminders of a meeting.
    is_sent = audience == "news" and not reason
    assert outbox.send(message).state == ("sent" if is_sent else "skipped")


def test_progress_counts_each_mail_once_also_when_its_recipient_is_erased(
    by, django_assert_num_queries
):
    for _n in range(5):
        factories.registration()
    letter = actions.send_letter(factories.letter(), by)
    sent_one, failed, skipped, *_due = letter.messages.order_by("pk")
    for message, state in ((sent_one, "sent"), (failed, "failed"), (skipped, "skipped")):
        moment = NOW if state == "sent" else None
        letter.messages.filter(pk=message.pk).update(state=state, sent_at=moment)
    with django_assert_num_queries(1):
        before = actions.progress(letter)
    for message in (sent_one, failed):
        actions.erase(message.registration)
    letter.refresh_from_db()

    assert actions.progress(letter) == before
    facts = (before.recipients, before.sent, before.failed, before.skipped, before.waiting)
    assert facts == (5, 1, 1, 1, 2)
    assert (before.done, before.percent) == (3, 60)


def test_letter_is_sent_once_nothing_of_it_waits(by):
    factories.registration()
    letter = actions.send_letter(factories.letter(), by)

    assert actions.end_letters() == 0
    letter.messages.update(state=State.FAILED)
    assert actions.end_letters() == 1
    assert actions.end_letters() == 0

    assert Letter.objects.get().state == "sent"


def test_letter_that_waited_for_its_turn_for_days_outlives_a_fault_of_the_relay(mail_to):
    mail_to("smtp://127.0.0.1:1")
    factories.message(kind="letter", created_at=NOW - timedelta(days=9))

    assert outbox.send_next().state == "due"


# Its recipients are forgotten


def after_the_meeting(days):
    return factories.moment("12:00", day=3) + timedelta(days=days)


def test_erased_person_is_no_recipient_any_more(by):
    eva, ada = factories.registration(), factories.registration()
    letter = actions.send_letter(factories.letter(), by)

    actions.erase(eva)

    assert list(letter.messages.values_list("registration", flat=True)) == [ada.pk]


def test_organiser_deletes_a_person_with_the_letters_they_got(staff_client):
    message = factories.message(kind="letter", person=factories.person())
    factories.consent(person=message.person)
    kept = factories.message(kind="letter")
    page = reverse("admin:programme_person_delete", args=[message.person_id])

    assert staff_client.post(page, {"post": "yes"}).status_code == 302

    assert list(Message.objects.all()) == [kept]
    assert not Person.objects.exists()
    kept_page = reverse("admin:registration_message_delete", args=[kept.pk])
    assert staff_client.get(kept_page).status_code == 403


def test_purge_erases_recipients_and_addresses_of_speakers_and_keeps_counts(by, time_machine):
    factories.registration()
    eva = speaker(mail_language="pt")
    ada = factories.news_address()
    ended = [
        actions.send_letter(factories.letter(audience=audience), by)
        for audience in ("attendees", "speakers", "news")
    ]
    Message.objects.update(state=State.SENT, sent_at=NOW)
    actions.end_letters()
    paused = actions.send_letter(factories.letter(audience="speakers"), by)
    actions.pause(paused)

    time_machine.move_to(after_the_meeting(180))
    assert not actions.purge().is_any_due
    time_machine.move_to(after_the_meeting(181))
    done = actions.purge()

    assert (done.speakers.people, done.letters.people) == (1, 4)
    assert not Message.objects.exists()
    eva.refresh_from_db()
    ada.refresh_from_db()
    assert (eva.email, eva.mail_language) == ("", "")
    for letter in ended:
        letter.refresh_from_db()
        assert actions.progress(letter).sent == letter.recipients == 1
    paused.refresh_from_db()
    assert (paused.state, actions.progress(paused).skipped) == ("stopped", 1)
    assert not actions.purge().is_any_due


def test_later_letter_for_news_keeps_its_recipients_while_mails_may_come_back(by, time_machine):
    factories.news_address()
    time_machine.move_to(after_the_meeting(300))
    letter = actions.send_letter(factories.letter(audience="news"), by)
    actions.purge()
    assert letter.messages.count() == 1
    Message.objects.update(state=State.SENT, sent_at=clock.now())
    actions.end_letters()
    actions.purge()
    assert letter.messages.count() == 1

    time_machine.move_to(after_the_meeting(331))
    actions.purge()

    assert letter.messages.count() == 0
