"""Back-office lists refuse made-up filters with 400; errors in our own code stay errors."""

import pytest
from django.contrib import admin

from registration.models import Registration
from tests import factories

LIST = "/admin/registration/registration/"
FILTERED = f"{LIST}?state__exact=confirmed"


@pytest.fixture
def break_page(monkeypatch):
    """Return a function that makes a method of the registrations' page raise ValueError."""

    def fail(*args, **kwargs):
        raise ValueError("our own mistake")

    page = admin.site.get_model_admin(Registration)
    return lambda name: monkeypatch.setattr(type(page), name, fail)


def test_error_in_a_column_of_a_filtered_list_stays_an_error(staff_client, meeting, break_page):
    factories.registration()
    break_page("get_list_display")

    with pytest.raises(ValueError, match="our own mistake"):
        staff_client.get(FILTERED)


def test_error_in_the_rows_of_a_filtered_list_stays_an_error(staff_client, meeting, break_page):
    break_page("get_queryset")

    with pytest.raises(ValueError, match="our own mistake"):
        staff_client.get(FILTERED)


def test_error_in_the_search_of_a_filtered_list_stays_an_error(staff_client, meeting, break_page):
    break_page("get_search_results")

    with pytest.raises(ValueError, match="our own mistake"):
        staff_client.get(f"{FILTERED}&q=rosa")


def test_error_in_an_action_on_chosen_rows_stays_an_error(staff_client, meeting, monkeypatch):
    registration = factories.registration()
    answers = {"action": "resend_mail", "_selected_action": registration.pk}

    def fail(*args, **kwargs):
        raise ValueError("our own mistake")

    monkeypatch.setattr("registration.admin.bulk.resend", fail)

    with pytest.raises(ValueError, match="our own mistake"):
        staff_client.post(LIST, answers)


def test_error_on_the_start_page_stays_an_error_whatever_is_asked(
    staff_client, meeting, monkeypatch
):
    def fail(*args):
        raise ValueError("our own mistake")

    monkeypatch.setattr("eim.back_office.site.start_page", fail)

    with pytest.raises(ValueError, match="our own mistake"):
        staff_client.get("/admin/?made=up")


UNUSABLE = [
    "full_name__regex=(",
    "full_name__iregex=(",
    "submitted_at__year=99999999999",
    "submitted_at__year=10000",
    "submitted_at__year__gte=99999999999",
]


@pytest.mark.parametrize("query", UNUSABLE)
def test_filter_that_no_database_understands_is_a_bad_request(staff_client, meeting, query):
    factories.registration()

    statuses = [
        staff_client.get(f"{LIST}?{query}").status_code,
        staff_client.post(f"{LIST}export/?{query}").status_code,
        staff_client.post(f"{LIST}?{query}", {"action": "resend_mail"}).status_code,
    ]

    assert statuses == [400, 400, 400]


@pytest.mark.parametrize("action", ["cancel_registrations", "resend_mail"])
def test_choice_that_is_no_key_of_a_row_is_a_bad_request(staff_client, meeting, action):
    keys = ["abc", "1.5", "", "0x1", "1,2", "é", "9" * 30, "\0"]

    statuses = {
        key: staff_client.post(LIST, {"action": action, "_selected_action": key}).status_code
        for key in keys
    }

    assert statuses == dict.fromkeys(keys, 400)
