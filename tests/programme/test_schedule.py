"""schedule.xml and schedule.json, validated by the schemas of the conference apps."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils.http import http_date
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft6Validator, FormatChecker
from lxml import etree

from programme.actions import bump_version
from programme.feeds.calendars import printable
from programme.models import Meeting, Session
from tests import factories

SCHEMAS = Path(__file__).resolve().parent.parent / "data" / "c3voc"
HOSTILE = "]]>\x00\x0b<b>&amp;\ud800\ufffe\u2028 “ñ” 👩🏽‍🏫 \x85'\""


@pytest.fixture(scope="module")
def xsd():
    return etree.XMLSchema(etree.parse(SCHEMAS / "schedule.xml.xsd"))


@pytest.fixture(scope="module")
def json_schema():
    schema = json.loads((SCHEMAS / "schema.json").read_text())
    return Draft6Validator(schema, format_checker=FormatChecker())


@pytest.fixture
def valid_xml(client, xsd):
    def valid(query=""):
        document = etree.fromstring(client.get(f"/schedule.xml{query}").content)
        assert xsd.validate(document), xsd.error_log
        return document

    return valid


@pytest.fixture
def valid_json(client, json_schema):
    def valid(query=""):
        document = client.get(f"/schedule.json{query}").json()
        assert [error.message for error in json_schema.iter_errors(document)] == []
        return document["schedule"]["conference"]

    return valid


def events(conference):
    return [e for day in conference["days"] for room in day["rooms"].values() for e in room]


@pytest.fixture
def lecture(meeting, settings):
    settings.SITE_URL = "https://museos.example"
    theme = factories.theme(name="Cuidar", colour="clay")
    room = factories.room(name="Auditorio", capacity=300)
    session = factories.session(
        code="S-1",
        slug="apertura",
        title="Apertura",
        abstract_es="Con música.",
        theme=theme,
        room=room,
        interpretation_languages=["pt"],
        recording_url="https://video.example/1",
    )
    factories.part(session=session, person=factories.person(name="Ana Benítez", slug="ana"))
    shown = factories.presentation(session=session, title="Hornos", institution="Museo del Barro")
    factories.part(presentation=shown, person=factories.person(name="Rui Sá", slug="rui"))
    return session


# Contents


def test_json_describes_a_session_in_full(valid_json, lecture):
    conference = valid_json()

    (event,) = events(conference)
    assert event == {
        "id": lecture.pk,
        "guid": "9bb84309-9eea-577a-a849-c25df22e3c49",
        "slug": f"eim_12-{lecture.pk:04}-apertura",
        "url": "https://museos.example/es/programa/apertura/",
        "date": "2026-11-18T10:00:00-03:00",
        "start": "10:00",
        "end": "2026-11-18T11:00:00-03:00",
        "duration": "01:00",
        "room": "Auditorio",
        "title": "Apertura",
        "subtitle": "",
        "track": "Cuidar",
        "type": "Conferencia",
        "language": "es",
        "abstract": "Con música.",
        "description": "Hornos. Museo del Barro\n\nEspañol, con interpretación al portugués",
        "persons": [
            {"name": "Ana Benítez", "url": "https://museos.example/es/ponentes/ana/"},
            {"name": "Rui Sá", "url": "https://museos.example/es/ponentes/rui/"},
        ],
        "links": [
            {
                "url": "https://museos.example/es/en-vivo/",
                "title": "En vivo, en este sitio",
                "type": "web",
            },
            {"url": "https://video.example/1", "title": "Grabación", "type": "media"},
        ],
        "do_not_stream": False,
    }


def test_json_describes_the_meeting_its_tracks_and_rooms(valid_json, lecture):
    conference = valid_json()

    assert {name: conference[name] for name in ("acronym", "start", "end", "daysCount")} == {
        "acronym": "eim_12",
        "start": "2026-11-18",
        "end": "2026-11-20",
        "daysCount": 3,
    }
    assert conference["time_zone_name"] == "America/Asuncion"
    assert conference["tracks"] == [{"name": "Cuidar", "color": "#8f3a12"}]
    assert [(room["name"], room["capacity"]) for room in conference["rooms"]] == [
        ("Auditorio", 300)
    ]
    assert [(day["index"], day["day_start"], day["day_end"]) for day in conference["days"]] == [
        (1, "2026-11-18T00:00:00-03:00", "2026-11-19T00:00:00-03:00"),
        (2, "2026-11-19T00:00:00-03:00", "2026-11-20T00:00:00-03:00"),
        (3, "2026-11-20T00:00:00-03:00", "2026-11-21T00:00:00-03:00"),
    ]


def test_xml_says_the_same_as_json(valid_xml, valid_json, lecture):
    (told,) = events(valid_json())

    event = valid_xml().find("day/room/event")

    assert (event.get("id"), event.get("guid")) == (str(told["id"]), told["guid"])
    same = ["room", "title", "type", "date", "start", "duration", "abstract", "slug", "track"]
    same += ["language", "description", "url"]
    assert {name: event.findtext(name) for name in same} == {name: told[name] for name in same}
    assert [(p.get("id"), p.text) for p in event.findall("persons/person")] == [
        (str(part.person_id), person["name"])
        for part, person in zip(
            [lecture.parts.get(), lecture.presentations.get().parts.get()],
            told["persons"],
            strict=True,
        )
    ]
    assert [(link.get("href"), link.text) for link in event.findall("links/link")] == [
        (link["url"], link["title"]) for link in told["links"]
    ]


def test_guid_of_a_session_survives_a_new_title_hour_and_row(valid_json, lecture):
    (before,) = events(valid_json())
    facts = {"code": lecture.code, "slug": "otra", "title": "Otra"}
    lecture.delete()
    factories.session(**facts, starts_at=factories.moment("15:00", day=2))

    (after,) = events(valid_json())

    assert after["guid"] == before["guid"]


def test_guids_of_sessions_and_rooms_are_different_for_the_next_meeting(valid_json, lecture):
    def guids():
        conference = valid_json()
        return {one["guid"] for one in [*events(conference), *conference["rooms"]]}

    before = guids()
    Meeting.objects.update(number=F("number") + 1)
    after = guids()

    assert (len(before), len(after), before & after) == (2, 2, set())


def test_guid_is_different_on_another_site(valid_json, lecture, settings):
    (before,) = events(valid_json())
    settings.SITE_URL = "https://otros.example"

    (after,) = events(valid_json())

    assert after["guid"] != before["guid"]


@pytest.mark.parametrize(
    ("facts", "is_not_streamed"),
    [({"format": "hybrid"}, False), ({"format": "online"}, False), ({"kind": "workshop"}, True)],
)
def test_json_says_what_is_not_streamed(valid_json, meeting, facts, is_not_streamed):
    factories.session(**facts)

    (event,) = events(valid_json())

    assert event["do_not_stream"] is is_not_streamed


def test_room_of_a_session_without_one_is_the_venue_or_online(valid_json, meeting):
    factories.session()
    factories.session(format=Session.Format.ONLINE)

    assert [event["room"] for event in events(valid_json("?lang=en"))] == [
        "Museo del Barro",
        "Online",
    ]


def test_sessions_that_the_format_cannot_express_are_omitted(valid_xml, valid_json, meeting):
    factories.session(state=Session.State.DRAFT)
    factories.session(state=Session.State.CANCELLED)
    factories.session(kind=Session.Kind.BREAK)
    factories.session(starts_at=None)
    factories.session(day=None)
    seen = factories.session()

    assert [event["id"] for event in events(valid_json())] == [seen.pk]
    assert [event.get("id") for event in valid_xml().iter("event")] == [str(seen.pk)]


# Validity


def test_meeting_without_a_session_is_valid(valid_xml, valid_json, meeting):
    assert len(valid_xml().findall("day")) == len(valid_json()["days"]) == 3


def test_shortest_names_are_valid(valid_xml, valid_json, meeting):
    Meeting.objects.update(short_name="É")
    factories.session(code="A", slug="a-")

    assert valid_json()["acronym"] == "e___"
    assert valid_xml().findtext("conference/acronym") == "e___"


def test_hostile_texts_give_valid_files_with_the_readable_characters(
    valid_xml, valid_json, meeting
):
    Meeting.objects.update(name_es=HOSTILE.replace("\x00", "").replace("\ud800", ""))
    text = HOSTILE.replace("\x00", "").replace("\ud800", "")
    theme, room = factories.theme(name=text[:60]), factories.room(name=text[:60])
    session = factories.session(title=text, abstract_es=text * 50, theme=theme, room=room)
    factories.part(session=session, person=factories.person(name=text[:60]))
    factories.presentation(session=session, title=text)

    readable = "]]><b>&amp; “ñ” 👩🏽‍🏫 '\""
    (event,) = events(valid_json())
    assert (event["title"], event["room"], event["track"]) == (readable, readable, readable)
    assert valid_xml().find("day/room/event").findtext("title") == readable


@given(st.text(st.characters(), max_size=40))
def test_printable_text_can_be_parsed_as_xml(text):
    root = Element("title")
    root.text = printable(text)

    assert (fromstring(tostring(root)).text or "") == printable(text)


def test_session_past_midnight_is_valid_and_on_the_day_it_begins(valid_json, meeting):
    starts_at = factories.moment("23:30", day=2)
    factories.session(starts_at=starts_at)

    conference = valid_json()

    assert [len(day["rooms"]) for day in conference["days"]] == [0, 1, 0]
    (event,) = events(conference)
    assert datetime.fromisoformat(event["end"]) - starts_at == timedelta(hours=1)


@pytest.mark.drill
def test_sample_meeting_is_valid_in_every_language(valid_xml, valid_json, db):
    sizes = ["--sessions", "24", "--people", "30", "--registrations", "0"]
    call_command("sample_meeting", *sizes, stdout=StringIO())
    told = Session.objects.published().with_hours().exclude(kind=Session.Kind.BREAK).count()

    counts = {
        (len(events(valid_json(query))), len(list(valid_xml(query).iter("event"))))
        for query in ("?lang=es", "?lang=pt", "?lang=en")
    }

    assert told == 15
    assert counts == {(told, told)}


def test_meeting_whose_hours_are_unknown_is_valid(valid_xml, valid_json, db):
    call_command("load_meeting", "data/eim-11.json", stdout=StringIO())

    assert events(valid_json()) == list(valid_xml().iter("event")) == []


def test_meeting_of_the_data_file_is_valid_once_its_hours_are_known(valid_xml, valid_json, db):
    call_command("load_meeting", "data/eim-11.json", stdout=StringIO())
    for number, session in enumerate(Session.objects.filter(day__isnull=False)):
        starts_at = datetime.combine(session.day, datetime.min.time(), factories.ZONE)
        session.starts_at = starts_at + timedelta(hours=9, minutes=number)
        session.ends_at = session.starts_at + timedelta(minutes=90)
        session.save()
    told = Session.objects.published().with_hours().exclude(kind=Session.Kind.BREAK).count()

    assert len(events(valid_json())) == len(list(valid_xml().iter("event"))) == told > 5


# Headers


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/schedule.xml", "application/vnd.c3voc.schedule+xml; charset=utf-8"),
        ("/schedule.json", "application/json"),
        ("/programme.ics", "text/calendar; charset=utf-8"),
        ("/programme/changes.atom", "application/atom+xml; charset=utf-8"),
    ],
)
def test_feed_allows_other_sites_and_forbids_indexing(client, meeting, path, media_type):
    response = client.get(f"{path}?lang=pt", headers={"Accept-Language": "en"})

    assert response.headers["Content-Type"] == media_type
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Content-Language"] == "pt"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.cookies == {}


@pytest.mark.parametrize(
    "path",
    [
        "/schedule.xml",
        "/schedule.json",
        "/programme.ics",
        "/programme/opening.ics",
        "/programme/changes.atom",
    ],
)
def test_last_modified_is_the_last_change_of_the_programme(client, meeting, path):
    factories.session(slug="opening")
    assert "Last-Modified" not in client.get(path).headers

    bump_version()

    assert client.get(path).headers["Last-Modified"] == http_date(factories.NOW.timestamp())


@pytest.mark.parametrize("path", ["/schedule.xml", "/schedule.json", "/programme/changes.atom"])
def test_feed_without_a_meeting_is_404(client, db, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/programme.ics", 2),
        ("/programme.ics?only=S-1,S-2", 2),
        ("/schedule.xml", 5),
        ("/schedule.json", 5),
        ("/programme/changes.atom", 3),
    ],
)
@pytest.mark.parametrize("count", [5, 50])
def test_feed_queries_do_not_grow(client, meeting, django_assert_num_queries, path, queries, count):
    for _ in range(count):
        session = factories.session(theme=factories.theme(), room=factories.room())
        factories.part(session=session)
        factories.part(presentation=factories.presentation(session=session))
        factories.change(session=session, room=session.room)

    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200
