"""E-mails to many share one half of each limit, and organisers read how long that takes."""

from datetime import timedelta

import pytest

from registration import outbox
from registration.models import Message
from registration.wording.forecasts import forecast_words
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

NOW = factories.NOW
BULK = ["letter", "week_before", "meeting_postponed", "days_before"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting()


def kinds_claimed(moment):
    return [message.kind for message in iter(lambda: outbox.claim(moment), None)]


def settle_all():
    Message.objects.filter(state="leased").update(state="sent", sent_at=NOW, leased_until=None)


def test_all_kinds_to_many_share_one_half_of_the_day(settings):
    settings.MAILS_PER_DAY = 4
    for kind in BULK:
        factories.message(kind=kind)

    assert len(kinds_claimed(NOW)) == 2
    settle_all()
    factories.message(kind="confirmed")
    factories.message(kind="pending")
    factories.message(kind="already")

    assert kinds_claimed(NOW + MINUTE) == ["confirmed", "pending"]


def test_mails_to_many_leave_half_of_each_minute_to_those_that_somebody_waits_for(settings):
    settings.MAILS_PER_MINUTE = 6
    for _n in range(5):
        factories.message(kind="letter")

    assert kinds_claimed(NOW) == ["letter"] * 3
    settle_all()
    for _n in range(4):
        factories.message(kind="confirmed")

    assert kinds_claimed(NOW) == ["confirmed"] * 3
    settle_all()
    assert kinds_claimed(NOW + MINUTE) == ["confirmed", *["letter"] * 2]


@pytest.mark.parametrize("limit", ["MAILS_PER_MINUTE", "MAILS_PER_DAY"])
def test_limit_of_one_still_lets_a_mail_to_many_through(limit, settings):
    setattr(settings, limit, 1)
    factories.message(kind="letter")

    assert kinds_claimed(NOW) == ["letter"]


def words_of(count):
    meeting = factories.Meeting.objects.get()
    return forecast_words(outbox.when_done(count, NOW), meeting)


def test_forecast_says_the_hour_the_day_or_the_days(settings, django_assert_num_queries):
    settings.MAILS_PER_DAY, settings.MAILS_PER_MINUTE = 5000, 60
    with django_assert_num_queries(2):
        outbox.when_done(412, NOW)

    assert words_of(1) == "1 e-mail: today before 10:00"
    assert words_of(412) == "412 e-mails: today before 10:00"
    assert words_of(2500) == "2500 e-mails: today before 11:00"
    assert words_of(2501) == "2501 e-mails: 2 days; to be faster, raise MAILS_PER_DAY"
    assert words_of(5000) == "5000 e-mails: 2 days; to be faster, raise MAILS_PER_DAY"
    settings.MAILS_PER_MINUTE = 2
    assert words_of(899) == "899 e-mails: today before 24:00"
    assert words_of(1000) == "1000 e-mails: before Wednesday 2 September, 2:00"


def test_forecast_counts_what_was_sent_today_and_what_waits(settings):
    settings.MAILS_PER_DAY, settings.MAILS_PER_MINUTE = 8, 1000
    paused = factories.letter(state="paused")
    factories.message(kind="letter", letter=paused)
    for hours in (20, 3):
        moment = NOW - timedelta(hours=hours)
        factories.message(kind="letter", state="sent", attempted_at=moment)
    assert outbox.when_done(2, NOW).ends_at < NOW + MINUTE
    assert outbox.when_done(3, NOW).ends_at == NOW + timedelta(hours=4)
    assert outbox.when_done(5, NOW).ends_at > NOW + DAY

    factories.message(kind="week_before")

    assert outbox.when_done(2, NOW).ends_at == NOW + timedelta(hours=4)
    # What was sent to single people leaves less of the day than its half.
    for _n in range(6):
        moment = NOW - timedelta(hours=23)
        factories.message(state="sent", attempted_at=moment)
    assert outbox.when_done(1, NOW).ends_at == NOW + timedelta(hours=1)


def test_forecast_is_what_then_happens(settings):
    """Compare with claims minute by minute, by a worker that does nothing else."""
    settings.MAILS_PER_DAY, settings.MAILS_PER_MINUTE = 10, 4
    for hours in (23, 12, 1):
        moment = NOW - timedelta(hours=hours)
        factories.message(kind="letter", state="sent", attempted_at=moment)
    forecast = outbox.when_done(9, NOW)
    for _n in range(9):
        factories.message(kind="letter")

    moment, last = NOW, NOW
    while Message.objects.filter(state="due").exists():
        if kinds_claimed(moment):
            last = moment
        settle_all()
        moment += timedelta(hours=1)

    assert abs(forecast.ends_at - last) <= timedelta(hours=1)
