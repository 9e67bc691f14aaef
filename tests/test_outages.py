"""The site goes on without its database: cached pages as they were, forms with what was typed."""

import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.test.signals import template_rendered

from eim.lib.databases.breaker import BETWEEN_TRIES
from eim.lib.databases.faults import is_unavailable
from eim.lib.databases.postgresql.base import DatabaseWrapper
from eim.lib.databases.sqlite3 import base as sqlite
from eim.monitoring.checks import known_as_migrated
from programme.actions import bump_version
from programme.caching.snapshot import snapshot_cache
from programme.models import Session
from registration.models import Quota, Registration
from tests import factories
from tests.outages import impatient, leave, locked_database  # noqa: F401
from tests.proxies import proxy
from tests.reading import parsed, read, text, words
from tests.registration.helpers import VALID

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("running_clock", "cached_pages", "impatient"),
]

FORM = "/es/inscripcion/"
PROGRAMME = "/en/programme/"
# Seconds: how long a page waits at most, and how long the site takes to notice.
SOON, NOTICED = 2.0, 4.0
SECOND = timedelta(seconds=1)


class Database:
    """The database of the tests, which can be stopped: SQLite by another name of its file."""

    def __init__(self, gate):
        self.gate = gate
        self.settings = connection.settings_dict
        self.name = self.settings["NAME"]

    def stop(self):
        connection.close()
        if self.gate:
            self.gate.refuse()
        else:
            self.settings["NAME"] = "/dev/null/eim.sqlite3"

    def start(self):
        if self.gate:
            self.gate.accept_again()
        self.settings["NAME"] = self.name


@pytest.fixture
def database(impatient):  # noqa: F811
    if connection.vendor == "sqlite":
        running = Database(None)
        yield running
        running.start()
        return
    with proxy() as gate:
        before = dict(connection.settings_dict)
        leave()
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(gate.port))
        yield Database(gate)
        leave()
        connection.settings_dict.update(before)


def until(condition):
    """Wait until the site has noticed what has happened to the database."""
    give_up_at = time.monotonic() + NOTICED
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)


def notice_outage(client, time_machine):
    time_machine.shift(SECOND)
    client.get(PROGRAMME)
    until(lambda: snapshot_cache.is_away)


# Health checks


@pytest.mark.drill
def test_health_checks_say_soon_that_the_database_is_away(client, database):
    known_as_migrated.set()
    before = client.get("/readyz").status_code
    database.stop()

    began = time.monotonic()
    answers = [client.get(path) for path in ("/healthz", "/readyz", "/status")]
    took = time.monotonic() - began
    database.start()

    assert (before, [answer.status_code for answer in answers]) == (200, [200, 503, 503])
    assert answers[2].json()["checks"]["database"] == {"ok": False}
    assert sorted(answers[2].json()["checks"]) == ["backup", "database", "disk"]
    assert took < 2 * SOON
    until(lambda: client.get("/readyz").status_code == 200)


# What is cached


@pytest.fixture
def session():
    return factories.session(title_en="Weaving at dusk")


def ages(page):
    return words(page.xpath("//section[@aria-label='How old this page is']//p"))


def test_cached_page_goes_on_and_says_its_age_once_a_boundary_has_passed(
    client, session, database, time_machine
):
    time_machine.move_to(session.starts_at - timedelta(minutes=5))
    fresh = client.get(PROGRAMME)
    database.stop()
    notice_outage(client, time_machine)
    before = client.get(PROGRAMME)
    time_machine.move_to(session.starts_at)

    after = client.get(PROGRAMME, headers={"Accept-Encoding": "br"})
    page = read(client, PROGRAMME)

    assert (before.status_code, before.content) == (200, fresh.content)
    assert (after.status_code, after.headers["Content-Encoding"]) == (200, "br")
    assert ages(page) == [
        "This page is as of 9:55, Asunción time: the site cannot look up changes just now."
    ]
    assert "Weaving at dusk" in text(page)


def test_age_of_a_page_is_that_of_what_it_says(client, database, time_machine):
    """Let the places become full while nobody reads the page: its words are older than the rest."""
    quota = factories.quota(session=factories.workshop(), size=20)
    client.get(PROGRAMME)
    time_machine.shift(timedelta(minutes=10))
    Quota.objects.filter(pk=quota.pk).update(taken=20)
    client.get("/en/venue/")
    time_machine.shift(timedelta(minutes=20))
    client.get("/en/venue/")
    database.stop()
    notice_outage(client, time_machine)

    page = read(client, PROGRAMME)

    assert words(page.xpath("//p[@class='seats-line']")) == ["Places left"]
    assert [age.split(",")[0] for age in ages(page)] == ["This page is as of 9:09"]


def test_pages_do_not_go_on_for_longer_than_an_hour(client, session, database, time_machine):
    client.get(PROGRAMME)
    database.stop()
    notice_outage(client, time_machine)

    codes = []
    for minutes in (59, 2):
        time_machine.shift(timedelta(minutes=minutes))
        codes.append(client.get(PROGRAMME).status_code)

    assert codes == [200, 503]


def test_state_that_open_live_pages_poll_does_not_outlive_a_boundary(
    client, session, database, time_machine
):
    time_machine.move_to(session.starts_at - timedelta(minutes=5))
    for path in (PROGRAMME, "/live/state.json", "/programme.ics"):
        client.get(path)
    database.stop()
    notice_outage(client, time_machine)
    time_machine.move_to(session.starts_at)

    codes = [client.get(path).status_code for path in ("/live/state.json", "/programme.ics")]

    assert codes == [503, 200]


def test_change_shows_after_the_outage(client, session, database, time_machine):
    client.get(PROGRAMME)
    database.stop()
    notice_outage(client, time_machine)
    database.start()
    # The watcher ends a moment after it has had its answer; until then nobody else asks.
    until(lambda: not snapshot_cache.watcher)
    Session.objects.update(title_en="Weaving at dawn")
    bump_version()
    time_machine.shift(SECOND)

    assert "Weaving at dawn" in text(read(client, PROGRAMME))


@pytest.mark.drill
def test_other_page_says_when_to_come_back(client, meeting, database, time_machine):
    client.get(PROGRAMME)
    database.stop()

    start = time.monotonic()
    answer = client.get("/en/venue/")

    assert time.monotonic() - start < SOON
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Cache-Control"] == "no-store"
    assert parsed(answer).xpath("//h1/text()") == ["We cannot look this up just now"]


def test_file_for_programs_answers_in_a_word(client, meeting, database):
    database.stop()

    answer = client.get("/programme.ics", headers={"Accept": "text/calendar"})

    assert (answer.status_code, answer.text) == (503, "unavailable\n")


# Forms


@pytest.fixture
def filled(client, meeting, time_machine):
    """Return what a person has filled in, a while after they opened the form."""
    factories.quota(size=3)
    page = read(client, FORM)
    time_machine.shift(20)
    return {**VALID, "started": page.xpath("string(//input[@name='started']/@value)")}


def sent_again(page):
    """Return the fields of the page's button."""
    inputs = page.xpath("//main//form//input")
    return {field.get("name"): field.get("value") for field in inputs}


@pytest.mark.drill
def test_registration_meets_a_lock_and_is_sent_again(client, filled):
    with locked_database():
        start = time.monotonic()
        refused = client.post(FORM, filled)
        took = time.monotonic() - start
    page = parsed(refused)
    time.sleep(BETWEEN_TRIES)
    again = client.post(page.xpath("string(//main//form/@action)"), sent_again(page))

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert took < SOON
    assert sent_again(page) == filled
    assert page.xpath("//html/@lang") == ["es"]
    assert VALID["institution"] in text(page)
    assert (again.status_code, again.url) == (302, "/es/inscripcion/su-correo/")
    assert Registration.objects.get().full_name == VALID["full_name"]


@pytest.mark.drill
def test_registrations_after_the_first_do_not_wait_for_a_lock(client, filled):
    with locked_database():
        client.post(FORM, filled)
        start = time.monotonic()
        codes = [client.post(FORM, filled).status_code for _press in range(5)]
        took = time.monotonic() - start

    assert codes == [503] * 5
    assert took < 0.5


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (FORM, {"full_name": "Rosa", "workshops": ["A-1", "A-2"]}),
        ("/en/registration/lost-link/", {"email": "rosa@museo.example"}),
        ("/en/programme/apertura/ask/", {"text": "Why?", "name": "Rosa"}),
    ],
)
def test_form_is_kept_while_the_database_is_stopped(client, meeting, database, path, fields):
    database.stop()

    start = time.monotonic()
    page = parsed(answer := client.post(path, fields))

    assert (answer.status_code, time.monotonic() - start < SOON) == (503, True)
    values = [(field.get("name"), field.get("value")) for field in page.xpath("//form//input")]
    sent = [(n, v) for n, value in fields.items() for v in ([value] if n != "workshops" else value)]
    assert values == sent


def limit_of_pages(count):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {count}")


def fill_disk():
    limit_of_pages(1)  # SQLite makes it the present count.
    with suppress(OperationalError):
        while True:
            factories.notice(text="x" * 5000)


def test_form_is_kept_while_the_disk_is_full(client, filled):
    """Let the file of SQLite grow no further; PostgreSQL's disk cannot be filled in a test."""
    if connection.vendor != "sqlite":
        return
    fill_disk()

    needs = {"needs": "x" * 400, "needs_consent": "on"}
    people = [filled | needs | {"email": f"p{n}@museo.example"} for n in range(60)]
    sent = ((person, client.post(FORM, person)) for person in people)
    person, refused = next(pair for pair in sent if pair[1].status_code != 302)
    limit_of_pages(2**31)
    time.sleep(BETWEEN_TRIES)
    again = client.post(FORM, sent_again(parsed(refused)))

    assert (refused.status_code, again.status_code) == (503, 302)
    assert sent_again(parsed(refused)) == person


@pytest.mark.drill
def test_form_of_another_site_is_not_carried(client, meeting, database):
    database.stop()
    strangers = [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]

    pages = [parsed(client.post(FORM, {"full_name": "Eva"}, headers=h)) for h in strangers]

    assert [page.xpath("//main//form") for page in pages] == [[], []]


@pytest.mark.parametrize(
    ("site_url", "host", "origin"),
    [
        ("https://Museums.Example", "testserver", "https://museums.example"),
        ("https://museums.example:443", "testserver", "https://museums.example"),
        ("https://museums.example", "www.museums.example", "http://www.museums.example"),
    ],
)
def test_form_is_kept_under_every_name_under_which_it_is_accepted(
    client, filled, database, settings, site_url, host, origin
):
    settings.SITE_URL = site_url
    settings.ALLOWED_HOSTS = [host]
    database.stop()
    headers = {"host": host, "origin": origin, "sec-fetch-site": "same-origin"}

    refused = client.post(FORM, filled, headers=headers)

    assert (refused.status_code, sent_again(parsed(refused))) == (503, filled)


@pytest.mark.drill
def test_password_is_not_carried(client, meeting, database):
    client.raise_request_exception = False
    database.stop()

    answer = client.post("/admin/login/", {"username": "organiza", "password": "secreto"})

    assert (answer.status_code, "secreto" in answer.text) == (503, False)
    assert parsed(answer).xpath("//main//form") == []


@pytest.mark.drill
def test_cached_pages_go_on_while_no_connection_is_free(client, session, time_machine):
    if connection.vendor != "postgresql":
        return
    # On a busy machine the first connections may take longer than a page waits.
    until(lambda: client.get(PROGRAMME).status_code == 200)
    connection.close()
    pool = connection.pool
    taken = [pool.getconn(timeout=10) for _n in range(pool.max_size)]
    time_machine.shift(SECOND)

    start = time.monotonic()
    codes = [client.get(path).status_code for path in (PROGRAMME, "/healthz", "/en/venue/")]
    took = time.monotonic() - start
    for one in taken:
        pool.putconn(one)
    until(lambda: snapshot_cache.watcher is None)

    assert (codes, took < SOON) == ([200, 200, 503], True)
    time.sleep(BETWEEN_TRIES)
    assert client.get("/en/venue/").status_code == 200


def test_server_without_timeouts_is_warned_of(meeting, caplog):
    if connection.vendor != "postgresql":
        return
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {}
    DatabaseWrapper.are_timeouts_checked = False
    own.ensure_connection()
    own.close()

    assert [record.message[:48] for record in caplog.records if "lock" in record.message] == [
        "PostgreSQL lets a session wait for a lock for ev"
    ]


# The lock of SQLite, and faults of our own


def test_mistake_of_our_own_is_no_outage(meeting):
    with pytest.raises(DatabaseError) as mistake, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")

    assert not is_unavailable(mistake.value)


@pytest.mark.drill
def test_sqlite_waits_longer_while_others_write(meeting):
    if connection.vendor != "sqlite":
        return
    is_busy, rounds = threading.Event(), 8

    def write_often():
        for _round in range(rounds):
            with transaction.atomic():
                bump_version()
                is_busy.set()
                time.sleep(0.3)
        connection.close()

    writer = threading.Thread(target=write_often)
    writer.start()
    is_busy.wait()
    with transaction.atomic():
        bump_version()
    writer.join()

    meeting.refresh_from_db()
    assert meeting.version == rounds + 2
    assert connection.settings_dict["OPTIONS"]["timeout"] < sqlite.LONGEST_WAIT


# One render


def count_renders(ask, threads=8):
    """Let threads ask at the same moment; return how often the programme was rendered."""
    rendered, gate = [], threading.Barrier(threads)

    def note(template, **_more):
        if template.name == "programme/session_list.html":
            rendered.append(threading.current_thread().name)

    def work():
        gate.wait()
        codes.append(ask())
        connection.close()

    codes = []
    template_rendered.connect(note, weak=False)
    try:
        crowd = [threading.Thread(target=work) for _n in range(threads)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
    finally:
        template_rendered.disconnect(note)
    assert codes == [200] * threads
    return len(rendered)


def test_page_is_rendered_once_however_many_ask_for_it_at_a_boundary(session, time_machine):
    counts = []
    for moment in (session.starts_at - SECOND, session.starts_at, session.ends_at):
        time_machine.move_to(moment)
        counts.append(count_renders(lambda: Client().get(PROGRAMME).status_code))

    assert counts == [1, 1, 1]


def test_page_of_another_query_does_not_wait(session):
    """Ask for filters that are pages of their own: each is rendered, none is missed."""
    queries = iter(["?q=a", "?q=b", "?q=a", "?q=b"])
    lock = threading.Lock()

    def ask():
        with lock:
            query = next(queries)
        return Client().get(PROGRAMME + query).status_code

    assert count_renders(ask, threads=4) == 2
