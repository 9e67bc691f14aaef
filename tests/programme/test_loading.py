import json
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

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
    Session,
    Stream,
)
from registration.models import Quota
from tests import factories
from tests.programme.loading_files import load, refused, small

pytestmark = pytest.mark.django_db

__all__ = ["load", "refused", "small"]

ROOT = Path(__file__).parents[2]
DOCUMENTED = (ROOT / "docs" / "data-format.md").read_text(encoding="utf-8")
ZONE = ZoneInfo("America/Asuncion")


def version():
    return Meeting.objects.get().version


def test_load_writes_sessions_presentations_and_parts(load, small):
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


def test_load_writes_the_meeting_people_streams_and_pages(load, small):
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


def test_load_creates_quotas_of_places_seats_and_services(load, small):
    load(small)

    quotas = [(quota.code, quota.size, quota.name_es) for quota in Quota.objects.all()]
    assert quotas == [("in_person", 100, None), ("T", 20, None), ("bus", 40, "Autobús")]


def test_load_raises_the_version_once(load, small):
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

    load(small, language=language)

    assert version() == 2


def test_new_hours_raise_the_revision_of_their_session_only(load, small):
    load(small)
    small["sessions"][0]["ends"] = "10:45"

    load(small)

    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 0}
    assert version() == 3


def test_new_title_raises_no_revision(load, small):
    load(small)
    small["sessions"][0]["title"]["es"] = "La arcilla"

    load(small)

    session = Session.objects.get(code="A")
    assert (session.title_es, session.title_pt, session.revision) == ("La arcilla", "O barro", 0)
    assert version() == 3


def test_load_keeps_values_whose_keys_the_file_leaves_out(load, small):
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


def test_null_empties_a_field(load, small):
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


def test_load_keeps_rows_that_the_file_no_longer_lists(load, small):
    load(small)
    small["sessions"].pop()
    small["people"] = []

    load(small)

    assert set(Session.objects.values_list("code", flat=True)) == {"A", "T"}
    assert Person.objects.count() == 2


def test_load_deletes_parts_presentations_and_channels_no_longer_listed(load, small):
    load(small)
    kept = Presentation.objects.get(title_es="Vasijas")
    small["sessions"][0]["presentations"].pop(0)
    small["sessions"][0]["parts"] = [{"person": "rui", "role": "moderates"}]
    small["streams"][0]["channels"].pop()

    load(small)

    assert list(Presentation.objects.values_list("pk", "order")) == [(kept.pk, 1)]
    assert [(p.person.slug, p.role) for p in Part.objects.all()] == [("rui", "moderates")]
    assert [c.kind for c in Channel.objects.all()] == ["video"]


def test_load_writes_spare_channels_beside_the_usual_ones(load, small):
    channels = small["streams"][0]["channels"]
    channels.append(channels[0] | {"video_id": "ejemplo-002", "is_spare": True})
    load(small)
    again = load(small)

    found = Channel.objects.filter(kind="video").order_by("pk")
    assert list(found.values_list("video_id", "is_spare")) == [
        ("ejemplo-001", False),
        ("ejemplo-002", True),
    ]
    assert again == "Nothing has changed.\n"


def test_load_keeps_delays_and_switched_streams(load, small):
    load(small)
    Session.objects.update(minutes_late=10)
    Stream.objects.update(uses_spare=True)
    small["sessions"][0]["recording_url"] = "https://youtu.be/ejemplo-001"
    small["sessions"][0]["recording_captions"] = ["es", "pt"]
    small["sessions"][0]["transcript_url"] = "https://museos.example/texto"

    load(small)

    session = Session.objects.get(code=small["sessions"][0]["code"])
    assert (session.minutes_late, Stream.objects.get().uses_spare) == (10, True)
    assert (session.recording_captions, session.transcript_url) == (
        ["es", "pt"],
        "https://museos.example/texto",
    )


def test_load_writes_the_search_words_of_a_session(load, small):
    small["sessions"][0]["search_words"] = "accesibilidad, LSP"

    load(small)

    session = Session.objects.get(code=small["sessions"][0]["code"])
    assert session.search_words == "accesibilidad, LSP"


def test_load_keeps_a_picture_when_presentations_change_their_order(load, small):
    load(small)
    Presentation.objects.filter(title_es="Hornos").update(picture="p.webp", picture_alt_es="Horno")
    small["sessions"][0]["presentations"].reverse()

    load(small)

    shown = Presentation.objects.order_by("order").values_list("title_es", "picture")
    assert list(shown) == [("Vasijas", ""), ("Hornos", "p.webp")]


def test_load_lets_two_sessions_swap_rooms(load, small):
    load(small)
    small["sessions"][0]["room"], small["sessions"][1]["room"] = "capilla", "patio"

    load(small)

    rooms = dict(Session.objects.values_list("code", "room__code"))
    assert rooms == {"A": "capilla", "T": "patio"}
    assert dict(Session.objects.values_list("code", "revision")) == {"A": 1, "T": 1}


def test_load_accepts_a_room_created_in_the_admin(load, small):
    factories.room(code="hall")
    small["sessions"][0]["room"] = "hall"

    load(small)

    assert Session.objects.get(code="A").room.code == "hall"


def test_provenance_is_accepted_in_every_object(load, small):
    origin = {"source": "https://a.example", "certainty": "partial", "note": "Visto en junio."}
    session = small["sessions"][0]
    objects = [small, small["meeting"], small["rooms"][0], session, session["presentations"][0]]
    for target in [*objects, session["parts"][0], small["streams"][0]["channels"][0]]:
        target |= origin

    load(small)

    assert Session.objects.count() == 2


def test_documented_example_loads(load):
    example = re.search(r"```json\n(.+?)```", DOCUMENTED, re.DOTALL)[1]

    load(json.loads(example))

    assert Session.objects.get().room.code == "patio"


def test_every_key_is_documented():
    def keys(shape):
        shape = getattr(shape, "shape", shape)
        for key, inner in getattr(shape, "keys", {}).items():
            yield key
            yield from keys(inner)

    assert sorted({key for key in keys(FILE) if f"`{key}`" not in DOCUMENTED}) == []
