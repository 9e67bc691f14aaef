"""The page of editions: the other meetings of the series, and this site's own among them."""

from datetime import date, timedelta

import pytest

from programme.models import Edition, Meeting
from programme.models.editions import Source
from tests import factories
from tests.programme.loading_files import load, refused, small
from tests.reading import headings, read, text, words

pytestmark = pytest.mark.django_db

__all__ = ["load", "refused", "small"]

TENTH = {
    "number": 10,
    "year": 2022,
    "place_es": "Ciudad de México",
    "place_en": "Mexico City",
    "country": "MX",
    "first_day": date(2022, 9, 26),
    "last_day": date(2022, 9, 28),
    "theme_line_es": "El museo urgente",
    "people": 412,
    "countries": 18,
    "result_title_es": "Declaración",
    "result_url": "https://museos.example/declaracion",
    "url": "https://museos.example/2022",
    "sources": "Ibermuseos: https://museos.example/noticia\nEl Diario, 29/9/2022",
}


def numbers_of(page):
    return words(page.xpath("//main//h2/span[@class='edition-number']"))


def test_editions_come_newest_first_with_the_meeting_once_among_them(client, meeting):
    for number in (10, 12, 13, 2):
        factories.edition(number=number)

    page = read(client, "/es/ediciones/")

    assert numbers_of(page) == ["13", "12", "10", "2"]
    assert words(page.xpath("//li[@id='edition-12']//h2/span[2]")) == ["Asunción, Paraguay"]


def test_meeting_alone_is_the_only_edition(client, meeting):
    page = read(client, "/es/ediciones/")

    assert headings(page, 2) == ["12 Asunción, Paraguay"]
    assert text(page, "//li[@id='edition-12']").endswith(
        "18 al 20 de noviembre de 2026 Museos que cuidan Su programa, 12 (2026)"
    )


def test_edition_of_which_only_the_year_is_known_is_a_row_without_a_card(client, meeting):
    factories.edition(number=10, year=2022, place="", country="")
    factories.edition(number=2, year=2008, place="", country="", sources="El Diario")

    page = read(client, "/es/ediciones/")

    rows = page.xpath("//li[contains(@class, 'is-bare')]")
    assert [words([row, *row]) for row in rows] == [["10 2022", "10 2022"]]


def test_edition_shows_all_that_is_known_of_it(client, meeting):
    factories.edition(**TENTH)

    page = read(client, "/es/ediciones/")

    assert text(page, "//li[@id='edition-10']") == (
        "10 Ciudad de México, México Del 26 al 28 de septiembre de 2022 El museo urgente "
        "18 países participaron 412 personas Su propio sitio, 10 (2022) Declaración, 10 (2022) "
        "Fuentes: Ibermuseos, 10 (2022); El Diario, 29/9/2022"
    )
    assert page.xpath("//li[@id='edition-10']//a/@href") == [
        "https://museos.example/2022",
        "https://museos.example/declaracion",
        "https://museos.example/noticia",
    ]


def test_edition_leaves_out_what_is_not_known(client, meeting):
    factories.edition(number=1, year=2007)
    factories.edition(number=2, year=2008, country="BR")

    page = read(client, "/en/editions/")

    assert text(page, "//li[@id='edition-1']") == "1 2007"
    assert text(page, "//li[@id='edition-2']") == "2 Brazil 2008"


def test_theme_line_in_another_language_is_marked_with_it(client, meeting):
    factories.edition(**TENTH)

    page = read(client, "/en/editions/")

    line = page.xpath("//li[@id='edition-10']//p[@class='edition-theme']/span")
    assert [(span.get("lang"), span.text) for span in line] == [("es", "El museo urgente")]


def test_row_of_the_meeting_adds_figures_and_not_its_place_and_days(client, meeting):
    stale = TENTH | {"number": 12, "url": "https://museos.example/otro"}
    factories.edition(**stale)

    page = read(client, "/en/editions/")

    assert text(page, "//li[@id='edition-12']") == (
        "12 Asunción, Paraguay The meeting of this site 18 to 20 November 2026 Museums that care "
        "18 countries 412 people took part Its programme, 12 (2026) Declaración, 12 (2026) "
        "Sources: Ibermuseos, 12 (2026); El Diario, 29/9/2022"
    )


@pytest.mark.parametrize("days_after", [-40, 1])
def test_next_edition_is_said_once_the_meeting_is_over(client, meeting, time_machine, days_after):
    factories.edition(number=13, year=2028, place_es="Quito", country="EC")
    factories.edition(number=14, year=2030)
    time_machine.move_to(factories.moment("12:00") + timedelta(days=days_after + 2))

    page = read(client, "/es/ediciones/")

    said = words(page.xpath("//p[starts-with(@class, 'next-edition')]"))
    assert said == (["13 La edición siguiente: Quito, Ecuador 2028"] if days_after > 0 else [])


def test_meeting_that_is_postponed_says_so_among_the_editions(client, meeting):
    Meeting.objects.update(standing="postponed")

    assert "Aplazado" in text(read(client, "/es/ediciones/"), "//li[@id='edition-12']")


@pytest.mark.parametrize("count", [1, 30])
def test_page_of_editions_needs_one_query_of_its_own(
    client, meeting, django_assert_num_queries, count
):
    for number in range(1, count + 1):
        factories.edition(number=number + 20)

    # The meeting, editions, notices, themes, organisations, pages of the footer.
    with django_assert_num_queries(6):
        read(client, "/es/ediciones/")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/es/encuentros-anteriores/", "/es/ediciones/"),
        ("/pt/encuentros-anteriores/", "/pt/edicoes/"),
        ("/en/encuentros-anteriores/", "/en/editions/"),
    ],
)
def test_page_of_previous_meetings_leads_to_the_editions(client, meeting, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)


def test_page_of_previous_meetings_stays_until_organisers_delete_it(client, meeting):
    factories.page(slug="encuentros-anteriores", title_es="Encuentros anteriores")

    page = read(client, "/es/encuentros-anteriores/")

    assert headings(page, 1) == ["Encuentros anteriores"]


def test_source_is_words_and_an_address_either_of_which_may_be_missing():
    edition = Edition(
        sources="SEGIB: https://segib.example/a\n\nAcento, 17/9/2026\nwww.museos.example/b"
    )

    assert edition.source_list == [
        Source("SEGIB", "https://segib.example/a"),
        Source("Acento, 17/9/2026", ""),
        Source("museos.example", "https://www.museos.example/b"),
    ]


def test_neighbouring_editions_differ_in_colour_and_motif():
    looks = [(Edition(number=n).colour, Edition(number=n).motif) for n in range(1, 31)]

    pairs = list(zip(looks, looks[1:], strict=False))
    assert [pair for pair in pairs if pair[0][0] == pair[1][0] or pair[0][1] == pair[1][1]] == []


def test_load_writes_editions_and_again_changes_nothing(load, small):
    small["editions"] = [
        {
            "number": 10,
            "year": 2022,
            "place": {"es": "México"},
            "sources": ["SEGIB: https://segib.example", "Acento"],
        }
    ]
    load(small)
    said = load(small)

    row = Edition.objects.get()
    assert (row.number, row.year, row.place_es, row.people) == (10, 2022, "México", None)
    assert row.sources == "SEGIB: https://segib.example\nAcento"
    assert said == "Nothing has changed.\n"


def test_load_refuses_an_edition_that_is_there_twice_or_has_half_of_its_days(refused, small):
    small["editions"] = [
        {"number": 10, "year": 2022, "first_day": "2022-09-26"},
        {"number": 10, "year": 2022},
    ]

    assert refused(small) == [
        "editions[1].number: “10” is already in editions[0].",
        "editions[0].last_day: Give both days, or neither.",
    ]


def test_organisers_add_an_edition_and_cached_pages_are_renewed(staff_client, meeting):
    before = Meeting.objects.get().version

    response = staff_client.post(
        "/admin/programme/edition/add/", {"number": 9, "year": 2016, "place_es": "San José"}
    )

    assert response.status_code == 302
    assert Edition.objects.get().place_es == "San José"
    assert Meeting.objects.get().version == before + 1
