"""Sessions that last past midnight, or into a change of summer time, against an oracle."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from icalendar import Calendar

from programme.feeds.calendars import icalendar_of
from programme.feeds.schedule.entries import ScheduleEntry
from programme.jsonld.events import date_properties
from programme.loading.rows import Writer
from programme.loading.sessions import hours as hours_of_file
from programme.loading.shapes import Entry
from programme.models import Meeting, Session
from programme.wording import dates
from tests import factories
from tests.programme.wall_clocks import evenings
from tests.reading import read, text, words


def session_of_file(clock, start, end):
    """Return what the loader makes of hours in a file, and its faults."""
    meeting = Meeting(time_zone=clock.zone.key, city_en="Venue", short_name="EIM", version=1)
    values = {"day": clock.day, "starts": time.fromisoformat(start)}
    values["ends"] = time.max if end == "24:00" else time.fromisoformat(end)
    writer = Writer([])
    found = hours_of_file(writer, Entry("sessions[0]", values), Session(), meeting)
    session = Session(pk=1, code="A", slug="a", day=clock.day, format="hybrid", **found)
    return session, meeting, [fault.path for fault in writer.faults]


def check_one_evening(evening):
    clock, start, end = evening
    session, meeting, faults = session_of_file(clock, start, end)
    starts_at = clock.start(start)
    ends_at = clock.end(start, end) if starts_at else None

    if starts_at is None or (ends_at is None and faults):
        assert faults
        return
    if ends_at is None:
        assert session.ends_at <= session.starts_at  # which `clean` refuses
        return
    assert (session.starts_at, session.ends_at, faults) == (starts_at, ends_at, [])
    check_what_is_told(clock, session, meeting)


def check_what_is_told(clock, session, meeting):
    with translation.override("en"):
        sentence = dates.when_words(session, meeting)
        event = Calendar.from_ical(icalendar_of([session], meeting, "en")).walk("VEVENT")[0]
        told = date_properties(session, meeting)
        entry = ScheduleEntry(session=session, meeting=meeting)
    moments = [session.starts_at, session.ends_at]
    lasts = (moments[1] - moments[0]).total_seconds() // 60

    assert clock.read(sentence) == ([moments[0]], [moments[1]]), sentence
    assert [event["dtstart"].dt, event["dtend"].dt] == moments
    assert [datetime.fromisoformat(told[name]) for name in ("startDate", "endDate")] == moments
    fed = [entry.starts.isoformat(), entry.ends.isoformat()]
    assert [datetime.fromisoformat(moment) for moment in fed] == moments
    assert entry.duration == f"{int(lasts // 60):02}:{int(lasts % 60):02}"


@settings(max_examples=60, deadline=None)
@given(evenings())
def test_hours_of_any_zone_are_read_and_told_as_clocks_show_them(evening):
    check_one_evening(evening)


# Pages around midnight


@pytest.fixture
def night(meeting):
    """Write a session of the last day, 22:00 to 1:30, in a room with a stream of that day."""
    room = factories.room(code="patio", name_en="Patio")
    factories.channel(stream=factories.stream(room=room, day=factories.LAST_DAY))
    starts_at = factories.moment("22:00", day=3)
    return factories.session(
        title_en="Night",
        slug="night",
        room=room,
        starts_at=starts_at,
        ends_at=later(starts_at, 210),
    )


def later(moment, minutes):
    return moment + timedelta(minutes=minutes)


def rooms_on(page):
    return words(page.xpath("//li[contains(@class, 'room')]/dl/dd"))


@pytest.mark.parametrize(
    ("language", "path", "told"),
    [
        ("en", "/en/programme/", "until 1:30 (+1 day), Asunción time"),
        ("en", "/en/programme/night/", "from 22:00 to 1:30 (+1 day), Asunción time"),
        ("es", "/es/programa/night/", "de 22:00 a 1:30 (+1 día), hora de Asunción"),
        ("pt", "/pt/programa/night/", "das 22h00 às 1h30 (+1 dia), hora de Asunción"),
    ],
)
def test_end_after_midnight_is_told_with_its_day(client, night, language, path, told):
    assert told in text(read(client, path))


def test_end_at_midnight_is_24_hours_of_the_same_day(client, night):
    Session.objects.update(ends_at=factories.moment("0:00", day=4))

    page = read(client, "/en/programme/night/")

    assert "from 22:00 to 24:00, Asunción time" in text(page)


def test_live_shows_a_session_of_the_day_before_until_it_ends(client, night, time_machine):
    time_machine.move_to(factories.moment("0:30", day=4), tick=False)

    page = read(client, "/en/live/")

    assert words(page.xpath("//main//h1")) == ["Night"]
    assert "until 1:30, Asunción time" in text(page, "//h1/../p")
    assert page.xpath("//*[contains(@class, 'player')]//button") != []


def test_party_of_the_day_before_does_not_hide_the_next_stream(client, meeting, time_machine):
    room = factories.room(code="patio", name_en="Patio")
    factories.channel(stream=factories.stream(room=room, day=factories.LAST_DAY))
    evening = {"room": room, "starts_at": factories.moment("22:00", day=2)}
    factories.session(format="in_person", ends_at=factories.moment("2:00", day=3), **evening)
    factories.session(title_en="Talk", room=room, starts_at=factories.moment("9:00", day=3))
    time_machine.move_to(factories.moment("0:30", day=3), tick=False)

    page = read(client, "/en/live/")

    assert "No stream has been set up" not in text(page)
    assert "The stream begins at 9:00" in text(page)


def test_home_says_that_a_session_of_the_day_before_is_on(client, night, time_machine):
    time_machine.move_to(factories.moment("0:30", day=4), tick=False)

    strip = text(read(client, "/en/"), "//section[contains(@class, 'moment')]")
    assert strip == "Now Patio · until 1:30 (+1 day), Asunción time Night Watch live"


def test_meeting_is_over_when_its_last_session_has_ended(client, night, time_machine):
    told = {}
    for hour in ("0:30", "1:30"):
        time_machine.move_to(factories.moment(hour, day=4), tick=False)
        pages = text(read(client, "/en/live/")), text(read(client, "/en/"))
        sentences = ("The meeting is over", "The meeting took place")
        told[hour] = [any(sentence in page for sentence in sentences) for page in pages]

    assert told == {"0:30": [False, False], "1:30": [True, True]}


def test_open_live_page_is_stale_when_the_session_ends_and_not_before(client, night, time_machine):
    states = {}
    for hour in ("0:30", "1:00", "1:30"):
        time_machine.move_to(factories.moment(hour, day=4), tick=False)
        states[hour] = client.get("/live/state.json").json()["state"]
        page = read(client, "/en/live/")
        assert page.xpath("//@data-state") == [states[hour]]

    assert states["0:30"] == states["1:00"] != states["1:30"]


def test_late_session_of_the_day_before_is_awaited_after_midnight(client, night, time_machine):
    Session.objects.update(minutes_late=150)
    time_machine.move_to(factories.moment("0:10", day=4), tick=False)

    page = read(client, "/en/live/")

    assert rooms_on(page) == ["NightStarts about 150 minutes late, at 0:30"]


def test_delay_can_be_announced_after_midnight(organiser, sign_in, night, time_machine):
    time_machine.move_to(factories.moment("0:10", day=4), tick=False)

    sign_in(organiser).post("/admin/programme/stream/live/", {"session": night.pk, "minutes": 15})

    night.refresh_from_db()
    assert night.minutes_late == 15


def test_days_of_the_schedule_hold_their_sessions(client, night):
    days = client.get("/schedule.json").json()["schedule"]["conference"]["days"]

    assert [day["day_end"] for day in days] == [
        "2026-11-19T00:00:00-03:00",
        "2026-11-20T00:00:00-03:00",
        "2026-11-21T01:30:00-03:00",
    ]


@pytest.mark.parametrize("minutes", [-180, -1, 0, 30, 209, 210, 211, 1440])
@pytest.mark.parametrize("minutes_late", [0, 30])
def test_sessions_of_today_are_the_same_in_queries_and_in_memory(night, minutes, minutes_late):
    Session.objects.update(minutes_late=minutes_late)
    meeting, now = Meeting.objects.get(), later(night.starts_at, minutes)

    in_query = Session.objects.of_today(meeting, now)
    in_memory = [s for s in Session.objects.all() if s.is_of_today(meeting.day_of(now), now)]

    assert list(in_query) == in_memory
