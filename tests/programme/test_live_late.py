"""Sessions that begin late: which pages say so, and what is live until then."""

import pytest

from programme import actions
from programme.models import Meeting, Session
from tests import factories
from tests.reading import headings, read, text, words


@pytest.fixture
def auditorium(meeting):
    room = factories.room(code="auditorium", name_en="Auditorium")
    factories.channel(stream=factories.stream(room=room))
    return room


@pytest.fixture
def first(auditorium):
    return factories.session(title_en="First", slug="first", room=auditorium)


@pytest.fixture
def second(auditorium, first):
    return follows(auditorium, "11:00")


def follows(room, hour):
    """Create a session after `first`, which lasts from ten to eleven."""
    return factories.session(
        title_en="Second", slug="second", room=room, starts_at=factories.moment(hour)
    )


def heading(client, time_machine, hour):
    time_machine.move_to(factories.moment(hour), tick=False)
    return headings(read(client, "/en/live/"), 1)


PAUSE = ["Auditorium: no stream at this moment"]


def test_late_session_is_live_from_its_late_start_to_its_late_end(client, first, time_machine):
    actions.say_late(first, 10)

    hours = ("10:00", "10:09", "10:10", "11:00", "11:09", "11:10")
    found = [heading(client, time_machine, hour) for hour in hours]

    over = ["Today's sessions are over"]
    assert found == [PAUSE, PAUSE, ["First"], ["First"], ["First"], over]


def test_session_before_a_late_one_is_live_until_the_late_one_begins(client, second, time_machine):
    actions.say_late(second, 10)

    found = [heading(client, time_machine, hour) for hour in ("10:59", "11:09", "11:10")]

    assert found == [["First"], ["First"], ["Second"]]


def test_session_before_a_late_one_says_until_when_it_lasts(client, second, time_machine):
    actions.say_late(second, 10)
    time_machine.move_to(factories.moment("11:05"), tick=False)

    assert "until 11:10, Asunción time" in text(read(client, "/en/live/"), "//h1/../p")


def test_late_session_is_on_the_home_page_until_its_late_end(client, first, time_machine):
    actions.say_late(first, 10)

    def is_there(hour):
        time_machine.move_to(factories.moment(hour), tick=False)
        return "First" in text(read(client, "/en/"))

    assert [is_there(hour) for hour in ("11:00", "11:09", "11:10")] == [True, True, False]


def test_home_page_lists_no_late_sessions_that_are_over(client, second, time_machine):
    for _ in range(8):
        actions.say_late(factories.session(), 10)
    time_machine.move_to(factories.moment("10:59"), tick=False)

    page = read(client, "/en/")

    assert headings(page, 3) == ["Second"]


def test_late_session_after_a_pause_makes_the_pause_longer(client, auditorium, first, time_machine):
    actions.say_late(follows(auditorium, "11:30"), 10)

    found = [heading(client, time_machine, hour) for hour in ("10:59", "11:00", "11:39", "11:40")]

    assert found == [["First"], PAUSE, PAUSE, ["Second"]]


def test_late_session_ends_when_the_next_begins_on_time(client, first, second, time_machine):
    actions.say_late(first, 10)

    found = [heading(client, time_machine, hour) for hour in ("10:59", "11:00")]

    assert found == [["First"], ["Second"]]


def test_pages_say_that_a_session_is_late_until_it_begins(client, second, time_machine):
    actions.say_late(second, 10)

    def is_said(path, hour):
        time_machine.move_to(factories.moment(hour), tick=False)
        return "Starts about 10 minutes late" in text(read(client, path))

    for path in ("/en/live/", "/en/programme/", "/en/programme/second/", "/en/"):
        assert [is_said(path, hour) for hour in ("10:30", "11:09", "11:10")] == [
            True,
            True,
            False,
        ], path


def test_live_says_when_the_late_session_is_expected(client, first, time_machine):
    actions.say_late(first, 15)
    time_machine.move_to(factories.moment("10:05"), tick=False)

    page = read(client, "/en/live/")

    assert words(page.xpath("//div[@class='return']/p"))[:4] == [
        "Starts about 15 minutes late",
        "The stream begins at",
        "10:15",
        "Asunción time",
    ]
    assert page.xpath("//@data-countdown") == ["2026-11-18T10:15:00-03:00"]


def test_delay_changes_neither_the_planned_hours_nor_the_calendar(client, first):
    before = client.get("/programme/first.ics").content

    actions.say_late(first, 10)

    kept = Session.objects.get()
    assert (kept.starts_at, kept.revision) == (first.starts_at, first.revision)
    hours = [line for line in client.get("/programme/first.ics").content.split() if b"DT" in line]
    assert [line for line in before.split() if b"DTSTART" in line or b"DTEND" in line] == [
        line for line in hours if b"DTSTART" in line or b"DTEND" in line
    ]


def test_pages_do_not_say_that_a_cancelled_session_is_late(client, first):
    actions.say_late(first, 10)
    Session.objects.update(state=Session.State.CANCELLED)

    assert "late" not in text(read(client, "/en/programme/first/"))


def test_new_start_time_clears_the_delay(first):
    actions.say_late(first, 10)
    moved = factories.moment("12:00")

    with actions.writing_sessions():
        Session.objects.update(starts_at=moved, ends_at=factories.moment("13:00"))

    assert Session.objects.get().expected_start == moved


def test_new_room_does_not_clear_the_delay(first):
    actions.say_late(first, 10)

    with actions.writing_sessions():
        Session.objects.update(room=factories.room())

    assert Session.objects.get().minutes_late == 10


def test_delay_raises_the_version(first, meeting):
    actions.say_late(first, 10)

    assert Meeting.objects.get().version == meeting.version + 1
