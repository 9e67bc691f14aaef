"""The chart of confirmed registrations per day on the start page of the back office."""

from datetime import date, timedelta

import pytest
from lxml import html

from eim.back_office.chart import HEIGHT, chart
from eim.back_office.figures import DAYS_SHOWN, DayCount, confirmed_per_day
from tests import factories
from tests.reading import words

pytestmark = pytest.mark.usefixtures("office_in_english")

NOW = factories.NOW
TODAY = NOW.date()


def confirmed(*, days_ago=0, **facts):
    return factories.registration(confirmed_at=NOW - timedelta(days=days_ago), **facts)


def test_days_count_confirmed_registrations_that_are_not_cancelled(meeting):
    confirmed(attendance="in_person")
    confirmed(days_ago=2)
    confirmed(days_ago=2, attendance="in_person")
    confirmed(days_ago=DAYS_SHOWN)
    confirmed(state="cancelled", cancelled_at=NOW)

    days = confirmed_per_day(meeting, NOW)

    assert len(days) == DAYS_SHOWN
    assert [day for day in days if day.total] == [
        DayCount(day=TODAY - timedelta(days=2), in_person=1, online=1),
        DayCount(day=TODAY, in_person=1),
    ]


def test_days_are_in_the_time_zone_of_the_venue(meeting):
    """Register at half past eleven in the evening, which is the next day in UTC."""
    late = NOW.replace(hour=23, minute=30) - timedelta(days=1)
    factories.registration(confirmed_at=late)

    found = [day for day in confirmed_per_day(meeting, NOW) if day.total]

    assert found == [DayCount(day=TODAY - timedelta(days=1), online=1)]


def test_days_end_with_the_meeting(meeting):
    days = confirmed_per_day(meeting, factories.moment("12:00", day=30))

    assert days[-1].day == factories.LAST_DAY


def test_chart_without_registrations_is_a_sentence(staff_client, meeting):
    response = staff_client.get("/admin/")

    assert b"Nobody confirmed a registration in these days." in response.content
    assert b'class="bars"' not in response.content


def test_table_has_the_numbers_of_the_bars(staff_client, meeting):
    confirmed(attendance="in_person")
    confirmed()
    confirmed(days_ago=1)

    page = html.fromstring(staff_client.get("/admin/").content.decode())

    rows = [words(row) for row in page.xpath("//details//tr[td]")]
    assert rows[-3:] == [
        ["Monday 31 August", "0", "1", "1"],
        ["Tuesday 1 September", "1", "1", "2"],
        ["Together", "1", "2", "3"],
    ]
    assert words(page.xpath("//ul[@class='series']/li")) == ["Online: 2", "In person: 1"]
    assert len(page.xpath("//svg//svg/rect")) == 3


def days_of(*counts):
    return [
        DayCount(day=date(2026, 9, n), in_person=in_person, online=online)
        for n, (in_person, online) in enumerate(counts, start=1)
    ]


@pytest.mark.parametrize(
    ("longest", "numbers"),
    [
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (5, [0, 2, 4, 6]),
        (103, [0, 50, 100, 150]),
        (12_000, [0, 5000, 10_000, 15_000]),
    ],
)
def test_scale_has_round_numbers_and_reaches_the_longest_bar(longest, numbers):
    found = chart(days_of((longest, 0), (0, 0)))

    assert [line.number for line in found.lines] == numbers


def test_bars_are_stacked():
    first, second = chart(days_of((30, 10), (0, 20))).bars

    assert (first.in_person_height, first.online_height) == (HEIGHT * 3 // 4, HEIGHT // 4)
    assert first.online_top + first.online_height == first.in_person_top
    assert (second.in_person_height, second.online_top) == (0, HEIGHT // 2)
