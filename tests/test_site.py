from email.message import EmailMessage

import pytest
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from lxml import html

from eim.lib.weave import MOTIFS
from eim.views import errors
from programme.models import Page
from tests import factories
from tests.reading import headings, read, words

# The front door


@pytest.mark.parametrize(
    ("accepted", "home"),
    [
        ("es-PE,es;q=0.9", "/es/"),
        ("pt-BR", "/pt/"),
        ("en-GB,en;q=0.8,es;q=0.5", "/en/"),
        ("fr", "/es/"),
        ("", "/es/"),
    ],
)
def test_front_door_leads_to_the_browsers_language(client, db, accepted, home):
    response = client.get("/", headers={"accept-language": accepted})

    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert response.headers["Vary"] == "Accept-Language"


# Errors


@pytest.mark.parametrize("path", ["/nothing", "/xx/", "/es/nada/nada/", "/wp-login.php"])
def test_unknown_address_is_answered_in_three_languages(client, db, path):
    response = client.get(path)

    assert response.status_code == 404
    for sentence in (b"Esta p\xc3\xa1gina no existe", b"n\xc3\xa3o existe", b"does not exist"):
        assert sentence in response.content


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.page_not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_error_page_needs_no_database(rf, handler, status):
    # Without a mark for the database, pytest-django refuses every query.
    response = handler(rf.get("/es/"))

    assert response.status_code == status
    assert response.content.count(b'<section class="section" lang="pt">') == 1


def leads_somewhere(client, link):
    address, _, anchor = link.partition("#")
    if address == "/":
        return client.get(address).status_code == 302
    return not anchor or read(client, address).xpath(f"//main//*[@id='{anchor}']")


@pytest.mark.parametrize(
    "handler",
    [errors.bad_request, errors.permission_denied, errors.page_not_found, errors.server_error],
)
def test_links_of_an_error_page_lead_somewhere(rf, client, meeting, handler):
    page = html.fromstring(handler(rf.get("/nothing")).text)

    links = page.xpath("//body//a/@href")
    assert {"/", "/es/", "/pt/programa/", "/en/programme/"} <= set(links)
    assert [link for link in links if not leads_somewhere(client, link)] == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/es/nada/nada/", "Esta página no existe"),
        ("/pt/palestrantes/ninguem/", "Esta página não existe"),
        ("/en/nothing-here/", "This page does not exist"),
    ],
)
def test_page_that_does_not_exist_has_the_menu_in_the_language_of_its_address(
    client, meeting, path, title
):
    response = client.get(path)

    page = html.fromstring(response.text)
    assert response.status_code == 404
    assert headings(page, 1) == [title]
    assert page.get("lang") == path[1:3]
    links = [*page.xpath("//header//a/@href"), *page.xpath("//main//a/@href")]
    assert [link for link in links if not leads_somewhere(client, link)] == []
    assert page.xpath("//link[@rel='canonical']") == []


def test_page_that_does_not_exist_searches_for_the_words_of_its_address(client, meeting):
    factories.session(title_en="The open classroom")
    page = html.fromstring(client.get("/en/programme/open-classroom/").text)
    (form,) = page.xpath("//main//form")

    found = read(client, f"{form.get('action')}?q={form.xpath('string(.//input/@value)')}")

    assert words(found.xpath("//main//h4[not(ancestor::*[@hidden])]")) == ["The open classroom"]


def test_page_that_does_not_exist_survives_a_fault_of_its_frame(client, meeting, monkeypatch):
    monkeypatch.setattr(Page, "get_absolute_url", lambda page: 1 / 0)
    factories.page(in_menu=True)

    response = client.get("/en/nothing-here/")

    assert response.status_code == 404
    assert b"n\xc3\xa3o existe" in response.content


def test_exception_is_answered_with_the_error_page(meeting, monkeypatch):
    monkeypatch.setattr(Page, "get_absolute_url", lambda page: 1 / 0)
    factories.page(in_menu=True)
    browser = Client(raise_request_exception=False)

    response = browser.get("/en/venue/")

    assert response.status_code == 500
    assert b"Something failed on our side" in response.content


# Files for machines


@pytest.mark.parametrize(
    ("clock", "rules"),
    [
        ("", "Disallow: \n\nSitemap: http://testserver/sitemap.xml\n"),
        ("2026-11-18T10:00-03:00", "Disallow: /\n"),
    ],
)
def test_robots_may_read_the_site_but_not_a_rehearsal(client, settings, clock, rules):
    settings.CLOCK = clock

    response = client.get("/robots.txt")

    assert response.content.decode() == f"User-agent: *\n{rules}"


# Uploads


@pytest.fixture
def uploads(settings, db):
    for name in ("pictures/a.webp", "documents/x/informe.pdf"):
        file = settings.MEDIA_ROOT / name
        file.parent.mkdir(parents=True)
        file.write_bytes(b"<script>alert(1)</script>")


def test_uploaded_picture_is_shown_in_a_sandbox(client, uploads):
    response = client.get("/media/pictures/a.webp")
    response.close()

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "attachment" not in response.headers.get("Content-Disposition", "")


def test_uploaded_document_is_downloaded_under_its_name(client, uploads):
    response = client.get("/media/documents/x/informe.pdf")
    response.close()

    assert response.headers["Content-Disposition"] == 'attachment; filename="informe.pdf"'


def test_document_keeps_a_name_with_accents(client, uploads, settings):
    (settings.MEDIA_ROOT / "documents/x/Guía – ñ.pdf").write_bytes(b"%PDF")

    response = client.get("/media/documents/x/Guía – ñ.pdf")
    response.close()

    assert response.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''Gu%C3%ADa%20%E2%80%93%20%C3%B1.pdf"
    )


@pytest.mark.parametrize("path", ["/media/", "/media/pictures/", "/media/nothing.pdf"])
def test_uploads_cannot_be_listed(client, uploads, path):
    assert client.get(path).status_code == 404


def test_uploads_give_no_access_to_other_files(client, uploads, settings):
    (settings.MEDIA_ROOT.parent / "secret.txt").write_text("secret")

    for path in ("/media/../secret.txt", "/media/%2e%2e/secret.txt", "/media/..%2fsecret.txt"):
        assert client.get(path).status_code == 400


@pytest.mark.parametrize("name", ["%00", "a%00.pdf", "a" * 5000, "%ff", "%F0%9F%8F%9B"])
def test_impossible_file_name_is_not_found(client, uploads, name):
    assert client.get(f"/media/{name}").status_code == 404


# The demo


@pytest.fixture
def demo(settings, tmp_path, meeting):
    settings.ROOT_URLCONF = "tests.demo_urls"
    settings.MAILERS = {"default": {"OPTIONS": {"file_path": str(tmp_path / "mails")}}}
    return EmailBackend(file_path=str(tmp_path / "mails"), alias="default")


def write_mail(backend, subject):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "eim@museos.example", "ana@museo.example", subject
    mail["Date"] = "Thu, 01 Oct 2026 15:00:00 +0000"
    mail.set_content("Confirme: https://museos.example/es/")
    mail.add_alternative('<html><head></head><img src="cid:qr"></html>', subtype="html")
    mail.get_payload()[1].add_related(b"png", "image", "png", cid="<qr>")
    mail["Content-Language"] = "pt"
    backend.open()
    backend.stream.write(mail.as_bytes() + b"\n" + b"-" * 79 + b"\n")
    backend.close()


def test_demo_without_mails_shows_a_sentence(client, demo):
    page = client.get("/demo/mails/", headers={"Accept-Language": "en"}).text

    assert "There are no e-mails yet." in page


def test_demo_lists_mails_newest_first(client, demo):
    write_mail(demo, "Uno")
    write_mail(demo, "Dos")

    page = read(client, "/demo/mails/")

    assert words(page.xpath("//main//li//a[@lang='pt']")) == ["Dos", "Uno"]
    assert page.xpath("//main//li//a/@href") == ["/demo/mails/2/", "/demo/mails/1/"]
    sent = "Para ana@museo.example, jueves 1 de octubre, 12:00, hora de Asunción"
    assert words(page.xpath("//main//li//small")) == [sent, sent]


def test_demo_shows_a_mail_with_working_links(client, demo):
    write_mail(demo, "Uno")

    page = read(client, "/demo/mails/1/")

    assert headings(page, 1) == ["Uno"]
    assert page.xpath("//main//@lang") == ["pt", "pt"]
    assert page.xpath("//div[@class='mail-text']//a/@href") == ["https://museos.example/es/"]
    assert page.xpath("//iframe/@src") == ["/demo/mails/1/html/"]
    assert "jueves 1 de octubre, 12:00, hora de Asunción" in words(page.xpath("//dd"))


def test_demo_shows_the_html_with_pictures_but_no_scripts(client, demo):
    write_mail(demo, "Uno")

    response = client.get("/demo/mails/1/html/")

    assert b'<img src="data:image/png;base64,cG5n">' in response.content
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )


@pytest.mark.parametrize("path", ["/demo/mails/0/", "/demo/mails/2/", "/demo/mails/2/html/"])
def test_demo_mail_with_unknown_number_is_not_found(client, demo, path):
    write_mail(demo, "Uno")

    assert client.get(path).status_code == 404


def test_demo_shows_the_sheet_of_components(client, demo):
    page = read(client, "/components/")

    assert headings(page, 1) == ["Components"]
    assert {f"m-{motif}" for motif in MOTIFS} <= set(page.xpath("//symbol/@id"))


@pytest.mark.parametrize("path", ["/demo/mails/", "/demo/mails/1/", "/components/"])
def test_pages_of_the_demo_need_demo(client, meeting, path):
    assert client.get(path).status_code == 404
