"""The line that each request leaves in the log: no token, nobody's address, no forged entry."""

import json
import logging
import socket
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils import translation
from gunicorn.config import Config

from eim.lib.logs import JsonLine
from eim.lib.logs.request_ids import request_id
from eim.lib.site_languages import SITE_CODES
from eim.serving import access
from eim.serving.pace import PacedSocket
from eim.serving.routes import route_of
from eim.serving.worker import Connection
from eim.serving.wsgi import with_request_id
from eim.views.errors import server_error
from eim.views.outages import unavailable

TOKEN = "WzEsMV0:1tXyZ9:" + "aB3_-" * 8 + "xyz"
NUMBER = "f8d3df622ce9a423"


@pytest.fixture(autouse=True)
def no_lines():
    access.lines.clear()
    yield
    access.lines.clear()


def logged(path, **facts):
    """Return the line of a request, as it is written."""
    given = {"number": NUMBER, "method": "GET", "status": 200, "seconds": 0.0123, "sent": 5}
    access.note(path=path, **given | facts)
    [line] = access.lines
    access.lines.clear()
    return line.decode()


def personal_addresses():
    """Yield what stands before and after the token, of each page that one opens, by language."""
    for code in SITE_CODES:
        with translation.override(code):
            yield from around_tokens(get_resolver().url_patterns, "/")


def around_tokens(patterns, before):
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from around_tokens(pattern.url_patterns, path)
        elif "<str:token>" in path:
            yield path.replace("<str:code>", "T-1").split("<str:token>")


def test_line_says_when_what_and_how_long_and_nothing_about_who():
    line = json.loads(logged("/es/programa/"))

    at = line.pop("at")
    assert at.endswith("+00:00")
    assert len(at) == len("2026-09-01T12:00:00.000+00:00")
    assert line == {
        "level": "INFO",
        "logger": "eim.access",
        "request": NUMBER,
        "method": "GET",
        "path": "/es/programa/",
        "status": 200,
        "ms": 12.3,
        "bytes": 5,
    }


def once(text):
    return text


def twice(text):
    return quote(quote(text, safe=""), safe="")


@pytest.mark.parametrize("sent_as", [once, quote, twice])
def test_no_line_has_the_token_of_a_personal_link(sent_as):
    addresses = [*personal_addresses(), ("/p/", ""), ("/P/", ""), ("/door/", "/x/")]

    assert len(addresses) > 25 * len(SITE_CODES)
    for before, after in addresses:
        path = f"{before}{sent_as(TOKEN)}{after}"
        record = logging.LogRecord("x", logging.ERROR, "", 1, "Not Found: %s", (path,), None)
        lines = [logged(path), JsonLine().format(record)]
        assert [part for line in lines for part in TOKEN.split(":")[1:] if part in line] == []


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/es/inscripcion/mia/a:b/calendar.ics", "/es/inscripcion/mia/…/calendar.ics"),
        ("/p/short", "/p/…"),
        ("/P/SHORT", "/P/…"),
        ("//P/SHORT", "//P/…"),
        ("/%50/SHORT", "/P/…"),
        ("//p/short", "//p/…"),
        ("/%70/short/more", "/p/…"),
        ("/door/a/b", "/door/…"),
        ("/es/programa/la-memoria/", "/es/programa/la-memoria/"),
        ("/programme/words.json", "/programme/words.json"),
        ("/static/css/site.65e2a3fe493b.css", "/static/css/site.65e2a3fe493b.css"),
        ("/caf%C3%A9/", "/café/"),
        ("/rosa@museo.example/x", "/…/x"),
        ("/rosa%2540museo.example/", "/…/"),
        ('/a"}\n{"level": "ERROR"}', "/…"),
        ("/a%0D%0Ab/c", "/…/c"),
        ("/%FF%FE/x", "/…/x"),
        ("/\xe9\x85/x", "/…/x"),
        ("/" + "y" * 8000, "/…"),
        ("/y" * 4000, "/y" * 120 + "…"),
        ("*", "…"),
        (None, None),
    ],
)
def test_path_is_told_without_what_may_be_a_secret_or_forged(path, shown):
    line = logged(path)

    assert line.endswith("}\n")
    assert len(line.splitlines()) == 1
    assert json.loads(line)["path"] == shown
    assert len(line.encode()) < access.AT_ONCE


def test_strange_method_is_no_entry_of_its_own():
    assert json.loads(logged("/", method='G"T'))["method"] == 'G"T'


def test_refused_request_is_logged_with_as_much_as_arrived():
    access.note_refusal(b"POST /es/?q=rosa HTTP/1.1\r\nHost", b"408 Request Timeout", 10, NUMBER)
    access.note_refusal(b"POST /es", b"431 Too Large", 0, NUMBER)

    lines = [json.loads(line) for line in access.lines]
    facts = [(line["method"], line["path"], line["status"]) for line in lines]
    assert facts == [("POST", "/es/", 408), (None, None, 431)]


def test_access_log_can_be_switched_off(settings):
    settings.ACCESS_LOG = False

    access.note(NUMBER, "GET", "/", 200, 0.1, 1)

    assert list(access.lines) == []


def said(capsys, level, *words):
    """Return what gunicorn's own log has of these words."""
    logger = access.JsonLogger(Config())
    getattr(logger, level)(*words)
    logger.error_log.handlers.clear()
    return json.loads(capsys.readouterr().err)["message"]


def test_gunicorn_says_what_was_wrong_with_a_request_and_not_who_sent_what(capsys):
    words = "Invalid request from ip=192.0.2.7: Invalid HTTP request line: 'GET /x?q=rosa'"

    assert said(capsys, "warning", words) == "Invalid request: Invalid HTTP request line: "


def test_gunicorn_tells_of_a_fault_without_the_query_string(capsys):
    words = "Error handling request %s %s", "GET", f"/mia/{TOKEN}/?q=rosa"

    assert said(capsys, "exception", *words) == "Error handling request GET /mia/…/"


def test_answer_of_gunicorns_is_noted_once_with_its_number():
    environ = {"eim.request_id": NUMBER, "eim.route": "pages", "eim.page": "memory"}
    response = SimpleNamespace(status="304 Not Modified", sent=0)
    request = SimpleNamespace(method="GET", path="/es/")

    access.JsonLogger(Config()).access(response, request, environ, timedelta(milliseconds=3))

    [line] = map(json.loads, access.lines)
    assert (line["request"], line["status"], line["ms"]) == (NUMBER, 304, 3.0)


def test_lines_are_written_whole_many_at_once(capfd):
    sent = [logged(f"/{number}/").encode() for number in range(60)]
    access.lines.extend(sent)

    access.write_lines()

    assert capfd.readouterr().out.encode() == b"".join(sent)
    assert list(access.lines) == []


def test_lines_that_nobody_takes_are_not_kept(monkeypatch, tmp_path):
    access.lines.extend([b"x" * 3000] * 9)
    (tmp_path / "read-only").touch()
    with (tmp_path / "read-only").open() as file:
        monkeypatch.setattr("sys.stdout", file)
        access.write_lines()

    assert list(access.lines) == []


# The number of a request


@pytest.fixture
def numbered():
    """Have no request's number before and after."""
    before = request_id.set("")
    yield request_id
    request_id.reset(before)


def answer_to(given, numbered):
    """Return the number in the answer to a request with this header, and what it was meanwhile."""
    headers = {"X-Request-ID": given} if given else {}
    environ = RequestFactory().get("/es/", headers=headers).environ
    sent = {}

    def site(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [numbered.get().encode()]

    [body] = with_request_id(site)(environ, lambda _status, headers: sent.update(headers))
    return sent["X-Request-ID"], body.decode()


@pytest.mark.parametrize("given", ["from-proxy.1", "8" * 8, "a" * 64])
def test_sane_number_of_a_proxy_is_taken_and_sent_back(given, numbered):
    assert answer_to(given, numbered) == (given, given)


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with blank", 'quo"te-quote', "é" * 9])
def test_other_requests_get_a_number_of_their_own(given, numbered):
    answers = {answer_to(given, numbered) for _time in range(2)}

    assert len(answers) == 2
    assert all(sent == known and len(sent) == 16 for sent, known in answers)


def test_lines_during_a_request_have_its_number_and_others_none(numbered):
    record = logging.LogRecord("x", logging.ERROR, "", 1, "It broke", (), None)
    outside = json.loads(JsonLine().format(record))
    numbered.set(NUMBER)

    assert "request" not in outside
    assert json.loads(JsonLine().format(record)) == outside | {"request": NUMBER}


@pytest.mark.parametrize("answer", [server_error, unavailable])
def test_page_of_a_fault_shows_the_number_in_each_language_it_has(answer, numbered):
    numbered.set(NUMBER)

    body = answer(RequestFactory().get("/")).content.decode()

    words = ("Número de la falla", "Número da falha", "Number of the fault")
    assert [word for word in words if f"{word}: <code>{NUMBER}</code>" not in body] == []


# By which part of the site


@pytest.mark.parametrize(
    ("route", "paths"),
    [
        ("pages", ["/", "/es/", "/pt/programa/x/", "/en/registration-of-something/"]),
        ("registration", ["/es/inscripcion/", "/pt/inscricao/", "/en/registration/mine/x/"]),
        ("live", ["/live/state.json"]),
        ("feeds", ["/programme.ics", "/programme/changes.atom", "/schedule.xml"]),
        ("pictures", ["/share/es/meeting.png"]),
        ("static", ["/static/css/site.css"]),
        ("media", ["/media/x.pdf"]),
        ("back-office", ["/admin/", "/admin/programme/session/"]),
        ("monitoring", ["/healthz", "/readyz", "/status", "/metrics"]),
        ("personal", ["/p/x", "/door/x"]),
        ("other", ["/wp-login.php", "*", "", "/fr/"]),
    ],
)
def test_route_is_one_of_a_few_words(route, paths):
    assert {route_of(path) for path in paths} == {route}


def test_connection_holds_the_head_of_what_was_asked_and_not_the_form():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        conn = Connection(Config(), PacedSocket(fileno=ours.detach()), ("", 0), ("", 0))
        conn.add(b"POST /es/ HTTP/1.1\r\nContent-Length: 10\r\n\r\nemail=rosa")

        assert conn.is_whole()
        conn.init()

        assert conn.sock.asked == b"POST /es/ HTTP/1.1\r\nContent-Length: 10\r\n\r\n"
        conn.close()
