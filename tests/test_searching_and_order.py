"""Searches and lists of the back office, alike with and without accents and on both databases."""

import pytest
from django.contrib import admin
from django.urls import reverse

from eim.back_office.searching import FoldedSearch
from tests import factories
from tests.back_office import form_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("office_in_english", "meeting"),
]

NAMES = ["Zoe Paz", "Ñusta Rojas", "ana b", "Évora Sá", "Anabel", "Álvaro Díaz", "Óscar", "Zé"]
IN_ORDER = ["Álvaro Díaz", "ana b", "Anabel", "Évora Sá", "Ñusta Rojas", "Óscar", "Zé", "Zoe Paz"]


def list_of(model):
    return reverse(f"admin:{model}_changelist")


def found(client, model, **query):
    page = client.get(list_of(model), query)
    return [str(row) for row in page.context["cl"].result_list]


@pytest.mark.parametrize(
    "search", ["nunez", "NÚÑEZ", "íñigo nunez", "Inigo", "<nunez>", "museo ñau"]
)
def test_person_is_found_however_the_name_is_typed(staff_client, search):
    factories.person(name="Íñigo Nu\u0301ñez", institution="Museo Ñau")
    factories.person(name="Ana Ruiz", institution="Museo")

    assert found(staff_client, "programme_person", q=search) == ["Íñigo Núñez"]


def test_every_list_with_a_search_folds(staff_client):
    registration = factories.registration(full_name="Gonçalo", institution="Fundação Açaí")
    factories.consent(registration=registration)
    factories.bounce(message=factories.message(registration=registration, state="sent"))
    factories.news_address(address="acai@museo.example")
    factories.organisation(name="Fundação Açaí")
    factories.person(institution="Açaí")
    factories.room(name_es="Açaí")
    factories.theme(name_es="Açaí")
    factories.page(title_es="Açaí")
    factories.document(title_es="Açaí")
    factories.edition(place_es="Açaí")
    session = factories.session(title_pt="Conservação de açaí")
    factories.change(session=session)
    factories.question(session=session, text="Açaí?")
    factories.removal(session=session)
    factories.presentation(session=session, institution="Açaí")
    factories.letter(subject_es="Açaí", created_by=factories.user(last_name="Açaí"))
    searched = [
        f"{model._meta.app_label}_{model._meta.model_name}"
        for model, page in admin.site._registry.items()
        if page.search_fields and model._meta.app_label in ("programme", "registration", "auth")
    ]
    searched = sorted({*searched} - {"registration_suppression", "auth_group"})

    counts = {
        name: len(found(staff_client, name, q="goncalo" if name in BY_NAME else "ACAI"))
        for name in searched
    }

    assert counts == dict.fromkeys(searched, 1)


BY_NAME = ("registration_message", "registration_consent", "registration_bounce")


def test_no_list_searches_in_another_way():
    pages = [page for page in admin.site._registry.values() if page.search_fields]

    assert [page for page in pages if not isinstance(page, FoldedSearch)] == []


def test_choice_of_a_person_while_typing_folds(staff_client):
    factories.person(name="Íñigo Núñez")
    query = {"app_label": "programme", "model_name": "part", "field_name": "person"}

    page = staff_client.get(reverse("admin:autocomplete"), query | {"term": "inigo"})

    assert [one["text"] for one in page.json()["results"]] == ["Íñigo Núñez"]


def test_people_of_the_programme_are_listed_by_name(staff_client):
    for name in NAMES:
        factories.person(name=name)

    assert found(staff_client, "programme_person") == IN_ORDER


def test_registrations_are_listed_and_exported_by_name_with_and_without_a_mailbox(staff_client):
    for number, name in enumerate(NAMES):
        factories.registration(full_name=name, **({"email": ""} if number % 2 else {}))
    export = reverse("admin:registration_registration_export")

    page = staff_client.get(list_of("registration_registration"), {"o": "1"})
    sheet = staff_client.post(f"{export}?o=1", {"format": "csv"}).getvalue().decode()

    assert [row.full_name for row in page.context["cl"].result_list] == IN_ORDER
    assert sorted(IN_ORDER, key=sheet.index) == IN_ORDER


def test_people_of_a_session_are_listed_by_name(staff_client):
    seats = factories.quota(session=factories.workshop(), size=20)
    for name in NAMES:
        factories.place(quota=seats, registration=factories.registration(full_name=name))

    page = staff_client.get(reverse("admin:programme_session_people", args=[seats.session_id]))

    assert [place.registration.full_name for place in page.context["page"]] == IN_ORDER


def test_name_that_is_corrected_keeps_its_order(staff_client):
    row = factories.person(name="Zoe")
    factories.person(name="Benito")
    page = reverse("admin:programme_person_change", args=[row.pk])

    staff_client.post(page, form_of(staff_client, page) | {"name": "Álvaro\u00a0Díaz"})

    assert found(staff_client, "programme_person") == ["Álvaro Díaz", "Benito"]
