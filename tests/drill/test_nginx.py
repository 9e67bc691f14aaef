"""nginx, with deploy/nginx.conf, keeps and passes on what it should, and logs no personal link."""

import os
import re
import socket
import time
from contextlib import ExitStack
from datetime import date
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from eim.lib.form_age import FASTEST
from programme.actions import bump_version
from programme.models import Meeting
from registration import tokens
from tests import factories, nginx
from tests.drill.test_slow_clients import MULTIPART, PROGRAMME, SLOW, answers, drip, head, status
from tests.registration import mail_server
from tests.registration.helpers import VALID, confirmed
from tests.registration.site import PATIENCE, database_url, running
from tests.registration.visitors import FORM, Visitors, ask

__all__ = ["drip"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING),
]

# Seconds that the site's Cache-Control allows: unasked, and then while a new page is fetched.
FRESH, STALE = 5, 10


@pytest.fixture
def site(meeting, tmp_path):
    # The processes run by the real clock: the meeting is yet to come.
    days = {"first_day": date(2100, 11, 18), "last_day": date(2100, 11, 18)}
    Meeting.objects.update(registration_closes_at=None, **days)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings_cached",
        "DATABASE_URL": database_url(),
        "TEST_DATA_DIR": str(tmp_path),
        "PORT": str(mail_server.free_port()),
        "WEB_CONCURRENCY": "1",
    }
    with running(environment, tmp_path, ["web"]) as site:
        Visitors(site.port)
        yield site


@pytest.fixture
def proxy(site, tmp_path):
    with nginx.in_front_of(site.port, tmp_path) as proxy:
        yield proxy


def get(proxy, path, encoding="", **headers):
    """Return the status, and what the cache did, which nginx logs after the answer."""
    before = len(proxy.cached())
    address = f"http://127.0.0.1:{proxy.port}{path}"
    headers = {"Host": "localhost", "Accept-Encoding": encoding, **headers}
    request = Request(address, headers=headers)
    try:
        with urlopen(request, timeout=PATIENCE) as response:
            answer = response.status
    except HTTPError as fault:
        answer = fault.code
    return answer, proxy.cached(lines=before + 1)[-1]


def test_pages_are_kept_once_for_each_compression_and_no_personal_page_is(proxy):
    own = f"/es/inscripcion/mia/{tokens.own_token(confirmed())}/"
    kept = [get(proxy, PROGRAMME) for _time in range(2)]
    kept += [get(proxy, PROGRAMME, "gzip") for _time in range(2)]
    never = [get(proxy, path) for path in (own, own, "/healthz", "/admin/login/")]

    assert kept == [(200, "MISS"), (200, "HIT")] * 2
    assert [state for _answer, state in never] == ["-"] * 4


def test_documents_of_this_meeting_and_of_frozen_ones_are_not_kept(proxy):
    paths = ("media/documents/a.pdf", "11/media/documents/a.pdf", "11/media/pictures/a.webp")

    assert [get(proxy, f"/{path}")[1] for path in paths] == ["-", "-", "MISS"]


def test_no_request_puts_a_page_in_place_of_another(proxy):
    hostile = {"Save-Data": "programa/br"}
    first = [get(proxy, "/es/", **hostile), get(proxy, f"{PROGRAMME}?q=a", "br")]

    others = [get(proxy, PROGRAMME, "br"), get(proxy, f"{PROGRAMME}?q=abr")]

    assert first + others == [(200, "MISS")] * 4


def test_compression_that_a_client_refuses_is_not_sent(proxy):
    asked = ["br", "br;q=0", "br; q=0.0, gzip", "gzip;q=0", "br;q=0.5, gzip;q=0", "gzip, br;q=0"]

    sent = [
        ask(proxy.port, "HEAD", PROGRAMME, None, {"Accept-Encoding": encoding})[1]
        for encoding in asked
    ]

    encodings = [headers["Content-Encoding"] for headers in sent]
    assert encodings == ["br", None, "gzip", None, "br", "gzip"]


def test_form_is_kept_for_everybody_and_what_one_has_typed_for_nobody(proxy):
    text = ask(proxy.port, "GET", FORM)[2]
    started = re.search(r'name="started" value="([^"]+)"', text).group(1)
    time.sleep(FASTEST + 1)
    body = urlencode(VALID | {"started": started})
    as_form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer, headers, _text = ask(proxy.port, "POST", FORM, body, as_form)
    cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
    paths = [FORM, "/es/inscripcion/corregir/"]

    own = [ask(proxy.port, "GET", path, None, cookie) for path in paths]
    others = [ask(proxy.port, "GET", path) for path in paths]

    assert answer == 302
    assert [VALID["email"] in text for _status, _headers, text in own] == [False, True]
    assert [status for status, _headers, _text in others] == [200, 302]
    assert not any(VALID["email"] in text for _status, _headers, text in others)
    assert own[0][1]["Set-Cookie"] is None
    assert get(proxy, FORM)[1] != "MISS"


def test_front_door_leads_each_browser_to_its_language(proxy):
    doors = {
        code: ask(proxy.port, "GET", "/", None, {"Accept-Language": code})[1]["Location"]
        for code in ("pt", "en", "es")
    }

    assert doors == {"pt": "/pt/", "en": "/en/", "es": "/es/"}


def test_log_has_no_token_and_no_query_string(proxy):
    token = tokens.own_token(confirmed())
    paths = [f"/es/inscripcion/confirmar/{token}/", f"/en/moderate/{token}/", f"{FORM}?email=rosa"]
    paths += ["/p/a7k2", "/P/A7K2"]

    before = len(proxy.cached())
    for path in paths:
        ask(proxy.port, "GET", path)

    log = proxy.log(lines=before + len(paths))
    assert (token in log, token.split(":")[-1] in log, "rosa" in log) == (False, False, False)
    assert '"GET /es/inscripcion/confirmar/.../"' in log
    assert '"GET /es/inscripcion/"' in log
    assert ['"GET /p/..."' in log, '"GET /P/..."' in log, "A7K2" in log] == [True, True, False]


def test_each_answer_has_a_number_of_its_own_also_from_the_cache(proxy, tmp_path):
    given = {"X-Request-ID": "from-a-proxy.1"}
    before = len(proxy.cached())

    numbers = [
        ask(proxy.port, "GET", path, None, headers)[1].get_all("X-Request-ID")
        for path in (PROGRAMME, FORM)
        for headers in (given, {}, {"X-Request-ID": "no number"})
    ]

    assert numbers[::3] == [["from-a-proxy.1"]] * 2
    others = [*numbers[1:3], *numbers[4:]]
    assert [[len(number) for number in sent] for sent in others] == [[32]] * 4
    assert len({number for sent in others for number in sent}) == 4
    log = proxy.log(lines=before + len(numbers))
    assert [number for sent in numbers for number in sent if f" {number} " not in log] == []
    asked = (tmp_path / "processes.log").read_text()
    assert '"request": "from-a-proxy.1", "method": "GET", "path": "/es/programa/"' in asked


def test_what_is_too_large_is_said_by_the_site_in_its_languages(proxy):
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answer, _headers, text = ask(proxy.port, "POST", FORM, "x" * 70_000, form)

    assert answer == 413
    assert "Lo que envió es demasiado grande" in text
    assert "What you sent is too large" in text


def test_files_of_strangers_are_refused_through_nginx_too(proxy):
    form = {"Content-Type": MULTIPART.partition(": ")[2]}

    assert ask(proxy.port, "POST", FORM, "x" * 100, form)[0] == 415


@pytest.fixture
def call(proxy):
    with ExitStack() as stack:

        def called(first):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", proxy.port), 30))
            client.sendall(first)
            return client

        yield called


def test_slow_clients_leave_the_site_answering_behind_nginx(proxy, call, drip):
    drip([call(SLOW[what]) for what in [*SLOW] * 5])
    time.sleep(1)

    statuses, slowest = answers(proxy)

    # 422: by the site's clock the forms are of months ago.
    assert statuses == {200, 422}
    assert slowest < 2
    assert status(call(head("GET", PROGRAMME))) == 200


def test_first_visitor_after_a_quiet_time_gets_the_page_as_it_is(proxy):
    session = factories.session(slug="a-session")
    before = [get(proxy, path) for path in (PROGRAMME, "/es/programa/a-session/")]
    session.delete()
    bump_version()
    time.sleep(FRESH + STALE + 1)

    after = [get(proxy, path) for path in (PROGRAMME, "/es/programa/a-session/")]

    assert before == [(200, "MISS")] * 2
    assert after == [(200, "EXPIRED"), (404, "EXPIRED")]


@pytest.mark.parametrize("quiet", [FRESH + 1, FRESH + STALE + 1])
def test_kept_pages_go_on_while_the_site_is_away(site, proxy, quiet):
    factories.session()
    before = get(proxy, PROGRAMME)
    site.kill("web")
    time.sleep(quiet)

    assert before == (200, "MISS")
    assert get(proxy, PROGRAMME) in [(200, "STALE"), (200, "UPDATING")]
    assert get(proxy, "/healthz")[0] == 502
