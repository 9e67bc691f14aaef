"""The sitemap: every public page in every language."""

import pytest
from lxml import etree

from programme.models import Meeting, Session
from tests import factories

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def own_address(settings):
    settings.SITE_URL = "https://museos.example"


@pytest.fixture
def listed(client):
    """Return a function that reads the sitemap: each path with its element."""

    def read():
        document = etree.fromstring(client.get("/sitemap.xml").content)
        return {
            url.findtext("s:loc", namespaces=NAMES).removeprefix("https://museos.example"): url
            for url in document.findall("s:url", NAMES)
        }

    return read


def alternates(url):
    links = url.findall("x:link[@rel='alternate']", NAMES)
    return {link.get("hreflang"): link.get("href") for link in links}


def test_sitemap_lists_every_public_page_in_every_language(client, meeting, listed):
    factories.part(session=factories.session(slug="apertura"), person=factories.person(slug="ana"))
    factories.page(slug="viaje")

    found = listed()

    english = sorted(address for address in found if address.startswith("/en/"))
    assert english == [
        "/en/",
        "/en/accessibility/",
        "/en/documents/",
        "/en/editions/",
        "/en/live/",
        "/en/privacy/",
        "/en/programme/",
        "/en/programme/apertura/",
        "/en/programme/changes/",
        "/en/registration/",
        "/en/speakers/",
        "/en/speakers/ana/",
        "/en/terms/",
        "/en/venue/",
        "/en/viaje/",
    ]
    assert len(found) == 3 * len(english)
    assert {client.get(address).status_code for address in found} == {200}


def test_sitemap_links_each_page_to_its_other_languages(meeting, listed):
    factories.session(slug="apertura")

    found = listed()

    site = "https://museos.example"
    for address in ("/es/programa/apertura/", "/en/programme/apertura/"):
        assert alternates(found[address]) == {
            "es": f"{site}/es/programa/apertura/",
            "pt": f"{site}/pt/programa/apertura/",
            "en": f"{site}/en/programme/apertura/",
            "x-default": f"{site}/es/programa/apertura/",
        }


def test_sitemap_has_the_alternates_of_the_pages_head(client, meeting, listed):
    factories.session(slug="apertura")

    page = etree.HTML(client.get("/pt/programa/apertura/").text)

    links = page.xpath("//link[@rel='alternate'][@hreflang]")
    head = {link.get("hreflang"): link.get("href") for link in links}
    assert alternates(listed()["/pt/programa/apertura/"]) == head


def test_lastmod_is_the_last_change_of_a_page_if_known(meeting, listed):
    Meeting.objects.update(changed_at=factories.NOW)
    factories.session(slug="apertura", revised_at=factories.moment("10:00"))
    factories.session(slug="cierre")

    found = listed()

    moments = {
        address: found[address].findtext("s:lastmod", namespaces=NAMES)
        for address in ("/en/programme/", "/en/programme/apertura/", "/en/programme/cierre/")
    }
    assert moments == {
        "/en/programme/": "2026-09-01T09:00:00-03:00",
        "/en/programme/apertura/": "2026-11-18T10:00:00-03:00",
        "/en/programme/cierre/": None,
    }


def test_sitemap_omits_drafts(meeting, listed):
    draft = factories.session(slug="secreta", state=Session.State.DRAFT)
    factories.part(session=draft, person=factories.person(slug="nadie"))

    assert not [address for address in listed() if "secreta" in address or "nadie" in address]


def test_sitemap_does_not_vary_by_the_browsers_language(client, meeting):
    answers = [
        client.get("/sitemap.xml", headers={"Accept-Language": code}) for code in ("es", "en")
    ]

    assert answers[0].content == answers[1].content
    assert answers[0].headers["Content-Type"] == "application/xml"
    assert answers[0].headers["X-Robots-Tag"] == "noindex"
    assert answers[0].headers["Vary"] == "Accept-Encoding"


def test_sitemap_without_a_meeting_is_404(client, db):
    assert client.get("/sitemap.xml").status_code == 404


@pytest.mark.parametrize("count", [10, 200])
def test_sitemap_queries_do_not_grow(client, meeting, django_assert_num_queries, count):
    for _n in range(count):
        factories.part()

    with django_assert_num_queries(4):
        assert client.get("/sitemap.xml").content.count(b"<url>") == 3 * (11 + 2 * count)
