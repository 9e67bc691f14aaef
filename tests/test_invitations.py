"""Inviting colleagues: the mail, its link, the three steps behind it, and who may not."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail as sent_mails
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.environment import mailer
from eim.models import Invitation
from tests import factories
from tests.back_office import address
from tests.colleagues import PASSWORD, choose, code_of, invite, keep_codes, link_in, role, show_code

pytestmark = pytest.mark.usefixtures("office_in_english", "meeting")

TELEPHONE, CODES = "/admin/set-up/telephone/", "/admin/set-up/codes/"
LOGIN = "/admin/login/"


@pytest.fixture
def coordinator(db):
    permissions = ["auth.add_user", "auth.view_user", "programme.view_session"]
    return factories.user(
        username="ana", first_name="Ana Ríos", email="ana@museo.example", permissions=permissions
    )


@pytest.fixture
def organising(coordinator, sign_in):
    return sign_in(coordinator)


@pytest.fixture
def programme(db):
    return role("Programa", "programme.view_session")


@pytest.fixture
def invited(organising, programme, mailoutbox):
    """Invite Eva, and return the path of the link in her mail."""
    invite(organising, programme)
    return link_in(mailoutbox.pop())


def eva():
    return User.objects.get(username="eva.quispe")


def errors(response):
    return response.context["form"].errors


# The way in


def test_invitation_leads_into_the_back_office_with_its_roles(
    organising, programme, mailoutbox, client
):
    response = invite(organising, programme)
    [mail] = mailoutbox
    invitation = Invitation.objects.get()

    assert (response.status_code, response.url) == (302, address(invitation))
    assert (mail.to, mail.extra_headers["Content-Language"]) == (["eva@museo.example"], "es")
    assert "Eva Quispe" in mail.body
    assert "Ana Ríos" in mail.body
    assert "Programa" in mail.body
    link = link_in(mail)
    assert client.get(link).context["form"]["username"].value() == "eva.quispe"
    assert choose(client, link).url == TELEPHONE
    assert show_code(client, eva()).url == CODES
    text = client.get(reverse("admin:set-up-codes-text")).text
    codes = keep_codes(client)

    account, invitation = eva(), Invitation.objects.get()
    assert client.get("/admin/").status_code == 200
    assert (account.is_staff, account.is_active, account.is_superuser) == (True, True, False)
    assert [*account.groups.all()] == [programme]
    assert (account.email, account.get_full_name()) == ("eva@museo.example", "Eva Quispe")
    assert (account.mail_language.code, invitation.account) == ("es", account)
    assert invitation.used_at is not None
    assert len(set(codes)) == 10
    assert text.split("\r\n")[3:13] == codes
    stored = StaticToken.objects.filter(device__user=account).values_list("token", flat=True)
    assert len(stored) == 10
    assert not {code.replace("-", "") for code in codes} & set(stored)
    assert [m.to for m in mailoutbox[1:]] == [["eva@museo.example"]]
    assert [client.get(CODES).status_code, Client().get(link).status_code] == [410, 410]


def test_nothing_counts_before_the_last_step(invited, client):
    choose(client, invited)
    signing_in = {"username": "eva.quispe", "password": PASSWORD, "otp_token": "123456"}
    after_first = [Client().post(LOGIN, signing_in).status_code, client.get("/admin/").status_code]
    show_code(client, eva())
    device = TOTPDevice.objects.get(user=eva())
    signing_in["otp_token"] = code_of(device)
    after_second = [Client().post(LOGIN, signing_in).status_code, client.get("/admin/").status_code]
    client.get(CODES)
    untick = client.post(CODES, {"csrf": ""})

    assert after_first == after_second == [200, 302]
    assert list(errors(untick)) == ["are_kept"]
    assert (eva().is_active, eva().is_staff, eva().groups.count()) == (False, False, 0)
    assert (device.confirmed, StaticToken.objects.count()) == (False, 0)


def test_steps_cannot_be_skipped_or_done_without_the_link(invited, client):
    strange = [Client().get(page).status_code for page in (TELEPHONE, CODES, f"{CODES}text/")]
    choose(client, invited)
    skipped = [client.get(CODES).url, client.post(CODES, {"are_kept": "on"}).url]

    assert (strange, skipped) == ([410] * 3, [TELEPHONE] * 2)
    assert not eva().is_active


@pytest.mark.drill
def test_wrong_code_of_the_app_is_refused(invited, client):
    choose(client, invited)
    client.get(TELEPHONE)
    device = TOTPDevice.objects.get(user=eva())

    response = client.post(TELEPHONE, {"otp_token": f"{(int(code_of(device)) + 1) % 10**6:06d}"})

    assert list(errors(response)) == ["otp_token"]
    assert client.get(CODES).url == TELEPHONE


@pytest.mark.drill
def test_whoever_is_interrupted_goes_on_by_the_same_link_with_a_new_secret(invited, client):
    choose(Client(), invited)
    choose(first := Client(), invited)
    first.get(TELEPHONE)
    seen = TOTPDevice.objects.get(confirmed=False).key

    assert client.get(invited).context["form"]["username"].value() == "eva.quispe"
    choose(client, invited, username="eva")
    account = User.objects.get(username="eva")
    show_code(client, account)
    keep_codes(client)

    assert [device.key for device in TOTPDevice.objects.filter(user=account)] != [seen]
    assert User.objects.filter(email="eva@museo.example").count() == 1
    assert client.get("/admin/").status_code == 200
    assert first.get(TELEPHONE).status_code == 410


@pytest.mark.drill
def test_steps_take_an_hour_at_most(invited, client, time_machine):
    choose(client, invited)
    time_machine.shift(timedelta(minutes=61))

    assert client.get(TELEPHONE).status_code == 410
    assert client.get(invited).status_code == 200


@pytest.mark.drill
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"username": "ANA"}, "username"),
        ({"username": "eva quispe"}, "username"),
        ({"password2": "otra contraseña"}, "password2"),
        ({"password1": "corta", "password2": "corta"}, "password2"),
        ({"password1": "eva.quispe.eva", "password2": "eva.quispe.eva"}, "password2"),
    ],
)
def test_name_and_password_that_will_not_do_get_a_sentence(invited, client, fields, wrong):
    response = choose(client, invited, **fields)

    assert list(errors(response)) == [wrong]
    assert not User.objects.filter(email="eva@museo.example").exists()


def test_user_name_of_letters_that_look_alike_is_refused(invited, client):
    response = choose(client, invited, username="\u0435va.quispe")

    assert errors(response) == {"username": ["Use letras de la a a la z, sin tildes."]}


def test_page_of_the_invitation_speaks_its_language(invited):
    page = Client().get(invited, headers={"accept-language": "en"})

    assert 'lang="es"' in page.text
    assert page.headers["Cache-Control"] == (
        "max-age=0, no-cache, no-store, must-revalidate, private"
    )


# Links that are dead


@pytest.mark.drill
def test_link_is_used_once(invited, client):
    choose(client, invited)
    show_code(client, eva())
    keep_codes(client)
    password = eva().password
    stranger = Client()

    statuses = [stranger.get(invited).status_code, choose(stranger, invited).status_code]

    assert statuses == [410, 410]
    assert eva().password == password


@pytest.mark.drill
def test_link_ends_after_seven_days_and_with_the_next_one(
    invited, organising, client, time_machine, mailoutbox
):
    invitation = Invitation.objects.get()
    time_machine.shift(timedelta(days=6, hours=23))
    in_time = client.get(invited).status_code
    organising.get("/admin/")
    time_machine.shift(timedelta(hours=2))
    late = client.get(invited).status_code
    renew(invitation, organising)
    newer = link_in(mailoutbox.pop())

    assert (in_time, late) == (200, 410)
    assert (client.get(newer).status_code, client.get(invited).status_code) == (200, 410)


def renew(invitation, client):
    """Send the link again; days have passed, and sessions end after hours."""
    client.force_login(
        User.objects.get(username="ana"), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user__username="ana").persistent_id
    session.save()
    return client.post(reverse("admin:eim_invitation_again", args=[invitation.pk]))


def test_forged_links_are_dead(invited, client):
    head, _colon, _signature = invited.rstrip("/").rpartition(":")
    others = invited.replace("/welcome/", "/second-step/"), f"{head}:forged/", "/admin/welcome/x/"

    assert [client.get(link).status_code for link in others] == [410, 410, 410]


def test_invitation_withdrawn_half_way_ends_what_was_begun(invited, organising, client):
    choose(client, invited)
    invitation = Invitation.objects.get()

    organising.post(reverse("admin:eim_invitation_withdraw", args=[invitation.pk]))

    assert [client.get(page).status_code for page in (invited, TELEPHONE)] == [410, 410]
    assert not User.objects.filter(username="eva.quispe").exists()
    again = organising.post(reverse("admin:eim_invitation_again", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert (again.status_code, invitation.version) == (302, 1)


def test_link_is_dead_once_the_one_who_invited_lacks_the_role(invited, coordinator, client):
    coordinator.user_permissions.clear()

    assert client.get(invited).status_code == 410


def test_link_opens_no_account_that_was_switched_on_by_hand(invited, client):
    choose(client, invited)
    User.objects.filter(username="eva.quispe").update(is_active=True, is_staff=True)

    assert choose(Client(), invited, password1="x" * 20, password2="x" * 20).status_code == 410
    assert client.get(TELEPHONE).status_code == 410
    assert eva().check_password(PASSWORD)


def test_whoever_is_signed_in_does_not_take_the_link_of_another(invited, organising):
    page = organising.get(invited)

    assert "hay una sesión abierta como ana" in page.text
    assert choose(organising, invited).status_code == 200
    assert not User.objects.filter(username="eva.quispe").exists()


# Who may invite whom


def test_nobody_gives_a_role_that_may_do_more(organising, coordinator):
    stronger = role("Datos", "registration.erase_registration")

    response = invite(organising, stronger)

    assert list(errors(response)) == ["roles"]
    assert not Invitation.objects.exists()


@pytest.mark.drill
def test_invitation_of_somebody_stronger_is_neither_sent_nor_withdrawn(
    staff_client, organising, mailoutbox
):
    invite(staff_client, role("Datos", "registration.erase_registration"))
    invitation = Invitation.objects.get()
    names = ("again", "withdraw")
    pages = [reverse(f"admin:eim_invitation_{name}", args=[invitation.pk]) for name in names]

    assert [organising.post(page).status_code for page in pages] == [403, 403]
    assert len(mailoutbox) == 1


@pytest.mark.drill
def test_inviting_needs_the_right_to_add_accounts(organising, programme, sign_in):
    invite(organising, programme)
    invitation = Invitation.objects.get()
    other = sign_in(factories.user(permissions=["auth.view_user", "auth.change_user"]))
    seen = [reverse("admin:eim_invitation_changelist"), reverse("admin:eim_invitation_add")]
    done = [
        reverse(f"admin:eim_invitation_{n}", args=[invitation.pk]) for n in ("again", "withdraw")
    ]

    statuses = [other.get(page).status_code for page in [*seen, address(invitation)]]
    statuses += [other.post(page).status_code for page in [*done, seen[1]]]

    assert statuses == [403] * 6


@pytest.mark.drill
@pytest.mark.parametrize("typed", ["EVA@museo.example", " eva@Museo.example "])
def test_address_is_invited_once(organising, programme, typed):
    invite(organising, programme)
    again = invite(organising, programme, address=typed)
    Invitation.objects.update(withdrawn_at=timezone.now())
    factories.user(username="eva", email="eva@museo.example")
    known = invite(organising, programme, address=typed)

    assert [list(errors(response)) for response in (again, known)] == [["address"], ["address"]]
    assert Invitation.objects.count() == 1


def test_database_keeps_one_open_invitation_of_an_address(invited):
    row = Invitation.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError, match=r"one_open_invitation|email_key"):
        row.save()


def test_mail_that_cannot_be_sent_is_said_and_sent_again(
    organising, programme, settings, mailoutbox
):
    working = settings.MAILERS
    settings.MAILERS = {"default": mailer("smtp://127.0.0.1:9")}
    failed = invite(organising, programme)
    page = organising.get(failed.url)
    settings.MAILERS = working
    invitation = Invitation.objects.get()
    unsent = invitation.sent_at

    organising.post(reverse("admin:eim_invitation_again", args=[invitation.pk]))

    invitation.refresh_from_db()
    assert "did not take the e-mail" in page.text
    assert "not sent: send it again" in page.text
    assert (unsent, invitation.version) == (None, 2)
    assert invitation.sent_at is not None
    assert len(sent_mails.outbox) == 1


def test_list_of_invitations_queries_do_not_grow(
    organising, coordinator, programme, django_assert_num_queries
):
    pages = reverse("admin:eim_invitation_changelist")
    organising.get(pages)
    for count in (1, 8):
        for number in range(count):
            Invitation.objects.create(
                name="Eva",
                address="eva@museo.example",
                email_key=f"{count}-{number}",
                language="es",
                invited_by=coordinator,
                invited_at=timezone.now(),
            ).roles.set([programme])
        with django_assert_num_queries(11):
            organising.get(pages)
