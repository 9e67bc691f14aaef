"""Uploads are kept while another field of their page is refused; web addresses are completed."""

import os
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from eim.lib.fields.kept_uploads import FOLDER, discard_old_uploads, fetch, keep
from eim.lib.fields.web_addresses import with_scheme
from programme.models import Document, Person, Presentation
from tests import factories
from tests.back_office import address, carried_by, form_of
from tests.programme.test_admin import picture

pytestmark = pytest.mark.usefixtures("office_in_english")


def shown_again(response):
    return carried_by(response.context)


def test_photo_is_kept_while_another_field_is_refused(staff_client, meeting):
    url = reverse("admin:programme_person_add")
    data = form_of(staff_client, url) | {"name": "Ana Rey", "slug": "ana-rey"}

    refused = staff_client.post(url, data | {"slug": "no vale", "photo": picture()})
    page = refused.content.decode()
    saved = staff_client.post(url, data | shown_again(refused))

    person = Person.objects.get()
    assert saved.status_code == 302
    assert "“foto.jpg” is kept: it need not be chosen again." in page
    assert person.photo.name.startswith("pictures/")


def test_photo_is_kept_however_often_a_page_is_refused(staff_client, meeting):
    person = factories.person()
    data = form_of(staff_client, address(person))
    bad = data | {"slug": "no vale"}

    first = staff_client.post(address(person), bad | {"photo": picture()})
    second = staff_client.post(address(person), bad | shown_again(first))
    staff_client.post(address(person), data | shown_again(second))

    assert Person.objects.get().photo.name.startswith("pictures/")


def test_picture_of_a_new_row_on_the_page_is_kept(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {
        "presentations-TOTAL_FORMS": "1",
        "presentations-0-title_es": "Un cartel",
        "presentations-0-order": "1",
        "presentations-0-session": session.pk,
    }

    refused = staff_client.post(address(session), data | {"presentations-0-picture": picture()})
    described = data | {"presentations-0-picture_alt_es": "Un cartel azul"}
    staff_client.post(address(session), described | shown_again(refused))

    assert Presentation.objects.get().picture.name.startswith("pictures/")


def test_document_is_kept_under_its_own_name(staff_client, meeting):
    document = factories.document(url="https://museos.example/carta")
    data = form_of(staff_client, address(document)) | {"url": ""}
    file = SimpleUploadedFile("carta de Lisboa.pdf", b"%PDF-1.7")

    refused = staff_client.post(address(document), data | {"title_es": "", "file": file})
    staff_client.post(address(document), data | {"title_es": "Carta"} | shown_again(refused))

    assert Document.objects.get().file.name.endswith("/carta_de_Lisboa.pdf")


def test_photo_that_somebody_else_has_changed_too_is_kept_for_a_second_save(staff_client, meeting):
    person = factories.person()
    data = form_of(staff_client, address(person))
    Person.objects.update(photo="pictures/otra.webp")

    refused = staff_client.post(address(person), data | {"photo": picture()})
    saved = staff_client.post(address(person), data | shown_again(refused))

    assert list(refused.context["adminform"].form.errors) == ["photo"]
    assert saved.status_code == 302
    assert Person.objects.get().photo.name not in ("", "pictures/otra.webp")


def test_refused_picture_is_not_kept(staff_client, meeting):
    person = factories.person()
    data = form_of(staff_client, address(person))

    refused = staff_client.post(
        address(person), data | {"photo": SimpleUploadedFile("foto.png", b"MZ\0\0")}
    )

    assert "photo-kept" not in shown_again(refused)


def test_kept_file_cannot_be_fetched_by_a_made_up_name_nor_from_the_site(client):
    token = keep(SimpleUploadedFile("foto.jpg", b"foto"))
    path = default_storage.listdir(FOLDER)[0][0]

    answers = [fetch("pictures/otra.webp"), fetch(token[:-1]), fetch(token).read()]

    assert answers == [None, None, b"foto"]
    assert client.get(f"/media/{FOLDER}/{path}/foto.jpg").status_code == 404


def test_worker_discards_what_nobody_fetched_within_a_day():
    tokens = [keep(ContentFile(b"foto", name="foto.jpg")) for _n in range(2)]
    folders = sorted(default_storage.listdir(FOLDER)[0])
    paths = [f"{FOLDER}/{folder}/foto.jpg" for folder in folders]
    # Files have the real clock, which does not stand still for a test.
    now = default_storage.get_modified_time(paths[1])
    yesterday = (now - timedelta(hours=25)).timestamp()
    os.utime(default_storage.path(paths[0]), (yesterday, yesterday))

    count = discard_old_uploads(now)

    assert (count, default_storage.listdir(FOLDER)[0]) == (1, folders[1:])
    assert {fetch(token) is None for token in tokens} == {True, False}


@pytest.fixture
def no_place(settings):
    """Let the storage take no file: where its folder should be there is a file."""
    settings.MEDIA_ROOT.write_bytes(b"")
    return settings.MEDIA_ROOT


UNSTORABLE = "The file could not be stored"


def test_file_that_cannot_be_stored_is_named_and_nothing_typed_is_lost(
    staff_client, meeting, no_place
):
    url = reverse("admin:programme_person_add")
    data = form_of(staff_client, url) | {"name": "Ana Rey", "slug": "ana-rey"}

    refused = staff_client.post(url, data | {"photo": picture()})
    form = refused.context["adminform"].form
    count = Person.objects.count()
    no_place.unlink()
    saved = staff_client.post(url, data | shown_again(refused) | {"photo": picture()})

    assert (refused.status_code, count, list(form.errors)) == (200, 0, ["photo"])
    assert form.errors["photo"][0].startswith(UNSTORABLE)
    assert form["name"].value() == "Ana Rey"
    assert saved.status_code == 302
    assert Person.objects.get().photo.name.startswith("pictures/")


def test_picture_of_a_new_row_that_cannot_be_stored_leaves_the_page_as_typed(
    staff_client, meeting, no_place
):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {
        "presentations-TOTAL_FORMS": "1",
        "presentations-0-title_es": "Un cartel",
        "presentations-0-order": "1",
        "presentations-0-session": session.pk,
        "presentations-0-picture_alt_es": "Un cartel azul",
    }

    refused = staff_client.post(address(session), data | {"presentations-0-picture": picture()})
    sets = [inline.formset for inline in refused.context["inline_admin_formsets"]]
    (form,) = next(one.forms for one in sets if one.prefix == "presentations")

    assert form.errors["picture"][0].startswith(UNSTORABLE)
    assert form["title_es"].value() == "Un cartel"
    assert not Presentation.objects.exists()


def test_file_that_cannot_be_kept_is_to_be_chosen_again(staff_client, meeting, no_place):
    url = reverse("admin:programme_person_add")
    data = form_of(staff_client, url) | {"name": "Ana Rey", "slug": "no vale"}

    refused = staff_client.post(url, data | {"photo": picture()})

    assert list(refused.context["adminform"].form.errors) == ["slug"]
    assert "“foto.jpg” could not be kept: choose it again." in refused.content.decode()
    assert "photo-kept" not in shown_again(refused)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("www.example.org", "https://www.example.org"),
        ("museo.example.pe/equipo?id=3", "https://museo.example.pe/equipo?id=3"),
        ("example.org:8080", "https://example.org:8080"),
        ("http://example.org", "http://example.org"),
        ("ana@example.org", "ana@example.org"),
        ("mailto:ana@example.org", "mailto:ana@example.org"),
        ("una página", "una página"),
    ],
)
def test_web_address_is_completed(typed, completed):
    assert with_scheme(typed) == completed


def test_links_of_a_person_are_completed(staff_client, meeting):
    person = factories.person()
    data = form_of(staff_client, address(person))

    staff_client.post(address(person), data | {"links": "www.example.org\r\nhttps://museo.example"})

    assert Person.objects.get().link_list == ["https://www.example.org", "https://museo.example"]


def test_every_address_field_of_the_back_office_completes_what_is_typed(rf, organiser, meeting):
    request = rf.get("/")
    request.user = organiser
    fields = [
        (model.__name__, name, field.clean("www.example.org"))
        for model, page in admin.site._registry.items()
        for holder in (page, *page.get_inline_instances(request))
        for name, field in form_fields(holder, request).items()
        if isinstance(column(holder.model, name), models.URLField)
    ]

    assert len(fields) >= 6
    assert {value for _model, _name, value in fields} == {"https://www.example.org"}


def form_fields(holder, request):
    if hasattr(holder, "get_formset"):
        return holder.get_formset(request).form.base_fields
    return holder.get_form(request).base_fields


def column(model, name):
    return {field.name: field for field in model._meta.fields}.get(name)


def test_people_without_photo_or_biography_need_attention(staff_client, meeting):
    session = factories.session()
    for facts in ({"photo": "pictures/a.webp"}, {"biography_pt": "Uma vida."}, {}):
        factories.part(session=session, person=factories.person(**facts))
    factories.person()

    items = {
        item.words: item.links[0].url
        for item in staff_client.get("/admin/").context["attention_items"]
    }
    photo = "2 people of the programme have no photograph"
    biography = "2 people of the programme have no biography"
    counts = [
        staff_client.get(items[words]).context["cl"].result_count for words in (photo, biography)
    ]

    assert counts == [2, 2]
