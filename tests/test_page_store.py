"""Cached responses: the same as rendered ones, in each encoding, or 304."""

import gzip
from datetime import timedelta

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver
from django.utils.http import http_date

from eim.lib import page_store
from programme.actions import bump_version
from programme.models import Session
from tests import factories
from tests.test_smoke import ADDRESSES, filled, small_site  # noqa: F401

pytestmark = pytest.mark.usefixtures("cached_pages")

PROGRAMME = "/es/programa/"
CALENDAR = "/programme.ics"
SECOND = timedelta(seconds=1)


@pytest.fixture
def session():
    return factories.session(title="Antes", slug="apertura")


def rename(session, title):
    Session.objects.filter(pk=session.pk).update(title_es=title)
    bump_version()


# Which pages are cached, and in which encodings


def cached_views(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            if getattr(pattern.callback, "is_cached", False):
                yield f"{namespace}{pattern.name}"
        elif pattern.app_name != "admin":
            prefix = f"{pattern.app_name}:" if pattern.app_name else ""
            yield from cached_views(pattern.url_patterns, prefix)


CACHED = sorted(cached_views(get_resolver().url_patterns))
# Too short to be worth compressing.
PLAIN = ["feeds:live-state"]


def test_pages_and_calendars_of_the_programme_are_cached():
    assert set(CACHED) >= {
        "home",
        "programme:session-list",
        "programme:session-detail",
        "programme:live",
        "programme:speaker-list",
        "programme:speaker-detail",
        "programme:venue",
        "programme:page-detail",
        "feeds:calendar",
        "feeds:session-calendar",
    }


@pytest.mark.parametrize("encoding", ["br", "gzip", ""])
@pytest.mark.parametrize("name", CACHED)
def test_second_response_is_identical_and_needs_no_query(small_site, name, encoding):  # noqa: F811
    # Long enough to be compressed, also in the file of search texts.
    Session.objects.update(abstract_es=" ".join(f"palabra{n}" for n in range(40)))
    path = filled(name, dict(ADDRESSES)[name], small_site)
    first = Client().get(path, headers={"accept-encoding": encoding})

    with CaptureQueriesContext(connection) as queries:
        second = Client().get(path, headers={"accept-encoding": encoding})

    assert len(queries) == 0
    assert (second.status_code, second.content) == (200, first.content)
    assert dict(second.headers) == dict(first.headers)
    assert second.headers["Vary"] == "Accept-Encoding"
    assert second.headers.get("Content-Encoding", "") == ("" if name in PLAIN else encoding)


def test_page_is_the_same_in_each_encoding(client, session):
    answers = {
        code: client.get(PROGRAMME, headers={"accept-encoding": code})
        for code in ("gzip", "br", "identity")
    }

    assert brotli.decompress(answers["br"].content) == answers["identity"].content
    assert gzip.decompress(answers["gzip"].content) == answers["identity"].content
    assert len({answer.headers["ETag"] for answer in answers.values()}) == 3
    assert all(int(a.headers["Content-Length"]) == len(a.content) for a in answers.values())


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        (None, ""),
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", ""),
        ("identity", ""),
        ("brotli, x-gzip", ""),
    ],
)
def test_encoding_is_the_best_that_the_client_accepts(accepted, encoding):
    assert page_store.encoding_for(accepted) == encoding


def test_page_with_the_same_etag_is_304(client, session):
    first = client.get(PROGRAMME, headers={"accept-encoding": "br"})

    again = client.get(
        PROGRAMME, headers={"accept-encoding": "br", "if-none-match": first.headers["ETag"]}
    )
    otherwise = client.get(PROGRAMME, headers={"if-none-match": first.headers["ETag"]})

    assert (again.status_code, again.content, otherwise.status_code) == (304, b"", 200)
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again.headers[name] == first.headers[name]


def test_page_with_another_etag_is_200(client, session, time_machine):
    before = client.get(PROGRAMME).headers["ETag"]
    rename(session, "Después")
    time_machine.shift(SECOND)

    assert client.get(PROGRAMME, headers={"if-none-match": before}).status_code == 200


def test_feed_not_modified_since_is_304(rf):
    feed = HttpResponse("BEGIN:VCALENDAR", headers={"Last-Modified": http_date(1_000_000)})
    vars(feed)["query_names"] = frozenset()
    page = page_store.CachedPage(feed)

    codes = [
        page.respond(
            rf.get("/", headers={"if-modified-since": http_date(when)}), SECOND
        ).status_code
        for when in (999_999, 1_000_000, 1_000_001)
    ]

    assert codes == [200, 304, 304]


def test_head_has_the_headers_of_get_and_no_body(client, session):
    heads = [client.head(PROGRAMME)]
    page = client.get(PROGRAMME)
    heads.append(client.head(PROGRAMME))

    assert [head.content for head in heads] == [b"", b""]
    assert [dict(head.headers) for head in heads] == [dict(page.headers)] * 2


# How long browsers and shared caches may show it


@pytest.mark.parametrize(
    ("before", "control"),
    [
        (7200, "public, max-age=5, stale-while-revalidate=10, stale-if-error=3600"),
        (15, "public, max-age=5, stale-while-revalidate=10, stale-if-error=10"),
        (9, "public, max-age=5, stale-while-revalidate=4, stale-if-error=4"),
        (3, "public, max-age=3, stale-while-revalidate=0, stale-if-error=0"),
        (0, "public, max-age=5, stale-while-revalidate=10, stale-if-error=3595"),
    ],
)
def test_no_cache_may_show_a_page_beyond_the_next_boundary(
    client, session, time_machine, before, control
):
    time_machine.move_to(session.starts_at - timedelta(seconds=before), tick=False)

    assert client.get("/es/en-vivo/").headers["Cache-Control"] == control


# Requests


def test_request_with_cookies_gets_the_cached_page(client, staff_client, session):
    staff_client.cookies["csrftoken"] = "x" * 32
    theirs = staff_client.get(PROGRAMME)
    everybodys = client.get(PROGRAMME)

    assert theirs.content == everybodys.content
    assert dict(theirs.headers) == dict(everybodys.headers)
    assert (theirs.cookies, theirs.headers["Vary"]) == ({}, "Accept-Encoding")


def test_each_language_has_its_own_page(client, session):
    pages = {client.get(path).content for path in ("/es/programa/", "/pt/programa/")}
    calendars = {client.get(f"{CALENDAR}?lang={code}").content for code in ("es", "pt", "en")}
    in_english = client.get(CALENDAR, headers={"accept-language": "en"})

    assert (len(pages), len(calendars)) == (2, 3)
    assert in_english.headers["Content-Language"] == "es"


def test_host_that_is_not_allowed_is_refused_though_the_page_is_cached(client, session):
    client.get(PROGRAMME)

    assert client.get(PROGRAMME, headers={"host": "evil.example"}).status_code == 400


def test_cached_page_has_the_security_headers_of_a_new_one(settings, session):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 3600
    new, again = (Client().get("/es/en-vivo/", secure=True) for _time in range(2))
    plain = Client().get("/es/en-vivo/")

    assert dict(again.headers) == dict(new.headers)
    assert again.headers["Strict-Transport-Security"] == "max-age=3600"
    assert "frame-src https://www.youtube-nocookie.com" in again.headers["Content-Security-Policy"]
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://testserver/es/en-vivo/")


def test_only_get_and_head_are_answered_from_the_cache(client, session):
    client.get(PROGRAMME)

    assert client.post(PROGRAMME).status_code == 405
