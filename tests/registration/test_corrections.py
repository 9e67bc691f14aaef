"""Organisers correct the address of a registration."""

import pytest

from registration import actions
from registration.mails import is_still_true, render
from registration.models import Message
from tests.registration.helpers import confirmed, correction, events, mails

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_mail_about_a_cancellation_is_not_sent_to_a_corrected_address(organiser, meeting):
    registration = actions.cancel(confirmed())
    corrected = correction(registration, email="nueva@museo.example")

    actions.correct(registration, corrected, by=organiser)

    assert is_still_true(Message.objects.get(kind="cancelled")) is False


def test_another_address_kills_the_old_links_and_gets_a_mail(organiser):
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


def test_corrected_address_gets_no_personal_mail_until_its_reader_confirms_it(organiser, meeting):
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
