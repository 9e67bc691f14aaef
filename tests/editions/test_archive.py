"""Frozen editions under their numbers, and old addresses that lead to them."""

import gzip
import os

import brotli
import pytest
from icalendar import Calendar

from programme.live.player import FRAME_SOURCES
from tests import factories
from tests.editions import hand_on
from tests.reading import read, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def turned(db, data_dir):
    """Have a 13th with an opening of its own, after an 11th that is frozen; return its folder."""
    factories.meeting(number=13)
    factories.session(slug="conferencia-inaugural", title_es="El río abre")
    for number, year in [(10, 2023), (11, 2024)]:
        factories.edition(number=number, year=year)
    return hand_on.freeze(version=1)


def body(response):
    """Read the whole response, which closes its file."""
    return b"".join(response)


# What is served


def test_pages_and_files_have_their_types_and_are_known_again(client, turned):
    types = {}
    for path in ("es/programa/", "programme.ics", "static/site.css", "media/pictures/ana.webp"):
        response = client.get(f"/11/{path}")
        headers = response.headers
        types[path] = headers["Content-Type"]
        again = [
            client.get(f"/11/{path}", headers={"If-None-Match": headers["ETag"]}),
            client.get(f"/11/{path}", headers={"If-Modified-Since": headers["Last-Modified"]}),
        ]
        head = client.head(f"/11/{path}")
        assert [answer.status_code for answer in again] == [304, 304]
        assert (head.status_code, body(head)) == (200, b"")
        assert head.headers["Content-Length"] == headers["Content-Length"]
        assert headers["Cache-Control"] == "public, max-age=3600"
        assert "X-Robots-Tag" not in headers
        assert response.cookies == {}
        assert (
            body(response) == hand_on.SITE.get(path, hand_on.SITE.get(f"{path}index.html")).encode()
        )

    assert types == {
        "es/programa/": "text/html; charset=utf-8",
        "programme.ics": "text/calendar; charset=utf-8",
        "static/site.css": "text/css; charset=utf-8",
        "media/pictures/ana.webp": "image/webp",
    }


def test_page_is_in_its_own_language_and_may_load_its_own_and_players(client, turned):
    response = client.get("/11/pt/", headers={"Accept-Language": "en"})
    policy = response.headers["Content-Security-Policy"]

    assert response.headers["Content-Language"] == "pt"
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert f"frame-src {' '.join(FRAME_SOURCES)};" in policy
    assert "unsafe" not in policy


def test_page_is_sent_compressed_and_each_encoding_has_an_etag_of_its_own(client, turned):
    page, plain = "/11/es/programa/", hand_on.SITE["es/programa/index.html"].encode()
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    etags = {}
    for encoding, accepted in [("br", "gzip, deflate, br"), ("gzip", "gzip"), ("", "identity")]:
        response = client.get(page, headers={"Accept-Encoding": accepted})
        headers = response.headers
        again = client.get(
            page, headers={"Accept-Encoding": accepted, "If-None-Match": headers["ETag"]}
        )
        assert headers.get("Content-Encoding", "") == encoding
        assert unpack[encoding](response.content) == plain
        assert (headers["Vary"], again.headers["Vary"]) == ("Accept-Encoding", "Accept-Encoding")
        assert (again.status_code, again.headers["ETag"]) == (304, headers["ETag"])
        etags[encoding] = headers["ETag"]
    short = client.get("/11/es/", headers={"Accept-Encoding": "br"})

    assert len({*etags.values()}) == len(unpack)
    assert "Content-Encoding" not in short.headers
    assert short.headers["Vary"] == "Accept-Encoding"


def test_uploads_of_a_copy_and_files_of_unknown_kinds_are_downloaded(client, turned):
    for path in ("media/documents/acta.pdf", "media/documents/page.html", "odd.bin"):
        response = client.get(f"/11/{path}")
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert body(response)


def test_part_of_a_document_of_a_copy_is_sent_as_that_of_an_upload(client, turned):
    path, plain = "/11/media/documents/acta.pdf", b"%PDF-1.7"
    whole = client.get(path)
    etag = whole.headers["ETag"]
    assert (body(whole), whole.headers["Accept-Ranges"]) == (plain, "bytes")
    found = {}
    for part, state in [("2-3", etag), ("-3", etag), ("2-3", '"other"'), ("8-", etag)]:
        response = client.get(path, headers={"Range": f"bytes={part}", "If-Range": state})
        sent = response.status_code, body(response), response.headers.get("Content-Range")
        found[part, state] = sent
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    head = client.head(path, headers={"Range": "bytes=2-3"})

    assert found == {
        ("2-3", etag): (206, plain[2:4], "bytes 2-3/8"),
        ("-3", etag): (206, plain[-3:], "bytes 5-7/8"),
        ("2-3", '"other"'): (200, plain, None),
        ("8-", etag): (416, b"", "bytes */8"),
    }
    assert (head.status_code, head.headers["Content-Length"], body(head)) == (200, "8", b"")


def test_nothing_but_what_the_manifest_names_is_served(client, turned):
    (turned / "data/site/secret.txt").write_text("not of the bag")
    paths = [
        *("11/../bag-info.txt", "11/es/../../../bag-info.txt", "11/%2e%2e/%2e%2e/bag-info.txt"),
        *("11//etc/passwd", "11/bag-info.txt", "11/secret.txt", "11/es/x", "12/es/"),
        *("11/es/%00", "011/es/", "11/media/", "99999999/es/"),
    ]

    assert [path for path in paths if client.get(f"/{path}").status_code != 404] == []


def test_link_that_leads_out_of_the_site_of_a_bag_is_not_followed(client, turned):
    outside = turned.parent / "secret.txt"
    outside.write_text("not of the bag")
    for name in ("odd.bin", "programme.ics", "es/index.html"):
        (turned / "data/site" / name).unlink()
        (turned / "data/site" / name).symlink_to(outside)
    (turned / "data/site/static/site.css").unlink()
    (turned / "data/site/static/site.css").symlink_to(turned / "bag-info.txt")
    paths = ("odd.bin", "programme.ics", "es/", "static/site.css")

    assert [client.get(f"/11/{path}").status_code for path in paths] == [404] * 4
    # The folder itself may lie elsewhere.
    turned.rename(turned.parent / "kept elsewhere")
    turned.symlink_to(turned.parent / "kept elsewhere")
    assert client.get("/11/es/programa/").status_code == 200


def test_address_of_a_copy_alone_leads_to_its_first_language(client, turned):
    answers = [client.get(path) for path in ("/11/", "/11", "/11/es")]

    assert [a.status_code for a in answers] == [302, 301, 301]
    assert [a.headers["Location"] for a in answers] == ["/11/es/", "/11/", "/11/es/"]
    assert client.post("/11/es/").status_code == 405


def test_changed_bag_is_read_again_and_a_broken_one_is_not_shown(client, turned, caplog):
    before = client.get("/11/es/novedades/").status_code
    hand_on.freeze(site={"es/novedades/index.html": "Novedades"}, version=1)
    after = client.get("/11/es/novedades/").status_code
    (turned / "bagit.txt").write_text("BagIt-Version: 9")

    assert (before, after, client.get("/11/es/").status_code) == (404, 200, 404)
    assert "A frozen edition is not shown:" in caplog.text
    os.rename(turned, turned.with_name("12"))
    assert client.get("/12/es/").status_code == 404


def test_copy_of_the_present_meeting_is_served_but_not_found_twice(client, db, data_dir):
    factories.meeting(number=11)
    hand_on.freeze()

    assert client.get("/11/es/").headers["X-Robots-Tag"] == "noindex"
    assert client.get("/es/programa/talleres/").status_code == 404
    assert "archived-page" not in client.get("/es/programa/").content.decode()


# Old addresses


def test_address_that_exists_again_shows_the_present_page_and_leads_to_the_old_one(client, turned):
    found = {}
    for code, path in [("es", "/es/programa/conferencia-inaugural/"), ("pt", "/pt/")]:
        page = read(client, path)
        line = page.xpath("//main/p[contains(@class, 'archived-page')]")
        found[code] = words(line)[0], page.xpath("//main/p/a/@href")[0]

    address = "/11/es/programa/conferencia-inaugural/"
    assert found == {
        "es": (f"La de 2024: {address}", address),
        "pt": ("A de 2024: /11/pt/", "/11/pt/"),
    }
    assert "El río abre" in text(read(client, "/es/programa/conferencia-inaugural/"))
    assert "archived-page" not in client.get("/es/sede/").content.decode()


def test_address_that_is_gone_leads_to_the_newest_copy_that_has_it(client, turned):
    hand_on.freeze(number=10, site=hand_on.SITE | {"es/lima/index.html": "Lima"}, version=1)
    gone = ("/es/programa/talleres/", "/es/lima/", "/media/pictures/ana.webp")
    answers = [client.get(path) for path in gone]

    assert [a.status_code for a in answers] == [302] * 3
    assert [a.headers["Location"] for a in answers] == [
        "/11/es/programa/talleres/",
        "/10/es/lima/",
        "/11/media/pictures/ana.webp",
    ]
    assert client.head(gone[0]).headers["Location"] == "/11/es/programa/talleres/"
    assert client.get("/es/programa/nunca/").status_code == 404


def test_nothing_leads_to_a_page_that_is_only_a_sentence_in_the_copy(client, turned):
    live, gone = "es/en-vivo", "es/programa/talleres/preguntar"
    pages = {f"{path}/index.html": "No está en esta copia" for path in (live, gone)}
    closed = f"/{live}/\n/{gone}/"
    hand_on.freeze(site=hand_on.SITE | pages, version=1, **{"EIM-Closed": closed})

    assert "archived-page" not in client.get(f"/{live}/").content.decode()
    assert client.get(f"/{gone}/").status_code == 404
    # Other pages of the copy link it.
    assert client.get(f"/11/{live}/").status_code == 200


@pytest.mark.parametrize("number", ["&meeting=11", ""])
def test_agenda_of_an_earlier_meeting_is_an_empty_calendar_that_says_so(client, turned, number):
    for code in ("S-1", "S-2"):
        factories.session(code=code)
    address = "/programme.ics?lang=en{}&only=S-1"

    earlier, present = (
        Calendar.from_ical(client.get(address.format(one)).content)
        for one in (number, "&meeting=13")
    )

    assert [str(event["UID"]) for event in earlier.walk("VEVENT")] == []
    assert earlier["NAME"] == "My agenda of an earlier meeting: no longer updated"
    assert earlier["SOURCE"] == f"http://testserver{address.format(number)}"
    assert [str(event["UID"]) for event in present.walk("VEVENT")] == ["13-S-1@testserver"]


def test_editions_lead_to_the_copies(client, turned):
    page = read(client, "/es/ediciones/")

    assert page.xpath("//li[@id='edition-11']//a/@href")[0] == "/11/es/"
    assert page.xpath("//li[@id='edition-13']//a[contains(@href, '/13/')]") == []
