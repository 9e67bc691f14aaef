"""Public pages: home, speakers, venue, and pages of texts."""

import json
from datetime import timedelta

import pytest

from programme.models import Meeting, Session
from programme.views.pages import STATEMENT_CHECKED_ON
from tests import factories
from tests.reading import headings, read, text, words

PAGES = [
    "/en/",
    "/en/programme/",
    "/en/my-agenda/",
    "/en/speakers/",
    "/en/live/",
    "/en/venue/",
    "/en/documents/",
    "/en/editions/",
    "/en/privacy/",
    "/en/accessibility/",
    "/en/terms/",
]
# The heading and the text, without what stands beside it.
ARTICLE = "//div[@class='page-head'] | //div[@class='prose']"


def programme_of(count):
    """Create so many sessions, each with people, presentations, a room, a theme and a quota."""
    for _ in range(count):
        session = factories.workshop(room=factories.room(), theme=factories.theme())
        factories.part(session=session)
        factories.presentation(session=session)
        factories.quota(session=session)


# Every page


@pytest.mark.parametrize("path", PAGES)
def test_page_renders_with_no_row_but_the_meeting(client, meeting, path):
    page = read(client, path)

    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//html/@lang)") == "en"


@pytest.mark.parametrize("path", PAGES)
def test_page_without_a_meeting_says_so_in_three_languages(client, db, path):
    page = read(client, path)

    assert page.xpath("//main//section/@lang") == ["es", "pt", "en"]
    assert page.xpath("//main//a") == []


@pytest.mark.parametrize("path", PAGES)
def test_page_sets_no_cookie_and_varies_by_encoding_alone(client, meeting, path):
    response = client.get(path)

    assert response.cookies == {}
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_script_and_no_frame(client, meeting, path):
    page = read(client, path)

    assert page.xpath("//script[not(@src) and not(@type='application/ld+json')]") == []
    assert page.xpath("//iframe | //*[@style] | //*[@onclick]") == []


@pytest.mark.parametrize("path", PAGES)
def test_page_has_title_description_and_canonical_address(client, meeting, path, settings):
    settings.SITE_URL = "https://museos.example"

    page = read(client, path)

    assert page.xpath("string(//title)").strip() != ""
    assert page.xpath("string(//meta[@name='description']/@content)") != ""
    assert page.xpath("//link[@rel='canonical']/@href") == [f"https://museos.example{path}"]
    languages = page.xpath("//link[@rel='alternate']/@hreflang")
    assert sorted(languages) == ["en", "es", "pt", "x-default"]


def test_language_links_lead_to_the_same_page(client, meeting):
    page = read(client, "/en/programme/")

    links = page.xpath("//nav[contains(@class, 'languages')]/a")
    assert [(link.get("hreflang"), link.get("aria-current")) for link in links] == [
        ("es", None),
        ("pt", None),
        ("en", "true"),
    ]
    assert links[2].get("href") == "/en/programme/"
    assert all(client.get(link.get("href")).status_code == 200 for link in links)


def test_notice_is_shown_between_its_two_moments_only(client, meeting):
    now = factories.NOW
    factories.notice(text_en="Now", shown_from=now, shown_until=now + timedelta(hours=1))
    factories.notice(text_en="Later", shown_from=now + timedelta(hours=1))
    factories.notice(text_en="Earlier", shown_until=now)

    page = read(client, "/en/venue/")

    assert words(page.xpath("//*[contains(@class, 'banner')]//p")) == ["Now"]


def test_sample_meeting_is_marked_on_its_pages(client, meeting):
    Meeting.objects.update(is_sample=True)

    page = read(client, "/en/programme/")

    assert len(page.xpath("//*[contains(@class, 'is-sample')]")) == 1


# Home


def test_home_says_what_when_and_where(client, meeting):
    page = read(client, "/en/")

    assert headings(page, 1) == ["Museums that care"]
    assert words(page.xpath("//dl[contains(@class, 'hero-facts')]//dd")) == [
        "Wednesday 18 to Friday 20 November 2026",
        "Museo del Barro Grabadores del Cabichuí 2716, Asunción",
        "In person, or live on this site To watch the stream you need not register",
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        (None, None, "Registration is free. Its opening date has not been announced yet."),
        (1, 2, "Registration is free. It opens on Wednesday 2 September, 9:00, Asunción time."),
        (-1, 1, "Registration is open and free. It closes on Wednesday 2 September, 9:00"),
        (-2, -1, "Registration closed on Monday 31 August, 9:00, Asunción time."),
    ],
)
def test_home_says_whether_registration_is_open(client, meeting, opens, closes, sentence):
    Meeting.objects.update(
        registration_opens_at=opens and factories.NOW + timedelta(days=opens),
        registration_closes_at=closes and factories.NOW + timedelta(days=closes),
    )

    page = read(client, "/en/")

    assert sentence in text(page, "//aside")


def test_home_shows_the_next_sessions_and_none_that_have_begun(client, meeting, time_machine):
    factories.session(title_en="Over", starts_at=factories.moment("9:00"))
    factories.session(title_en="On now", starts_at=factories.moment("10:00"))
    factories.session(title_en="Next", starts_at=factories.moment("10:31"))
    factories.session(title_en="Hour unknown", starts_at=None)
    factories.session(title_en="Day unknown", day=None)
    time_machine.move_to(factories.moment("10:30"), tick=False)

    page = read(client, "/en/")

    assert headings(page, 3) == ["Next", "Hour unknown", "Day unknown"]


def test_home_describes_the_event_for_search_engines(client, meeting, settings):
    settings.SITE_URL = "https://museos.example"
    factories.organisation(name="Red </script> de Museos", url="https://red.example")

    page = read(client, "/en/")

    event = json.loads(page.xpath("string(//script[@type='application/ld+json'])"))
    assert event["@type"] == "Event"
    assert event["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert (event["startDate"], event["endDate"]) == ("2026-11-18", "2026-11-20")
    assert event["location"] == [
        {
            "@type": "Place",
            "@id": "https://museos.example/en/venue/#venue",
            "name": "Museo del Barro",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Grabadores del Cabichuí 2716, Asunción",
                "addressLocality": "Asunción",
                "addressCountry": "PY",
            },
        },
        {
            "@type": "VirtualLocation",
            "@id": "https://museos.example/en/live/#stream",
            "url": "https://museos.example/en/live/",
        },
    ]
    assert event["offers"]["price"] == 0
    assert "priceCurrency" not in event["offers"]
    assert event["isAccessibleForFree"] is True
    assert event["inLanguage"] == "en"
    assert event["organizer"] == [
        {"@type": "Organization", "name": "Red </script> de Museos", "url": "https://red.example"}
    ]


# Speakers


def test_speakers_are_the_people_with_a_part_in_a_visible_session(client, meeting):
    factories.part(person=factories.person(name="Ana", institution="Museo A", country="PE"))
    shown = factories.presentation(session=factories.session(title_en="Experiences"))
    factories.part(
        person=factories.person(name="Beto", institution="", country="CO"),
        presentation=shown,
        role="presents",
    )
    hidden = factories.session(state=Session.State.DRAFT)
    factories.part(person=factories.person(name="Carla"), session=hidden)
    factories.person(name="Dora")

    page = read(client, "/en/speakers/")

    assert headings(page, 3) == ["Ana", "Beto"]
    assert "Museo A (Peru)" in text(page)
    assert "Colombia Presents: Experiences" in text(page)


def test_speakers_are_sorted_without_regard_to_accents(client, meeting):
    for name in ("Zoe", "álvaro", "Óscar", "Ana", "Pía"):
        factories.part(person=factories.person(name=name))

    page = read(client, "/es/ponentes/")

    assert headings(page, 3) == ["álvaro", "Ana", "Óscar", "Pía", "Zoe"]


def test_speakers_are_sorted_by_surname_as_their_country_writes_it(client, meeting):
    people = [
        ("Dra. Ana Rojas Zárate", "PE"),
        ("Beatriz Souza Andrade", "BR"),
        ("Luis de la Cruz", "PE"),
    ]
    for name, country in people:
        factories.part(person=factories.person(name=name, country=country))

    page = read(client, "/es/ponentes/")

    in_order = ["Beatriz Souza Andrade", "Luis de la Cruz", "Dra. Ana Rojas Zárate"]
    assert headings(page, 3) == in_order


def test_speakers_queries_do_not_grow(client, meeting, django_assert_num_queries):
    programme_of(1)
    with django_assert_num_queries(8):
        read(client, "/en/speakers/")

    programme_of(4)
    with django_assert_num_queries(8):
        read(client, "/en/speakers/")


def test_speaker_page_lists_the_parts_and_omits_drafts(client, meeting):
    person = factories.person(name="Ana", slug="ana")
    factories.part(person=person, session=factories.session(title_en="Seen"))
    draft = factories.session(title_en="Unseen", state=Session.State.DRAFT)
    factories.part(person=person, session=draft)

    page = read(client, "/en/speakers/ana/")

    assert headings(page, 1) == ["Ana"]
    assert headings(page, 3) == ["Seen"]


def test_speaker_without_a_visible_part_is_404(client, meeting):
    draft = factories.session(state=Session.State.DRAFT)
    factories.part(person=factories.person(slug="ana"), session=draft)

    assert client.get("/en/speakers/ana/").status_code == 404


def test_speaker_page_offers_the_picture_to_share(client, meeting):
    factories.part(person=factories.person(slug="ana"))

    (link,) = read(client, "/en/speakers/ana/").xpath("//main//a[@download]")

    assert link.get("href") == f"/share/en/speaker/ana.png?v={meeting.version}"
    assert link.get("download") == "ana.png"


def test_speakers_are_no_longer_being_announced_once_the_meeting_is_over(
    client, meeting, time_machine
):
    before = text(read(client, "/en/speakers/"))
    time_machine.move_to(factories.moment("10:00", day=5))

    after = text(read(client, "/en/speakers/"))

    assert "announced yet" in before
    assert "announced" not in after


# Texts


def test_venue_without_coordinates_links_to_a_search_of_the_address(client, meeting):
    page = read(client, "/en/venue/")

    address = "Museo+del+Barro%2C+Grabadores+del+Cabichu%C3%AD+2716%2C+Asunci%C3%B3n"
    assert page.xpath("//aside//a/@href") == [
        f"https://www.openstreetmap.org/search?query={address}",
        f"https://www.google.com/maps/search/?api=1&query={address}",
    ]


def test_venue_with_coordinates_links_to_the_point(client, meeting):
    Meeting.objects.update(latitude="-25.286310", longitude="-57.573290")

    page = read(client, "/en/venue/")

    assert page.xpath("//aside//a/@href") == [
        "https://www.openstreetmap.org/?mlat=-25.286310&mlon=-57.573290#map=16/-25.286310/-57.573290",
        "https://www.google.com/maps/search/?api=1&query=-25.286310%2C-57.573290",
    ]


def test_venue_without_access_facts_says_that_they_are_not_confirmed(client, meeting):
    assert "has not been confirmed yet" in text(read(client, "/en/venue/"))


def test_document_has_its_language_and_address(client, meeting):
    factories.document(title_en="Declaration", language="pt", url="https://museos.example/d.pdf")

    page = read(client, "/en/documents/")

    (link,) = page.xpath("//main//a[@hreflang]")
    assert (link.get("hreflang"), link.get("href")) == ("pt", "https://museos.example/d.pdf")
    assert "Portuguese · on another site" in text(page)


def test_privacy_notice_has_its_version(client, meeting):
    Meeting.objects.update(privacy_notice_en="We keep **little**.", privacy_version="3")

    page = read(client, "/en/privacy/")

    assert text(page, ARTICLE) == (
        "Privacy notice Version 3 We keep little. "
        "Until when This site erases these data after the day named here. It happens "
        "automatically; only counts stay. "
        f"{' '.join(text(page, '//main//table').split())} "
        "If you want your name kept longer, so that the organisers can confirm that you were "
        "registered, you can say so on the page of your registration. "
        "Minors Registration is for adults. If you are under 18, write to "
        "encuentro@museos.example. "
        "What you can do yourself With the link in your confirmation e-mail you can see, "
        "correct and download what we keep about you, withdraw a consent, cancel, or have "
        "everything erased at once. "
        "Send me my link "
        "You get news of later meetings, or want to know what we keep of your address? "
        "Ask by e-mail"
    )


def test_accessibility_statement_names_deadline_and_contact(client, meeting):
    Meeting.objects.update(access_requests_until=factories.FIRST_DAY - timedelta(days=8))

    page = read(client, "/en/accessibility/")

    assert "tell us by Tuesday 10 November" in text(page)
    assert "mailto:encuentro@museos.example" in page.xpath("//main//a/@href")


def test_accessibility_statement_names_the_term_for_answers_and_who_enforces_it(client, meeting):
    unsaid = text(read(client, "/en/accessibility/"))
    enforcement = "### The office\n\nIt takes complaints."
    Meeting.objects.update(access_answer_days=15, access_enforcement_en=enforcement)
    page = read(client, "/en/accessibility/")

    assert "The organisers have not named a body to complain to." in unsaid
    assert "You will have an answer within 15 days." in text(page)
    assert headings(page, 4) == ["The office"]
    assert "partially conformant with the Web Content Accessibility Guidelines" in text(page)


def test_accessibility_and_privacy_promise_nothing_once_the_meeting_is_over(
    client, meeting, time_machine
):
    Meeting.objects.update(privacy_notice_en="We keep little.")
    paths = ("/en/accessibility/", "/en/privacy/")
    before = [text(read(client, path), ARTICLE) for path in paths]
    time_machine.move_to(factories.moment("10:00", day=60))

    after = [text(read(client, path), ARTICLE) for path in paths]

    for sentence in ("If you need support", "confirmed yet", "none has been confirmed"):
        assert (sentence in before[0], sentence in after[0]) == (True, False)
    for sentence in ("you can say so on the page of your registration", "Send me my link"):
        assert (sentence in before[1], sentence in after[1]) == (True, False)


def test_accessibility_statement_says_how_and_when_the_site_was_tested(client, meeting):
    page = read(client, "/en/accessibility/")

    day = STATEMENT_CHECKED_ON
    assert f"last reviewed on {day.day} {day:%B %Y}. They tested" in text(page)
    assert "not been tested yet with the screen readers" in text(page)


def test_page_of_the_organisers_is_served_and_linked_in_the_footer(client, meeting):
    factories.page(slug="travel", title_en="Travel", text_en="By *bus*.", in_menu=True)
    factories.page(slug="hidden", title_en="Hidden", in_menu=False)

    page = read(client, "/en/travel/")

    assert text(page, ARTICLE) == "Travel By bus."
    assert page.xpath("//footer//a[@href='/en/travel/']")
    assert not page.xpath("//footer//a[@href='/en/hidden/']")


def test_text_in_another_language_is_marked_with_lang(client, meeting):
    factories.page(slug="travel", title="Viaje", text_es="En autobús.")

    page = read(client, "/en/travel/")

    assert page.xpath("string(//h1/span/@lang)") == "es"
    assert page.xpath("//div[@class='prose']/div/@lang") == ["es"]


@pytest.mark.parametrize("path", ["/en/nothing/", "/en/programme/nothing/", "/en/speakers/nobody/"])
def test_unknown_address_is_404(client, meeting, path):
    assert client.get(path).status_code == 404
