"""Sizes of quotas in the back office: changed by actions, never by saving the form's row."""

import pytest
from django.contrib import admin
from django.db.models import F
from django.urls import reverse

from programme.models import Session
from registration.models import Quota
from tests import factories
from tests.back_office import address, form_of

ADD = reverse("admin:registration_quota_add")
ADD_SESSION = reverse("admin:programme_session_add")


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def errors(response):
    return response.context["adminform"].form.errors


def new_quota(**facts):
    empty = {"service_code": "", "name_es": "", "name_pt": "", "name_en": ""}
    return empty | {"kind": "in_person", "size": "450"} | facts


def test_places_in_person_are_opened(staff_client, meeting):
    staff_client.post(ADD, new_quota())

    assert list(Quota.objects.values_list("kind", "size", "taken")) == [("in_person", 450, 0)]


def test_second_places_in_person_are_refused(staff_client, meeting):
    factories.quota()

    response = staff_client.post(ADD, new_quota())

    assert errors(response) == {"kind": ["Places in person are open already: change their size."]}


def test_service_is_opened_with_its_names(staff_client, meeting):
    staff_client.post(
        ADD, new_quota(kind="service", service_code="bus", name_es="Autobús", name_en="Bus")
    )

    quota = Quota.objects.get()
    assert (quota.service_code, quota.name_es, quota.name_en) == ("bus", "Autobús", "Bus")


def test_service_without_name_and_code_is_refused(staff_client, meeting):
    response = staff_client.post(ADD, new_quota(kind="service"))

    assert errors(response) == {
        "service_code": ["A service needs a code."],
        "name_es": ["A service needs a name."],
    }


TAKEN = "The site itself uses this code, or a session may: write another, in small letters."


@pytest.mark.parametrize("code", ["in_person", "online", "T-1", "BUS", "7"])
def test_service_with_the_code_of_something_else_is_refused(staff_client, meeting, code):
    response = staff_client.post(
        ADD, new_quota(kind="service", service_code=code, name_es="Autobús")
    )

    assert errors(response) == {"service_code": [TAKEN]}
    assert not Quota.objects.exists()


def test_form_of_a_new_quota_does_not_open_seats(staff_client, meeting):
    response = staff_client.post(ADD, new_quota(kind="session"))

    assert list(errors(response)) == ["kind"]


def test_size_is_changed(staff_client, meeting):
    place = factories.place()
    data = form_of(staff_client, address(place.quota)) | {"size": "1"}

    response = staff_client.post(address(place.quota), data)

    assert response.status_code == 302
    assert Quota.objects.values_list("size", "taken").get() == (1, 1)


def test_size_below_what_is_taken_is_refused(staff_client, meeting):
    quota = factories.quota()
    factories.place(quota=quota)
    factories.place(quota=quota)
    data = form_of(staff_client, address(quota)) | {"size": "1"}

    response = staff_client.post(address(quota), data)

    assert errors(response) == {"size": ["2 are taken: it cannot be smaller than that."]}
    assert Quota.objects.get().size == 100


def test_larger_size_gives_places_to_people_who_wait(staff_client, meeting):
    quota = factories.quota(size=1)
    factories.place(quota=quota)
    waiting = factories.place(quota=quota, state="waiting")
    data = form_of(staff_client, address(quota)) | {"size": "2"}

    staff_client.post(address(quota), data)

    waiting.refresh_from_db()
    assert (waiting.state, Quota.objects.get().taken) == ("confirmed", 2)


def test_page_opened_earlier_does_not_overwrite_the_taken_places(meeting, rf):
    stale = factories.quota(size=10)
    Quota.objects.update(taken=F("taken") + 3)
    stale.size = 20

    admin.site._registry[Quota].save_model(rf.post("/"), stale, form=None, change=True)

    assert Quota.objects.values_list("size", "taken").get() == (20, 3)


def test_name_of_a_service_is_changed(staff_client, meeting):
    quota = factories.quota(service_code="bus")
    data = form_of(staff_client, address(quota)) | {"name_pt": "Ônibus"}

    staff_client.post(address(quota), data)

    assert Quota.objects.get().name_pt == "Ônibus"


@pytest.mark.parametrize(("is_used", "status", "left"), [(True, 403, 1), (False, 302, 0)])
def test_quota_is_deleted_only_if_it_never_had_places(staff_client, meeting, is_used, status, left):
    quota = factories.quota()
    if is_used:
        factories.place(quota=quota, state="released")

    response = staff_client.post(address(quota, "delete"), {"post": "yes"})

    assert (response.status_code, Quota.objects.count()) == (status, left)


# On the page of a session


def test_session_without_seats_is_not_open(staff_client, meeting):
    session = factories.workshop()

    staff_client.post(address(session), form_of(staff_client, address(session)))

    assert not Quota.objects.exists()


def test_seats_are_opened_on_the_page_of_the_session(staff_client, meeting):
    session = factories.workshop()
    data = form_of(staff_client, address(session)) | {"seats": "25"}

    staff_client.post(address(session), data)

    assert Quota.objects.values_list("session", "size").get() == (session.pk, 25)


def new_session(client, **facts):
    """Return what the form of a new session posts for a workshop with these facts."""
    return form_of(client, ADD_SESSION) | {
        "title_es": "Archivo oral",
        "code": "T-9",
        "slug": "archivo-oral",
        "kind": "workshop",
        "format": "in_person",
        **facts,
    }


def quotas_without_session():
    """Open places in person, of which one is taken, and a service."""
    factories.place(quota=factories.quota(size=450))
    factories.quota(service_code="bus")


def test_new_session_is_added_with_its_seats(staff_client, meeting):
    response = staff_client.post(ADD_SESSION, new_session(staff_client, seats="25"))

    assert response.status_code == 302
    assert Quota.objects.get().session == Session.objects.get(code="T-9")


def test_new_session_has_no_seats_filled_in_while_places_in_person_are_open(staff_client, meeting):
    quotas_without_session()

    assert form_of(staff_client, ADD_SESSION)["seats"] == ""


@pytest.mark.parametrize(("seats", "opened"), [("", []), ("0", [0]), ("25", [25])])
def test_new_session_is_added_while_places_in_person_are_open(staff_client, meeting, seats, opened):
    quotas_without_session()

    response = staff_client.post(ADD_SESSION, new_session(staff_client, seats=seats))

    assert response.status_code == 302
    session = Session.objects.get(code="T-9")
    assert list(Quota.objects.filter(session=session).values_list("size", flat=True)) == opened
    others = Quota.objects.filter(session=None).values_list("size", "taken")
    assert sorted(others) == [(40, 0), (450, 1)]


def test_fewer_seats_than_taken_are_refused(staff_client, meeting):
    quota = factories.quota(session=factories.workshop())
    factories.place(quota=quota)
    data = form_of(staff_client, address(quota.session)) | {"seats": "0"}

    response = staff_client.post(address(quota.session), data)

    assert errors(response) == {"seats": ["1 are taken: it cannot be smaller than that."]}
    assert Quota.objects.get().size == 20


def test_open_seats_are_not_emptied(staff_client, meeting):
    quota = factories.quota(session=factories.workshop())
    data = form_of(staff_client, address(quota.session)) | {"seats": ""}

    response = staff_client.post(address(quota.session), data)

    assert errors(response) == {
        "seats": ["It gives out seats already. To give out no more, write how many are taken: 0."]
    }


def test_session_online_only_has_no_seats(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {"format": "online", "seats": "5"}

    response = staff_client.post(address(session), data)

    assert errors(response) == {"seats": ["A session that is online only has no seats."]}


@pytest.mark.parametrize("several", [False, True])
def test_session_with_seats_is_not_deleted_and_says_why(staff_client, meeting, several):
    session = factories.quota(session=factories.workshop(title_en="Oral archive")).session
    listed = {"action": "delete_selected", "_selected_action": session.pk}
    url = reverse("admin:programme_session_changelist") if several else address(session, "delete")

    response = staff_client.post(url, (listed if several else {}) | {"post": "yes"})

    assert response.status_code == 200
    assert "protected related objects" in response.content.decode()
    assert "Quota: " in response.content.decode()
    assert Session.objects.filter(pk=session.pk).exists()
