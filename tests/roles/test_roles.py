"""Ready roles: what exists, what each may do, who gives them, and who changes them."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from eim.back_office.accounts.permissions import effective_permissions, label_of
from eim.back_office.roles import ROLES, offered_to, sentence_of, words_of
from eim.back_office.roles.giving import (
    complete_ready_roles,
    create_ready_roles,
    delete_unused_ready_roles,
)
from tests import factories
from tests.back_office import address, form_of

CODES = [
    *("coordination", "programme", "registrations", "needs", "streams"),
    *("moderation", "letters", "data", "translation"),
]


def permission(label):
    app, codename = label.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def labels_of(group):
    return {label_of(row) for row in group.permissions.select_related("content_type")}


# What a migration has made


def test_new_site_has_the_ready_roles_with_their_permissions(db):
    rows = list(Permission.objects.select_related("content_type"))
    there = {label_of(row) for row in rows}

    found = {group.name: labels_of(group) for group in Group.objects.all()}

    assert found == {role.code: role.labels & there for role in ROLES}
    assert [role.code for role in ROLES] == CODES


def test_every_permission_of_a_role_exists(db):
    there = {label_of(row) for row in Permission.objects.select_related("content_type")}

    missing = {label for role in ROLES for label in role.labels} - there

    assert missing == set()


def test_coordination_may_do_all_that_a_page_asks_for(meeting):
    asked = {label_of(row) for row in effective_permissions()}

    lacking = asked - ROLES[0].labels

    assert lacking == set()


def test_every_role_may_do_something_that_a_page_asks_for(db):
    asked = {label_of(row) for row in effective_permissions()}

    assert [role.code for role in ROLES if not role.labels & asked] == []


def test_only_coordination_touches_accounts_and_only_two_roles_see_needs():
    def with_label(label):
        return [role.code for role in ROLES if label in role.labels]

    assert with_label("auth.change_user") == ["coordination"]
    assert with_label("auth.change_group") == ["coordination"]
    assert with_label("programme.change_meeting") == ["coordination"]
    assert with_label("registration.view_needs") == ["coordination", "needs"]
    assert with_label("admin.view_logentry") == ["coordination", "data"]
    assert with_label("registration.erase_registration") == ["coordination", "data"]


def test_roles_are_made_once_and_nothing_is_taken_away(db):
    extra = permission("programme.view_theme")
    create_ready_roles(apps)
    Group.objects.get(name="needs").permissions.add(extra)

    complete_ready_roles(apps)

    assert Group.objects.count() == len(ROLES)
    assert extra in Group.objects.get(name="needs").permissions.all()


def test_organisers_group_with_the_name_of_a_role_keeps_what_it_may_do(db):
    Group.objects.filter(name="data").delete()
    own = Group.objects.create(name="data")
    own.permissions.set([permission("programme.change_session")])
    eva = factories.user()
    eva.groups.add(own)

    create_ready_roles(apps)

    own.refresh_from_db()
    assert (own.name, labels_of(own)) == ("data 2", {"programme.change_session"})
    assert [group.name for group in eva.groups.all()] == ["data 2"]
    assert "registration.view_consent" in labels_of(Group.objects.get(name="data"))


def test_migrate_gives_roles_the_permissions_that_came_later(db):
    permission("registration.view_consent").delete()

    call_command("migrate", verbosity=0)

    assert "registration.view_consent" in labels_of(Group.objects.get(name="data"))


def test_way_back_leaves_the_roles_that_somebody_has(db):
    factories.colleague("streams")

    delete_unused_ready_roles(apps)

    assert [group.name for group in Group.objects.all()] == ["streams"]


# Words


def test_roles_have_words_and_a_sentence_in_each_language(db):
    group = Group.objects.get(name="needs")
    found = {}
    for language in ("es", "pt", "en"):
        with translation.override(language):
            found[language] = (words_of(group), sentence_of(group), str(group))

    assert found == {
        "es": (
            "Necesidades de accesibilidad",
            "Ve las inscripciones y qué necesita cada persona para participar; no cambia nada.",
            "Necesidades de accesibilidad",
        ),
        "pt": (
            "Necessidades de acessibilidade",
            "Vê quem está inscrito e do que precisa para participar; não altera nada.",
            "Necessidades de acessibilidade",
        ),
        "en": (
            "Access needs",
            "Sees who is registered and what they need to take part; changes nothing.",
            "Access needs",
        ),
    }


def test_organisers_group_is_called_as_they_called_it(in_english, db):
    own = Group.objects.create(name="Voluntariado")
    nothing = sentence_of(own)
    own.permissions.set([permission("programme.view_session"), permission("programme.view_room")])

    assert (words_of(own), nothing) == ("Voluntariado", "May do nothing yet.")
    assert sentence_of(own) == "See: rooms; See: sessions"


def test_long_list_of_permissions_is_cut(in_english, db):
    own = Group.objects.create(name="Todo")
    own.permissions.set(Permission.objects.filter(codename__startswith="view_")[:12])

    assert sentence_of(own).endswith("; and 4 more")


# Who gives which


def test_roles_are_offered_to_who_may_do_as_much(django_assert_num_queries, db):
    coordinator, moderator = factories.colleague("coordination"), factories.colleague("moderation")
    own = Group.objects.create(name="Sesiones")
    own.permissions.add(permission("programme.view_session"))
    coordinator.get_all_permissions()

    with django_assert_num_queries(3):
        offered = [group.name for group in offered_to(coordinator)]

    assert offered == [*CODES, "Sesiones"]
    assert [group.name for group in offered_to(moderator)] == ["moderation", "Sesiones"]


def test_page_of_an_account_ticks_roles_with_their_sentence(of_role, office_in_english):
    client, eva = of_role("coordination"), factories.user(username="eva")

    page = client.get(address(eva)).text

    assert (
        "<strong>Access needs</strong> "
        '<span class="quiet">Sees who is registered and what they need to take part; changes '
        "nothing.</span>"
    ) in " ".join(page.split())
    assert "More: single permissions" in page
    assert "Can add" not in page


def test_coordinator_gives_roles_and_makes_no_superuser(of_role, office_in_english):
    client, eva = of_role("coordination"), factories.user(username="eva")
    chosen = Group.objects.get(name="data")
    data = form_of(client, address(eva)) | {"groups": [chosen.pk], "is_superuser": "on"}

    client.post(address(eva), data)

    eva = User.objects.get(pk=eva.pk)
    assert list(eva.groups.all()) == [chosen]
    assert not eva.is_superuser


def test_coordinator_does_not_touch_a_superuser(of_role, office_in_english):
    client, rosa = of_role("coordination"), factories.user(is_superuser=True, username="rosa")
    password = reverse("admin:auth_user_password_change", args=[rosa.pk])

    statuses = [client.post(page, {}).status_code for page in (address(rosa), password)]

    assert statuses == [403, 403]
    assert "Can add" not in client.get(address(rosa)).text


@pytest.mark.parametrize("code", [code for code in CODES if code != "coordination"])
def test_other_roles_reach_no_account(of_role, code):
    client, eva = of_role(code), factories.user(username="eva")
    pages = [address(eva), reverse("admin:auth_user_changelist"), reverse("admin:auth_user_add")]
    pages += [reverse("admin:auth_group_changelist")]

    assert [client.get(page).status_code for page in pages] == [403] * 4


# Pages of roles


def test_list_of_roles_is_in_words_and_in_order(staff_client, office_in_english):
    Group.objects.create(name="Voluntariado")
    factories.colleague("programme")

    changes = staff_client.get(reverse("admin:auth_group_changelist")).context["cl"]

    shown = [(words_of(group), group.people_count) for group in changes.result_list]
    assert shown[:3] == [("Coordination", 0), ("Programme", 1), ("Registrations", 0)]
    assert shown[-1] == ("Voluntariado", 0)


@pytest.mark.parametrize("count", [1, 4])
def test_list_of_roles_takes_as_many_queries_for_any_number(
    staff_client, meeting, django_assert_num_queries, count
):
    for number in range(count):
        own = Group.objects.create(name=f"Propia {number}")
        own.permissions.add(permission("programme.view_session"))
    address = reverse("admin:auth_group_changelist")
    staff_client.get(address)

    with django_assert_num_queries(12):
        staff_client.get(address)


def test_ready_role_is_changed_and_deleted_by_nobody(staff_client, office_in_english):
    group = Group.objects.get(name="streams")
    factories.colleague("streams", username="noa")
    delete = {"action": "delete_selected", "_selected_action": [group.pk]}

    page = staff_client.get(address(group)).text
    statuses = [
        staff_client.post(address(group), {"name": "otra"}).status_code,
        staff_client.post(address(group, "delete"), {"post": "yes"}).status_code,
        staff_client.post(
            reverse("admin:auth_group_changelist"), delete | {"post": "yes"}
        ).status_code,
    ]
    asked = staff_client.post(reverse("admin:auth_group_changelist"), delete).text

    assert statuses == [403, 403, 403]
    assert "noa" in page
    assert "Change: streams" in page
    assert "Can change" not in page
    assert "A ready role stays: without people it does nothing." in asked
    assert Group.objects.filter(pk=group.pk).exists()


def test_organisers_make_change_and_delete_groups_of_their_own(of_role, office_in_english):
    client = of_role("coordination")
    add = reverse("admin:auth_group_add")
    session = permission("programme.view_session")
    client.post(add, {"name": "Voluntariado", "permissions": [session.pk]})
    own = Group.objects.get(name="Voluntariado")

    client.post(address(own), form_of(client, address(own)) | {"name": "Puerta"})
    own.refresh_from_db()
    name = own.name
    client.post(address(own, "delete"), {"post": "yes"})

    assert (name, Group.objects.filter(pk=own.pk).exists()) == ("Puerta", False)


def test_list_of_accounts_says_their_roles(staff_client, office_in_english):
    eva = factories.colleague("data", username="eva")
    eva.groups.add(Group.objects.get(name="needs"))

    page = staff_client.get(reverse("admin:auth_user_changelist")).text

    assert "Access needs, Personal data" in page
    assert "By roles" in page
