"""A page that is not cached needs as many queries with many sessions as with few."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.models import Channel, Part, Person, Presentation, Room, Session, Stream, Theme
from tests import factories

MINUTE = timedelta(minutes=1)
# Queries after a change, once for all pages: the version with the seats, the meeting, notices, the
# hours of the sessions for the boundaries, themes, organisations, and the pages in the footer.
SHARED = 7
# Queries of each page besides.
OWN = {
    "/es/": 3,
    # The home page has loaded its cards.
    "/es/programa/": 0,
    "/es/programa/sesion-de-prueba-0/": 4,
    "/es/ponentes/": 3,
    "/es/ponentes/persona-de-prueba-0/": 2,
    "/es/en-vivo/": 5,
    "/es/sede/": 1,
    "/programme.ics": 1,
    "/programme/sesion-de-prueba-0.ics": 1,
}


def fill(count):
    """Create so many sessions, each with a person, a presentation, a room, a theme and a stream."""
    days = [factories.FIRST_DAY + timedelta(days=n) for n in range(3)]
    themes = Theme.objects.bulk_create(
        [
            Theme(code=f"t{n}", name_es=f"Eje {n}", motif="bird", colour="clay", day=days[n % 3])
            for n in range(3)
        ]
    )
    rooms = Room.objects.bulk_create(
        [Room(code=f"r{n}", name_es=f"Sala {n}") for n in range(count)]
    )
    start = factories.moment("09:00")
    sessions = Session.objects.bulk_create(
        [
            Session(
                code=f"P-{n}",
                slug=f"sesion-de-prueba-{n}",
                title_es=f"Sesión {n}",
                kind="lecture",
                state="published",
                language="es",
                theme=themes[n % 3],
                room=rooms[n],
                day=factories.FIRST_DAY,
                starts_at=start + n * MINUTE,
                ends_at=start + n * MINUTE + timedelta(hours=1),
            )
            for n in range(count)
        ]
    )
    people = Person.objects.bulk_create(
        [Person(name=f"Persona {n}", slug=f"persona-de-prueba-{n}") for n in range(count)]
    )
    Presentation.objects.bulk_create([Presentation(session=s, title_es="Obra") for s in sessions])
    Part.objects.bulk_create(
        [
            Part(session=session, person=person, role="speaks")
            for session, person in zip(sessions, people, strict=True)
        ]
    )
    streams = Stream.objects.bulk_create([Stream(room=r, day=factories.FIRST_DAY) for r in rooms])
    Channel.objects.bulk_create(
        [
            Channel(
                stream=s, kind="video", language="es", provider="youtube", video_id="aqz-KE-bpKQ"
            )
            for s in streams
        ]
    )


@pytest.fixture
def site(cached_pages, time_machine):
    """Cache pages, on a morning of the meeting."""
    time_machine.move_to(factories.moment("09:30"), tick=False)


def queries_of(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("count", [10, 200])
def test_queries_of_a_page_do_not_grow_with_sessions(client, site, count):
    fill(count)
    client.get("/es/privacidad/")

    assert {path: queries_of(client, path) for path in OWN} == OWN


@pytest.mark.parametrize("count", [10, 200])
def test_programme_in_another_language_needs_no_query(client, site, count):
    fill(count)
    client.get("/es/programa/")

    assert queries_of(client, "/pt/programa/") == 0


@pytest.mark.parametrize("count", [10, 200])
def test_first_page_after_a_change_loads_the_shared_rows(client, site, count):
    fill(count)

    assert queries_of(client, "/es/programa/") == SHARED + OWN["/es/"]
