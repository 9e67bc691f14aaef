"""Hours are read as people of the region type them."""

import pytest

from eim.lib.fields.hours import plain_hour
from programme.models import Session
from tests import factories
from tests.back_office import address, form_of

AS_TYPED = {
    "9": "09:00",
    "8.00": "08:00",
    "9:00": "09:00",
    "9:00:00": "09:00",
    "9:00 am": "09:00",
    "9 pm": "21:00",
    "9:30 p. m.": "21:30",
    "9:30 p.m.": "21:30",
    "12 am": "00:00",
    "12:15 PM": "12:15",
    "9h30": "09:30",
    "9H30": "09:30",
    "9h": "09:00",
    "9 h": "09:00",
    "9 h 30": "09:30",
    "9 h 30 min": "09:30",
    "18:30 h": "18:30",
    "18,30 hs": "18:30",
    "18.30 hrs.": "18:30",
    "24": "24:00",
    "9\u00a0h": "09:00",
    "9:00:30": "9:00:30",
    "13 pm": "13 pm",
    "nueve": "nueve",
    "": "",
}


def test_hours_are_read_as_they_are_typed():
    assert {text: plain_hour(text) for text in AS_TYPED} == AS_TYPED


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_typed_hours_of_a_session_are_saved(staff_client, meeting, language):
    session = factories.session()
    typed = form_of(staff_client, address(session)) | {"starts_at_1": "9h30", "ends_at_1": "11 pm"}

    staff_client.post(address(session), typed, headers={"accept-language": language})

    kept = Session.objects.get()
    assert (kept.starts_at, kept.ends_at) == (factories.moment("9:30"), factories.moment("23:00"))


def test_hour_that_is_none_is_refused_beside_its_field(staff_client, meeting):
    session = factories.session()
    typed = form_of(staff_client, address(session)) | {"starts_at_1": "nueve"}

    response = staff_client.post(address(session), typed)

    assert list(response.context["adminform"].form.errors) == ["starts_at"]
