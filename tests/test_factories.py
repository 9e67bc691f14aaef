"""The factories' defaults are rows that the site's own validation accepts."""

import pytest

from tests import factories

PARTS = [
    "organisation",
    "notice",
    "document",
    "page",
    "theme",
    "room",
    "session",
    "workshop",
    "presentation",
    "person",
    "part",
    "stream",
    "channel",
    "registration",
    "consent",
    "history",
    "message",
    "quota",
    "place",
]


@pytest.mark.parametrize("name", PARTS)
def test_default_row_is_valid(name, meeting):
    row = getattr(factories, name)()

    row.full_clean()


def test_default_meeting_is_valid(meeting):
    meeting.full_clean()


def test_place_is_counted_in_its_quota(db):
    place = factories.place()

    assert place.quota.taken == 1


def test_signed_in_staff_are_verified(staff_client):
    response = staff_client.get("/admin/")

    assert response.status_code == 200


def test_unverified_staff_are_sent_to_sign_in(unverified_client):
    response = unverified_client.get("/admin/")

    assert response.url == "/admin/login/?next=/admin/"
