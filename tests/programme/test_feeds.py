from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from programme.models import Meeting, Session
from tests import factories


def events(client, path="/programme.ics"):
    response = client.get(path)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_calendar_names_the_event_in_full(client, meeting):
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
        "UID": "s-1@testserver",
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


def test_calendar_is_the_same_text_when_asked_again_later(client, meeting, time_machine):
    factories.session()

    first = client.get("/programme.ics").content
    time_machine.move_to(factories.NOW + timedelta(days=1), tick=False)

    assert client.get("/programme.ics").content == first


def test_calendar_keeps_a_cancelled_session_and_says_so(client, meeting):
    factories.session(state=Session.State.CANCELLED, cancellation_reason_es="Por obras.")

    (event,) = events(client)

    assert event["STATUS"] == "CANCELLED"
    assert event["DESCRIPTION"].startswith("Por obras.")


def test_calendar_leaves_out_drafts_and_sessions_without_hours(client, meeting):
    factories.session(state=Session.State.DRAFT)
    factories.session(starts_at=None)
    factories.session(day=None)
    seen = factories.session()

    assert [event["UID"] for event in events(client)] == [f"{seen.code.lower()}@testserver"]


def test_calendar_of_an_online_session_names_the_live_page_as_its_place(client, meeting):
    factories.session(format=Session.Format.ONLINE)

    (event,) = events(client, "/programme.ics?lang=en")

    assert event["LOCATION"] == "http://testserver/en/live/"


def test_calendar_without_a_room_still_has_a_place(client, meeting):
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
def test_calendar_speaks_the_language_of_its_address_else_the_meetings_first(
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


def test_calendar_is_named_after_the_meeting_and_only_published(client, meeting):
    calendar = Calendar.from_ical(client.get("/programme.ics?lang=en").content)

    assert {name: str(calendar[name]) for name in ("NAME", "X-WR-CALNAME", "METHOD")} == {
        "NAME": "12th Ibero-American Meeting of Museums",
        "X-WR-CALNAME": "12th Ibero-American Meeting of Museums",
        "METHOD": "PUBLISH",
    }


def test_calendar_drops_control_characters_and_keeps_lines_apart(client, meeting):
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


def test_session_calendar_holds_that_session_alone(client, meeting):
    factories.session(code="S-1", slug="apertura")
    factories.session()

    (event,) = events(client, "/programme/apertura.ics")

    assert event["UID"] == "s-1@testserver"


@pytest.mark.parametrize("facts", [{"state": "draft"}, {"starts_at": None}])
def test_session_calendar_is_not_there_for_a_draft_or_without_hours(client, meeting, facts):
    factories.session(slug="apertura", **facts)

    assert client.get("/programme/apertura.ics").status_code == 404


def test_calendar_without_a_meeting_is_not_there(client, db):
    assert client.get("/programme.ics").status_code == 404
