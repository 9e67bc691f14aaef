"""Filters and search of the programme and of the speakers."""

from urllib.parse import urlencode

import pytest

from programme.forms import FindPeople, FindSessions
from programme.listing.finding import folded_words, has_words, search_text
from programme.models import Meeting, Session
from tests import factories
from tests.programme.test_pages import programme_of
from tests.reading import headings, read, text, words

PROGRAMME = "/en/programme/"
FILTERS = [name for name in FindSessions.parameters() if name != "q"]
DAY_1, DAY_2 = "2026-11-18", "2026-11-19"


def ask(client, path=PROGRAMME, **asked):
    return read(client, f"{path}?{urlencode(asked, doseq=True)}")


def titles(page):
    """Return the titles that are not hidden."""
    return words(page.xpath("//main//h4[not(ancestor::*[@hidden])]"))


def found(client, **asked):
    return titles(ask(client, **asked))


def status(page):
    return words(page.xpath("//form//*[@role='status']"))[0]


def chips(page):
    return words(page.xpath("//div[@class='chips' and not(@hidden)]//a"))


@pytest.fixture
def programme(meeting):
    """Create three sessions with nothing in common, and a break."""
    memory = factories.theme(code="memoria", name_es="Memoria", name_en="Memory")
    care = factories.theme(code="cuidado", name_es="Cuidado", name_en="Care")
    factories.session(
        **{"title_en": "Archive", "kind": "lecture", "theme": memory, "language": "es"},
        room=factories.room(code="auditorio", name_en="Auditorium"),
        interpretation_languages=["pt"],
        sign_languages=["pys"],
        caption_languages=["es"],
    )
    factories.workshop(
        **{"title_en": "Clay", "theme": care, "language": "gn"},
        starts_at=factories.moment("15:00", day=2),
        room=factories.room(code="taller", name_en="Studio"),
    )
    factories.session(title_en="Talk", kind="circle", format="online", language="pt", day=None)
    factories.session(title_en="Coffee", kind="break", starts_at=factories.moment("11:00"))


# Filters


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("day", DAY_1, ["Archive", "Coffee"]),
        ("day", DAY_2, ["Clay"]),
        ("day", "none", ["Talk"]),
        ("theme", "memoria", ["Archive"]),
        ("kind", "workshop", ["Clay"]),
        ("format", "in_person", ["Clay"]),
        ("format", "hybrid", ["Archive"]),
        ("language", "pt", ["Archive", "Talk"]),
        ("language", "gn", ["Clay"]),
        ("room", "taller", ["Clay"]),
        ("interpretation", "pt", ["Archive"]),
        ("interpretation", "any", ["Archive"]),
        ("sign", "pys", ["Archive"]),
        ("sign", "any", ["Archive"]),
        ("captions", "es", ["Archive"]),
        ("captions", "any", ["Archive"]),
        ("online", "1", ["Archive", "Talk"]),
    ],
)
def test_filter_shows_the_sessions_that_match(client, programme, name, value, expected):
    assert found(client, **{name: value}) == expected


def test_query_parameters_are_these():
    assert FindSessions.parameters() == (
        *("q", "online", "day", "theme", "kind", "format", "language", "room"),
        *("interpretation", "sign", "captions"),
    )
    assert FindPeople.parameters() == ("q", "country")


def test_several_filters_must_all_match(client, programme):
    assert found(client, online="1", language="pt") == ["Archive", "Talk"]
    assert found(client, online="1", language="pt", day=DAY_1) == ["Archive"]


@pytest.mark.parametrize(
    "asked",
    [
        *({name: "nonsense"} for name in FILTERS),
        *({name: "a\0b"} for name in FILTERS),
        {"theme": "x" * 10_000},
        {"theme": ""},
        {"online": "0"},
        {"kind": "posters"},
        {"kind": "break"},
        {"utm_source": "mail"},
    ],
)
def test_value_that_no_session_has_filters_nothing(client, programme, asked):
    page = ask(client, **asked)

    assert titles(page) == ["Archive", "Coffee", "Clay", "Talk"]
    assert chips(page) == []
    assert page.xpath("//*[@aria-invalid]") == []


def test_filters_offer_the_values_that_occur_in_a_fixed_order(client, programme):
    page = read(client, PROGRAMME)

    offered = {
        select.get("name"): words(select.xpath("./option"))
        for select in page.xpath("//form//select")
    }
    assert offered == {
        "day": [
            "All days",
            "Wednesday 18 November",
            "Thursday 19 November",
            "Day to be confirmed",
        ],
        "theme": ["All themes", "Memory", "Care"],
        "kind": ["All kinds", "Lecture", "Conversation circle", "Workshop"],
        "format": ["All formats", "In person and online", "In person only", "Online only"],
        "language": ["All languages", "Spanish", "Portuguese", "Guarani"],
        "room": ["All rooms", "Auditorium", "Studio"],
        "interpretation": ["With or without", "Any language", "Portuguese"],
        "sign": ["With or without", "Any sign language", "Paraguayan Sign Language"],
        "captions": ["With or without", "Any language", "Spanish"],
    }


def test_filter_without_a_value_is_not_offered(client, meeting):
    factories.workshop(language="")

    page = read(client, PROGRAMME)

    assert page.xpath("//form//*[self::select or self::input]/@name") == [
        *("q", "day", "kind", "format"),
    ]


def test_choice_in_another_language_is_marked_with_lang(client, meeting):
    theme = factories.theme(code="memoria", name_es="", name_pt="Memória")
    factories.session(theme=theme)

    page = ask(client, theme="memoria")

    assert page.xpath("//select[@name='theme']/option[2]/@lang") == ["pt"]
    assert page.xpath("//a[@class='chip']/b/@lang") == ["pt"]


def test_cancelled_session_is_found_and_counted_separately(client, meeting):
    factories.session(title_en="Walk", kind="visit", state=Session.State.CANCELLED)
    factories.session(title_en="Talk")

    page = ask(client, kind="visit")

    assert titles(page) == ["Walk"]
    assert status(page) == "0 of 1 session · 1 cancelled"


# What the page says about the matches


def test_page_says_how_many_are_found(client, programme):
    assert status(read(client, PROGRAMME)) == "3 sessions"
    assert status(ask(client, online="1")) == "2 of 3 sessions"


def test_title_of_a_search_begins_with_what_was_found(client, programme):
    factories.part(session=Session.objects.first(), person=factories.person(name="Ana Ruiz"))
    asked = (PROGRAMME, f"{PROGRAMME}?sign=any", "/en/speakers/", "/en/speakers/?q=ana")
    said = [read(client, path).findtext(".//title").split(" | ")[:-1] for path in asked]

    assert said == [
        ["Programme"],
        ["1 of 3 sessions", "Programme"],
        ["Speakers"],
        ["1 of 1 person", "Speakers"],
    ]


def test_active_filters_can_be_removed_one_by_one(client, programme):
    page = ask(client, online="1", language="pt", q="archive")

    assert chips(page) == [
        "Remove Search: archive",
        "Remove What I can follow online",
        "Remove Language, spoken or interpreted: Portuguese",
        "Clear all",
    ]
    assert page.xpath("//div[@class='chips']//a/@href") == [
        "?online=1&language=pt",
        "?q=archive&language=pt",
        "?q=archive&online=1",
        "?",
    ]


def test_removing_the_last_filter_leads_to_the_whole_programme(client, programme):
    page = ask(client, online="1")

    assert page.xpath("//div[@class='chips']//a/@href") == ["?", "?"]


def test_form_shows_the_active_filters(client, programme):
    page = ask(client, q='"Clay"', online="1", theme="cuidado", room="taller")

    assert page.xpath("//input[@name='q']/@value") == ['"Clay"']
    assert page.xpath("//input[@name='online']/@checked") == ["checked"]
    assert page.xpath("//option[@selected and @value!='']/@value") == ["cuidado", "taller"]
    assert words(page.xpath("//form//summary")) == ["More filters (2)"]


def test_days_and_slots_without_a_match_are_hidden(client, programme):
    page = ask(client, kind="workshop")

    seen = "not(ancestor-or-self::*[@hidden])"
    assert words(page.xpath(f"//h3[{seen}]")) == ["15:00"]
    assert words(page.xpath(f"//section/header//h2[{seen}]/text()[normalize-space()]/..")) == [
        "Thursday 19 November 1 session · from 15:00 to 16:00, Asunción time"
    ]
    assert page.xpath(f"//nav[@aria-label='Days']/a[{seen}]/@href") == [f"#day-{DAY_2}"]
    assert page.xpath(f"//*[@data-whole][{seen}]") == []


def test_no_match_says_what_to_do(client, programme):
    page = ask(client, q="nowhere")

    assert titles(page) == []
    assert status(page) == "0 of 3 sessions"
    (box,) = page.xpath("//div[contains(@class, 'nothing-found') and not(@hidden)]")
    assert "Remove a filter" in box.text_content()
    assert box.xpath(".//a/@href") == ["?"]


def test_programme_without_a_session_offers_no_filter(client, meeting):
    assert read(client, PROGRAMME).xpath("//form") == []


def test_language_links_keep_the_filters_and_nothing_else(client, programme):
    page = ask(client, online="1", language="pt", utm_source="mail", theme="nonsense")

    links = page.xpath("//nav[@aria-label='Language']/a/@href")
    assert links[0] == "/es/programa/?online=1&language=pt"
    assert page.xpath("//link[@rel='canonical']/@href")[0].endswith("/en/programme/")


# Links from other pages


def test_links_of_other_pages_lead_to_a_filtered_programme(client, programme):
    archive = Session.objects.get(title_en="Archive")
    person = factories.person(slug="ana", country="PY")
    factories.part(session=archive, person=person)
    pages = ["", "live/", "venue/", f"programme/{archive.slug}/", "speakers/ana/"]
    links = {
        link: chips(read(client, link))[:-1]
        for page in pages
        for link in read(client, f"/en/{page}").xpath("//main//a/@href")
        if "/?" in link and not link.startswith("http")
    }

    assert links == {
        "/en/programme/?theme=memoria": ["Remove Theme: Memory"],
        "/en/programme/?theme=cuidado": ["Remove Theme: Care"],
        "/en/programme/?online=1": ["Remove What I can follow online"],
        "/en/programme/?room=auditorio": ["Remove Room: Auditorium"],
        "/en/programme/?room=taller": ["Remove Room: Studio"],
        "/en/programme/?kind=lecture": ["Remove Kind: Lecture"],
        "/en/speakers/?country=PY": ["Remove Country: Paraguay"],
    }


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Señas, AÑO 11.º", ["senas", "ano", "11", "o"]),
        ("Educação à distância", ["educacao", "a", "distancia"]),
        ("n\u0303andu\u0301", ["nandu"]),
        ("“Museo” d'Art_nou <b>&", ["museo", "d", "art", "nou", "b"]),
        ("\0 ¿…? —", []),
    ],
)
def test_text_is_folded_into_words(text, expected):
    assert folded_words(text) == expected


def test_search_matches_the_beginnings_of_words():
    text = search_text(["Artesanía, parte", "artesanía"])

    assert text == " artesania parte"
    assert has_words(text, ["arte"])
    assert not has_words(text, ["sania"])


@pytest.fixture
def spoken(meeting):
    """Create a session with every searchable text, and one without."""
    session = factories.session(
        title_es="Memoria viva",
        title_pt="Memória viva do rio",
        title_en="Living memory",
        kind="workshop",
        abstract_es="Cerámica de la región",
        search_words="Accesibilidad, sítio",
        theme=factories.theme(name_es="Afectos"),
        room=factories.room(name_es="Auditorio"),
    )
    ana = {"name": "Ana Núñez", "institution": "Museo del Barro", "country": "BR"}
    factories.part(session=session, person=factories.person(**ana, position_es="Curadora"))
    shown = factories.presentation(
        session=session,
        **{"title_es": "Tejidos", "summary_es": "Hilo y telar", "country": "UY"},
        institution="Casa Ñandú",
    )
    beto = factories.person(name="Beto Gonçalves", institution="Instituto Sur", country="DE")
    factories.part(presentation=shown, person=beto, role="presents")
    factories.session(title_es="Otra", title_en="Other", language="pt")


@pytest.mark.parametrize(
    "q",
    [
        *("memoria", "MEMÓRIA", "Living", "rio", "ceramica", "nunez", "Núñez", "ana barro"),
        *("brasil", "Brazil", "Alemania", "germany", "tejidos", "telar", "nandu", "Uruguay"),
        *("goncalves", "instituto sur", "curadora", "taller", "oficina", "afectos", "auditorio"),
        *("accesibilidad", "ACCESÍBILIDAD", "sitio"),
        *('"viva" memoria', "memoria, viva!", "  rio   memor  ", "viva\0memoria"),
    ],
)
def test_session_is_found_by_its_texts_in_every_language(client, spoken, q):
    for path in ("/en/programme/", "/es/programa/", "/pt/programa/"):
        assert len(titles(ask(client, path, q=q))) == 1


def test_search_words_are_not_shown(client, spoken):
    pages = [text(read(client, path)) for path in (PROGRAMME, f"{PROGRAMME}{slug_of_spoken()}/")]

    assert ["Accesibilidad" in page for page in pages] == [False, False]


def slug_of_spoken():
    return Session.objects.get(title_es="Memoria viva").slug


@pytest.mark.parametrize("q", ["memoria otra", "emoria", "museo lima", "x" * 10_000, "'; --1"])
def test_session_is_not_found_by_other_words(client, spoken, q):
    assert found(client, q=q) == []


@pytest.mark.parametrize("q", ["", "   ", "\0", "¿?", '"', "%"])
def test_search_without_a_word_finds_everything(client, spoken, q):
    page = ask(client, q=q)

    assert len(titles(page)) == 2
    assert chips(page) == []


def test_break_is_not_found_by_words(client, programme):
    assert found(client, q="coffee") == []


def test_search_text_beyond_the_maximum_length_is_cut(client, spoken):
    page = ask(client, q="memoria " * 1_000)

    assert len(titles(page)) == 1
    assert len(page.xpath("string(//input[@name='q']/@value)")) == 100


def test_search_words_are_escaped(client, spoken):
    page = ask(client, q='"><script>alert(1)</script>')

    assert page.xpath("//script[not(@src)]") == []
    assert page.xpath("//input[@name='q']/@value") == ['"><script>alert(1)</script>']


def test_search_queries_do_not_grow(client, meeting, django_assert_num_queries):
    programme_of(1)
    with django_assert_num_queries(9):
        ask(client, q="sesion", online="1")

    programme_of(9)
    for session in Session.objects.all():
        factories.part(presentation=session.presentations.first())
    with django_assert_num_queries(9):
        ask(client, q="sesion", online="1")


# The search texts for the browser


def test_search_texts_contain_the_words_that_the_server_searches(client, spoken):
    response = client.get("/programme/words.json?v=0")

    first, _other = Session.objects.in_order()
    texts = response.json()
    assert len(texts) == 2
    assert has_words(texts[str(first.pk)], ["memoria", "goncalves", "nandu", "alemania"])


def test_search_texts_omit_drafts_and_breaks(client, meeting):
    factories.session(state=Session.State.DRAFT)
    factories.session(kind=Session.Kind.BREAK)

    assert client.get("/programme/words.json").json() == {}


def test_search_texts_may_be_cached_if_the_version_asked_for_is_current(client, meeting):
    Meeting.objects.update(version=7)

    current = client.get("/programme/words.json?v=7")["Cache-Control"]
    stale = client.get("/programme/words.json?v=6")["Cache-Control"]

    assert (current, stale) == ("public, max-age=604800, s-maxage=15", "public, max-age=0")


def test_page_links_to_the_search_texts_of_its_version(client, spoken):
    Meeting.objects.update(version=7)

    page = read(client, PROGRAMME)

    assert page.xpath("//form/@data-words") == ["/programme/words.json?v=7"]


def test_search_texts_without_a_meeting_are_404(client, db):
    assert client.get("/programme/words.json").status_code == 404


def test_search_texts_queries_do_not_grow(client, meeting, django_assert_num_queries):
    programme_of(1)
    with django_assert_num_queries(5):
        client.get("/programme/words.json")

    programme_of(9)
    with django_assert_num_queries(5):
        client.get("/programme/words.json")


# Speakers


@pytest.fixture
def speakers(meeting):
    for name, institution, country in [
        ("Ana Núñez", "Museo del Barro", "PY"),
        ("Beto Gonçalves", "Instituto Sur", "BR"),
        ("Carla Díaz", "Museo Nacional", ""),
    ]:
        person = factories.person(name=name, institution=institution, country=country)
        factories.part(person=person)


def people(page):
    return words(page.xpath("//main//h3[not(ancestor::*[@hidden])]"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Carla Díaz", "Beto Gonçalves", "Ana Núñez"]),
        ({"q": "nunez"}, ["Ana Núñez"]),
        ({"q": "museo"}, ["Carla Díaz", "Ana Núñez"]),
        ({"q": "BRASIL"}, ["Beto Gonçalves"]),
        ({"country": "BR"}, ["Beto Gonçalves"]),
        ({"country": "BR", "q": "museo"}, []),
        ({"country": "XX"}, ["Carla Díaz", "Beto Gonçalves", "Ana Núñez"]),
    ],
)
def test_speakers_are_found_by_name_institution_and_country(client, speakers, asked, expected):
    assert people(ask(client, "/en/speakers/", **asked)) == expected


def test_speakers_page_says_how_many_match(client, speakers):
    assert status(read(client, "/en/speakers/")) == "3 people"
    assert status(ask(client, "/en/speakers/", q="museo")) == "2 of 3 people"


def test_no_matching_speaker_says_what_to_do(client, speakers):
    page = ask(client, "/en/speakers/", q="nobody")

    assert "Remove a filter" in text(page, "//main//div[not(@hidden)]")


def test_letters_lead_to_the_people_whose_surname_begins_so(client, speakers):
    factories.part(person=factories.person(name="Luis de la Ñ", country="PE"))
    factories.part(person=factories.person(name="99 Museos", country=""))

    page = read(client, "/en/speakers/")

    links = page.xpath("//nav[@class='letters']//a")
    people_of = {
        link.text: words(page.xpath(f"//section[@id='{link.get('href')[1:]}']//h3"))
        for link in links
    }
    assert people_of == {
        "D": ["Carla Díaz"],
        "G": ["Beto Gonçalves"],
        "M": ["99 Museos"],
        "N": ["Luis de la Ñ", "Ana Núñez"],
    }


def test_letters_without_a_match_are_hidden(client, speakers):
    factories.part(person=factories.person(name="Zoe", country=""))

    page = ask(client, "/en/speakers/", q="museo")

    shown = page.xpath("//nav[@class='letters']//a[not(ancestor-or-self::*[@hidden])]")
    assert words(shown) == ["D", "N"]
    assert words(page.xpath("//section/h2[not(ancestor::*[@hidden])]")) == ["D", "N"]


def test_few_letters_have_no_index(client, speakers):
    assert read(client, "/en/speakers/").xpath("//nav[@class='letters']") == []


def test_countries_are_sorted_alphabetically(client, speakers):
    factories.part(person=factories.person(country="ES"))

    page = read(client, "/es/ponentes/")

    assert words(page.xpath("//select[@name='country']/option")) == [
        *("Todos los países", "Brasil", "España", "Paraguay"),
    ]


def test_speakers_page_without_speakers_offers_no_filter(client, meeting):
    assert read(client, "/en/speakers/").xpath("//form") == []
    assert headings(read(client, "/en/speakers/"), 2) == []
