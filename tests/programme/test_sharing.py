"""JSON-LD for search engines, and links to share a page."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from programme.models import Session
from tests import factories
from tests.reading import read, text


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://museos.example"


def block(client, path):
    """Return the JSON-LD block of a page, which must be the only one."""
    (found,) = read(client, path).xpath("//script[@type='application/ld+json']/text()")
    return json.loads(found)


VENUE = {
    "@type": "PostalAddress",
    "streetAddress": "Grabadores del Cabichuí 2716, Asunción",
    "addressLocality": "Asunción",
    "addressCountry": "PY",
}
VENUE_ID = "https://museos.example/en/venue/#venue"
LIVE_ID = "https://museos.example/en/live/#stream"
LIVE = {"@type": "VirtualLocation", "@id": LIVE_ID, "url": "https://museos.example/en/live/"}


# A session


def test_session_page_describes_the_session_in_full(client, meeting):
    session = factories.session(
        slug="opening",
        title_en="Opening",
        abstract_en="With music.",
        room=factories.room(name_en="Hall"),
    )
    factories.part(session=session, person=factories.person(name="Ana Benítez", slug="ana"))
    shown = factories.presentation(session=session)
    factories.part(presentation=shown, person=factories.person(name="Rui Sá", slug="rui"))
    factories.organisation(name="Red de Museos", url="https://red.example")

    found = block(client, "/en/programme/opening/")

    url = "https://museos.example/en/programme/opening/"
    names = ["@type", "@id", "name", "description", "url", "inLanguage", "isAccessibleForFree"]
    assert [found[name] for name in names] == [
        "Event",
        f"{url}#session",
        "Opening",
        "With music.",
        url,
        "es",
        True,
    ]
    assert (found["startDate"], found["endDate"]) == (
        "2026-11-18T10:00:00-03:00",
        "2026-11-18T11:00:00-03:00",
    )
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert found["location"] == [
        {
            "@type": "Place",
            "name": "Hall, Museo del Barro",
            "address": VENUE,
            "containedInPlace": {"@id": VENUE_ID},
        },
        LIVE,
    ]
    assert found["performer"] == [
        {"@type": "Person", "name": name, "url": f"https://museos.example/en/speakers/{slug}/"}
        for name, slug in [("Ana Benítez", "ana"), ("Rui Sá", "rui")]
    ]
    assert found["organizer"] == [
        {"@type": "Organization", "name": "Red de Museos", "url": "https://red.example"}
    ]
    assert (found["offers"]["price"], found["offers"]["availability"]) == (
        0,
        "https://schema.org/InStock",
    )
    assert found["superEvent"]["@id"] == "https://museos.example/en/#meeting"


@pytest.mark.parametrize(("taken", "availability"), [(1, "InStock"), (2, "SoldOut")])
def test_workshop_page_says_whether_there_are_seats(client, meeting, taken, availability):
    factories.quota(session=factories.workshop(slug="clay"), size=2, taken=taken)

    found = block(client, "/en/programme/clay/")

    assert found["offers"]["availability"] == f"https://schema.org/{availability}"


def test_properties_of_a_session_that_are_unknown_are_omitted(client, meeting):
    factories.session(slug="opening", language="")

    found = block(client, "/en/programme/opening/")

    assert {"performer", "organizer", "inLanguage"}.isdisjoint(found)


@pytest.mark.parametrize(
    ("format", "mode", "kinds"),
    [
        ("hybrid", "Mixed", ["Place", "VirtualLocation"]),
        ("in_person", "Offline", ["Place"]),
        ("online", "Online", ["VirtualLocation"]),
    ],
)
def test_session_page_says_where_the_session_can_be_followed(client, meeting, format, mode, kinds):
    factories.session(slug="opening", format=format)

    found = block(client, "/en/programme/opening/")

    assert found["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert [place["@type"] for place in found["location"]] == kinds


def test_moved_session_has_its_previous_start_dates(client, meeting):
    session = factories.session(slug="opening", revision=1)
    factories.change(session=session)

    found = block(client, "/en/programme/opening/")

    assert found["eventStatus"] == "https://schema.org/EventRescheduled"
    assert found["previousStartDate"] == ["2026-11-18T10:00:00-03:00"]


def test_session_with_a_new_room_is_still_scheduled(client, meeting):
    session = factories.session(slug="opening", revision=1)
    factories.change(
        session=session, starts_at=session.starts_at, ends_at=session.ends_at, room=factories.room()
    )

    found = block(client, "/en/programme/opening/")

    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    assert "previousStartDate" not in found


def test_cancelled_session_has_status_cancelled(client, meeting):
    factories.session(slug="opening", state=Session.State.CANCELLED)

    found = block(client, "/en/programme/opening/")

    assert found["eventStatus"] == "https://schema.org/EventCancelled"
    assert found["startDate"] == "2026-11-18T10:00:00-03:00"


def test_session_without_hours_has_its_day_and_without_a_day_no_block(client, meeting):
    factories.session(slug="opening", starts_at=None)
    factories.session(slug="walk", day=None)

    assert block(client, "/en/programme/opening/")["startDate"] == "2026-11-18"
    assert read(client, "/en/programme/walk/").xpath("//script[@type]") == []


def test_no_text_can_close_the_data_block(client, meeting):
    title = "</script><script>alert(1)</script>"
    factories.session(slug="opening", title_en=title)

    assert block(client, "/en/programme/opening/")["name"] == title


# The meeting, and a person


def test_home_lists_the_sessions_that_have_hours(client, meeting):
    factories.session(slug="opening", title_en="Opening")
    factories.session(slug="walk", state=Session.State.CANCELLED)
    factories.session(starts_at=None)
    factories.session(state=Session.State.DRAFT)

    found = block(client, "/en/")

    assert found["@id"] == "https://museos.example/en/#meeting"
    assert [(part["@id"], part["eventStatus"]) for part in found["subEvent"]] == [
        (
            f"https://museos.example/en/programme/{slug}/#session",
            f"https://schema.org/Event{status}",
        )
        for slug, status in [("opening", "Scheduled"), ("walk", "Cancelled")]
    ]
    assert [place["@id"] for place in found["location"]] == [VENUE_ID, LIVE_ID]
    for part in found["subEvent"]:
        assert part["startDate"] == "2026-11-18T10:00:00-03:00"
        assert part["location"] == [{"@id": VENUE_ID}, {"@id": LIVE_ID}]


@pytest.mark.parametrize("count", [10, 200])
def test_home_queries_do_not_grow(client, meeting, django_assert_num_queries, count):
    for _n in range(count):
        factories.session(room=factories.room(), theme=factories.theme())

    with django_assert_num_queries(9):
        assert len(block(client, "/en/")["subEvent"]) == count


def test_speaker_page_describes_the_person(client, meeting):
    person = factories.person(
        name="Ana Benítez",
        slug="ana",
        institution="Museo del Barro",
        position_en="Curator",
        links="https://ana.example\nhttps://otra.example",
    )
    factories.part(person=person)

    assert block(client, "/en/speakers/ana/") == {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": {
            "@type": "Person",
            "name": "Ana Benítez",
            "url": "https://museos.example/en/speakers/ana/",
            "affiliation": {"@type": "Organization", "name": "Museo del Barro"},
            "jobTitle": "Curator",
            "sameAs": ["https://ana.example", "https://otra.example"],
        },
    }


# Links to share a page


def test_share_links_carry_title_hours_and_address(client, meeting):
    factories.session(slug="apertura", title="¿Qué & cómo? 100%")

    page = read(client, "/es/programa/apertura/")

    whatsapp, mail = page.xpath("//div[contains(@class, 'share')]//a/@href")
    body = (
        "Miércoles 18 de noviembre, de 10:00 a 11:00, hora de Asunción\n"
        "https://museos.example/es/programa/apertura/"
    )
    assert whatsapp.startswith("https://wa.me/?")
    assert parse_qs(urlsplit(whatsapp).query) == {"text": [f"¿Qué & cómo? 100%\n{body}"]}
    # Mail programs do not decode a plus as a space.
    assert mail == mail.replace("+", "")
    subject, _, rest = mail.removeprefix("mailto:?subject=").partition("&body=")
    assert (unquote(subject), unquote(rest)) == ("¿Qué & cómo? 100%", body)


def test_programme_has_a_webcal_link_and_a_download(client, meeting):
    factories.session()

    page = read(client, "/en/programme/")

    address = "https://museos.example/programme.ics?lang=en"
    links = page.xpath("//details//a")
    assert [(link.text, link.get("href")) for link in links] == [
        ("Subscribe", "webcal://museos.example/programme.ics?lang=en"),
        ("Download once", address),
    ]
    assert page.xpath("//input[@id='calendar-address']/@value") == [address]
    assert page.xpath("//button[@data-copy]/@hidden") == [""]
    assert "Changes arrive by themselves." in text(page, "//details")
