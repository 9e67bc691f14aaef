from datetime import timedelta

import pytest
from django.urls import reverse

from eim import clock
from registration.models import Consent, History, Message, Registration
from tests import factories
from tests.back_office import address, form_of
from tests.registration import helpers

pytestmark = pytest.mark.usefixtures("office_in_english")

LIST = reverse("admin:registration_registration_changelist")
MAY_SEE = "registration.view_registration"
MAY_CHANGE = "registration.change_registration"
MAY_SEE_NEEDS = "registration.view_needs"


@pytest.fixture
def colleague(sign_in, meeting):
    """Sign in a colleague who may see and correct attendees, but not see their needs."""
    return sign_in(factories.user(permissions=[MAY_SEE, MAY_CHANGE]))


def found(client, **query):
    response = client.get(LIST, query)
    return sorted(r.full_name for r in response.context["cl"].queryset)


def correct_address(registration):
    return reverse("admin:registration_registration_correct", args=[registration.pk])


def correction(registration, **facts):
    asked = {"reason": "Lo pidió por teléfono."}
    return helpers.correction(registration, **asked | facts)


# The list


@pytest.mark.parametrize("count", [1, 6])
def test_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.place(quota=factories.quota(session=factories.workshop()))
    staff_client.get(LIST)

    with django_assert_num_queries(12):
        response = staff_client.get(LIST)

    assert response.context["cl"].result_count == count


@pytest.mark.parametrize("count", [1, 6])
def test_message_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.message()
    url = reverse("admin:registration_message_changelist")
    staff_client.get(url)

    with django_assert_num_queries(9):
        response = staff_client.get(url)

    assert response.context["cl"].result_count == count


@pytest.mark.parametrize("count", [1, 6])
def test_quota_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.place(quota=factories.quota(session=factories.workshop()))
    url = reverse("admin:registration_quota_changelist")
    staff_client.get(url)

    with django_assert_num_queries(9):
        response = staff_client.get(url)

    assert response.context["cl"].result_count == count


def test_search_finds_people_by_name_address_institution_and_reference(staff_client, meeting):
    rosa = factories.registration(
        full_name="Rosa Quispe Ñahui", email="rosa@museo.example", institution="Casa de Cultura"
    )
    factories.registration(full_name="Otra", institution="Archivo")
    texts = [
        "quispe",
        "rosa nahui",
        "ÑAHUI",
        "rosa@museo.example",
        "Casa de",
        rosa.reference,
        rosa.spaced_reference,
        rosa.spaced_reference.lower(),
    ]

    assert [found(staff_client, q=text) for text in texts] == [[rosa.full_name]] * len(texts)


def test_filters_find_people_by_each_of_their_facts(staff_client, meeting):
    yesterday = clock.now() - timedelta(days=1)
    factories.registration(
        full_name="Rosa",
        state="pending",
        attendance="in_person",
        category="press",
        country="BO",
        occupation="research",
        mail_language="pt",
        submitted_at=yesterday,
    )
    factories.registration(full_name="Otra")
    queries = [
        {"state__exact": "pending"},
        {"attendance__exact": "in_person"},
        {"category__exact": "press"},
        {"country": "BO"},
        {"occupation__exact": "research"},
        {"mail_language__exact": "pt"},
        {"signed_up": f"{yesterday:%Y-%m-%d}"},
    ]

    assert [found(staff_client, **query) for query in queries] == [["Rosa"]] * len(queries)


def test_day_of_sign_up_is_that_of_the_venue(staff_client, meeting):
    late = clock.now().replace(hour=23, minute=30)
    factories.registration(full_name="Rosa", submitted_at=late)

    assert found(staff_client, signed_up="2026-09-01") == ["Rosa"]
    assert found(staff_client, signed_up="9999-12-31") == []
    assert "1 September 2026" in staff_client.get(LIST).content.decode()


def test_country_filter_offers_only_those_in_use(staff_client, meeting):
    factories.registration(country="BO")
    factories.registration(country="BO")

    [spec] = [
        spec
        for spec in staff_client.get(LIST).context["cl"].filter_specs
        if getattr(spec, "parameter_name", "") == "country"
    ]

    assert spec.lookup_choices == [("BO", "Bolivia")]


def test_filter_finds_people_by_place_and_by_waiting_list(staff_client, meeting):
    quota = factories.quota(session=factories.workshop())
    factories.place(quota=quota, registration=factories.registration(full_name="Dentro"))
    factories.place(
        quota=quota, registration=factories.registration(full_name="Espera"), state="waiting"
    )
    factories.registration(full_name="Otra")

    assert found(staff_client, place=str(quota.pk)) == ["Dentro"]
    assert found(staff_client, place=f"{quota.pk}-waiting") == ["Espera"]
    assert found(staff_client) == ["Dentro", "Espera", "Otra"]
    assert found(staff_client, place="9" * 30) == []


# One registration


def test_what_the_person_wrote_is_read_only(staff_client, meeting):
    registration = factories.registration(full_name="Rosa")
    data = form_of(staff_client, address(registration))

    staff_client.post(address(registration), data | {"full_name": "Otra", "state": "cancelled"})

    assert set(data) >= {"category", "person"}
    assert "full_name" not in data
    row = Registration.objects.get()
    assert (row.full_name, row.state) == ("Rosa", "confirmed")


def test_category_and_person_are_changed_with_history(staff_client, organiser, meeting):
    registration, person = factories.registration(), factories.person()
    data = form_of(staff_client, address(registration))

    staff_client.post(address(registration), data | {"category": "speaker", "person": person.pk})

    row = Registration.objects.get()
    assert (row.category, row.person) == ("speaker", person)
    assert [(h.event, h.actor) for h in row.history.all()] == [("corrected", organiser)]


def test_speaker_linked_to_another_registration_is_refused_with_a_sentence(staff_client, meeting):
    person = factories.person()
    factories.registration(person=person)
    registration = factories.registration()
    data = form_of(staff_client, address(registration)) | {"person": person.pk}

    response = staff_client.post(address(registration), data)

    assert list(response.context["adminform"].form.errors) == ["person"]


@pytest.mark.parametrize("model", [Registration, Message])
def test_rows_about_people_cannot_be_deleted(staff_client, meeting, model):
    row = factories.message() if model is Message else factories.registration()
    name = f"admin:registration_{model._meta.model_name}"

    status = staff_client.post(address(row, "delete"), {"post": "yes"}).status_code
    listed = staff_client.get(reverse(f"{name}_changelist")).content.decode()

    assert status == 403
    assert "delete_selected" not in listed
    assert model.objects.count() == 1


def test_mails_cannot_be_added(staff_client, meeting):
    assert staff_client.get(reverse("admin:registration_message_add")).status_code == 403


def test_page_shows_places_consents_history_and_mails(staff_client, meeting):
    place = factories.place(quota=factories.quota(session=factories.workshop(title="Archivo")))
    registration = place.registration
    factories.consent(registration=registration)
    factories.message(registration=registration, state="failed", last_error="550 no such box")

    page = staff_client.get(address(registration)).content.decode()

    for words in ("Archivo", "privacy notice", "Registered", "550 no such box"):
        assert words in page


@pytest.mark.parametrize("may_see", [False, True])
def test_needs_are_shown_only_with_the_permission_to_see_them(sign_in, meeting, may_see):
    permissions = [MAY_SEE, MAY_CHANGE, *[MAY_SEE_NEEDS] * may_see]
    client = sign_in(factories.user(permissions=permissions))
    registration = factories.registration(full_name="Rosa", needs="silla de ruedas")
    factories.consent(registration=registration, purpose=Consent.Purpose.NEEDS)

    page = client.get(address(registration)).content.decode()

    assert ("silla de ruedas" in page) == may_see
    assert ("use of the access needs" in page) == may_see
    assert "silla" not in client.get(LIST).content.decode()
    assert found(client, q="silla") == []
    assert client.get(LIST, {"needs__icontains": "silla"}).status_code == 400


# Corrections


def test_correction_changes_the_row_and_keeps_the_reason(colleague, meeting):
    registration = factories.registration(full_name="Rosa Quispe")

    response = colleague.post(
        correct_address(registration), correction(registration, full_name="Rosa  Quispe Mamani")
    )

    row = Registration.objects.get()
    assert response.url == address(registration)
    assert (row.full_name, row.name_key) == ("Rosa Quispe Mamani", "rosa quispe mamani")
    assert row.history.get().note.startswith("Lo pidió por teléfono.")


def test_correction_of_the_address_writes_a_mail(colleague, meeting):
    registration = factories.registration(email="rosa@museo.exmaple")

    colleague.post(
        correct_address(registration), correction(registration, email="rosa@museo.example")
    )

    row = Registration.objects.get()
    assert (row.email_key, row.link_version) == ("rosa@museo.example", 2)
    assert [m.kind for m in Message.objects.all()] == ["moved"]


def test_correction_to_the_name_and_address_of_another_registration_is_refused(colleague, meeting):
    other = factories.registration(full_name="Rosa Quispe")
    registration = factories.registration(full_name="Rosa Quispe")

    response = colleague.post(
        correct_address(registration), correction(registration, email=other.email)
    )

    (sentence,) = response.context["form"].errors["email"]
    assert sentence.startswith("This person")
    registration.refresh_from_db()
    assert registration.email != other.email


def test_correction_without_reason_changes_nothing(colleague, meeting):
    registration = factories.registration()
    data = correction(registration, full_name="<script>", reason="")

    response = colleague.post(correct_address(registration), data)

    assert set(response.context["form"].errors) == {"full_name", "reason"}
    assert not History.objects.exists()


def test_correction_needs_permission_and_a_row(sign_in, staff_client, meeting):
    reader = sign_in(factories.user(permissions=[MAY_SEE]))
    registration = factories.registration()
    nowhere = reverse("admin:registration_registration_correct", args=[0])

    assert reader.get(correct_address(registration)).status_code == 403
    assert staff_client.get(correct_address(registration)).status_code == 200
    assert staff_client.get(nowhere).status_code == 404
