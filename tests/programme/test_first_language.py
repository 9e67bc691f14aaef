"""The meeting's first language decides what is required, what stands first, and the fallback."""

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from eim.lib.translated.first_language import (
    FallbackOrder,
    first_language,
    languages_in_order,
    preferring,
)
from eim.lib.translated.untranslated import translated_models
from programme.actions import bump_version
from programme.admin.languages import FollowsFirstLanguage, in_language_order
from programme.models import Meeting, Notice, Page
from registration.mails import render
from registration.models import Quota
from tests import factories
from tests.back_office import address, form_of

pytestmark = pytest.mark.usefixtures("office_in_english")


@pytest.fixture
def portuguese(meeting):
    Meeting.objects.update(first_language="pt")
    return Meeting.objects.get()


def test_first_language_is_that_of_the_settings_until_it_is_said():
    before = first_language()
    with preferring("pt"):
        inside = first_language(), languages_in_order()
        fallback = FallbackOrder(default=("es", "en", "pt"))["default"]

    assert (before, first_language()) == ("es", "es")
    assert inside == ("pt", ("pt", "es", "en"))
    assert fallback == ("pt", "es", "en")


@pytest.mark.parametrize(
    ("fields", "ordered"),
    [
        (["code", "name_es", "name_pt", "name_en"], ["code", "name_pt", "name_es", "name_en"]),
        (["title_es", "title_pt", "slug"], ["title_pt", "title_es", "slug"]),
        ([("name_es", "name_pt"), "order"], [("name_es", "name_pt"), "order"]),
    ],
)
def test_first_language_stands_before_the_others(fields, ordered):
    with preferring("pt"):
        assert in_language_order(fields) == ordered


# Forms


def adding(name):
    return reverse(f"admin:programme_{name}_add")


def required_texts(client, url):
    form = client.get(url).context["adminform"].form
    return {name for name, field in form.fields.items() if field.required and name[-3:-2] == "_"}


REQUIRED = {
    "notice": {"text"},
    "session": {"title"},
    "page": {"title", "text"},
    "theme": {"name"},
    "document": {"title"},
}


@pytest.mark.parametrize("code", ["es", "pt", "en"])
@pytest.mark.parametrize("name", REQUIRED)
def test_forms_require_the_first_language_alone(staff_client, meeting, name, code):
    Meeting.objects.update(first_language=code)

    required = required_texts(staff_client, adding(name))

    assert required == {f"{text}_{code}" for text in REQUIRED[name]}


def test_urgent_notice_in_the_first_language_alone_is_saved(staff_client, portuguese):
    data = {"text_pt": "O auditório está fechado.", "severity": "urgent"}

    response = staff_client.post(adding("notice"), data)

    assert response.status_code == 302
    assert Notice.objects.get().text_pt == data["text_pt"]


def test_web_address_is_filled_from_the_first_language(staff_client, portuguese):
    fields = staff_client.get(adding("page")).context["adminform"].prepopulated_fields

    assert [(one["field"].name, [d.name for d in one["dependencies"]]) for one in fields] == [
        ("slug", ["title_pt"])
    ]


def test_missing_description_is_asked_for_in_the_first_language(portuguese):
    row = factories.organisation()
    row.logo = "pictures/logo.webp"

    with portuguese.activated(), pytest.raises(ValidationError) as refusal:
        row.clean()

    assert set(refusal.value.message_dict) == {"logo_alt_pt"}


def test_name_of_a_service_is_required_in_the_first_language(staff_client, portuguese):
    url = reverse("admin:registration_quota_add")
    service = {"kind": Quota.Kind.SERVICE, "service_code": "bus", "size": "40"}

    refused = staff_client.post(url, {**service, "name_es": "Autobús"})
    accepted = staff_client.post(url, {**service, "name_pt": "Ônibus"})

    errors = refused.context["adminform"].form.errors
    assert (set(errors), accepted.status_code) == ({"name_pt"}, 302)


def test_meeting_requires_the_language_that_its_own_form_names(staff_client, meeting):
    data = form_of(staff_client, address(meeting))
    data |= {"first_language": "pt", "name_es": "", "theme_line_es": "", "city_es": ""}

    refused = staff_client.post(address(meeting), data)
    accepted = staff_client.post(address(meeting), data | {"city_pt": "Assunção"})

    errors = refused.context["adminform"].form.errors
    assert (set(errors), accepted.status_code) == ({"city_pt"}, 302)


# Pages, mails, feeds


def test_missing_text_falls_back_to_the_first_language(client, portuguese):
    Page.objects.create(
        slug="onde-ficar",
        **{"title_pt": "Onde ficar", "title_es": "Dónde alojarse", "title_en": ""},
        **{"text_pt": "Perto da sede.", "text_es": "Cerca de la sede."},
    )

    page = client.get("/en/onde-ficar/").text

    assert '<span lang="pt">Onde ficar</span>' in page
    assert "Perto da sede." in page
    assert "alojarse" not in page.partition("</main>")[0]


def test_feeds_fall_back_to_the_first_language(client, portuguese):
    factories.session(title_es="Apertura", title_pt="Abertura")

    found = [client.get(f"/{name}?lang=en").text for name in ("programme.ics", "schedule.xml")]

    assert ["Abertura" in text and "Apertura" not in text for text in found] == [True, True]


def test_mails_fall_back_to_the_first_language(portuguese):
    Meeting.objects.update(name_en="")
    message = factories.message(registration=factories.registration(mail_language="en"))

    assert portuguese.name_pt in render(message).body


def test_new_first_language_counts_from_the_next_request(client, cached_pages, time_machine):
    factories.session(title_es="Apertura", title_pt="Abertura", slug="abertura")
    before = client.get("/en/programme/abertura/").text

    Meeting.objects.update(first_language="pt")
    bump_version()
    time_machine.shift(2)
    after = client.get("/en/programme/abertura/").text

    assert ('lang="es">Apertura' in before, 'lang="pt">Abertura' in after) == (True, True)


def test_visitor_without_a_language_of_ours_is_led_to_the_first(client, portuguese):
    addresses = [
        client.get("/", headers={"accept-language": code}).headers["Location"]
        for code in ("fr", "en")
    ]

    assert addresses == ["/pt/", "/en/"]


def test_pages_name_the_first_language_as_their_default(client, portuguese):
    found = [client.get(path).text for path in ("/en/", "/sitemap.xml")]

    named = 'hreflang="x-default" href="http://testserver/pt/"'
    assert [named in text for text in found] == [True, True]


def test_every_form_with_translated_texts_follows_the_first_language():
    pages = admin.site._registry
    loose = [m for m in translated_models() if not isinstance(pages[m], FollowsFirstLanguage)]

    assert loose == []


def test_rows_are_named_in_the_first_language_where_a_translation_is_missing(portuguese):
    room = factories.room(name_es="Sala", name_pt="Auditório")

    with portuguese.activated(), translation.override("en"):
        assert str(room) == "Auditório"
