import re
import time
from io import StringIO

import pytest
from django.conf import settings as site_settings
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.back_office.sign_in import PasswordForm
from eim.back_office.site import StaffSite
from programme.models import Meeting
from registration.models import Message, Place, Quota, Registration
from tests import factories

pytestmark = pytest.mark.usefixtures("office_in_english")

LOGIN = "/admin/login/"
PASSWORD = "una contraseña larga"


@pytest.fixture
def rosa(db):
    return factories.user(username="rosa", password=PASSWORD, is_superuser=True)


@pytest.fixture
def rosas_app(rosa):
    return TOTPDevice.objects.create(user=rosa, name="teléfono")


def code_of(device):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    return f"{totp.token():06d}"


def sign_in(client, **fields):
    form = {"username": "rosa", "password": PASSWORD, "otp_token": "", "next": "/admin/"}
    return client.post(LOGIN, form | fields)


def complaints(response):
    return response.context["form"].non_field_errors()


# Signing in


def test_sign_in_with_password_and_code(client, rosas_app):
    response = sign_in(client, otp_token=code_of(rosas_app))

    assert (response.status_code, response.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_sign_in_accepts_the_code_as_apps_show_it(client, rosas_app):
    code = code_of(rosas_app)

    response = sign_in(client, otp_token=f"{code[:3]} {code[3:]}")

    assert response.url == "/admin/"


def test_sign_in_without_code_asks_for_it(client, rosas_app):
    response = sign_in(client)

    assert complaints(response) == ["Enter the six digits that your authenticator app shows."]
    assert client.get("/admin/").status_code == 302


def test_sign_in_with_wrong_code_is_refused(client, rosas_app):
    wrong = f"{(int(code_of(rosas_app)) + 1) % 10**6:06d}"

    response = sign_in(client, otp_token=wrong)

    assert complaints(response) == ["This code is wrong or has expired: enter the next one."]
    assert client.get("/admin/").status_code == 302


def test_sign_in_with_used_code_is_refused(rosas_app):
    code = code_of(rosas_app)
    sign_in(Client(), otp_token=code)

    response = sign_in(Client(), otp_token=code)

    assert len(complaints(response)) == 1


def test_sign_in_without_device_explains_how_to_get_one(client, rosa):
    response = sign_in(client, otp_token="123456")

    assert complaints(response) == [
        "Your account has no second step yet. Ask another organiser to send you the link for it "
        "(or whoever runs this site): it takes a minute."
    ]


def test_sign_in_with_two_apps_asks_for_the_app(client, rosa, rosas_app):
    second = TOTPDevice.objects.create(user=rosa, name="tableta")

    asked = sign_in(client, otp_token=code_of(second))
    response = sign_in(client, otp_token=code_of(second), otp_device=second.persistent_id)

    assert complaints(asked) == ["Choose the app that shows this code."]
    assert 'name="otp_device"' in asked.content.decode()
    assert response.url == "/admin/"


def test_sign_in_with_wrong_password_reveals_no_app(client, rosas_app):
    known = sign_in(client, password="otra cosa")
    unknown = sign_in(client, username="nadie", password="otra cosa")

    assert complaints(known) == complaints(unknown)
    assert 'name="otp_device"' not in known.content.decode()


def test_login_page_marks_the_code_for_password_managers(client, db):
    page = client.get(LOGIN).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert '<label for="id_otp_token">Code from your app:</label>' in page


def test_every_way_to_sign_in_has_one_heading(client, db):
    pages = [client.get(LOGIN).text, render_to_string("admin/login.html", {"form": PasswordForm()})]

    assert [page.count("<h1>Sign in</h1>") for page in pages] == [1, 1]


def test_locked_out_page_says_for_how_long(client, rosas_app, settings):
    settings.AXES_LOCKOUT_CALLABLE = "eim.back_office.sign_in.locked_out"
    for _n in range(site_settings.AXES_FAILURE_LIMIT):
        response = sign_in(client, password="otra cosa")

    assert response.status_code == 429
    assert "for 30 minutes" in response.content.decode()
    assert sign_in(client, otp_token=code_of(rosas_app)).status_code == 429


def test_demo_needs_no_second_step(settings):
    settings.DEMO = True

    site = StaffSite("demo")

    assert (site.login_form, site.login_template) == (PasswordForm, None)


def test_password_alone_opens_the_demo_only(unverified_client, settings):
    closed = unverified_client.get("/admin/").status_code
    settings.DEMO = True

    opened = unverified_client.get("/admin/").status_code

    assert (closed, opened) == (302, 200)


# The command that gives a device


def test_staff_device_prints_the_address_of_a_working_device(client, rosa):
    out = StringIO()

    call_command("staff_device", "rosa", stdout=out)

    device = TOTPDevice.objects.get(user=rosa)
    assert out.getvalue().splitlines()[0] == device.config_url
    assert sign_in(client, otp_token=code_of(device)).url == "/admin/"


def test_staff_device_keeps_the_others_unless_told(rosa, rosas_app):
    call_command("staff_device", "rosa", "--name", "tableta", stdout=StringIO())
    both = set(TOTPDevice.objects.values_list("name", flat=True))
    call_command("staff_device", "rosa", "--replace", stdout=StringIO())
    left = set(TOTPDevice.objects.values_list("name", flat=True))

    assert (both, left) == ({"teléfono", "tableta"}, {"app"})


def test_staff_device_for_nobody_is_refused(db):
    with pytest.raises(CommandError, match="nobody of the name “rosa”"):
        call_command("staff_device", "rosa")


def test_device_page_does_not_show_the_secret(staff_client, rosas_app):
    address = reverse("admin:otp_totp_totpdevice_change", args=[rosas_app.pk])

    page = staff_client.get(address).content.decode()

    assert "teléfono" in page
    assert rosas_app.key not in page


# The start page


def test_index_counts_people_places_and_mails(staff_client, meeting):
    quota = factories.quota(size=10)
    factories.place(quota=quota)
    factories.place(quota=quota, state=Place.State.WAITING)
    factories.registration(state=Registration.State.PENDING)
    factories.registration()
    factories.message(state=Message.State.FAILED)

    context = staff_client.get("/admin/").context

    assert vars(context["people"]) == {
        "in_person": 2,
        "in_person_size": 10,
        "in_person_free": 9,
        "online": 2,
        "pending": 1,
        "waiting": 1,
        "waiting_lists": 1,
    }
    assert vars(context["mails"]) == {"failed": 1, "sent": 0}


def test_index_lists_own_apps_first_and_accounts_last(staff_client, meeting):
    apps = staff_client.get("/admin/").context["app_list"]

    assert [app["name"] for app in apps] == ["Programme", "Registration", "Accounts"]
    assert [model["name"] for model in apps[0]["models"]][:3] == [
        "Meeting",
        "Sessions",
        "Presentations",
    ]
    assert [model["name"] for model in apps[-1]["models"]][:3] == [
        "Users",
        "Invitations",
        "Roles",
    ]


def test_header_shows_the_meeting_and_its_themes(staff_client, meeting):
    factories.theme(colour="molle")

    page = staff_client.get("/admin/").content.decode()

    assert "EIM 12: organisers" in page
    assert 'class="band theme-molle"' in page


# Every page


def everything():
    """Create a row of each model that has a page."""
    session = factories.workshop(theme=factories.theme(), room=factories.room())
    presentation = factories.presentation(session=session)
    factories.part(session=session)
    factories.part(presentation=presentation)
    factories.channel()
    factories.removal(session=session)
    for make in ("organisation", "notice", "document", "page"):
        getattr(factories, make)()
    place = factories.place(quota=factories.quota(session=session))
    factories.consent(registration=place.registration)
    factories.message(registration=place.registration)
    factories.quota()
    factories.quota(service_code="bus")


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
@pytest.mark.parametrize("has_rows", [False, True])
def test_every_page_of_the_back_office_opens(staff_client, db, model, has_rows):
    if has_rows:
        factories.meeting()
        everything()
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.first()
    addresses = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
    if row:
        pages = ("change", "history", "delete")
        addresses += [reverse(f"{name}_{page}", args=[row.pk]) for page in pages]

    statuses = {address: staff_client.get(address).status_code for address in addresses}

    # The list of meetings leads to the one meeting.
    assert statuses[addresses[0]] == (302 if model is Meeting else 200)
    assert set(statuses.values()) <= {200, 302, 403}, statuses


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_empty_forms_are_answered(staff_client, meeting, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    everything()
    row = model._default_manager.first()
    addresses = [reverse(f"{name}_add")]
    if row:
        addresses.append(reverse(f"{name}_change", args=[row.pk]))

    statuses = {staff_client.post(address, {}).status_code for address in addresses}

    assert statuses <= {200, 302, 403}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_made_up_addresses_are_answered(staff_client, meeting, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    everything()

    statuses = {
        staff_client.get(reverse(f"{name}_change", args=["nada"])).status_code,
        staff_client.get(reverse(f"{name}_changelist"), {"q": "'%_ñ", "day": "nada"}).status_code,
        staff_client.get(reverse(f"{name}_changelist"), {"p": "999"}).status_code,
        staff_client.get(reverse(f"{name}_change", args=["9" * 30])).status_code,
    }

    assert statuses <= {200, 302, 400}


@pytest.mark.parametrize("query", ["q=%00", "%00=1", "id__exact=%00", "q=\0", "a=%2500&p=%00"])
def test_nul_in_the_address_of_a_list_is_refused(staff_client, meeting, query):
    names = [f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist" for m in MODELS]

    statuses = {
        name: staff_client.get(reverse(name), QUERY_STRING=query).status_code for name in names
    }

    assert statuses == dict.fromkeys(names, 400)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_lists_are_for_staff_with_permission(
    client, powerless_client, unverified_client, db, model
):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    statuses = [c.get(address).status_code for c in (client, unverified_client, powerless_client)]

    assert statuses == [302, 302, 403]


def test_everything_is_managed_in_the_back_office():
    managed = {model.__name__ for model in admin.site._registry}

    assert managed >= {
        "Document",
        "Meeting",
        "Message",
        "Notice",
        "Organisation",
        "Page",
        "Person",
        "Presentation",
        "Quota",
        "Registration",
        "Room",
        "Session",
        "Stream",
        "Theme",
        "User",
    }


def test_pages_carry_no_inline_style_and_every_script_a_nonce(staff_client, meeting):
    everything()
    session = Quota.objects.get(kind="session").session

    page = staff_client.get(reverse("admin:programme_session_change", args=[session.pk]))

    html = page.content.decode()
    scripts = re.findall(r"<script[^>]*>", html)
    assert re.findall(r" (?:style|onclick)=", html) == []
    assert [script for script in scripts if "nonce=" not in script and "json" not in script] == []
    assert len(scripts) > 3


def test_user_name_that_is_too_long_is_a_wrong_name(client, db):
    response = client.post("/admin/login/", {"username": "x" * 5000, "password": "whatever-it-is"})

    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["username"]


@pytest.mark.parametrize("query", ["full_name__regex=(", "submitted_at__year=99999999999"])
def test_filter_with_unusable_value_is_a_bad_request(staff_client, meeting, query):
    factories.registration()

    response = staff_client.get(f"/admin/registration/registration/?{query}")

    assert response.status_code == 400


def test_filter_by_an_unknown_key_shows_nobody(staff_client, meeting):
    response = staff_client.get("/admin/programme/session/?room__id__exact=" + "9" * 30)

    assert list(response.context["cl"].result_list) == []


def test_choice_that_is_no_key_is_a_bad_request(staff_client, meeting):
    answers = {"action": "cancel_registrations", "_selected_action": "abc"}

    response = staff_client.post("/admin/registration/registration/", answers)

    assert response.status_code == 400


def test_choice_of_an_impossible_key_cancels_nobody(staff_client, meeting):
    registration = factories.registration()
    answers = {"action": "cancel_registrations", "_selected_action": "9" * 30}

    staff_client.post("/admin/registration/registration/", answers)

    registration.refresh_from_db()
    assert registration.state == "confirmed"
