"""Consents, suppressed mailboxes, the log of erasures, and reminders in the back office."""

import pytest
from django.urls import reverse

from registration import actions, tokens
from registration.models import Consent, ErasureLog, Reminder, Suppression
from registration.models.messages import Kind
from tests import factories
from tests.back_office import address, form_of
from tests.registration.helpers import confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]

ADD = reverse("admin:registration_suppression_add")
SUPPRESSIONS = reverse("admin:registration_suppression_changelist")
REMINDERS = reverse("admin:registration_reminder_changelist")


# Mailboxes


def test_suppressed_address_is_stored_only_as_a_hash(staff_client, meeting):
    response = staff_client.post(ADD, {"email": "Rosa@Museo.example"})

    row = Suppression.objects.get()
    assert response.status_code == 302
    assert actions.is_suppressed("rosa@museo.example")
    assert (row.reason, row.created_at) == ("organisers", factories.NOW)
    assert "museo" not in staff_client.get(SUPPRESSIONS).content.decode().split("messagelist")[0]


def test_address_that_is_suppressed_already_is_refused_with_a_sentence(staff_client, meeting):
    staff_client.post(ADD, {"email": "rosa@museo.example"})

    response = staff_client.post(ADD, {"email": "ROSA@museo.example"})

    assert response.context["adminform"].form.errors == {
        "email": ["This address is already on the list."]
    }


def test_search_finds_a_suppression_by_the_whole_address(staff_client, meeting):
    for name in ("rosa", "eva"):
        staff_client.post(ADD, {"email": f"{name}@museo.example"})

    found = [
        staff_client.get(SUPPRESSIONS, {"q": text}).context["cl"].result_count
        for text in (" Rosa@museo.example", "museo", "")
    ]

    assert found == [1, 0, 2]


def test_search_finds_a_mailbox_that_its_reader_has_stopped(client, staff_client, meeting):
    registration = confirmed(email="rosa+eim@museo.example")
    client.post(reverse("registration:stop", args=[tokens.stop_token(registration)]))

    page = staff_client.get(SUPPRESSIONS, {"q": "rosa+eim@museo.example"})

    assert page.context["cl"].result_count == 1


def test_suppression_is_deleted_only_with_the_permission(staff_client, sign_in, meeting):
    staff_client.post(ADD, {"email": "rosa@museo.example"})
    row = Suppression.objects.get()
    reader = sign_in(factories.user(permissions=["registration.view_suppression"]))

    assert reader.post(address(row, "delete"), {"post": "yes"}).status_code == 403
    assert staff_client.post(address(row, "delete"), {"post": "yes"}).status_code == 302
    assert not actions.is_suppressed("rosa@museo.example")


# Reminders


def test_list_of_reminders_creates_the_rows_and_counts_sent_mails(staff_client, meeting):
    factories.message(kind=Kind.WEEK_BEFORE, state="sent")
    factories.message(kind=Kind.WEEK_BEFORE)

    page = staff_client.get(REMINDERS)

    shown = [(r.about, r.is_on, r.lead, r.sent_count) for r in page.context["cl"].result_list]
    assert shown == [
        ("unconfirmed", True, 24, 0),
        ("week_before", True, 7, 1),
        ("days_before", True, 2, 0),
    ]


@pytest.mark.parametrize("count", [0, 9])
def test_reminder_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.message(kind=Kind.WEEK_BEFORE, state="sent")
    staff_client.get(REMINDERS)

    with django_assert_num_queries(10):
        staff_client.get(REMINDERS)


def test_reminder_is_switched_and_worded_in_each_language(staff_client, meeting):
    reminder = Reminder.ensured()[1]
    words = {
        "words_es": "Traiga abrigo.",
        "words_pt": "Traga agasalho.",
        "words_en": "Bring a coat.",
    }
    data = form_of(staff_client, address(reminder)) | words | {"lead": "10"}
    data.pop("is_on")

    staff_client.post(address(reminder), data)

    reminder.refresh_from_db()
    assert (reminder.is_on, reminder.lead, reminder.about) == (False, 10, "week_before")
    assert {name: getattr(reminder, name) for name in words} == words


def test_lead_out_of_bounds_is_refused_with_a_sentence(staff_client, meeting):
    reminder = Reminder.ensured()[0]

    response = staff_client.post(
        address(reminder), form_of(staff_client, address(reminder)) | {"lead": "61"}
    )

    assert response.context["adminform"].form.errors == {
        "lead": ["Ensure this value is less than or equal to 60."]
    }


@pytest.mark.parametrize("name", ["reminder", "consent", "consentcount", "erasurelog"])
def test_rows_that_the_site_makes_are_neither_added_nor_deleted(staff_client, meeting, name):
    row = {
        "reminder": lambda: Reminder.ensured()[0],
        "consent": factories.consent,
        "consentcount": factories.consent_count,
        "erasurelog": lambda: ErasureLog.objects.create(
            cause="person", erased_at=factories.NOW, people=1
        ),
    }[name]()

    statuses = [
        staff_client.get(reverse(f"admin:registration_{name}_add")).status_code,
        staff_client.post(address(row, "delete"), {"post": "yes"}).status_code,
        staff_client.get(address(row)).status_code,
    ]

    assert statuses == [403, 403, 200]


# Consents


def test_consents_and_erasures_are_read_only(staff_client, meeting):
    consent = factories.consent()
    log = ErasureLog.objects.create(cause="person", erased_at=factories.NOW, people=3)

    statuses = [staff_client.post(address(row), {}).status_code for row in (consent, log)]

    assert statuses == [403, 403]
    assert (
        "the person asked for it"
        in staff_client.get(reverse("admin:registration_erasurelog_changelist")).content.decode()
    )


@pytest.mark.parametrize("may_see", [False, True])
def test_consent_to_needs_is_shown_only_with_the_permission_to_see_needs(sign_in, meeting, may_see):
    permissions = ["registration.view_consent", *["registration.view_needs"] * may_see]
    client = sign_in(factories.user(permissions=permissions))
    factories.consent()
    consent = factories.consent(purpose=Consent.Purpose.NEEDS)

    page = client.get(reverse("admin:registration_consent_changelist"))

    assert page.context["cl"].result_count == 1 + may_see
    assert client.get(address(consent)).status_code == (200 if may_see else 302)


@pytest.mark.parametrize("count", [1, 9])
def test_consent_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.consent()
    url = reverse("admin:registration_consent_changelist")
    staff_client.get(url)

    with django_assert_num_queries(10):
        staff_client.get(url)
