"""While no session is streamed, the form takes people in person; who is online may come."""

import pytest
from django.urls import reverse

from programme.models import Session
from registration import tokens
from registration.models import Registration
from tests import factories
from tests.reading import read, text, words
from tests.registration.helpers import VALID, confirmed

pytestmark = pytest.mark.django_db

FORM = "/en/registration/"
CHOICES = "//input[@name='attendance']"
SENTENCE = "All sessions of the programme are in person."


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=3)


@pytest.fixture
def lecture(in_person):
    return factories.session(format=Session.Format.IN_PERSON)


def offered(client):
    return read(client, FORM).xpath(f"{CHOICES}/@value")


def test_form_offers_to_come_in_person_alone_and_says_why(client, lecture):
    page = read(client, FORM)

    assert page.xpath(f"{CHOICES}/@value") == ["in_person"]
    assert page.xpath(f"{CHOICES}[@checked]/@value") == ["in_person"]
    assert words(page.xpath("//*[@id='id_attendance_helptext']")) == [SENTENCE]


def test_form_offers_both_ways_while_no_session_but_workshops_is_known(client, in_person):
    factories.workshop()
    factories.session(format=Session.Format.IN_PERSON, state=Session.State.DRAFT)

    assert offered(client) == ["in_person", "online"]


def test_form_offers_both_ways_once_one_session_is_streamed(client, lecture):
    factories.session(format=Session.Format.HYBRID)

    assert offered(client) == ["in_person", "online"]


def test_registration_online_is_refused_with_a_sentence(client, lecture):
    response = client.post(FORM, VALID | {"attendance": "online"})

    assert response.status_code == 422
    assert "No session of the programme is streamed: choose to come in person." in response.text
    assert not Registration.objects.exists()


def test_page_to_go_online_leads_back_and_changes_nothing(client, lecture):
    registration = confirmed(attendance="in_person")
    link = reverse("registration:go-online", args=[tokens.own_token(registration)])

    for response in (client.get(link, follow=True), client.post(link, follow=True)):
        assert response.templates[0].name == "registration/own.html"
    registration.refresh_from_db()
    assert registration.is_in_person


def test_registration_online_of_before_stays_and_may_come_in_person(client, in_person):
    registration = confirmed(attendance="online")
    factories.session(format=Session.Format.IN_PERSON)
    token = tokens.own_token(registration)

    assert "Online" in text(read(client, f"/en/registration/mine/{token}/"))
    client.post(reverse("registration:come-in-person", args=[token]))

    registration.refresh_from_db()
    assert registration.is_in_person
