"""Accounts of organisers: nobody grants what they lack, or touches a stronger account."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests import factories
from tests.back_office import address, form_of

pytestmark = pytest.mark.usefixtures("office_in_english")

OF_ACCOUNTS = ["add_user", "change_user", "delete_user", "view_user"]
OF_GROUPS = ["add_group", "change_group", "delete_group", "view_group", "view_totpdevice"]


def permission(codename):
    return Permission.objects.get(codename=codename)


@pytest.fixture
def ada(db):
    """Return a colleague who looks after accounts, and may see sessions."""
    user = factories.user(username="ada")
    codenames = [*OF_ACCOUNTS, *OF_GROUPS, "view_session"]
    user.user_permissions.set(
        Permission.objects.filter(codename__in=codenames).exclude(
            content_type__app_label="sessions"
        )
    )
    return user


@pytest.fixture
def colleague(ada, sign_in):
    return sign_in(ada)


def chosen(client, row, field):
    """Return the words of the boxes that a page offers."""
    form = client.get(address(row)).context["adminform"].form
    return [str(words) for _key, words in form.fields[field].choices]


def test_colleague_offers_only_what_they_may_do_themselves(colleague):
    offered = chosen(colleague, factories.user(username="eva"), "user_permissions")

    assert "See: sessions" in offered
    assert "Change: sessions" not in offered
    assert len(offered) <= len(OF_ACCOUNTS) + len(OF_GROUPS) + 1


def test_colleague_cannot_give_what_they_lack(colleague):
    eva = factories.user(username="eva")
    data = form_of(colleague, address(eva)) | {
        "user_permissions": [permission("change_meeting").pk],
        "is_superuser": "on",
    }

    colleague.post(address(eva), data)
    colleague.post(address(eva), data | {"user_permissions": [permission("change_group").pk]})

    eva.refresh_from_db()
    given = set(eva.user_permissions.values_list("codename", flat=True))
    assert (eva.is_superuser, given) == (False, {"change_group"})


def test_colleague_makes_themselves_no_superuser(colleague, ada):
    data = form_of(colleague, address(ada)) | {"is_superuser": "on"}

    colleague.post(address(ada), data)

    assert not User.objects.get(pk=ada.pk).is_superuser


def test_colleague_cannot_join_a_group_that_may_do_more(colleague, ada):
    group = Group.objects.create(name="Coordinación")
    group.permissions.add(permission("change_meeting"))
    data = form_of(colleague, address(ada)) | {"groups": [group.pk]}

    colleague.post(address(ada), data)

    assert not ada.groups.exists()


@pytest.mark.parametrize("is_active", [True, False])
def test_superuser_is_changed_by_nobody_but_a_superuser(colleague, staff_client, is_active):
    eva = factories.user(username="eva", is_superuser=True, is_active=is_active)
    device = TOTPDevice.objects.create(user=eva, name="teléfono")
    password = reverse("admin:auth_user_password_change", args=[eva.pk])
    pages = [address(eva), address(eva, "delete"), password]

    refused = [colleague.post(page, {"post": "yes"}).status_code for page in pages]
    allowed = [staff_client.get(page).status_code for page in pages]

    assert (refused, allowed) == ([403] * 3, [200] * 3)
    assert TOTPDevice.objects.filter(pk=device.pk).exists()


def test_stronger_colleague_is_not_touched_either(colleague):
    eva = factories.user(username="eva")
    group = Group.objects.create(name="Programa")
    group.permissions.add(permission("change_meeting"))
    eva.groups.add(group)
    password = reverse("admin:auth_user_password_change", args=[eva.pk])

    statuses = [colleague.post(page, {}).status_code for page in (address(eva), password)]
    rename = colleague.post(address(group), {"name": "Otra"}).status_code
    remove = colleague.post(
        reverse("admin:auth_user_changelist"),
        {"action": "delete_selected", "_selected_action": [eva.pk], "post": "yes"},
    ).status_code

    assert (statuses, rename, remove) == ([403, 403], 403, 403)


def test_what_a_page_does_not_offer_stays_with_the_account(staff_client):
    eva = factories.user(username="eva")
    hidden = permission("change_contenttype")
    eva.user_permissions.add(hidden, permission("view_theme"))

    data = form_of(staff_client, address(eva)) | {"user_permissions": []}
    staff_client.post(address(eva), data)

    assert list(eva.user_permissions.all()) == [hidden]


def test_permissions_are_in_plain_words_in_three_languages(staff_client):
    eva = factories.user(username="eva")
    words = {}
    for language in ("es", "pt", "en"):
        form = staff_client.get(address(eva), headers={"accept-language": language})
        field = form.context["adminform"].form.fields["user_permissions"]
        words[language] = [str(text) for _key, text in field.choices]

    assert "Modificar: sesiones" in words["es"]
    assert "Modificar: sessões" in words["pt"]
    assert "Change: sessions" in words["en"]
    assert not [text for found in words.values() for text in found if "Can " in text]
    assert len(words["es"]) == len(set(words["es"]))


def test_page_of_an_account_shows_nothing_of_the_password(staff_client):
    eva = factories.user(username="eva", password="una contraseña larga")
    stored = User.objects.get(pk=eva.pk).password

    page = staff_client.get(address(eva)).content.decode()

    assert "algorithm" not in page.lower()
    assert "A password is set." in page
    assert not [part for part in stored.split("$") if len(part) > 5 and part[:6] in page]
