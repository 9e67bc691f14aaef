"""Recovery codes, one's own account, second steps that were lost, passwords that were forgotten."""

import re
import threading
from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from eim.back_office.attention import items_for
from eim.back_office.colleagues import notes
from eim.back_office.colleagues.mails import mail_to
from eim.environment import mailer
from eim.models import Invitation, MailLanguage
from tests import factories
from tests.back_office import address, form_of
from tests.colleagues import PASSWORD, code_of, codes_for, keep_codes, link_in, role, show_code

pytestmark = pytest.mark.usefixtures("office_in_english", "meeting")

LOGIN = "/admin/login/"
FORGOTTEN = "/admin/forgotten/"


@pytest.fixture
def rosa(db):
    return factories.user(
        username="rosa", password=PASSWORD, email="rosa@museo.example", first_name="Rosa"
    )


@pytest.fixture
def rosas_app(rosa):
    return TOTPDevice.objects.create(user=rosa, name="teléfono")


@pytest.fixture
def codes(rosa, rosas_app):
    return codes_for(rosa)


@pytest.fixture
def rosas_browser(rosa, rosas_app, client):
    """Sign Rosa in by the page; the code of her app is used up."""
    sign_in_as(client, otp_token=code_of(rosas_app))
    return client


def sign_in_as(client, **fields):
    form = {"username": "rosa", "password": PASSWORD, "next": "/admin/"}
    return client.post(LOGIN, form | fields)


def complaints(response):
    return [str(error) for error in response.context["form"].non_field_errors()]


def told(client):
    return [str(message) for message in client.get("/admin/").context["messages"]]


def is_in(client):
    return client.get(reverse("admin:my-account")).status_code == 200


# Recovery codes


def test_recovery_code_signs_in_once(codes, client):
    typed = f" {codes[3].upper().replace('-', ' ')} "
    first = sign_in_as(client, recovery_otp_token=typed)
    again = sign_in_as(Client(), recovery_otp_token=typed)

    assert first.url == "/admin/"
    assert "You signed in with a recovery code: 9 are left." in told(client)[0]
    assert complaints(again) == [
        "This recovery code is wrong or was used: wait a moment, then try another."
    ]


def test_recovery_code_of_another_account_or_as_it_is_stored_does_not_sign_in(codes, rosa):
    other = factories.user(username="eva", password=PASSWORD)
    TOTPDevice.objects.create(user=other, name="app")
    codes_for(other, seed="otra")
    stored = StaticToken.objects.filter(device__user=rosa).first().token
    set_of_codes = StaticDevice.objects.get(user=rosa).persistent_id

    responses = [
        sign_in_as(Client(), username="eva", recovery_otp_token=codes[0]),
        sign_in_as(Client(), recovery_otp_token=stored),
        sign_in_as(Client(), otp_token=stored, otp_device=set_of_codes),
    ]

    assert [response.status_code for response in responses] == [200] * 3
    assert StaticToken.objects.count() == 20


def test_wrong_password_uses_up_no_recovery_code_and_notes_none(codes, client):
    sign_in_as(client, password="otra cosa", recovery_otp_token=codes[0], otp_token="123456")

    assert StaticToken.objects.count() == 10
    noted = AccessAttempt.objects.get().post_data
    assert codes[0] not in noted
    assert "123456" not in noted


def test_wrong_recovery_codes_lock_the_name(codes, rosas_app, settings):
    settings.AXES_LOCKOUT_CALLABLE = "eim.back_office.sign_in.locked_out"

    statuses = [
        sign_in_as(Client(), recovery_otp_token=f"22222-2222{number}").status_code
        for number in range(3, 8)
    ]

    assert statuses == [200] * 4 + [429]
    assert sign_in_as(Client(), otp_token=code_of(rosas_app)).status_code == 429


def test_few_recovery_codes_are_to_be_attended_to(codes, rosa, meeting):
    def lines():
        return [item.words for item in items_for(rosa, meeting, factories.NOW)]

    with translation.override("en"):
        enough = lines()
        StaticToken.objects.filter(pk__in=StaticToken.objects.values("pk")[:8]).delete()

        assert "You have 2 recovery codes left" not in enough
        assert "You have 2 recovery codes left" in lines()


def test_who_never_had_recovery_codes_is_told(rosas_browser, rosa, settings):
    sentence = (
        "You have no recovery codes: if you lose your telephone, you cannot sign in by yourself"
    )

    def told_at_start():
        items = rosas_browser.get("/admin/").context["attention_items"]
        return [[link.url for link in item.links] for item in items if item.words == sentence]

    without = told_at_start()
    codes_for(rosa)
    with_codes = told_at_start()
    StaticDevice.objects.all().delete()
    settings.DEMO = True

    assert (without, with_codes, told_at_start()) == ([["/admin/account/codes/"]], [], [])


# My account


def test_own_details_are_kept(rosas_browser, rosa):
    rosas_browser.post("/admin/account/", {"name": "Rosa Ñandú", "language": "pt"})

    rosa.refresh_from_db()
    assert (rosa.get_full_name(), rosa.mail_language.code) == ("Rosa Ñandú", "pt")


def test_what_decides_who_signs_in_asks_for_the_second_step_again(
    rosas_browser, rosas_app, codes, time_machine
):
    names = ("my-address", "my-telephone", "my-codes")
    asked = [rosas_browser.get(reverse(f"admin:{name}")).url for name in names]
    used = rosas_browser.post(asked[0], {"otp_token": code_of(rosas_app)})
    time_machine.shift(31)
    proven = rosas_browser.post(asked[0], {"otp_token": code_of(rosas_app)})
    time_machine.shift(14 * 60)
    allowed = rosas_browser.get(proven.url).status_code
    time_machine.shift(2 * 60)

    assert asked == [f"/admin/account/prove/{name}/" for name in names]
    assert list(used.context["form"].errors) == ["otp_token"]
    assert (proven.url, allowed) == ("/admin/account/address/", 200)
    assert rosas_browser.get(proven.url).status_code == 302
    assert rosas_browser.post(asked[2], {"otp_token": codes[0]}).url == "/admin/account/codes/"


@pytest.mark.drill
def test_telephone_counts_only_once_it_has_shown_a_code(rosas_browser, rosa, rosas_app, codes):
    rosas_browser.post("/admin/account/prove/my-telephone/", {"otp_token": codes[0]})
    rosas_browser.get("/admin/account/telephone/")
    wrong = rosas_browser.post("/admin/account/telephone/", {"otp_token": "000000"})

    assert list(wrong.context["form"].errors) == ["otp_token"]
    assert [*TOTPDevice.objects.filter(user=rosa, confirmed=True)] == [rosas_app]


def test_new_telephone_ends_the_old_one_and_other_sessions(
    rosas_browser, rosa, codes, sign_in, mailoutbox
):
    elsewhere = sign_in(rosa)
    rosas_browser.post("/admin/account/prove/my-telephone/", {"otp_token": codes[0]})
    rosas_browser.get("/admin/account/telephone/")
    waiting = TOTPDevice.objects.get(user=rosa, confirmed=False)

    rosas_browser.post("/admin/account/telephone/", {"otp_token": code_of(waiting)})

    assert [device.pk for device in TOTPDevice.objects.filter(user=rosa)] == [waiting.pk]
    assert (is_in(rosas_browser), is_in(elsewhere)) == (True, False)
    assert [mail.to for mail in mailoutbox] == [["rosa@museo.example"]]


def test_new_recovery_codes_replace_those_before_once_they_are_kept(
    rosas_browser, rosa, codes, client
):
    rosas_browser.post("/admin/account/prove/my-codes/", {"otp_token": codes[0]})
    shown = rosas_browser.get("/admin/account/codes/").context["codes"]
    again = rosas_browser.get("/admin/account/codes/").context["codes"]
    text = rosas_browser.get("/admin/account/codes/text/").text
    before = StaticToken.objects.count()
    rosas_browser.post("/admin/account/codes/", {"are_kept": "on"})

    assert shown == again
    assert all(code in text for code in shown)
    assert (before, StaticToken.objects.count()) == (9, 10)
    assert sign_in_as(Client(), recovery_otp_token=codes[1]).status_code == 200
    StaticDevice.objects.update(throttling_failure_count=0)
    assert sign_in_as(Client(), recovery_otp_token=shown[0]).status_code == 302


def test_changed_address_is_told_to_the_address_before(rosas_browser, rosa, codes, mailoutbox):
    factories.user(username="eva", email="eva@museo.example")
    rosas_browser.post("/admin/account/prove/my-address/", {"otp_token": codes[0]})
    taken = rosas_browser.post("/admin/account/address/", {"address": "Eva@museo.example"})
    rosas_browser.post("/admin/account/address/", {"address": "rosa@red.example"})

    rosa.refresh_from_db()
    assert list(taken.context["form"].errors) == ["address"]
    assert (rosa.email, [mail.to for mail in mailoutbox]) == (
        "rosa@red.example",
        [["rosa@museo.example"]],
    )


NEW_PASSWORD = {"new_password1": "otra contraseña larga", "new_password2": "otra contraseña larga"}
CHANGED = {
    "es": "La contraseña de la cuenta «rosa» fue cambiada.",
    "pt": "A senha da conta “rosa” foi mudada.",
    "en": "The password of the account “rosa” has been changed.",
}


@pytest.mark.parametrize("language", CHANGED)
def test_changed_password_is_told_to_its_owner(rosa, sign_in, mailoutbox, language):
    MailLanguage.objects.create(account=rosa, code=language)
    own = sign_in(rosa)

    own.post(reverse("admin:password_change"), {"old_password": "no", **NEW_PASSWORD})
    unchanged = len(mailoutbox)
    own.post(reverse("admin:password_change"), {"old_password": PASSWORD, **NEW_PASSWORD})

    assert unchanged == 0
    assert [(mail.to, CHANGED[language] in mail.body) for mail in mailoutbox] == [
        (["rosa@museo.example"], True)
    ]
    assert is_in(own)


def test_password_whose_mail_does_not_go_out_is_changed_and_the_page_says_so(
    rosa, sign_in, settings
):
    settings.MAILERS = {"default": mailer("smtp://127.0.0.1:9")}
    data = {"old_password": PASSWORD, **NEW_PASSWORD}

    page = sign_in(rosa).post(reverse("admin:password_change"), data, follow=True)

    rosa.refresh_from_db()
    assert rosa.check_password("otra contraseña larga")
    assert [str(message) for message in page.context["messages"]] == [
        "We could not send the e-mail that confirms this."
    ]


def test_pages_of_the_password_have_the_header_of_all_others(staff_client):
    pages = ("admin:index", "admin:password_change", "admin:password_change_done")

    def header(name):
        page = html.fromstring(staff_client.get(reverse(name)).content.decode())
        return [link.text_content().strip() for link in page.xpath("//*[@id='user-tools']//a")]

    first, *others = (header(name) for name in pages)
    assert others == [first, first]
    assert "My account" in first


def test_permission_that_allows_nothing_is_taken_back_from_roles_and_accounts(rosa):
    [useless] = Permission.objects.filter(codename="delete_totpdevice")
    old = role("Antigua", "otp_totp.delete_totpdevice", "otp_totp.view_totpdevice")
    rosa.user_permissions.add(useless)

    import_module("eim.migrations.0004_nobody_deletes_second_steps").take_back(apps, None)

    assert [kept.codename for kept in old.permissions.all()] == ["view_totpdevice"]
    assert not rosa.user_permissions.exists()


def test_password_that_somebody_else_sets_is_told_to_its_owner(staff_client, rosa, mailoutbox):
    MailLanguage.objects.create(account=rosa, code="pt")
    fields = {"password1": "otra contraseña larga", "password2": "otra contraseña larga"}

    staff_client.post(
        reverse("admin:auth_user_password_change", args=[rosa.pk]),
        {**fields, "usable_password": "true"},
    )

    assert [(mail.to, CHANGED["pt"] in mail.body) for mail in mailoutbox] == [
        (["rosa@museo.example"], True)
    ]


def test_sign_out_everywhere_ends_every_session_of_the_account_alone(
    rosas_browser, rosa, sign_in, staff_client
):
    elsewhere = sign_in(rosa)
    listed = rosas_browser.get("/admin/account/").context["sessions"]

    rosas_browser.post("/admin/account/sign-out-everywhere/")

    assert len(listed) == 2
    assert [is_in(client) for client in (rosas_browser, elsewhere)] == [False, False]
    assert is_in(staff_client)


@pytest.mark.drill
def test_account_that_is_switched_off_loses_its_sessions_for_good(
    staff_client, rosas_browser, rosa
):
    data = form_of(staff_client, address(rosa))
    staff_client.post(address(rosa), {k: v for k, v in data.items() if k != "is_active"})
    off = is_in(rosas_browser)
    User.objects.filter(pk=rosa.pk).update(is_active=True)

    assert (off, is_in(rosas_browser)) == (False, False)


# A second step that was lost


@pytest.fixture
def coordinator(db):
    return factories.user(
        username="ana",
        email="ana@museo.example",
        permissions=["auth.view_user", "auth.change_user", "programme.view_session"],
    )


@pytest.fixture
def organising(coordinator, sign_in):
    return sign_in(coordinator)


def reset_page(user):
    return reverse("admin:auth_user_second_step", args=[user.pk])


@pytest.fixture
def reset(organising, rosas_browser, rosa, codes, mailoutbox):
    """Reset Rosa's second step, and return the path of the link in her mail."""
    organising.post(reset_page(rosa))
    return link_in(mailoutbox[0])


def test_reset_ends_telephone_codes_and_sessions_and_tells_both(
    organising, rosas_browser, rosa, codes, mailoutbox
):
    page = organising.get(reset_page(rosa))
    before = is_in(rosas_browser)

    organising.post(reset_page(rosa))

    assert "rosa@museo.example" in page.text
    assert before
    assert not is_in(rosas_browser)
    assert (TOTPDevice.objects.filter(user=rosa).count(), StaticToken.objects.count()) == (0, 0)
    assert [mail.to[0] for mail in mailoutbox] == ["rosa@museo.example", "ana@museo.example"]
    assert "/admin/" not in mailoutbox[1].body


def test_link_of_a_reset_and_the_password_set_up_a_new_step(reset, rosa, client):
    client = Client()
    wrong = client.post(reset, {"password": "otra cosa"})
    skipped = client.get(reverse("admin:set-up-telephone")).status_code
    right = client.post(reset, {"password": PASSWORD})
    show_code(client, rosa)
    kept = keep_codes(client)

    assert list(wrong.context["form"].errors) == ["password"]
    assert (skipped, right.url) == (410, "/admin/set-up/telephone/")
    assert is_in(client)
    assert Client().get(reset).status_code == 410
    assert sign_in_as(Client(), recovery_otp_token=kept[0]).status_code == 302


def test_link_of_a_reset_ends_with_the_password_and_after_three_days(reset, rosa, time_machine):
    fresh = Client().get(reset).status_code
    time_machine.shift(timedelta(days=3, seconds=1))
    late = Client().get(reset).status_code
    time_machine.shift(timedelta(days=-2))
    rosa.set_password("otra contraseña larga")
    rosa.save()

    assert (fresh, late, Client().get(reset).status_code) == (200, 410, 410)


@pytest.mark.drill
def test_wrong_passwords_at_the_link_of_a_reset_lock_the_name(reset, settings):
    settings.AXES_LOCKOUT_CALLABLE = "eim.back_office.sign_in.locked_out"
    client = Client()
    statuses = [client.post(reset, {"password": f"no {n}"}).status_code for n in range(5)]

    assert statuses == [200] * 4 + [429]
    assert client.post(reset, {"password": PASSWORD}).status_code == 429


def test_superuser_is_reset_by_nobody(staff_client, organising, mailoutbox):
    chief = factories.user(username="jefa", is_superuser=True, email="jefa@museo.example")
    TOTPDevice.objects.create(user=chief, name="app")

    for client in (staff_client, organising):
        page = client.get(reset_page(chief))
        assert "manage.py staff_device jefa --replace" in page.text
        assert client.post(reset_page(chief)).status_code == 403
    assert (TOTPDevice.objects.filter(user=chief).count(), len(mailoutbox)) == (1, 0)


@pytest.mark.drill
def test_stronger_account_is_not_reset_and_ones_own_leads_to_my_account(
    organising, coordinator, rosa, powerless_client
):
    role("Datos", "registration.erase_registration").user_set.add(rosa)

    pages = [organising.get(reset_page(rosa)), organising.post(reset_page(rosa))]
    own = organising.post(reset_page(coordinator))

    assert [page.status_code for page in pages] == [403, 403]
    assert own.url == "/admin/account/"
    assert powerless_client.post(reset_page(rosa)).status_code == 403


def test_account_without_an_address_is_not_reset(organising, rosa, rosas_app):
    User.objects.filter(pk=rosa.pk).update(email="")

    assert "no e-mail address" in organising.get(reset_page(rosa)).text
    assert organising.post(reset_page(rosa)).status_code == 403
    assert TOTPDevice.objects.filter(user=rosa).exists()


def test_password_alone_sets_up_no_second_step(rosa, client):
    response = sign_in_as(client, otp_token="123456")

    assert "no second step yet" in complaints(response)[0]
    assert client.get("/admin/set-up/telephone/").status_code == 410


def test_command_replaces_a_step_with_its_codes_left(rosa, codes, client):
    call_command("staff_device", "rosa", "--replace", stdout=StringIO())

    assert sign_in_as(client, recovery_otp_token=codes[0]).status_code == 302


def test_second_step_is_deleted_by_nobody_and_its_page_leads_to_the_reset(
    staff_client, rosa, rosas_app, codes
):
    every = reverse("admin:otp_totp_totpdevice_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [rosas_app.pk], "post": "yes"}

    page = staff_client.get(address(rosas_app))
    one = [ask(address(rosas_app, "delete")) for ask in (staff_client.get, staff_client.post)]
    staff_client.post(address(rosas_app, "delete"), {"post": "yes"})
    staff_client.post(every, chosen)

    assert f'<a href="{reset_page(rosa)}">Reset the second step</a>' in page.text
    assert [response.status_code for response in one] == [403, 403]
    assert "delete_selected" not in staff_client.get(every).text
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (2, 10)
    assert {TOTPDevice, StaticDevice, StaticToken} & set(admin.site._registry) == {TOTPDevice}


@pytest.mark.parametrize("at_once", [False, True])
def test_second_step_goes_with_its_account(sign_in, rosa, codes, at_once):
    permissions = ["auth.view_user", "auth.delete_user"]
    office = sign_in(factories.user(username="ana", permissions=permissions))
    if at_once:
        chosen = {"action": "delete_selected", "_selected_action": [rosa.pk], "post": "yes"}
        office.post(reverse("admin:auth_user_changelist"), chosen)
    else:
        office.post(address(rosa, "delete"), {"post": "yes"})

    assert not User.objects.filter(pk=rosa.pk).exists()
    # Left are Ana's app, and nobody's recovery codes.
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (1, 0)


# A password that was forgotten


def forget(name, client=None):
    response = (client or Client()).post(FORGOTTEN, {"name": name})
    for thread in threading.enumerate():
        if thread.name == "colleagues-mail":
            thread.join()
    return response


def test_forgotten_password_is_answered_alike_for_everybody(rosa, mailoutbox):
    User.objects.create_user("apagada", email="apagada@museo.example", is_active=False)
    names = ("rosa", "ROSA@museo.example", "nadie", "nadie@museo.example", "apagada")

    answers = [(forget(name).status_code, forget(name).url) for name in names]

    assert set(answers) == {(302, "/admin/forgotten/?sent")}
    assert {mail.to[0] for mail in mailoutbox} == {"rosa@museo.example"}
    assert len(mailoutbox) == 4


def test_link_of_a_forgotten_password_changes_it_once_and_nothing_else(
    rosas_browser, rosa, rosas_app, mailoutbox, time_machine
):
    forget("rosa")
    link = link_in(mailoutbox[0])
    new = "otra contraseña larga"
    client = Client()
    shown = client.get(link).status_code
    mistyped = client.post(link, {"new_password1": new, "new_password2": "x"})
    changed = client.post(link, {"new_password1": new, "new_password2": new})
    again = client.post(link, {"new_password1": "z" * 20, "new_password2": "z" * 20})

    assert (shown, changed.url, again.status_code) == (200, LOGIN, 410)
    assert list(mistyped.context["form"].errors) == ["new_password2"]
    assert [is_in(browser) for browser in (client, rosas_browser)] == [False, False]
    assert complaints(sign_in_as(client, password=new, otp_token="")) == [
        "Enter the six digits that your authenticator app shows."
    ]
    time_machine.shift(31)
    assert sign_in_as(client, password=new, otp_token=code_of(rosas_app)).url == "/admin/"
    assert "fue cambiada" in mailoutbox[1].body


def test_link_of_a_forgotten_password_ends_after_an_hour_and_by_a_sign_in(
    rosa, rosas_app, mailoutbox, time_machine, client
):
    forget("rosa")
    time_machine.shift(timedelta(minutes=61))
    late = client.get(link_in(mailoutbox[0])).status_code
    forget("rosa")
    fresh = client.get(link_in(mailoutbox[1])).status_code
    sign_in_as(client, otp_token=code_of(rosas_app))

    assert (late, fresh, client.get(link_in(mailoutbox[1])).status_code) == (410, 200, 410)


@pytest.mark.drill
def test_forgotten_passwords_are_limited_for_a_network(rosa, mailoutbox):
    statuses = [forget(f"nadie{number}").status_code for number in range(11)]

    assert statuses == [302] * 10 + [429]


# Mails


@pytest.mark.drill
def test_mails_are_written_in_three_languages(rosa, organiser):
    invitation = Invitation.objects.create(
        name="Eva",
        address="eva@museo.example",
        email_key="eva@museo.example",
        language="pt",
        invited_by=organiser,
        invited_at=factories.NOW,
    )
    writers = [
        *(notes.invited(invitation), notes.step_was_reset(rosa, organiser)),
        *(notes.you_reset_a_step(rosa), notes.step_was_set(rosa), notes.codes_were_made(rosa)),
        *(notes.password_link(rosa), notes.password_was_changed(rosa)),
        notes.address_was_changed(rosa),
    ]
    for write in writers:
        mails = [mail_to("eva@museo.example", code, write) for code in ("es", "pt", "en")]
        sentences = [set(re.findall(r"[^\n]{25,}", mail.body)) for mail in mails]
        texts = [{s for s in found if "http" not in s} for found in sentences]

        assert len({mail.subject for mail in mails}) == 3
        assert all(len(mail.alternatives) == 1 for mail in mails)
        assert texts[0] & texts[1] & texts[2] <= {"Encuentro de prueba", *texts[0] & texts[2]}


def test_language_of_mails_is_the_accounts_or_the_meetings(rosa, codes, client, mailoutbox):
    MailLanguage.objects.create(account=rosa, code="pt")

    forget("rosa")

    assert mailoutbox[0].extra_headers["Content-Language"] == "pt"


def test_mail_before_there_is_a_meeting_is_plain_text(rosa, mailoutbox, meeting):
    meeting.delete()

    forget("rosa")

    assert link_in(mailoutbox[0]).startswith("/admin/new-password/")
