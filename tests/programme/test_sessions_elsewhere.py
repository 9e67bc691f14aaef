"""A session outside the venue says where it is, wherever it is shown or fed."""

import json

import pytest
from django.core.exceptions import ValidationError
from icalendar import Calendar

from programme.actions import writing_sessions
from programme.models import Change, Session
from programme.wording import news
from registration.models import Message
from tests import factories
from tests.back_office import address, form_of
from tests.programme.loading_files import load, small
from tests.reading import read
from tests.registration.helpers import message_about
from tests.registration.letters import sent, text_of

NAME, STREET = "Museu de Arte Sacra", "Rua do Sodré 276"


@pytest.fixture
def visit(meeting):
    facts = {"venue_name": NAME, "venue_address": STREET, "kind": "visit", "format": "in_person"}
    return factories.session(title="Visita", slug="visita", **facts)


def structured(page):
    return json.loads(page.xpath("string(//script[@type='application/ld+json'])"))


__all__ = ["load", "small"]


# Pages


def test_session_page_names_the_place_and_its_address(client, visit):
    where = read(client, "/en/programme/visita/").xpath("//dt[.='Where']/following::dd[1]")[0]

    assert where.text_content().split() == [*NAME.split(), *STREET.split()]


@pytest.mark.parametrize("path", ["/en/programme/", "/en/"])
def test_lists_name_the_place(client, visit, path, time_machine):
    time_machine.move_to(factories.moment("9:00"), tick=False)

    page = read(client, path)

    assert NAME in page.xpath("string(//main)")
    assert "Room to be confirmed" not in page.xpath("string(//main)")


def test_programme_is_filtered_by_what_is_outside_the_venue(client, visit):
    factories.session(room=factories.room(), title="Ponencia")

    page = read(client, "/en/programme/?room=elsewhere")

    assert page.xpath("//select[@name='room']/option[@selected]/text()") == ["Outside the venue"]
    assert page.xpath("//li[@data-find and not(@hidden)]//h4//text()") == ["Visita"]


def test_search_finds_a_session_by_its_place(client, visit):
    factories.session(title="Ponencia")

    page = read(client, "/en/programme/?q=arte+sodre")

    assert page.xpath("//li[@data-find and not(@hidden)]//h4//text()") == ["Visita"]


# Feeds


def test_calendar_leads_to_the_place(client, visit):
    event = Calendar.from_ical(client.get("/programme.ics").content).walk("VEVENT")[0]

    assert str(event["LOCATION"]) == f"{NAME}, {STREET}"


def test_search_engines_are_told_the_place(client, visit):
    pages = [read(client, path) for path in ("/en/programme/visita/", "/en/")]

    of_session, of_meeting = map(structured, pages)
    place = {"@type": "Place", "name": NAME, "address": STREET}
    assert of_session["location"] == [place]
    assert [event["location"] for event in of_meeting["subEvent"]] == [[place]]


def test_schedules_list_the_place_as_a_room(client, visit):
    schedule = client.get("/schedule.json").json()["schedule"]["conference"]

    assert [room["name"] for room in schedule["rooms"]] == [NAME]
    assert list(schedule["days"][0]["rooms"]) == [NAME]
    assert f'<room name="{NAME}"' in client.get("/schedule.xml").text


# Mails, and one's own page


def test_mails_say_where_the_session_is(visit):
    quota = factories.quota(session=visit)

    mail = sent(message_about(Message.Kind.SESSION_MOVED, quota, mail_language="en"))

    assert f"{NAME}, {STREET}" in " ".join(text_of(mail).split())


# Changes


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ({}, {"venue_name": NAME}, f"It takes place outside the venue: {NAME}."),
        (
            {"venue_name": NAME},
            {"venue_name": "MAM"},
            f"It is now in MAM, no longer in {NAME}.",
        ),
        (
            {"venue_name": NAME},
            {"venue_name": NAME, "venue_address": STREET},
            f"It takes place outside the venue: {NAME}, {STREET}.",
        ),
        ({"venue_name": NAME}, {"venue_name": ""}, "It was left without a room."),
    ],
)
def test_another_place_is_news_and_a_revision(meeting, in_english, was, becomes, sentence):
    session = factories.session(**was)

    with writing_sessions():
        Session.objects.update(**becomes)

    session.refresh_from_db()
    assert session.revision == 1
    assert news.sentence(Change.objects.get(), meeting) == sentence


# Files, and the back office


def test_file_names_the_place(db, load, small):
    small["sessions"][0] |= {"room": None, "venue_name": NAME, "venue_address": STREET}

    load(small)

    first = Session.objects.get(code=small["sessions"][0]["code"])
    assert (first.room, first.venue_name, first.venue_address) == (None, NAME, STREET)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"venue_name": NAME}, "Give either a room or another place."),
        ({"room": None, "venue_address": STREET}, "Name the place that has this address."),
    ],
)
def test_place_that_contradicts_the_room_is_refused(meeting, in_english, facts, sentence):
    row = factories.session(room=factories.room())
    for name, value in facts.items():
        setattr(row, name, value)

    with pytest.raises(ValidationError) as refusal:
        row.clean()

    assert refusal.value.message_dict == {"venue_name": [sentence]}


def test_organisers_enter_the_place_and_read_it_in_the_list(staff_client, visit):
    other = factories.session()
    data = form_of(staff_client, address(other)) | {"venue_name": "MAM", "venue_address": "Lapa"}

    staff_client.post(address(other), data)
    listed = staff_client.get("/admin/programme/session/").text

    other.refresh_from_db()
    assert (other.venue_name, other.venue_address) == ("MAM", "Lapa")
    assert [name in listed for name in ("MAM", NAME)] == [True, True]
