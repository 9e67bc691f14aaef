"""Sentences and offers of the live page at each moment of the meeting."""

import pytest

from programme.models import Meeting, Session
from tests import factories
from tests.reading import headings, read, text, words

RECORDING = "https://youtu.be/aqz-KE-bpKQ"


@pytest.fixture
def auditorium(meeting):
    """Create a room that streams a session on the first day and on the second."""
    room = factories.room(code="auditorium", name_en="Auditorium", order=1)
    for day, title in ((1, "Opening"), (2, "Looms")):
        starts_at = factories.moment("10:00", day=day)
        factories.channel(stream=factories.stream(room=room, day=starts_at.date()))
        factories.session(title_en=title, room=room, starts_at=starts_at)
    return room


def said(page):
    """Return the heading and the sentences below it."""
    return words(page.xpath("//*[@data-part='head']/descendant::*[self::h1 or self::p]"))


MOMENTS = {
    "before": (
        ("10:00", -1),
        [
            "The stream has not begun",
            "It will be on this page. No registration is needed to watch.",
        ],
    ),
    "waiting": (
        ("8:00", 1),
        ["Auditorium: no stream at this moment", "Wednesday 18 November"],
    ),
    "live": (("10:00", 1), ["Opening", "Auditorium · until 11:00, Asunción time"]),
    "over today": (
        ("11:00", 1),
        [
            "Today's sessions are over",
            "Next in the stream: “Looms”, Thursday 19 November, 10:00, Asunción time.",
        ],
    ),
    "over on the last day with sessions": (
        ("11:00", 2),
        ["Today's sessions are over", "The programme says what is still to come."],
    ),
    "last day": (
        ("11:00", 3),
        ["There is nothing in the programme today", "It is the last day of the meeting."],
    ),
    "just after": (
        ("9:00", 4),
        [
            "The meeting is over",
            "18 to 20 November 2026 · Asunción",
            "There are no recordings here yet.",
        ],
    ),
    "past": (
        ("9:00", 40),
        [
            "Recordings",
            "18 to 20 November 2026 · Asunción",
            "There are no recordings of the meeting on this site.",
        ],
    ),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_live_says_how_far_the_meeting_is(client, auditorium, time_machine, name):
    (hour, day), sentences = MOMENTS[name]
    time_machine.move_to(factories.moment(hour, day=day), tick=False)

    assert said(read(client, "/en/live/")) == sentences


def test_live_on_the_eve_counts_down_and_before_that_counts_days(client, auditorium, time_machine):
    def found(day):
        time_machine.move_to(factories.moment("12:00", day=day), tick=False)
        page = read(client, "/en/live/")
        return "days to go" in text(page, "//div[@class='return']"), page.xpath("//@data-countdown")

    assert [found(day) for day in (-1, 0)] == [(True, []), (False, ["2026-11-18T10:00:00-03:00"])]


def test_live_says_how_long_a_room_that_is_over_may_be_left(client, auditorium, time_machine):
    other = factories.room(code="library", name_en="Library", order=2)
    factories.channel(stream=factories.stream(room=other))
    factories.session(room=other, starts_at=factories.moment("12:00"))
    time_machine.move_to(factories.moment("11:30"), tick=False)

    page = read(client, "/en/live/?room=auditorium")

    assert said(page) == [
        "Auditorium: no more stream today",
        "Another room is still to be followed today: the list of rooms says which.",
    ]
    assert words(page.xpath("//li[contains(@class, 'room')]//h3")) == ["Auditorium", "Library"]


# In person only


def test_live_offers_no_session_in_person_only(client, auditorium, time_machine):
    cellar = factories.room(name_en="Cellar", order=2)
    factories.workshop(title_en="Clay", slug="clay", room=cellar)
    factories.workshop(title_en="Wool", room=cellar, starts_at=factories.moment("12:00"))
    factories.workshop(title_en="Walk", starts_at=factories.moment("15:00"))
    factories.session(title_en="Later", room=auditorium, starts_at=factories.moment("12:00"))
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert words(page.xpath("//li[contains(@class, 'room')]/h3")) == ["Auditorium Live"]
    assert headings(page, 3) == ["Auditorium Live", "Later"]
    assert page.xpath("//a[contains(@href, 'clay')]") == []
    assert words(page.xpath("//p[contains(., 'in person only')]")) == [
        "In person, not streamed: Clay. 2 sessions to come today are in person only."
    ]


def test_live_names_three_sessions_in_person_and_counts_the_others(
    client, auditorium, time_machine
):
    for title in ("Clay", "Wool", "Reed", "Bone", "Salt"):
        factories.workshop(title_en=title, room=factories.room(order=2))
    time_machine.move_to(factories.moment("10:30"), tick=False)

    assert "In person, not streamed: Clay; Wool; Reed and 2 more." in text(
        read(client, "/en/live/")
    )


def test_live_on_a_day_in_person_only_says_so(client, meeting, time_machine):
    factories.workshop(title_en="Clay", room=factories.room())
    factories.session(day=None, starts_at=None)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/live/")

    assert said(page) == [
        "Nothing is streamed today",
        "Today's sessions are in person only.",
        "The programme says what is still to come.",
    ]
    assert page.xpath("//section[@class='rooms']") == []


def test_live_takes_no_streamless_hour_for_the_last_one(client, auditorium, time_machine):
    """Take care: a session without an hour may still be streamed today."""
    factories.session(title_en="Some time", starts_at=None)
    time_machine.move_to(factories.moment("12:00"), tick=False)

    page = read(client, "/en/live/")

    assert said(page)[0] == "There is no stream at this moment"
    assert "No more sessions are streamed today." not in text(page)
    assert headings(page, 3) == ["Some time"]


# Afterwards, and when it does not take place

FORBIDDEN = ["live", "register", "to go.", "stream", "updates itself"]


@pytest.mark.parametrize("recording", ["", RECORDING])
def test_past_meeting_is_a_record_on_the_live_page(client, auditorium, time_machine, recording):
    factories.session(title_en="Kept", recording_url=recording, starts_at=None)
    time_machine.move_to(factories.moment("9:00", day=40), tick=False)

    page = read(client, "/en/live/")

    shown = f"{text(page, '//main')} {page.xpath('string(//title)')}".lower()
    assert [word for word in FORBIDDEN if word in shown] == []
    assert page.xpath("//script[contains(@src, 'live')]/@src") == []
    assert bool(page.xpath("//button[@data-embed]")) == bool(recording)


@pytest.mark.parametrize(
    ("standing", "heading"),
    [("postponed", "The meeting is postponed"), ("cancelled", "The meeting is cancelled")],
)
@pytest.mark.parametrize("day", [-1, 1, 40])
def test_live_of_a_meeting_that_does_not_take_place_says_why_and_offers_nothing(
    client, auditorium, time_machine, standing, heading, day
):
    Meeting.objects.update(standing=standing, standing_reason_en="The roof **is being** mended.")
    time_machine.move_to(factories.moment("10:30", day=day), tick=False)

    page = read(client, "/en/live/")

    assert said(page) == [heading, "The roof is being mended."]
    assert words(page.xpath("//main//strong")) == ["is being"]
    assert text(page, "//title").startswith(f"{heading} |")
    assert page.xpath("//main//a | //button[@data-embed] | //*[@data-countdown]") == []


@pytest.mark.parametrize("day", [0, 1])
def test_page_of_a_meeting_without_streams_says_so_and_updates_nothing(
    client, meeting, time_machine, day
):
    factories.session(format="in_person", starts_at=factories.moment("10:00"))
    time_machine.move_to(factories.moment("10:30", day=day), tick=False)

    page = read(client, "/en/live/")

    assert said(page) == [
        "No session is streamed",
        "All sessions of the programme are in person. "
        "If one is recorded, its recording will be on this page.",
    ]
    assert page.xpath("//title/text()")[0].startswith("No session is streamed")
    assert page.xpath("//*[contains(@class, 'player')] | //script[contains(@src, 'live.js')]") == []
    assert "Live" not in words(page.xpath("//header//nav//a"))


def test_recordings_stay_on_the_page_of_a_meeting_that_was_broken_off(
    client, auditorium, time_machine
):
    Session.objects.filter(title_en="Opening").update(recording_url=RECORDING)
    stopped = factories.moment("12:00")
    Meeting.objects.update(standing="cancelled", broken_off_at=stopped)
    time_machine.move_to(factories.moment("12:00", day=9), tick=False)

    page = read(client, "/en/live/")

    assert headings(page, 1) == ["The meeting is cancelled"]
    assert words(page.xpath("//section[@aria-labelledby='recordings']//li//a")) == ["Opening"]
