"""Whoever sent what organisers remove is told by a letter, with the reason and the contact."""

import pytest

from programme.models import Removal
from registration import outbox
from registration.models import Letter, Message
from tests import factories
from tests.back_office import address
from tests.reading import read, text
from tests.registration.letters import html_of, sent, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("meeting", "office_in_english")]

SENT = {"reason": "rights", "words": "The archive wrote.", "words_for_sender": "It is *theirs*."}


def speaker(**facts):
    return factories.person(biography_es="Vida", **facts)


def test_person_is_told_in_their_language_with_the_reason_and_whom_to_write_to(staff_client):
    person = speaker(name="Rui", email="rui@museu.example", mail_language="pt")
    page = read(staff_client, address(person, "remove"))
    assert "One person gets an e-mail: Rui." in text(page, "//div[@id='content']")

    staff_client.post(address(person, "remove"), SENT | {"parts": ["text"]})

    message = Message.objects.get()
    assert (message.kind, message.person, message.state) == ("letter", person, "due")
    mail = sent(message)
    assert mail["To"] == "rui@museu.example"
    assert mail["Subject"].startswith("A organização retirou do site algo seu")
    said = text_of(mail)
    assert "texto (“Rui”)" in said
    assert "Motivo: viola os direitos de alguém." in said
    assert "It is *theirs*." in said
    assert "encuentro@museos.example" in said
    assert "/pt/condicoes/" in html_of(mail)
    assert SENT["words"] not in said
    assert outbox.send_next().state == "sent"


def test_everybody_of_a_session_is_told_in_one_letter(staff_client):
    session = factories.session(abstract_es="Texto", materials_url="https://museo.example/m")
    people = [speaker(email=f"{n}@museo.example") for n in "ab"]
    for person in [*people, speaker()]:
        factories.part(session=session, person=person)

    staff_client.post(address(session, "remove"), SENT | {"parts": ["text", "materials"]})

    letter = Letter.objects.get()
    assert (letter.recipients, letter.state) == (2, "sending")
    assert [message.person for message in letter.messages.order_by("pk")] == people
    assert Removal.objects.count() == 2


def test_nobody_is_asked_for_words_or_told_where_no_address_is_known(staff_client):
    person = speaker()
    assert b"words_for_sender" not in staff_client.get(address(person, "remove")).content

    staff_client.post(address(person, "remove"), SENT | {"parts": ["text"]})

    assert (Removal.objects.get().words_for_sender, Letter.objects.count()) == ("", 0)
