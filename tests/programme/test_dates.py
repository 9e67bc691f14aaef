"""Days and hours in words."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from programme.models import Session
from programme.wording import dates
from tests import factories

pytestmark = pytest.mark.usefixtures("in_english")


def session(**facts):
    defaults = {
        "day": factories.FIRST_DAY,
        "starts_at": factories.moment("9:30"),
        "ends_at": factories.moment("11:00"),
    }
    return Session(**(defaults | facts))


@pytest.fixture
def meeting(meeting):
    meeting.city_en = "Asunción"
    return meeting


def test_day_words_name_weekday_day_and_month():
    assert dates.day_words(date(2026, 11, 18)) == "Wednesday 18 November"


def test_day_words_are_lower_case_in_spanish():
    with translation.override("es"):
        words = dates.day_words(date(2026, 11, 18))

    assert words.startswith("miércoles")
    assert words.endswith("noviembre")


def test_day_words_are_lower_case_in_portuguese():
    with translation.override("pt"):
        words = dates.day_words(date(2026, 11, 18))

    assert words.startswith("quarta-feira")
    assert words.endswith("novembro")


def test_hours_are_in_the_zone_of_the_meeting(meeting):
    starts_at = factories.moment("9:30").astimezone(UTC)

    assert dates.hour_words(starts_at, meeting) == "9:30"


def test_hours_are_written_with_an_h_in_portuguese(meeting):
    with translation.override("pt"):
        words = dates.hours_words(session(), meeting)

    assert words == "das 9h30 às 11h00, hora de Asunción"


def test_hours_words_name_the_zone(meeting):
    assert dates.hours_words(session(), meeting) == "from 9:30 to 11:00, Asunción time"


def test_hours_words_without_hours_say_so(meeting):
    hourless = session(starts_at=None, ends_at=None)

    assert dates.hours_words(hourless, meeting) == "time to be confirmed"


def test_when_words_join_day_and_hours(meeting):
    words = dates.when_words(session(), meeting)

    assert words == "Wednesday 18 November, from 9:30 to 11:00, Asunción time"


def test_when_words_without_hours_keep_the_day(meeting):
    hourless = session(starts_at=None, ends_at=None)

    assert dates.when_words(hourless, meeting) == "Wednesday 18 November, time to be confirmed"


def test_when_words_without_a_day_say_so_alone(meeting):
    dayless = session(day=None, starts_at=None, ends_at=None)

    assert dates.when_words(dayless, meeting) == "day to be confirmed"


def test_moment_words_have_the_day_at_the_venue(meeting):
    just_after_midnight_elsewhere = datetime(2026, 11, 19, 1, 30, tzinfo=UTC)

    words = dates.moment_words(just_after_midnight_elsewhere, meeting)

    assert words == "Wednesday 18 November, 22:30, Asunción time"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), "18 November 2026"),
        (date(2026, 11, 18), date(2026, 11, 20), "18 to 20 November 2026"),
        (date(2026, 11, 29), date(2026, 12, 1), "29 November to 1 December 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 December 2026 to 2 January 2027"),
    ],
)
def test_meeting_dates_repeat_no_month_or_year(meeting, first, last, words):
    meeting.first_day, meeting.last_day = first, last

    assert dates.meeting_dates_words(meeting) == words
