import json
import re
from copy import deepcopy
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from programme.loading.format import FILE
from programme.models import (
    Channel,
    Document,
    Meeting,
    Organisation,
    Page,
    Part,
    Person,
    Presentation,
    Room,
    Session,
    Stream,
    Theme,
)
from registration.models import Quota
from tests import factories

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]
ELEVENTH = ROOT / "data" / "eim-11.json"
DOCUMENTED = (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")
ZONE = ZoneInfo("America/Asuncion")
HEAD = "The file is refused, and nothing was changed. It has {}:"

SMALL = {
    "meeting": {
        "number": 12,
        "short_name": "EIM 12",
        "name": {"es": "Encuentro", "pt": "Encontro", "en": "Meeting"},
        "theme_line": {"es": "Museos que cuidan"},
        "first_day": "2026-11-18",
        "last_day": "2026-11-20",
        "time_zone": "America/Asuncion",
        "city": {"es": "Asunción"},
        "country": "PY",
        "venue_name": "Museo del Barro",
        "venue_address": "Grabadores del Cabichuí 2716",
        "about": {"es": ["Primera línea.", "", "Segunda."]},
        "registration_opens_at": "2026-08-01 09:00",
    },
    "organisations": [{"name": "Red de Museos", "role": "organises"}],
    "themes": [{"code": "cuidar", "name": {"es": "Cuidar"}, "motif": "bird", "colour": "clay"}],
    "rooms": [
        {"code": "patio", "name": {"es": "Patio"}, "capacity": 80},
        {"code": "capilla", "name": {"es": "Capilla"}},
    ],
    "people": [
        {"slug": "ana", "name": "Ana Benítez", "country": "PY", "links": ["https://ana.example"]},
        {"slug": "rui", "name": "Rui Sá", "country": "PT"},
    ],
    "sessions": [
        {
            "code": "A",
            "slug": "barro",
            "title": {"es": "El barro", "pt": "O barro"},
            "kind": "lecture",
            "format": "hybrid",
            "state": "published",
            "theme": "cuidar",
            "day": "2026-11-18",
            "starts": "09:30",
            "ends": "11:00",
            "room": "patio",
            "interpretation_languages": ["pt", "gn"],
            "parts": [{"person": "ana", "role": "speaks"}],
            "presentations": [
                {"title": {"es": "Hornos"}, "parts": [{"person": "rui", "role": "presents"}]},
                {"title": {"es": "Vasijas"}, "country": "PY"},
            ],
        },
        {
            "code": "T",
            "slug": "taller",
            "title": {"es": "Modelar"},
            "kind": "workshop",
            "format": "in_person",
            "state": "published",
            "day": "2026-11-18",
            "starts": "09:30",
            "ends": "11:00",
            "room": "capilla",
            "seats": 20,
        },
    ],
    "streams": [
        {
            "room": "patio",
            "day": "2026-11-18",
            "channels": [
                {
                    "kind": "video",
                    "language": "es",
                    "provider": "youtube",
                    "video_id": "ejemplo-001",
                },
                {"kind": "sign", "language": "pys", "provider": "vimeo", "video_id": "000001"},
            ],
        }
    ],
    "pages": [{"slug": "viaje", "title": {"es": "Viaje"}, "text": {"es": "En barco."}}],
    "documents": [{"url": "https://museos.example/d", "title": {"es": "Acta"}, "language": "es"}],
    "places": {"in_person": 100},
    "services": [{"code": "bus", "name": {"es": "Autobús"}, "size": 40}],
}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def small():
    return deepcopy(SMALL)


@pytest.fixture
def load(tmp_path):
    """A function that loads what it is given, and says what the command said."""

    def loaded(found):
        path = tmp_path / "meeting.json"
        path.write_bytes(found if isinstance(found, bytes) else json.dumps(found).encode())
        return load_path(path)

    return loaded


def load_path(path):
    class Out:
        text = ""

        def write(self, words):
            self.text += words

    out = Out()
    call_command("load_meeting", path, stdout=out)
    return out.text


@pytest.fixture
def refused(load):
    """A function that gives the faults for which the file is refused."""

    def faults_of(found):
        with pytest.raises(CommandError) as refusal:
            load(found)
        head, *faults = str(refusal.value).split("\n")
        assert head == HEAD.format("1 fault" if len(faults) == 1 else f"{len(faults)} faults")
        return [fault.strip() for fault in faults]

    return faults_of


def version():
    return Meeting.objects.get().version


def test_load_of_a_small_file_writes_its_rows(load, small):
    load(small)

    session = Session.objects.get(code="A")
    assert (session.title_es, session.title_pt, session.title_en) == ("El barro", "O barro", None)
    assert session.starts_at == datetime(2026, 11, 18, 9, 30, tzinfo=ZONE)
    assert session.ends_at == datetime(2026, 11, 18, 11, 0, tzinfo=ZONE)
    assert (session.room.code, session.theme.code) == ("patio", "cuidar")
    assert session.interpretation_languages == ["pt", "gn"]
    assert [p.title_es for p in session.presentations.all()] == ["Hornos", "Vasijas"]
    parts = [(p.person.name, p.role, p.in_session.code) for p in Part.objects.order_by("pk")]
    assert parts == [("Ana Benítez", "speaks", "A"), ("Rui Sá", "presents", "A")]


def test_load_of_a_small_file_writes_what_stands_around_the_programme(load, small):
    load(small)

    meeting = Meeting.objects.get()
    assert (meeting.pk, meeting.is_sample, meeting.about_es) == (
        1,
        False,
        "Primera línea.\n\nSegunda.",
    )
    assert meeting.registration_opens_at == datetime(2026, 8, 1, 9, 0, tzinfo=ZONE)
    assert list(Organisation.objects.values_list("name", "role", "order")) == [
        ("Red de Museos", "organises", 1)
    ]
    assert Person.objects.get(slug="ana").link_list == ["https://ana.example"]
    assert list(Stream.objects.values_list("room__code", "day")) == [("patio", date(2026, 11, 18))]
    assert list(Channel.objects.values_list("kind", "language")) == [
        ("video", "es"),
        ("sign", "pys"),
    ]
    assert Page.objects.get().text_es == "En barco."
    assert Document.objects.get().url == "https://museos.example/d"


def test_load_opens_places_seats_and_services(load, small):
    load(small)

    quotas = [(quota.code, quota.size, quota.name_es) for quota in Quota.objects.all()]
    assert quotas == [("in_person", 100, None), ("T", 20, None), ("bus", 40, "Autobús")]


def test_load_is_one_change_of_version(load, small):
    load(small)

    assert version() == 2


def test_load_of_the_same_file_again_changes_nothing(load, small):
    load(small)
    revisions = list(Session.objects.values_list("code", "revision"))

    said = load(small)

    assert said == "Nothing has changed.\n"
    assert version() == 2
    assert list(Session.objects.values_list("code", "revision")) == revisions


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_load_again_in_another_language_changes_nothing(load, small, language):
    load(small)

    with translation.override(language):
        load(small)

    assert version() == 2


def test_load_of_another_hour_raises_the_revision_of_its_session_only(load, small):
    load(small)
    small["sessions"][0]["ends"] = "10:45"

    load(small)

    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 0}
    assert version() == 3


def test_load_of_another_title_raises_no_revision(load, small):
    load(small)
    small["sessions"][0]["title"]["es"] = "La arcilla"

    load(small)

    session = Session.objects.get(code="A")
    assert (session.title_es, session.title_pt, session.revision) == ("La arcilla", "O barro", 0)
    assert version() == 3


def test_load_keeps_what_organisers_set_where_the_file_is_silent(load, small):
    del small["meeting"]["registration_opens_at"]
    load(small)
    opened = datetime(2026, 9, 1, 8, 0, tzinfo=ZONE)
    Meeting.objects.update(registration_opens_at=opened, contact_email="a@museo.example")
    Session.objects.filter(code="A").update(abstract_es="Del admin", title_en="Clay")

    load(small)

    meeting = Meeting.objects.get()
    assert (meeting.registration_opens_at, meeting.contact_email) == (opened, "a@museo.example")
    session = Session.objects.get(code="A")
    assert (session.abstract_es, session.title_en) == ("Del admin", "Clay")


def test_load_with_null_empties(load, small):
    load(small)
    small["meeting"]["registration_opens_at"] = None
    small["sessions"][0] |= {"starts": None, "ends": None, "room": None, "theme": None}
    small["sessions"][0]["title"]["pt"] = None
    small["sessions"][0]["interpretation_languages"] = None

    load(small)

    session = Session.objects.get(code="A")
    assert (session.starts_at, session.ends_at, session.room, session.theme) == (None,) * 4
    assert (session.day, session.interpretation_languages) == (date(2026, 11, 18), [])
    assert session.title_pt is None
    assert Meeting.objects.get().registration_opens_at is None


def test_load_leaves_rows_alone_that_the_file_no_longer_names(load, small):
    load(small)
    small["sessions"].pop()
    small["people"] = []

    load(small)

    assert set(Session.objects.values_list("code", flat=True)) == {"A", "T"}
    assert Person.objects.count() == 2


def test_load_takes_away_what_left_a_list_inside(load, small):
    load(small)
    kept = Presentation.objects.get(title_es="Vasijas")
    small["sessions"][0]["presentations"].pop(0)
    small["sessions"][0]["parts"] = [{"person": "rui", "role": "moderates"}]
    small["streams"][0]["channels"].pop()

    load(small)

    assert list(Presentation.objects.values_list("pk", "order")) == [(kept.pk, 1)]
    assert [(p.person.slug, p.role) for p in Part.objects.all()] == [("rui", "moderates")]
    assert [c.kind for c in Channel.objects.all()] == ["video"]


def test_load_keeps_a_picture_when_presentations_change_their_order(load, small):
    load(small)
    Presentation.objects.filter(title_es="Hornos").update(picture="p.webp", picture_alt_es="Horno")
    small["sessions"][0]["presentations"].reverse()

    load(small)

    shown = Presentation.objects.order_by("order").values_list("title_es", "picture")
    assert list(shown) == [("Vasijas", ""), ("Hornos", "p.webp")]


def test_load_lets_two_sessions_change_rooms(load, small):
    load(small)
    small["sessions"][0]["room"], small["sessions"][1]["room"] = "capilla", "patio"

    load(small)

    rooms = dict(Session.objects.values_list("code", "room__code"))
    assert rooms == {"A": "capilla", "T": "patio"}
    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 1}


def test_load_may_name_a_room_that_organisers_made(load, small):
    factories.room(code="hall")
    small["sessions"][0]["room"] = "hall"

    load(small)

    assert Session.objects.get(code="A").room.code == "hall"


def test_load_where_a_statement_comes_from_is_accepted_everywhere(load, small):
    origin = {"source": "https://a.example", "certainty": "partial", "note": "Visto en junio."}
    session = small["sessions"][0]
    objects = [small, small["meeting"], small["rooms"][0], session, session["presentations"][0]]
    for found in [*objects, session["parts"][0], small["streams"][0]["channels"][0]]:
        found |= origin

    load(small)

    assert Session.objects.count() == 2


def wrong_meeting(**keys):
    return lambda found: found["meeting"].update(keys)


def wrong_session(number=0, **keys):
    return lambda found: found["sessions"][number].update(keys)


CLASH = {"day": "2026-11-18", "starts": "10:30", "ends": "12:00", "room": "patio"}


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda f: f.update(speakers=[]), "speakers: There is no such key here."),
        (wrong_session(tittle="x"), "sessions[0].tittle: There is no such key here."),
        (lambda f: f["sessions"][1].pop("kind"), "sessions[1].kind: This key is missing."),
        (lambda f: f.pop("meeting"), "meeting: This key is missing."),
        (wrong_session(slug=7), "sessions[0].slug: Write a text, between quotation marks."),
        (wrong_session(code=""), "sessions[0].code: This is empty."),
        (
            wrong_session(title="El barro"),
            "sessions[0].title: Write an object, between curly brackets.",
        ),
        (wrong_session(title={"fr": "x"}), "sessions[0].title.fr: There is no such key here."),
        (wrong_session(title={"es": " "}), "sessions[0].title: Write it in at least one language."),
        (wrong_session(parts={}), "sessions[0].parts: Write a list, between square brackets."),
        (
            wrong_session(theme="oro"),
            "sessions[0].theme: “oro” stands neither in this file nor in the database.",
        ),
        (
            wrong_session(room="oro"),
            "sessions[0].room: “oro” stands neither in this file nor in the database.",
        ),
        (
            wrong_session(parts=[{"person": "eva", "role": "speaks"}]),
            "sessions[0].parts[0].person: “eva” stands neither in this file nor in the database.",
        ),
        (
            wrong_session(format="tv"),
            "sessions[0].format: “tv” is not one of these: hybrid, in_person, online.",
        ),
        (
            wrong_session(caption_languages=["xx", "es", "yy"]),
            "sessions[0].caption_languages: “xx, yy” are not among these: es, pt, en, fr, qu, "
            "ay, gn, ca, gl, eu.",
        ),
        (
            lambda f: f["people"][0].update(country="XX"),
            "people[0].country: “XX” is not the code of a country, such as PE.",
        ),
        (wrong_session(day="2026-11-21"), "sessions[0].day: This is not a day of the meeting."),
        (
            wrong_session(day="18-11-2026"),
            "sessions[0].day: Write a day of the calendar as 2024-11-25.",
        ),
        (
            lambda f: f["themes"][0].update(day="2026-11-17"),
            "themes[0].day: This is not a day of the meeting.",
        ),
        (
            lambda f: f["streams"][0].update(day="2026-11-21"),
            "streams[0].day: This is not a day of the meeting.",
        ),
        (
            wrong_session(1, format="hybrid"),
            "sessions[1].format: Workshops are always in person only.",
        ),
        (wrong_session(day=None), "sessions[0].day: Hours need a day."),
        (wrong_session(ends=None), "sessions[0].ends: Give both hours, or neither."),
        (wrong_session(ends="09:30"), "sessions[0].ends: It ends before it starts."),
        (wrong_session(starts="25:00"), "sessions[0].starts: Write an hour at the venue as 09:30."),
        (wrong_session(1, **CLASH), "sessions[1].room: “El barro” is in this room at that time."),
        (wrong_session(1, code="A"), "sessions[1].code: “A” stands in sessions[0] already."),
        (
            wrong_session(1, slug="barro"),
            "sessions[1].slug: “barro” stands in sessions[0] already.",
        ),
        (wrong_session(code="a b"), "sessions[0].code: Capitals, figures and hyphens."),
        (
            wrong_session(title={"es": "x" * 201}),
            "sessions[0].title.es: Ensure this value has at most 200 characters (it has 201).",
        ),
        (
            wrong_session(title={"es": "a\x00b"}),
            "sessions[0].title.es: This text holds a character that cannot be shown.",
        ),
        (
            wrong_session(title={"es": "\ud800"}),
            "sessions[0].title.es: This text holds a character that cannot be shown.",
        ),
        (wrong_session(1, seats=0), "sessions[1].seats: There must be at least one."),
        (
            wrong_session(1, seats=True),
            "sessions[1].seats: Write a whole number between 0 and 1000000.",
        ),
        (
            wrong_meeting(last_day="2026-11-17"),
            "meeting.last_day: The last day is before the first.",
        ),
        (
            wrong_meeting(time_zone="Lima"),
            "meeting.time_zone: There is no time zone of this name: write one such as "
            "America/Lima.",
        ),
        (
            wrong_meeting(registration_opens_at="2026-08-01T09:00Z"),
            "meeting.registration_opens_at: Write a day and an hour at the venue as 2024-11-25 "
            "09:30.",
        ),
        (wrong_meeting(latitude=-25), "meeting.longitude: Give both coordinates, or neither."),
        (
            wrong_meeting(latitude="1", longitude=1),
            "meeting.latitude: Write degrees as a number, such as -12.046374.",
        ),
        (
            wrong_meeting(certainty="sure"),
            "meeting.certainty: “sure” is not one of these: confirmed, partial.",
        ),
        (wrong_meeting(name=None), "meeting.name: Write an object, between curly brackets."),
        (
            lambda f: f["people"][0].update(links=["ana.example"]),
            "people[0].links: Each line is an address that starts with https://.",
        ),
        (lambda f: f["pages"][0].update(in_menu=1), "pages[0].in_menu: Write true or false."),
        (
            lambda f: f["streams"].append(f["streams"][0]),
            "streams[1]: This room has a stream on this day already.",
        ),
        (
            lambda f: f["streams"][0]["channels"][0].update(video_id="x"),
            "streams[0].channels[0].video_id: This is not the id of a video: take what stands "
            "after “v=” or the last “/”.",
        ),
    ],
)
def test_load_of_a_wrong_file_names_the_fault_and_writes_nothing(refused, small, spoil, fault):
    spoil(small)

    assert refused(small) == [fault]
    assert (Meeting.objects.count(), Room.objects.count(), Quota.objects.count()) == (0, 0, 0)


def test_load_lists_faults_of_every_kind_at_once(refused, small):
    small["people"][1]["country"] = "XX"
    small["sessions"][0]["ends"] = "08:00"
    small["sessions"][1]["room"] = "oro"
    small["pages"][0]["txt"] = {}

    assert refused(small) == [
        "people[1].country: “XX” is not the code of a country, such as PE.",
        "pages[0].txt: There is no such key here.",
        "sessions[1].room: “oro” stands neither in this file nor in the database.",
        "sessions[0].ends: It ends before it starts.",
    ]


def test_load_does_not_report_what_follows_from_another_fault(refused, small):
    small["rooms"][0]["capacity"] = -1

    assert refused(small) == ["rooms[0].capacity: Write a whole number between 0 and 1000000."]


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (b'{"meeting": {\n  "number" 1}}', "The file is not JSON: see line 2, column 12."),
        (b"", "The file is not JSON: see line 1, column 1."),
        (b'{"a": "\xff"}', "The file is not UTF-8: see its byte 8."),
        (b"[" * 100_000, "The file holds a number or a nesting that no meeting needs."),
        (b"1" * 5000, "The file holds a number or a nesting that no meeting needs."),
        (b"[]", "Write an object, between curly brackets."),
        (b"null", "Write an object, between curly brackets."),
    ],
)
def test_load_of_what_is_no_such_file_says_so(refused, found, fault):
    assert refused(found) == [fault]


def test_load_of_a_key_that_stands_twice_is_refused(refused, small):
    twice = json.dumps(small).replace('"number": 12', '"number": 12, "number": 13').encode()

    assert refused(twice) == ["meeting.number: This key stands here twice."]


def test_load_accepts_a_byte_order_mark(load, small):
    load(b"\xef\xbb\xbf" + json.dumps(small).encode())

    assert Session.objects.count() == 2


def test_load_of_a_folder_or_of_nothing_says_so(tmp_path):
    for path, reason in [
        (tmp_path, "Is a directory"),
        (tmp_path / "x", "No such file or directory"),
    ]:
        with pytest.raises(CommandError) as refusal:
            load_path(path)
        sentence = f"  {path}: This file cannot be read: {reason}."
        assert str(refusal.value).split("\n") == [HEAD.format("1 fault"), sentence]


def test_load_that_clashes_with_a_session_of_the_organisers_is_refused(load, refused, small):
    load(small)
    room = Room.objects.get(code="patio")
    starts_at = datetime(2026, 11, 19, 9, 0, tzinfo=ZONE)
    factories.session(title="Ensayo", room=room, starts_at=starts_at)
    small["sessions"][0] |= {"day": "2026-11-19", "starts": "09:30"}

    assert refused(small) == ["sessions[0].room: “Ensayo” is in this room at that time."]
    assert Session.objects.get(code="A").room == room
    assert version() == 2


def test_load_that_leaves_a_session_outside_the_meeting_is_refused(load, refused, small):
    load(small)
    starts_at = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
    factories.session(code="X", starts_at=starts_at)
    small["meeting"]["last_day"] = "2026-11-19"

    assert refused(small) == ["meeting: X: This is not a day of the meeting."]


def test_load_in_another_zone_moves_the_hours_with_it(load, small):
    load(small)
    small["meeting"]["time_zone"] = "America/Lima"

    load(small)

    session = Session.objects.get(code="A")
    assert session.starts_at.astimezone(ZoneInfo("America/Lima")).time() == time(9, 30)
    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 1}


def test_load_of_fewer_seats_than_are_taken_is_refused(load, refused, small):
    load(small)
    Quota.objects.filter(session__code="T").update(taken=12)
    small["sessions"][1]["seats"] = 11

    assert refused(small) == ["sessions[1].seats: 12 are taken: it cannot be smaller than that."]
    assert Quota.objects.get(session__code="T").size == 20


def test_load_of_more_seats_is_one_change_of_version(load, small):
    load(small)
    small["sessions"][1]["seats"] = 30

    said = load(small)

    assert said == "Written: quotas 1.\n"
    assert (Quota.objects.get(session__code="T").size, version()) == (30, 3)


def test_load_over_a_sample_meeting_is_refused(refused, small):
    factories.meeting(is_sample=True)

    assert refused(small) == ["The database has another kind of meeting: start with an empty one."]


def test_eleventh_meeting_loads_once(db):
    load_path(ELEVENTH)
    before = version()

    said = load_path(ELEVENTH)

    assert said == "Nothing has changed.\n"
    assert version() == before == 2
    counts = [m.objects.count() for m in (Theme, Room, Session, Presentation, Person, Page)]
    assert counts == [3, 0, 11, 3, 2, 3]


def test_eleventh_meeting_says_only_what_is_known():
    load_path(ELEVENTH)

    meeting = Meeting.objects.get()
    assert (meeting.latitude, meeting.longitude) == (None, None)
    assert (meeting.contact_email, meeting.registration_opens_at) == ("", None)
    assert Session.objects.with_hours().count() == 0
    assert Quota.objects.count() == 0
    roles = Part.objects.order_by("person__name").values_list("person__name", "role")
    assert list(roles) == [("Lisandra Roman", "presents"), ("Margarita Ginocchio", "speaks")]
    assert set(Organisation.objects.values_list("role", flat=True)) == {"organises", "hosts"}


def test_eleventh_meeting_is_complete_in_three_languages():
    def texts(found, path):
        if isinstance(found, dict) and set(found) & {"es", "pt", "en"}:
            yield path, {code for code, words in found.items() if words}
        elif isinstance(found, dict | list):
            pairs = found.items() if isinstance(found, dict) else enumerate(found)
            for key, value in pairs:
                yield from texts(value, f"{path}/{key}")

    found = dict(texts(json.loads(ELEVENTH.read_text(encoding="utf-8")), ""))

    assert len(found) > 40
    assert [path for path, codes in found.items() if codes != {"es", "pt", "en"}] == []


def test_eleventh_meeting_names_a_source_for_every_row():
    found = json.loads(ELEVENTH.read_text(encoding="utf-8"))
    rows = [found["meeting"]] + [
        row for key, rows in found.items() if key not in ("meeting", "note") for row in rows
    ]
    shown = [one for row in found["sessions"] for one in row.get("presentations", [])]

    assert [row for row in rows + shown if not (row.get("source") and row.get("certainty"))] == []


def test_documented_example_loads(load):
    example = re.search(r"```json\n(.+?)```", DOCUMENTED, re.DOTALL)[1]

    load(json.loads(example))

    assert Session.objects.get().room.code == "patio"


def test_every_key_is_documented():
    def keys(part):
        shape = getattr(part, "shape", part)
        for key, inner in getattr(shape, "keys", {}).items():
            yield key
            yield from keys(inner)

    assert sorted({key for key in keys(FILE) if f"`{key}`" not in DOCUMENTED}) == []
