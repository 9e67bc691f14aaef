"""iCalendar files: the programme, one session, and a visitor's agenda."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from programme.actions import bump_version
from programme.feeds.calendars import COLOURS
from programme.models import Meeting, Session
from programme.models.themes import Colour
from tests import factories


def events(client, path="/programme.ics"):
    response = client.get(path)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_calendar_describes_an_event_in_full(client, meeting):
    Meeting.objects.update(changed_at=datetime(2026, 8, 20, 12, 0, tzinfo=UTC))
    room = factories.room(name="Auditorio")
    factories.session(
        code="S-1", slug="apertura", title="Apertura", room=room, abstract_es="Con música."
    )

    (event,) = events(client)

    assert {name: str(event.decoded(name)) for name in ("DTSTART", "DTEND", "DTSTAMP")} == {
        "DTSTART": "2026-11-18 13:00:00+00:00",
        "DTEND": "2026-11-18 14:00:00+00:00",
        "DTSTAMP": "2026-08-20 12:00:00+00:00",
    }
    assert {name: str(event[name]) for name in ("UID", "SUMMARY", "LOCATION", "STATUS", "URL")} == {
        "UID": "12-S-1@testserver",
        "SUMMARY": "Apertura",
        "LOCATION": "Auditorio, Museo del Barro, Grabadores del Cabichuí 2716, Asunción",
        "STATUS": "CONFIRMED",
        "URL": "http://testserver" + Session.objects.get().get_absolute_url(),
    }
    assert "Con música." in event["DESCRIPTION"]
    assert event["SEQUENCE"] == 0


def test_calendar_of_a_revised_session_carries_the_revision_and_its_moment(client, meeting):
    revised_at = datetime(2026, 8, 30, 8, 0, tzinfo=UTC)
    factories.session(revision=3, revised_at=revised_at)

    (event,) = events(client)

    assert event["SEQUENCE"] == 3
    assert event.decoded("LAST-MODIFIED") == revised_at
    assert event.decoded("DTSTAMP") == revised_at


def test_new_title_updates_last_modified_but_not_sequence(client, meeting):
    revised_at = datetime(2026, 8, 30, 8, 0, tzinfo=UTC)
    session = factories.session(revision=3, revised_at=revised_at)
    Session.objects.filter(pk=session.pk).update(title_es="Otro título")
    bump_version()

    (event,) = events(client)

    assert (event["SUMMARY"], event["SEQUENCE"]) == ("Otro título", 3)
    assert event.decoded("LAST-MODIFIED") == event.decoded("DTSTAMP") == factories.NOW


@pytest.mark.parametrize("facts", [{"state": "draft"}, {"starts_at": None, "ends_at": None}])
def test_calendar_omits_a_session_that_is_a_draft_again_or_lost_its_hours(client, meeting, facts):
    # Calendars that subscribe replace the whole file, so the event disappears there too.
    session = factories.session()
    assert len(events(client)) == 1

    Session.objects.filter(pk=session.pk).update(**facts)

    assert events(client) == []


def test_calendar_is_identical_a_day_later(client, meeting, time_machine):
    factories.session()

    first = client.get("/programme.ics").content
    time_machine.move_to(factories.NOW + timedelta(days=1), tick=False)

    assert client.get("/programme.ics").content == first


def test_calendar_marks_a_cancelled_session_as_cancelled(client, meeting):
    factories.session(state=Session.State.CANCELLED, cancellation_reason_es="Por obras.")

    (event,) = events(client)

    assert event["STATUS"] == "CANCELLED"
    assert event["DESCRIPTION"].startswith("Por obras.")


def test_calendar_leaves_out_drafts_and_sessions_without_hours(client, meeting):
    factories.session(state=Session.State.DRAFT)
    factories.session(starts_at=None)
    factories.session(day=None)
    seen = factories.session()

    assert [event["UID"] for event in events(client)] == [f"12-{seen.code}@testserver"]


def test_location_of_an_online_session_is_the_live_page(client, meeting):
    factories.session(format=Session.Format.ONLINE)

    (event,) = events(client, "/programme.ics?lang=en")

    assert event["LOCATION"] == "http://testserver/en/live/"


def test_location_without_a_room_is_the_venue(client, meeting):
    factories.session()

    (event,) = events(client)

    assert event["LOCATION"] == "Museo del Barro, Grabadores del Cabichuí 2716, Asunción"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("?lang=es", "Apertura"),
        ("?lang=pt", "Abertura"),
        ("?lang=en", "Opening"),
        ("?lang=xx", "Abertura"),
        ("", "Abertura"),
    ],
)
def test_calendar_is_in_the_language_of_its_address_else_the_meetings_first(
    client, meeting, query, title
):
    Meeting.objects.update(first_language="pt")
    factories.session(title="Apertura", title_pt="Abertura", title_en="Opening")

    (event,) = events(client, f"/programme.ics{query}")

    assert event["SUMMARY"] == title


def test_calendar_does_not_vary_by_the_browsers_language(client, meeting):
    response = client.get("/programme.ics", headers={"accept-language": "en"})

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Language"] == "es"
    assert response.headers["Vary"] == "Accept-Encoding"


def test_calendar_has_its_name_and_the_address_to_reload(client, meeting, settings):
    settings.SITE_URL = "https://museos.example"

    calendar = Calendar.from_ical(client.get("/programme.ics?utm_source=x&lang=en").content)

    assert {name: str(value) for name, value in calendar.items()} == {
        "VERSION": "2.0",
        "PRODID": "-//museos.example//EIM//EN",
        "METHOD": "PUBLISH",
        "NAME": "12th Ibero-American Meeting of Museums",
        "X-WR-CALNAME": "12th Ibero-American Meeting of Museums",
        "X-WR-TIMEZONE": "America/Asuncion",
        "COLOR": "darkslateblue",
        "SOURCE": "https://museos.example/programme.ics?lang=en",
        "REFRESH-INTERVAL": str(calendar["REFRESH-INTERVAL"]),
        "X-PUBLISHED-TTL": "PT1H",
    }
    assert calendar.refresh_interval == timedelta(hours=1)


def test_hours_are_in_utc(client, meeting):
    factories.session()

    lines = client.get("/programme.ics").text.split("\r\n")

    assert "DTSTART:20261118T130000Z" in lines
    assert "DTEND:20261118T140000Z" in lines


def test_calendar_folds_long_lines_at_75_octets(client, meeting):
    factories.session(title="Ñandutí " * 20, abstract_es="👩🏽‍🏫" * 50)

    body = client.get("/programme.ics").content

    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert "👩🏽‍🏫" * 50 in event["DESCRIPTION"]


@pytest.mark.parametrize("format", ["hybrid", "online"])
def test_event_followed_online_links_to_the_live_page(client, meeting, format):
    factories.session(format=format)

    (event,) = events(client, "/programme.ics?lang=en")

    (conference,) = event.conferences
    assert (str(conference.uri), conference.feature, conference.label) == (
        "http://testserver/en/live/",
        "VIDEO",
        "Live, on this site",
    )


@pytest.mark.parametrize("facts", [{"kind": "workshop"}, {"state": "cancelled"}])
def test_event_not_followed_online_has_no_link(client, meeting, facts):
    factories.session(**{"format": "in_person"} | facts)

    (event,) = events(client)

    assert event.conferences == []


def test_event_has_the_colour_of_its_theme(client, meeting):
    factories.session(theme=factories.theme(colour="ochre"))

    (event,) = events(client)

    assert event["COLOR"] == "goldenrod"


def test_every_theme_colour_has_a_css3_name():
    assert set(COLOURS) == set(Colour.values)


# The calendar of one visitor's agenda


@pytest.fixture
def agenda(client, meeting):
    for code in ("A-1", "B-2", "C-3"):
        factories.session(code=code, title=code)

    def titles(only):
        return [str(event["SUMMARY"]) for event in events(client, f"/programme.ics?only={only}")]

    return titles


def test_agenda_has_the_chosen_sessions_in_the_order_of_the_programme(agenda):
    assert agenda("C-3,A-1") == ["A-1", "C-3"]


@pytest.mark.parametrize(
    "only", ["a-1", "A-1,A-1", "A-1,X-9", "A-1,,", "A-1,%27%3B--", "A-1," + "%C3%B1" * 999]
)
def test_agenda_ignores_what_is_no_code_of_a_session(agenda, only):
    assert agenda(only) == ["A-1"]


def test_agenda_reads_at_most_100_codes(agenda):
    assert agenda(",".join([f"X-{n}" for n in range(100)] + ["A-1"])) == []


def test_agenda_omits_drafts(agenda):
    Session.objects.filter(code="B-2").update(state="draft")

    assert agenda("A-1,B-2") == ["A-1"]


def test_agenda_has_its_name_and_one_address_in_any_order_of_codes(client, agenda):
    first, second = (
        Calendar.from_ical(client.get(f"/programme.ics?lang=en&only={only}").content)
        for only in ("C-3,A-1", "a-1,C-3,A-1")
    )

    assert first["NAME"] == "My agenda: 12th Ibero-American Meeting of Museums"
    assert (
        first["SOURCE"]
        == second["SOURCE"]
        == ("http://testserver/programme.ics?lang=en&meeting=12&only=A-1,C-3")
    )


@pytest.mark.parametrize("query", ["", "&meeting=12"])
def test_agenda_with_its_number_or_without_one_is_of_the_only_meeting_there_was(
    client, agenda, query
):
    found = events(client, f"/programme.ics?only=A-1{query}")

    assert [event["UID"] for event in found] == ["12-A-1@testserver"]


@pytest.mark.parametrize("number", ["13", "012", "x", "0", "999999"])
def test_agenda_of_no_meeting_there_was_is_404(client, agenda, number):
    assert client.get(f"/programme.ics?only=A-1&meeting={number}").status_code == 404


# Hostile texts


def test_control_characters_are_removed_and_line_breaks_escaped(client, meeting):
    factories.session(title="Uno\x07dos\r\nATTENDEE:nadie@museo.example")

    (event,) = events(client)

    assert event["SUMMARY"] == "Unodos\nATTENDEE:nadie@museo.example"
    assert "ATTENDEE" not in event


def test_calendar_queries_do_not_grow_with_sessions(client, meeting, django_assert_num_queries):
    factories.session(room=factories.room())
    with django_assert_num_queries(2):
        assert len(events(client)) == 1

    for _ in range(5):
        factories.session(room=factories.room())
    with django_assert_num_queries(2):
        assert len(events(client)) == 6


def test_session_calendar_has_that_session_alone(client, meeting):
    factories.session(code="S-1", slug="apertura")
    factories.session()

    (event,) = events(client, "/programme/apertura.ics")

    assert event["UID"] == "12-S-1@testserver"


@pytest.mark.parametrize("facts", [{"state": "draft"}, {"starts_at": None}])
def test_session_calendar_is_404_for_a_draft_or_without_hours(client, meeting, facts):
    factories.session(slug="apertura", **facts)

    assert client.get("/programme/apertura.ics").status_code == 404


def test_calendar_without_a_meeting_is_404(client, db):
    assert client.get("/programme.ics").status_code == 404
