"""Pages contain what site.js needs for the reader's own hours and for the agenda."""

from datetime import timedelta

import pytest

from programme.clocks.zones import CLOCKS
from programme.models import Meeting, Session
from tests import factories
from tests.reading import read, words

PAGES = ["/en/", "/en/programme/", "/en/programme/opening/", "/en/live/", "/en/speakers/ana/"]


@pytest.fixture
def opening(meeting):
    session = factories.session(slug="opening", code="OPEN", room=factories.room())
    factories.part(session=session, person=factories.person(slug="ana"))
    return session


@pytest.mark.parametrize("path", PAGES)
def test_every_hour_has_the_venues_offset_from_utc(client, opening, path):
    page = read(client, path)

    hours = page.xpath("//main//time/@datetime | //main//*/@data-from | //main//*/@data-to")
    assert set(hours) <= {"2026-11-18T10:00-03:00", "2026-11-18T11:00-03:00"}
    assert set(page.xpath("//main//time/@datetime")) == {"2026-11-18T10:00-03:00"}


@pytest.mark.parametrize("path", PAGES)
def test_zone_is_offered_once_a_page_and_hidden_until_a_script_shows_it(client, opening, path):
    page = read(client, path)

    (zone,) = page.xpath("//*[contains(@class, 'own-zone')]")
    assert "hidden" in zone.attrib
    assert set(page.xpath("//main//*[@class='own-hours']/text()")) == set()


def test_page_whose_sessions_have_no_hours_offers_no_zone(client, meeting):
    factories.session(slug="opening", starts_at=None)

    for path in ("/en/programme/", "/en/programme/opening/"):
        assert read(client, path).xpath("//*[contains(@class, 'own-zone')]") == []


def test_zones_are_sorted_by_country(client, opening):
    page = read(client, "/es/programa/")

    options = page.xpath("//select[@id='own-zone']/option[@value='device']/following-sibling::*")
    countries = dict.fromkeys(line.split(":")[0] for line in words(options))
    assert ", ".join(countries) == (
        "Andorra, Argentina, Bolivia, Brasil, Chile, Colombia, Costa Rica, Cuba, Ecuador, "
        "El Salvador, España, Guatemala, Honduras, México, Nicaragua, Panamá, Paraguay, Perú, "
        "Portugal, República Dominicana, Uruguay, Venezuela"
    )
    assert {option.get("value") for option in options} == {clock.zone_name for clock in CLOCKS}
    assert len(options) == len(CLOCKS)


@pytest.mark.parametrize(
    ("path", "hour", "both", "start", "end"),
    [
        (
            "/es/programa/",
            "G:i",
            "de %(start)s a %(end)s en %(city)s",
            "a las %(start)s en %(city)s",
            "hasta las %(end)s en %(city)s",
        ),
        (
            "/pt/programa/",
            "G\\hi",
            "%(city)s: das %(start)s às %(end)s",
            "%(city)s: às %(start)s",
            "%(city)s: até às %(end)s",
        ),
        (
            "/en/programme/",
            "G:i",
            "from %(start)s to %(end)s in %(city)s",
            "at %(start)s in %(city)s",
            "until %(end)s in %(city)s",
        ),
    ],
)
def test_sentences_for_the_script_are_in_the_pages_language(
    client, opening, path, hour, both, start, end
):
    (zone,) = read(client, path).xpath("//*[contains(@class, 'own-zone')]")

    said = {name: zone.get(f"data-{name}") for name in ("hour", "both", "start", "end")}
    assert said == {"hour": hour, "both": both, "start": start, "end": end}


def test_card_has_the_code_and_the_last_revision_of_its_session(client, opening):
    factories.session(code="MOVED", revised_at=factories.NOW)
    Meeting.objects.update(changed_at=factories.NOW + timedelta(hours=1))

    page = read(client, "/en/programme/")

    cards = page.xpath("//article[@data-code]")
    revised = str(int(factories.NOW.timestamp()))
    assert {card.get("data-code"): card.get("data-revised") for card in cards} == {
        "OPEN": None,
        "MOVED": revised,
    }
    assert page.xpath("//@data-changed-at") == [str(int(revised) + 3600)]


def test_break_cannot_be_added_to_the_agenda(client, meeting):
    factories.session(kind=Session.Kind.BREAK)

    assert read(client, "/en/programme/").xpath("//main//@data-code") == []


@pytest.mark.parametrize("path", ["/es/mi-agenda/", "/pt/minha-agenda/", "/en/my-agenda/"])
def test_agenda_page_is_the_same_for_everybody(client, opening, path, django_assert_num_queries):
    with django_assert_num_queries(5):
        response = client.get(path)

    assert response.cookies == {}
    assert b"OPEN" not in response.content
    assert b"opening" not in response.content
