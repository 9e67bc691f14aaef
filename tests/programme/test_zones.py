"""Test the time zones of the countries, and session hours in them."""

from zoneinfo import ZoneInfo, available_timezones

import pytest

from programme.clocks.zones import CLOCKS, CountryClock, clock_of
from programme.wording import dates
from tests import factories

pytestmark = pytest.mark.usefixtures("in_english")


def test_every_country_of_the_region_has_a_clock():
    countries = {clock.country for clock in CLOCKS}

    assert " ".join(sorted(countries)) == (
        "AD AR BO BR CL CO CR CU DO EC ES GT HN MX NI PA PE PT PY SV UY VE"
    )


def test_every_time_zone_is_in_the_iana_database():
    assert {clock.zone_name for clock in CLOCKS} <= available_timezones()


def test_country_with_several_zones_has_that_of_its_capital():
    assert [clock_of(c).zone_name for c in ("BR", "ES", "MX")] == [
        "America/Sao_Paulo",
        "Europe/Madrid",
        "America/Mexico_City",
    ]
    assert clock_of("DE") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Europe/Madrid", "from 21:00 to 0:30 (+1 day) in X"),
        ("Pacific/Honolulu", "from 10:00 to 13:30 in X"),
        ("Pacific/Auckland", "from 9:00 (+1 day) to 12:30 (+1 day) in X"),
        ("America/Argentina/Buenos_Aires", ""),
    ],
)
def test_hours_elsewhere_name_the_day_if_it_differs(meeting, zone, hours):
    start, end = factories.moment("17:00"), factories.moment("20:30")

    assert dates.elsewhere_words(start, end, CountryClock("XX", zone, "X"), meeting) == hours


@pytest.mark.django_db
def test_early_hours_at_the_venue_are_on_the_day_before_further_west(meeting):
    start, end = factories.moment("1:00"), factories.moment("2:00")
    clock = CountryClock("XX", "Pacific/Honolulu", "X")

    words = "from 18:00 (\N{MINUS SIGN}1 day) to 19:00 (\N{MINUS SIGN}1 day) in X"
    assert dates.elsewhere_words(start, end, clock, meeting) == words
    assert meeting.zone == ZoneInfo("America/Asuncion")
