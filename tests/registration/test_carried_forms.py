"""Carry what was typed into a form into another language, together with its reader."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from registration import tokens
from registration.models import Registration
from tests import factories
from tests.reading import read
from tests.registration.helpers import VALID, confirmed

pytestmark = pytest.mark.django_db

PATHS = {"es": "/es/inscripcion/", "pt": "/pt/inscricao/", "en": "/en/registration/"}
TYPED = VALID | {"full_name": "Rosa <Quispe>", "email": "rosa@", "needs": "Rampa"}


@pytest.fixture
def clay(meeting):
    factories.quota(size=3)
    return factories.quota(session=factories.workshop(title_es="Barro", code="CLAY"))


def fields(page):
    """Return what a form would post as it stands."""
    values = page.get_element_by_id("carried-form").form_values()
    # HTML ignores a line feed at the beginning of a text area.
    return {name: value.removeprefix("\n") for name, value in values}


def switch(page, language):
    """Return where the button of a language sends the form, and what it adds."""
    (button,) = page.xpath("//nav[@class='languages']/button[@lang=$code]", code=language)
    assert button.get("form") == "carried-form"
    assert "formnovalidate" in button.attrib
    return button.get("formaction"), {button.get("name"): button.get("value")}


def carried(client, path, language, typed):
    """Press the button of a language on a page whose form is filled in."""
    address, pressed = switch(read(client, path), language)
    return client.post(address, typed | pressed)


def parsed(response):
    class Once:
        def get(self, path):
            return response

    return read(Once(), "")


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_form_of_registration_is_carried_without_errors(client, clay, language):
    start = "pt" if language == "es" else "es"
    started = fields(read(client, PATHS[start]))["started"]
    typed = TYPED | {"workshops": ["CLAY"], "attendance": "in_person", "started": started}

    response = carried(client, PATHS[start], language, typed)

    page = parsed(response)
    assert page.get("lang") == language
    assert page.xpath("//*[@id='error-summary'] | //*[contains(@class, 'has-error')]") == []
    shown = fields(page)
    assert shown.items() >= (typed | {"workshops": "CLAY", "mail_language": language}).items()
    assert not response.cookies
    assert not Registration.objects.exists()


def test_carried_form_keeps_the_language_of_mails_that_was_chosen(client, clay):
    response = carried(client, PATHS["es"], "pt", VALID | {"mail_language": "en"})

    assert fields(parsed(response))["mail_language"] == "en"


def test_carried_form_can_be_sent(client, clay, time_machine):
    page = parsed(carried(client, PATHS["es"], "pt", dict(VALID)))
    started = fields(read(client, PATHS["es"]))["started"]
    time_machine.shift(10)

    client.post(PATHS["pt"], fields(page) | {"started": started})

    assert Registration.objects.get().mail_language == "pt"


def test_form_of_a_correction_is_carried_as_one(client, clay, time_machine):
    started = fields(read(client, PATHS["es"]))["started"]
    time_machine.shift(10)
    client.post(PATHS["es"], VALID | {"started": started})

    response = carried(client, "/es/inscripcion/corregir/", "pt", VALID | {"email": "otra@"})

    page = parsed(response)
    assert fields(page)["email"] == "otra@"
    assert page.get_element_by_id("carried-form").action == "/pt/inscricao/corrigir/"


def test_form_is_carried_without_a_cookie_too(clay):
    client = Client(enforce_csrf_checks=True)

    response = client.post(PATHS["pt"], TYPED | {"carried_from": "es"})

    assert response.status_code == 200
    assert fields(parsed(response))["full_name"] == TYPED["full_name"]


@pytest.mark.parametrize(
    ("name", "token", "typed"),
    [
        ("needs", tokens.own_token, {"needs": "Rampa"}),
        ("change-details", tokens.fresh_token, {"full_name": "Rosa <b>"}),
        ("change-address", tokens.fresh_token, {"email": "nueva@"}),
        ("lost-link", None, {"email": "rosa@"}),
    ],
)
def test_other_forms_are_carried_and_change_nothing(client, clay, name, token, typed):
    registration = confirmed()
    before = Registration.objects.values().get()
    with translation.override("es"):
        path = reverse(f"registration:{name}", args=[token(registration)] if token else [])

    response = carried(client, path, "pt", typed)

    page = parsed(response)
    assert (response.status_code, page.get("lang")) == (200, "pt")
    assert fields(page).items() >= typed.items()
    assert page.xpath("//*[contains(@class, 'has-error')]") == []
    assert Registration.objects.values().get() == before


def test_page_with_filters_and_pages_without_a_form_keep_links(client, meeting):
    for path in ("/en/programme/?q=clay", "/en/venue/"):
        page = read(client, path)

        assert page.xpath("//nav[@class='languages']//button") == []
        assert len(page.xpath("//nav[@class='languages']//a")) == 3
