from datetime import timedelta
from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ProtectedError
from django.urls import reverse
from PIL import Image

from programme.admin.base import VisibleChange
from programme.models import (
    Meeting,
    Notice,
    Organisation,
    Page,
    Question,
    Removal,
    Room,
    Session,
    StagedMove,
)
from tests import factories
from tests.back_office import address, form_of
from tests.factories import FIRST_DAY, moment

pytestmark = pytest.mark.usefixtures("office_in_english")

PROGRAMME = sorted(
    (model for model in admin.site._registry if model._meta.app_label == "programme"),
    key=lambda model: model.__name__,
)


def version():
    return Meeting.objects.values_list("version", flat=True).get()


def picture(**facts):
    file = BytesIO()
    Image.new("RGB", (40, 30), "#a4123f").save(file, "JPEG", **facts)
    return SimpleUploadedFile("foto.jpg", file.getvalue(), "image/jpeg")


# Every change a visitor can see raises the version


# Visitors never see the questions of others, so these do not raise the version; the action that
# removes and brings back raises it.
VISIBLE_MODELS = [model for model in PROGRAMME if model not in (Question, Removal)]


@pytest.mark.parametrize("model", VISIBLE_MODELS, ids=lambda model: model.__name__)
def test_admin_of_every_visible_model_raises_the_version(model):
    assert isinstance(admin.site._registry[model], VisibleChange)


def test_every_model_has_an_admin_or_an_inline_or_the_board():
    inlines = {inline.model for page in admin.site._registry.values() for inline in page.inlines}

    models = set(apps.get_app_config("programme").get_models())
    without = models - set(PROGRAMME) - inlines

    assert without == {StagedMove}


ROWS = ["organisation", "notice", "document", "page", "theme", "room", "person", "stream"]


@pytest.mark.parametrize("name", [*ROWS, "session", "presentation", "meeting"])
def test_saving_a_row_raises_the_version(staff_client, meeting, name):
    row = meeting if name == "meeting" else getattr(factories, name)()
    before = version()

    response = staff_client.post(address(row), form_of(staff_client, address(row)))

    assert (response.status_code, version()) == (302, before + 1)


@pytest.mark.parametrize("name", [*ROWS, "session", "presentation"])
def test_deleting_a_row_raises_the_version(staff_client, meeting, name):
    row = getattr(factories, name)()
    before = version()

    staff_client.post(address(row, "delete"), {"post": "yes"})

    assert version() == before + 1
    assert not type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", [*ROWS, "session", "presentation"])
def test_deleting_rows_in_the_list_raises_the_version(staff_client, meeting, name):
    row = getattr(factories, name)()
    before = version()
    url = reverse(f"admin:programme_{name}_changelist")

    staff_client.post(
        url, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    )

    assert version() == before + 1
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_adding_a_row_raises_the_version(staff_client, meeting):
    before = version()

    staff_client.post(
        reverse("admin:programme_page_add"),
        {"slug": "viaje", "title_es": "Viaje", "text_es": "En autobús.", "order": "0"},
    )

    assert (Page.objects.get().title_es, version()) == ("Viaje", before + 1)


# The meeting is one row


FIRST_MEETING = {
    "number": "13",
    "short_name": "EIM 13",
    "name_es": "13.º Encuentro",
    "theme_line_es": "Museos abiertos",
    "first_day": "2028-10-02",
    "last_day": "2028-10-04",
    "time_zone": "America/Bogota",
    "city_es": "Cali",
    "country": "CO",
    "venue_name": "Museo La Tertulia",
    "venue_address": "Avenida Colombia",
}


def test_second_meeting_cannot_be_added(staff_client, meeting):
    assert staff_client.get(reverse("admin:programme_meeting_add")).status_code == 403


def test_first_meeting_can_be_added(staff_client, db):
    url = reverse("admin:programme_meeting_add")

    staff_client.post(url, form_of(staff_client, url) | FIRST_MEETING)

    assert Meeting.objects.values_list("pk", "number").get() == (1, 13)


def test_hours_of_the_meeting_are_read_in_the_zone_of_the_same_form(staff_client, db):
    url = reverse("admin:programme_meeting_add")
    opens = {"registration_opens_at_0": "2028-06-01", "registration_opens_at_1": "10:00"}

    staff_client.post(url, form_of(staff_client, url) | FIRST_MEETING | opens)

    assert Meeting.objects.get().registration_opens_at.isoformat() == "2028-06-01T15:00:00+00:00"


def test_hours_of_the_meeting_keep_their_clock_when_its_zone_changes(staff_client, meeting):
    data = form_of(staff_client, address(meeting)) | {"time_zone": "Europe/Lisbon"}

    staff_client.post(address(meeting), data)

    lisbon = Meeting.objects.get()
    hours = [lisbon.registration_opens_at, lisbon.registration_closes_at]
    assert [f"{hour.astimezone(lisbon.zone):%d %H:%M}" for hour in hours] == [
        "01 09:00",
        "16 18:00",
    ]


def test_unknown_zone_is_refused_with_what_was_typed(staff_client, meeting):
    data = form_of(staff_client, address(meeting)) | {"time_zone": "Lisboa"}

    form = staff_client.post(address(meeting), data).context["adminform"].form

    assert (set(form.errors), form["time_zone"].value()) == ({"time_zone"}, "Lisboa")


def test_country_and_time_zone_are_chosen_from_lists(staff_client, meeting):
    form = staff_client.get(address(meeting)).context["adminform"].form

    widget = form.fields["time_zone"].widget
    groups = {str(name): dict(choices) for name, choices in widget.choices if name}
    assert groups["Ibero-America"]["Europe/Lisbon"] == "Portugal: Lisbon"
    assert groups["As it is now"] == {"America/Asuncion": "Paraguay: Asuncion"}
    assert "America/Asuncion" not in groups["Ibero-America"]
    assert groups["Other zones of Europe"]["Europe/Prague"] == "Prague"
    assert groups["Other zones of the Americas"]["America/Indiana/Knox"] == "Indiana, Knox"
    assert groups["Technical names"]["UTC"] == "UTC"
    assert dict(form.fields["country"].choices)["PT"] == "Portugal"


def test_country_that_is_in_no_list_is_refused(staff_client, meeting):
    data = form_of(staff_client, address(meeting)) | {"country": "Po"}

    form = staff_client.post(address(meeting), data).context["adminform"].form

    assert set(form.errors) == {"country"}


recognised = import_module("programme.migrations.0006_meeting_country_codes").recognised


@pytest.mark.parametrize(
    ("typed", "zone", "code"),
    [
        ("PY", "America/Asuncion", "PY"),
        ("pt", "Europe/Lisbon", "PT"),
        ("Po", "Europe/Lisbon", "PT"),
        ("Es", "Atlantic/Canary", "ES"),
        ("Me", "America/Mexico_City", "MX"),
        ("Po", "Europe/Warsaw", "Po"),
    ],
)
def test_country_typed_before_there_was_a_list_is_recognised_if_it_is_certain(typed, zone, code):
    assert recognised(typed, zone) == code


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (Session(day=FIRST_DAY, starts_at=moment("10:00"), ends_at=moment("11:00")), "starts_at"),
        (Notice(text="Pronto", shown_until=moment("10:00")), "shown_until"),
    ],
)
def test_hours_without_a_meeting_are_refused(db, row, field):
    with pytest.raises(ValidationError) as refusal:
        row.clean()

    assert set(refusal.value.message_dict) == {field}


def test_meeting_cannot_be_deleted(staff_client, meeting):
    assert staff_client.post(address(meeting, "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("model", "counter"), [(Meeting, "version"), (Session, "revision")])
def test_page_writes_no_counter_that_it_does_not_show(meeting, organiser, rf, model, counter):
    factories.session()
    page, row = admin.site._registry[model], model.objects.get()
    request = rf.post("/", {})
    request.user = organiser
    form = page.get_form(request, row, change=True)(request.POST, instance=row)
    model.objects.update(**{counter: 7})
    form.instance.order = form.instance.venue_name = "5"

    page.save_model(request, form.instance, form, change=True)

    assert getattr(model.objects.get(), counter) == 7


def test_meeting_days_that_exclude_a_session_are_refused(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(meeting))
    data["first_day"] = str(meeting.first_day + timedelta(days=1))

    response = staff_client.post(address(meeting), data)

    assert response.context["adminform"].form.errors == {
        "first_day": [
            f"“{session.title}” would fall outside the days of the meeting: move it first."
        ]
    }


def test_new_time_zone_is_refused_once_sessions_have_hours(staff_client, meeting):
    factories.session()
    data = form_of(staff_client, address(meeting)) | {"time_zone": "Europe/Madrid"}

    response = staff_client.post(address(meeting), data)

    assert response.context["adminform"].form.errors == {
        "time_zone": [
            "Some sessions already have times in this zone: move all hours by the button above."
        ]
    }


# Lists and deletions


QUERIES_OF_LISTS = {
    "change": 9,
    "document": 9,
    "notice": 9,
    "organisation": 9,
    "page": 9,
    "person": 9,
    "presentation": 9,
    "room": 9,
    "stream": 10,
    "theme": 9,
}


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("name", QUERIES_OF_LISTS)
def test_list_queries_do_not_grow_with_rows(
    staff_client, meeting, name, count, django_assert_num_queries
):
    for _n in range(count):
        getattr(factories, name)()
    url = reverse(f"admin:programme_{name}_changelist")
    staff_client.get(url)

    with django_assert_num_queries(QUERIES_OF_LISTS[name]):
        response = staff_client.get(url)

    assert response.context["cl"].result_count == count


def test_room_in_use_is_not_deleted(staff_client, meeting):
    room = factories.room()
    factories.session(room=room, title="En la sala")

    response = staff_client.post(address(room, "delete"), {"post": "yes"})

    assert response.status_code == 200
    assert "En la sala" in response.content.decode()
    assert Room.objects.filter(pk=room.pk).exists()
    with pytest.raises(ProtectedError):
        room.delete()


# Pictures


def test_logo_is_stored_reencoded_and_without_exif(staff_client, meeting):
    row = factories.organisation()
    exif = Image.Exif()
    exif[0x010E] = "donde vive quien la tomó"
    data = form_of(staff_client, address(row))
    data |= {"logo": picture(exif=exif), "logo_alt_es": "El logo"}

    response = staff_client.post(address(row), data)

    kept = Organisation.objects.get()
    assert response.status_code == 302
    with kept.logo.open() as file, Image.open(file) as logo:
        assert (logo.format, dict(logo.getexif())) == ("WEBP", {})
    assert kept.logo.name.startswith("pictures/")


NOT_A_PICTURE = (
    "This file is not a picture that can be read here. Save it as JPEG, PNG, WebP or GIF, also if "
    "it is HEIC (as iPhones have it) or SVG."
)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("foto.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", NOT_A_PICTURE),
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", NOT_A_PICTURE),
        ("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0", NOT_A_PICTURE),
        ("foto.png", b"MZ\0\0", NOT_A_PICTURE),
        ("foto.jpg", b"P6 1 1 255 abc", NOT_A_PICTURE),
    ],
)
def test_file_that_is_not_a_picture_is_refused(staff_client, meeting, name, content, sentence):
    row = factories.organisation()
    data = form_of(staff_client, address(row))
    data |= {"logo": SimpleUploadedFile(name, content), "logo_alt_es": "El logo"}

    response = staff_client.post(address(row), data)

    errors = response.context["adminform"].form.errors
    assert list(errors) == ["logo"]
    assert errors["logo"] == [sentence]


def test_picture_too_large_is_refused_before_it_is_opened(staff_client, meeting):
    row = factories.organisation()
    large = SimpleUploadedFile("foto.jpg", b"\xff" * (5 * 1024 * 1024 + 1))
    data = form_of(staff_client, address(row)) | {"logo": large, "logo_alt_es": "El logo"}

    response = staff_client.post(address(row), data)

    assert response.context["adminform"].form.errors == {
        "logo": ["The picture is larger than 5 MB."]
    }
