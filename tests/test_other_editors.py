"""Two people edit one page of the back office: neither loses what the other has saved."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import models
from django.forms import ChoiceField
from django.test import Client
from django.urls import reverse

from eim.back_office.merging import MergesChanges, WritesChangedColumns
from programme.models import Part, Person, Presentation, Session
from registration.models import Registration, Reminder
from tests import factories
from tests.back_office import address, carried_by, form_of
from tests.registration.processes import at_once, leave_connections
from tests.test_staff import MODELS, everything

pytestmark = pytest.mark.usefixtures("office_in_english")


@pytest.fixture
def rosa(sign_in):
    user = factories.user(username="rosa", is_superuser=True, first_name="Rosa", last_name="Paz")
    return sign_in(user)


@pytest.fixture
def caio(sign_in):
    return sign_in(factories.user(username="caio", is_superuser=True))


def told(client):
    """Return the messages of the page to which a save has led."""
    return [str(message) for message in client.get("/admin/").context["messages"]]


def test_changes_of_different_fields_by_two_people_both_stay(rosa, caio, meeting):
    session, room = factories.session(title="Uno"), factories.room(name="Sala B")
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))

    rosa.post(address(session), of_rosa | {"title_pt": "Um"})
    caio.post(address(session), of_caio | {"room": room.pk})

    kept = Session.objects.get()
    assert (kept.title_es, kept.title_pt, kept.room) == ("Uno", "Um", room)
    warning = next(words for words in told(caio) if "While this page was open" in words)
    assert "Rosa Paz (rosa) (" in warning
    assert "“Uno”: Title [pt]" in warning
    assert "kept" in warning


def test_change_of_the_same_field_is_refused_once_with_who_and_what(rosa, caio, meeting):
    session = factories.session(title="Uno")
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))

    rosa.post(address(session), of_rosa | {"title_es": "De Rosa"})
    refused = caio.post(address(session), of_caio | {"title_es": "De Caio", "order": "7"})

    form = refused.context["adminform"].form
    assert list(form.errors) == ["title_es"]
    assert "Rosa Paz (rosa) (" in form.errors["title_es"][0]
    assert "“De Rosa”" in form.errors["title_es"][0]
    assert (form["title_es"].value(), form["order"].value()) == ("De Caio", "7")
    assert Session.objects.get().title_es == "De Rosa"


def test_same_field_is_saved_on_purpose_the_second_time(rosa, caio, meeting):
    session = factories.session(title="Uno")
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))
    rosa.post(address(session), of_rosa | {"title_es": "De Rosa"})
    typed = of_caio | {"title_es": "De Caio"}
    refused = caio.post(address(session), typed)

    saved = caio.post(address(session), typed | carried_again(refused))

    assert (saved.status_code, Session.objects.get().title_es) == (302, "De Caio")


def carried_again(response):
    """Return the hidden values of a page that was shown again."""
    return carried_by(response.context)


def test_same_value_from_two_people_is_no_conflict(rosa, caio, meeting):
    session = factories.session(title="Uno")
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))

    rosa.post(address(session), of_rosa | {"title_es": "Dos"})
    saved = caio.post(address(session), of_caio | {"title_es": "Dos"})

    assert saved.status_code == 302


def test_unchanged_page_writes_nothing_and_notices_nothing(rosa, caio, meeting):
    session = factories.session(title="Uno", abstract_es="Línea\nOtra línea")
    data = form_of(rosa, address(session)) | {"abstract_es": "Línea\r\nOtra línea"}

    rosa.post(address(session), data)

    assert Session.objects.get().abstract_es == "Línea\nOtra línea"
    assert LogEntry.objects.get().get_change_message() == "No fields changed."


def test_old_page_keeps_the_reason_of_a_cancellation_that_it_did_not_show(rosa, caio, meeting):
    session = factories.session(title="Uno", state="published")
    of_caio, url = form_of(caio, address(session)), address(session, "cancel")
    carried = carried_by({"carried": rosa.get(url).context["form"].carried})
    rosa.post(url, carried | {"cancellation_reason_es": "Llueve."})

    caio.post(address(session), of_caio | {"title_pt": "Um"})

    kept = Session.objects.get()
    facts = (kept.state, kept.cancellation_reason_es, kept.title_pt)
    assert facts == ("cancelled", "Llueve.", "Um")


def test_change_by_a_file_or_the_site_is_told_without_a_name(caio, meeting):
    session = factories.session(title="Uno")
    data = form_of(caio, address(session)) | {"title_es": "De Caio"}
    Session.objects.update(title_es="De un archivo")

    refused = caio.post(address(session), data)

    words = refused.context["adminform"].form.errors["title_es"][0]
    assert "somebody else, on another page or with a file, changed this" in words


# Rows on the page of another row


def test_different_fields_of_a_row_on_the_page_both_stay(rosa, caio, meeting):
    shown = factories.presentation(session=factories.session(), title="Uno", country="PE")
    of_rosa, of_caio = (form_of(client, address(shown.session)) for client in (rosa, caio))

    rosa.post(address(shown.session), of_rosa | {"presentations-0-title_pt": "Um"})
    saved = caio.post(address(shown.session), of_caio | {"presentations-0-country": "PY"})

    kept = Presentation.objects.get()
    assert (saved.status_code, kept.title_pt, kept.country) == (302, "Um", "PY")
    assert any("Rosa Paz (rosa) (" in words and "Title [pt]" in words for words in told(caio))


def test_same_field_of_a_row_is_refused_also_if_changed_on_its_own_page(rosa, caio, meeting):
    shown = factories.presentation(session=factories.session(), title="Uno")
    of_rosa, of_caio = form_of(rosa, address(shown)), form_of(caio, address(shown.session))

    rosa.post(address(shown), of_rosa | {"title_es": "De Rosa"})
    refused = caio.post(address(shown.session), of_caio | {"presentations-0-title_es": "De Caio"})

    formset = refused.context["inline_admin_formsets"][1].formset
    assert list(formset.errors[0]) == ["title_es"]
    assert "Rosa Paz (rosa) (" in formset.errors[0]["title_es"][0]
    assert Presentation.objects.get().title_es == "De Rosa"


def test_row_added_by_somebody_else_stays_and_is_told(rosa, caio, meeting):
    session = factories.session()
    of_caio = form_of(caio, address(session))
    factories.part(session=session, person=factories.person(name="Berta Ruiz"))

    caio.post(address(session), of_caio | {"order": "3"})

    assert Part.objects.count() == 1
    assert any("Berta Ruiz" in words for words in told(caio))


def test_row_deleted_by_somebody_else_does_not_stop_a_save(rosa, caio, meeting):
    session = factories.session()
    factories.part(session=session, order=1)
    kept = factories.part(session=session, order=2)
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))

    rosa.post(address(session), of_rosa | {"parts-0-DELETE": "on"})
    saved = caio.post(address(session), of_caio | {"parts-1-role": "moderates"})

    assert saved.status_code == 302
    assert list(Part.objects.values_list("pk", "role")) == [(kept.pk, "moderates")]
    assert any("1 entry of this page was deleted" in words for words in told(caio))


def test_changed_row_that_somebody_else_deleted_is_kept_for_a_second_save(rosa, caio, meeting):
    session = factories.session()
    factories.presentation(session=session, title="Uno", order=1)
    factories.presentation(session=session, title="Dos", order=2)
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))
    typed = {"presentations-0-title_es": "Uno, corregida"}

    rosa.post(address(session), of_rosa | {"presentations-0-DELETE": "on"})
    refused = caio.post(address(session), of_caio | typed)
    formset = refused.context["inline_admin_formsets"][1].formset
    again = dict(formset.data.items()) | carried_again(refused)
    saved = caio.post(address(session), again)

    assert "deleted this entry" in formset.errors[1]["__all__"][0]
    assert saved.status_code == 302
    titles = Presentation.objects.order_by("order").values_list("title_es", flat=True)
    assert list(titles) == ["Uno, corregida", "Dos"]


def test_deletion_of_a_row_that_somebody_else_changed_is_asked_again(rosa, caio, meeting):
    session = factories.session()
    factories.presentation(session=session, title="Uno")
    of_rosa, of_caio = (form_of(client, address(session)) for client in (rosa, caio))

    rosa.post(address(session), of_rosa | {"presentations-0-title_es": "De Rosa"})
    refused = caio.post(address(session), of_caio | {"presentations-0-DELETE": "on"})
    again = of_caio | carried_again(refused) | {"presentations-0-DELETE": "on"}
    assert Presentation.objects.count() == 1
    caio.post(address(session), again | {"presentations-0-title_es": "De Rosa"})

    words = refused.context["inline_admin_formsets"][1].formset.errors[0]["__all__"][0]
    assert "Rosa Paz (rosa) (" in words
    assert Presentation.objects.count() == 0


def test_page_of_a_deleted_row_comes_back_as_a_new_one(rosa, caio, meeting):
    person = factories.person(name="Ana Rey")
    data = form_of(caio, address(person)) | {"biography_es": "Una vida larga."}
    rosa.post(address(person, "delete"), {"post": "yes"})

    page = caio.post(address(person), data)
    add = reverse("admin:programme_person_add")
    assert f'action="{add}"' in page.content.decode()
    caio.post(add, data)

    form = page.context["adminform"].form
    assert "Rosa Paz (rosa) (" in form.errors["__all__"][0]
    assert Person.objects.get().biography_es == "Una vida larga."


# Every page


def test_every_page_of_the_registry_merges_changes():
    pages = admin.site._registry.values()

    without = [
        page
        for page in pages
        if not (isinstance(page, MergesChanges) and isinstance(page, WritesChangedColumns))
        or page.list_editable
    ]

    assert without == []


# Texts that are no free ones, and a place that a session has instead of a room.
WITH_A_FORM = ("country", "further_languages", "links", "password", "venue_name", "venue_address")


def free_texts(form, row):
    """Return the columns of a page that hold a text of any words."""
    fields = [field for field in row._meta.concrete_fields if field.name in form.fields]
    return [
        field.name
        for field in fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(form.fields[field.name], ChoiceField)
        and (not field.unique or field.model is Group)
        and not isinstance(field, models.URLField | models.EmailField)
        and not field.validators[1:]
        and field.name not in WITH_A_FORM
    ]


def rewritten(client, row):
    """Let somebody else rewrite a row's texts, and save the page that was opened before."""
    page = client.get(address(row))
    data = form_of(client, address(row))
    texts = dict.fromkeys(free_texts(page.context["adminform"].form, row), "De otra persona")
    # A plain QuerySet: modeltranslation's would write other columns.
    rows = models.QuerySet(type(row)).filter(pk=row.pk)
    rows.update(**texts)
    status = client.post(address(row), data).status_code
    return status, texts and rows.values(*texts).get() == texts


WITH_TEXTS = {"Document", "Group", "Meeting", "Notice", "Organisation", "Page", "Person"}
WITH_TEXTS |= {"Presentation", "Reminder", "Room", "Session", "Theme", "User"}


def test_old_pages_write_back_nothing_that_was_not_touched(caio, meeting):
    everything()
    Reminder.ensured()
    # Nobody edits a ready role.
    Group.objects.all().delete()
    Group.objects.create(name="Puerta")
    rows = [model._default_manager.first() for model in MODELS if model.__name__ in WITH_TEXTS]

    kept = {type(row).__name__: rewritten(caio, row) for row in rows}

    assert kept == dict.fromkeys(WITH_TEXTS, (302, True))


def test_old_correction_of_a_registration_keeps_what_the_person_changed(caio, meeting):
    registration = factories.registration(institution="Museo Uno")
    url = address(registration, "correct")
    form = caio.get(url).context["form"]
    data = {bound.name: bound.value() for bound in form} | carried_by({"carried": form.carried})
    Registration.objects.update(institution="Museo Dos")

    caio.post(url, data | {"full_name": "Ana Rey Paz", "reason": "Lo pidió."})

    kept = Registration.objects.get()
    assert (kept.full_name, kept.institution) == ("Ana Rey Paz", "Museo Dos")
    assert any("the person changed" in words and "Museo" not in words for words in told(caio))


# At the same moment


def post_at_once(process, key, url, pages):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    response = client.post(url, pages[process])
    leave_connections()
    return response.status_code


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running_clock")
def test_two_processes_save_different_fields_of_one_page_and_both_stay(caio, meeting):
    person = factories.person(name="Ana Rey")
    data = form_of(caio, address(person))
    pages = [data | {"position_es": "Curadora"}, data | {"biography_es": "Una vida larga."}]

    statuses = at_once(post_at_once, caio.session.session_key, address(person), pages, processes=2)

    kept = Person.objects.get()
    assert statuses == [302, 302]
    assert (kept.position_es, kept.biography_es) == ("Curadora", "Una vida larga.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("running_clock")
def test_two_processes_save_the_same_field_and_one_is_asked_again(caio, meeting):
    session = factories.session(title="Uno")
    data = form_of(caio, address(session))
    pages = [data | {"title_es": "De Rosa"}, data | {"title_es": "De Caio"}]

    statuses = at_once(post_at_once, caio.session.session_key, address(session), pages, processes=2)

    assert sorted(statuses) == [200, 302]
    assert Session.objects.get().title_es == ("De Rosa", "De Caio")[statuses.index(302)]
