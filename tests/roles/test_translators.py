"""Translators write texts in the other languages, and nothing else."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.urls import reverse

from eim.lib.translated.untranslated import translated_models
from programme.models import Meeting, Person
from tests import factories
from tests.back_office import address, form_of
from tests.roles.rows import everything

pytestmark = pytest.mark.usefixtures("office_in_english")
OF_THE_PROGRAMME = [m for m in translated_models() if m._meta.app_label == "programme"]


@pytest.fixture
def translator(of_role, meeting):
    return of_role("translation")


def stored(row):
    """Return the columns of a row; the managers of translated models rename them."""
    return QuerySet(type(row)).filter(pk=row.pk).values().get()


def fields_of(client, row):
    return set(client.get(address(row)).context["adminform"].form.fields)


def test_form_has_the_texts_in_the_other_languages_alone(translator):
    session = factories.session()

    assert fields_of(translator, session) == {
        *("title_pt", "title_en", "abstract_pt", "abstract_en"),
    }


def test_other_first_language_is_fixed_in_its_place(translator):
    Meeting.objects.update(first_language="pt")

    assert fields_of(translator, factories.page()) == {
        *("title_es", "title_en", "text_es", "text_en"),
    }


def test_translation_is_saved_and_nothing_else(translator):
    page = factories.page(title_es="Llegar", slug="llegar")
    data = form_of(translator, address(page))
    forged = {"title_es": "Otro", "slug": "otro", "in_menu": "on", "order": 9}

    response = translator.post(address(page), data | forged | {"title_pt": "Como chegar"})

    now = stored(page)
    assert response.status_code == 302
    assert (now["title_es"], now["title_pt"]) == ("Llegar", "Como chegar")
    assert (now["slug"], now["order"]) == ("llegar", page.order)
    assert LogEntry.objects.get().object_id == str(page.pk)


def test_translation_of_a_session_changes_no_hour_and_no_state(translator):
    session = factories.workshop()
    was = stored(session)
    data = form_of(translator, address(session)) | {"title_pt": "Barro", "state": "draft"}

    translator.post(address(session), data | {"seats": 3})

    now = stored(session)
    # A text that is missing is NULL, and after a save the empty text.
    assert {name for name in now if (now[name] or "") != (was[name] or "")} == {"title_pt"}


@pytest.mark.parametrize("model", OF_THE_PROGRAMME, ids=lambda model: model.__name__)
def test_page_of_each_text_opens_and_is_saved(translator, model):
    everything()
    row = model._default_manager.first()

    response = translator.post(address(row), form_of(translator, address(row)))

    assert response.status_code == 302


def test_buttons_of_a_session_and_of_the_meeting_are_not_theirs(translator, meeting):
    session = factories.session(takes_questions=True)
    pages = [
        *(reverse(f"admin:programme_session_{n}", args=[session.pk]) for n in ("cancel", "code")),
        *(reverse(f"admin:programme_meeting_{n}", args=[meeting.pk]) for n in ("zone", "standing")),
        reverse("admin:programme_session_moderators", args=[session.pk]),
        address(session, "delete"),
        reverse("admin:programme_session_add"),
    ]

    statuses = [(translator.get(p).status_code, translator.post(p).status_code) for p in pages]
    shown = translator.get(address(session)).text

    assert statuses == [(403, 403)] * len(pages)
    assert not [page for page in pages if f'href="{page}"' in shown]


def test_fault_of_a_fixed_field_keeps_no_translation_back(translator):
    person = factories.person()
    Person.objects.filter(pk=person.pk).update(links="nowhere")
    data = form_of(translator, address(person)) | {"position_pt": "Curadora"}

    response = translator.post(address(person), data)

    person.refresh_from_db()
    assert (response.status_code, person.position_pt, person.links) == (302, "Curadora", "nowhere")


def test_who_may_change_a_row_is_not_held_to_translations(sign_in, meeting):
    both = ["programme.translate_texts", "programme.view_page", "programme.change_page"]
    client = sign_in(factories.user(permissions=both))

    assert "slug" in fields_of(client, factories.page())


def test_permission_to_translate_alone_opens_nothing(sign_in, meeting):
    client = sign_in(factories.user(permissions=["programme.translate_texts"]))

    assert client.get(address(factories.page())).status_code == 403
