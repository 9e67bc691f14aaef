"""Visitors in another time zone read the hours by their own clock too."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programme.models import Meeting
from tests import factories

AT_TEN = ["10:00"]


@pytest.fixture
def device_in(browser, base_url):
    """Return a page of a browser whose clock is in that zone."""
    contexts = []

    def opened(zone, **facts):
        contexts.append(browser.new_context(timezone_id=zone, base_url=base_url, **facts))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def own_hours(page):
    """Return the sentences about the visitor's own hours, day by day as the page has them."""
    said = page.locator(".day .own-hours").all_inner_texts()
    return [words for words in said if words]


@pytest.mark.parametrize(
    ("zone", "address", "hours", "said"),
    [
        ("Europe/Madrid", "/es/programa/", AT_TEN, ["de 14:00 a 15:00 en Madrid"]),
        (
            "Europe/Madrid",
            "/pt/programa/",
            ["20:00"],
            ["Madrid: das 0h00 (+1 dia) às 1h00 (+1 dia)"],
        ),
        ("Pacific/Honolulu", "/pt/programa/", AT_TEN, ["O seu fuso horário: das 3h00 às 4h00"]),
        (
            "Pacific/Honolulu",
            "/en/programme/",
            ["1:00"],
            [
                "from 18:00 (\N{MINUS SIGN}1 day) to 19:00 (\N{MINUS SIGN}1 day) "
                "in your own time zone"
            ],
        ),
        (
            "Pacific/Auckland",
            "/es/programa/",
            AT_TEN,
            ["de 2:00 (+1 día) a 3:00 (+1 día) en su zona horaria"],
        ),
        # The same hours under another name, and a device that does not tell its zone.
        ("America/Argentina/Buenos_Aires", "/en/programme/", AT_TEN, []),
        ("UTC", "/en/programme/", AT_TEN, []),
    ],
)
def test_own_hours_stand_beside_the_venues_where_they_differ(
    device_in, meeting, zone, address, hours, said
):
    for hour in hours:
        factories.session(starts_at=factories.moment(hour))
    page = device_in(zone)

    page.goto(address)

    assert own_hours(page) == said
    assert page.locator("#day-2026-11-18 .card").count() == len(hours)


def at_ten_on(zone, *days):
    """Write a meeting in that zone, with a session at ten on each of the days."""
    starts = [datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo(zone)) for day in days]
    Meeting.objects.update(time_zone=zone, first_day=starts[0].date(), last_day=starts[-1].date())
    for start in starts:
        facts = {"day": start.date(), "starts_at": start, "ends_at": start + timedelta(hours=1)}
        factories.session(**facts)


@pytest.mark.parametrize(
    ("venue", "days", "zone", "said"),
    [
        # Clocks are changed where the reader is,
        (
            "America/Asuncion",
            ("2026-10-24", "2026-10-26"),
            "Europe/Madrid",
            ["from 15:00 to 16:00 in Madrid", "from 14:00 to 15:00 in Madrid"],
        ),
        # where the meeting is,
        (
            "America/Santiago",
            ("2026-09-05", "2026-09-07"),
            "America/Bogota",
            ["from 9:00 to 10:00 in Bogota", "from 8:00 to 9:00 in Bogota"],
        ),
        # so that on one day only the hours are the same, and here under the zone's older name.
        (
            "America/Santiago",
            ("2026-09-05", "2026-09-07"),
            "America/Buenos_Aires",
            ["from 11:00 to 12:00 in Buenos Aires"],
        ),
    ],
)
def test_each_hour_is_converted_by_itself_when_clocks_are_changed(
    device_in, meeting, venue, days, zone, said
):
    at_ten_on(venue, *days)
    page = device_in(zone)

    page.goto("/en/programme/")

    assert own_hours(page) == said


def test_session_that_goes_on_while_clocks_are_changed_ends_by_the_new_one(device_in, meeting):
    start = datetime(2026, 10, 24, 21, 30, tzinfo=factories.ZONE)
    day = start.date()
    Meeting.objects.update(first_day=day, last_day=day)
    factories.session(day=day, starts_at=start, ends_at=start + timedelta(minutes=90))
    page = device_in("Europe/Madrid")

    page.goto("/en/programme/")

    assert own_hours(page) == ["from 2:30 (+1 day) to 3:00 (+1 day) in Madrid"]
    assert page.locator("#day-2026-10-24 .card").count() == 1


def test_zone_is_chosen_by_country_and_city_and_remembered(device_in, meeting):
    factories.session(slug="opening")
    page = device_in("Pacific/Honolulu")
    page.goto("/en/programme/")

    page.get_by_label("Also show times in").select_option("Mexico: Mexico City")
    chosen = own_hours(page)
    page.goto("/en/programme/opening/")
    on_another_page = page.locator("dd .own-hours").inner_text()
    page.get_by_label("Also show times in").select_option("(venue time only)")
    page.reload()

    assert chosen == [on_another_page] == ["from 7:00 to 8:00 in Mexico City"]
    assert page.locator("dd .own-hours").inner_text() == ""


def test_chosen_zone_with_the_venues_hours_says_so(device_in, meeting):
    factories.session()
    page = device_in("Europe/Madrid")
    page.goto("/en/programme/")

    page.get_by_label("Also show times in").select_option("Uruguay: Montevideo")

    assert own_hours(page) == []
    assert page.get_by_text("The same times as at the venue.").is_visible()


def test_without_javascript_the_venues_hours_stand_alone(device_in, meeting):
    factories.session()
    page = device_in("Europe/Madrid", java_script_enabled=False)

    page.goto("/en/programme/")

    written = page.locator(".slot-time").text_content()
    assert " ".join(written.split()) == "10:00 until 11:00, Asunción time"
    assert page.get_by_label("Also show times in").filter(visible=True).count() == 0
