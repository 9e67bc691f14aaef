"""The whole site behind PgBouncer in transaction mode, with deploy/pgbouncer.ini."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import reverse

from registration import tokens
from registration.models import Heartbeat, Message, Place, Quota, Registration
from tests import factories, pgbouncer
from tests.drill.backing_up import Operator, sums, sums_now
from tests.drill.test_operations_at_once import do_anything
from tests.drill.test_outages import AT_ONCE, AWAY, BACK, READ, SOON, Traffic, last_failure, summary
from tests.drill.test_pages_of_two_processes import wait_for
from tests.proxies import proxy
from tests.registration import mail_server, operations, processes
from tests.registration.processes import leave_connections
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import Visitors, address_of, ask

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="It stands before PostgreSQL."),
    pytest.mark.skipif(not pgbouncer.PGBOUNCER, reason=pgbouncer.MISSING),
]

DAY = date(2100, 11, 18)
EXPORT = reverse("admin:registration_registration_export")
LIST = reverse("admin:registration_registration_changelist")
FEEDS = ["/programme.ics", "/schedule.xml", "/schedule.json", "/programme/changes.atom"]
OPERATIONS = 60
PEOPLE, SEATS, AT_A_TIME = range(1, 101), 25, 20


@pytest.fixture(autouse=True)
def frozen_clock():
    """Leave the real clock: the site is another process, and a form knows when it was opened."""


@pytest.fixture
def meeting(transactional_db):
    opens = factories.moment("09:00").replace(year=2020)
    days = {"first_day": DAY, "last_day": DAY}
    return factories.meeting(registration_opens_at=opens, registration_closes_at=None, **days)


@pytest.fixture
def timeouts(transactional_db):
    pgbouncer.set_timeouts()


@pytest.fixture
def pooler(timeouts):
    with pgbouncer.pooler() as url:
        yield url


def variables(url, inbox, folder):
    return environment(
        inbox,
        folder,
        DATABASE_URL=url,
        PG_TIMEOUTS="none",
        PORT=str(mail_server.free_port()),
        CLOCK="",
        TRUSTED_PROXY_COUNT="1",
        MAILS_PER_MINUTE="100000",
    )


@pytest.fixture
def site(meeting, pooler, inbox, tmp_path):
    with running(variables(pooler, inbox, tmp_path), tmp_path) as site:
        site.visitors = Visitors(site.port)
        yield site


def until(is_so):
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def all_are_sent():
    return not Message.objects.exclude(state__in=["sent", "skipped"]).exists()


def press(site, n, name, *arguments):
    """Press the button of a page, as the link in a mail opens it."""
    path = reverse(f"registration:{name}", args=arguments)
    assert site.visitors.get(n, path)[0] == 200
    return site.visitors.post(n, path)[0]


def person(n):
    return Registration.objects.get(email=address_of(n))


def places(n):
    wanted = Place.objects.filter(registration=person(n), quota__session__isnull=False)
    return list(wanted.values_list("state", flat=True))


def test_people_register_confirm_wait_cancel_and_move_up(site, inbox):
    in_person = factories.quota(size=10)
    workshop = factories.quota(session=factories.workshop(day=DAY, starts_at=None), size=1)
    facts = {"attendance": "in_person", "workshops": [workshop.code], "waitlist": [workshop.code]}

    answers = [site.visitors.sign_up(n, **facts)[0] for n in (1, 2)]
    answers += [press(site, n, "confirm", tokens.confirm_token(person(n))) for n in (1, 2)]
    before = places(1) + places(2)
    answers.append(press(site, 1, "cancel", tokens.own_token(person(1))))
    own = site.visitors.get(2, reverse("registration:own", args=[tokens.own_token(person(2))]))
    until(all_are_sent)

    assert answers == [302] * 5
    assert before == ["confirmed", "waiting"]
    assert (places(2), own[0]) == (["confirmed"], 200)
    assert Quota.objects.get(pk=workshop.pk).taken == 1
    assert Quota.objects.get(pk=in_person.pk).taken == 1
    kinds = Message.objects.filter(state="sent").values_list("kind", flat=True)
    assert {"confirmed", "promoted", "cancelled"} <= set(kinds)
    assert len(inbox.message_ids) == len(set(inbox.message_ids)) == kinds.count()


@pytest.fixture
def desk(site, staff_client):
    """Return a function that asks as an organiser who has signed in."""
    signed_in = "; ".join(f"{name}={one.value}" for name, one in staff_client.cookies.items())
    headers = site.visitors.headers_of(1)
    headers["Cookie"] = f"{signed_in}; {site.visitors.cookie}"

    def asked(path, **form):
        if not form:
            return ask(site.port, "GET", path, None, headers)
        body = urlencode({"csrfmiddlewaretoken": site.visitors.token} | form)
        return ask(site.port, "POST", path, body, headers, encoding="utf-8-sig")

    return asked


def lists_and_empty_forms():
    """Return the addresses of the back office; its forms read the rows of their lists."""
    names = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    pages = [reverse(f"admin:{name}_changelist") for name in names]
    return [reverse("admin:index"), *pages, *(page + "add/" for page in pages)]


def at_once(send, what):
    """Send all of it, many at a time: each transaction gets whichever session is free."""
    with ThreadPoolExecutor(AT_A_TIME) as crowd:
        return list(crowd.map(send, what))


def test_every_download_list_and_form_is_answered_to_many_at_once(site, desk):
    session = factories.workshop(day=DAY, starts_at=None)
    factories.quota(session=session, size=1)
    rosa = factories.registration(full_name="Rosa Quispe", email="rosa@museo.example")
    factories.place(registration=rosa)
    until(lambda: Heartbeat.objects.filter(name=Heartbeat.WORKER).exists())
    own = reverse("registration:own-calendar", args=[tokens.own_token(rosa)])

    public = at_once(lambda path: ask(site.port, "GET", path)[0], [*FEEDS, own, "/status"] * 4)
    office = at_once(lambda path: desk(path)[0], lists_and_empty_forms() * 2)
    named = at_once(lambda path: desk(path)[2], [f"{LIST}?q=quispe"] * 12)
    named += at_once(lambda path: desk(path, format="csv")[2], [EXPORT] * 12)

    assert set(public) == {200}
    # 302: to the one meeting. 403: what nobody adds by hand.
    assert set(office) == {200, 302, 403}
    assert {"Rosa Quispe" in text for text in named} == {True}


def test_seats_are_given_once_to_a_hundred_who_register_and_confirm_at_once(site):
    factories.quota(size=450)
    workshop = factories.quota(session=factories.workshop(day=DAY, starts_at=None), size=SEATS)
    code = workshop.code
    facts = {"attendance": "in_person", "workshops": [code], "waitlist": [code]}

    registered = at_once(lambda n: site.visitors.sign_up(n, **facts)[0], PEOPLE)
    links = {n: tokens.confirm_token(person(n)) for n in PEOPLE}
    confirmed = at_once(lambda n: press(site, n, "confirm", links[n]), PEOPLE)

    assert set(registered + confirmed) == {302}
    states = Counter(workshop.places.values_list("state", flat=True))
    assert states == {"confirmed": SEATS, "waiting": len(PEOPLE) - SEATS}
    assert Quota.objects.get(pk=workshop.pk).taken == SEATS


def test_commands_work_behind_the_pooler(meeting, pooler, inbox, tmp_path):
    message = factories.message()
    operator = Operator(inbox, tmp_path, PG_TIMEOUTS="none")

    operator.manage(pooler, "migrate")
    backup = operator.back_up(pooler)
    Message.objects.all().delete()
    operator.manage(pooler, "restore", backup, "--replace", "--noinput")
    restored = sums_now()
    operator.manage(pooler, "purge_personal_data")
    operator.manage(pooler, "worker", "--once")

    assert restored == sums(backup)
    assert inbox.message_ids == [message.message_id]


def test_operations_at_once_break_no_rule(meeting, pooler):
    operations.some_quotas()
    with through(pooler):
        processes.at_once(do_anything, OPERATIONS)

    assert operations.broken_rules() == []


@contextmanager
def through(url):
    """Let this process, and those that it forks, reach the database of the tests by the pooler."""
    own = connection.settings_dict
    before = dict(own)
    address = urlsplit(url)
    leave_connections()
    own.update(HOST=address.hostname, PORT=address.port, NAME=address.path[1:])
    own["OPTIONS"] = {**own["OPTIONS"], "options": ""}
    yield
    leave_connections()
    own.update(before)


def test_lock_holds_up_nobody_but_who_registers(site):
    factories.quota(size=450)
    traffic = Traffic(site.port)
    with transaction.atomic():
        list(Quota.objects.select_for_update())
        locked = traffic.run(AWAY)
    after = traffic.run(BACK + 1)

    codes, longest = summary(locked)
    assert (codes, longest < SOON) == ({503}, True)
    assert 302 in summary(after)[0]


def test_site_goes_on_without_its_database_and_is_back_soon(meeting, timeouts, inbox, tmp_path):
    with proxy() as gate, pgbouncer.pooler(gate.port) as url:
        pooled = {
            "DJANGO_SETTINGS_MODULE": "tests.settings_pooled",
            "TEST_DATA_DIR": str(tmp_path),
            "WEB_CONCURRENCY": "1",
        }
        with running(variables(url, inbox, tmp_path) | pooled, tmp_path, ["web"]) as site:
            wait_for(site.port)
            traffic = Traffic(site.port)
            before = traffic.run(2)
            gate.refuse()
            away = traffic.run(AWAY)
            gate.accept_again()
            since = time.monotonic()
            after = traffic.run(BACK + 3)

    assert summary(before)[0] == {302}
    codes, longest = summary(away, READ)
    assert (codes, longest < AT_ONCE) == ({200}, True)
    codes, longest = summary(away)
    assert (codes, longest < SOON) == ({503}, True)
    assert last_failure(after, since) < BACK
    assert 302 in summary(after)[0]
