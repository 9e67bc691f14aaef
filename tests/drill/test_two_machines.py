"""Two web machines and two workers, each with a folder of its own, on one PostgreSQL."""

import time
from contextlib import ExitStack
from datetime import date

import pytest
from django.db import connection

from programme.actions import bump_version
from registration.models import Message, Registration
from tests import factories
from tests.drill.test_pages_of_two_processes import PROGRAMME, TWO_SECONDS, show, web
from tests.registration import mail_server
from tests.registration.site import PATIENCE, environment, running
from tests.registration.visitors import Visitors, address_of, ask

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is of one machine."),
]

DAY = date(2100, 11, 18)
PAGES = ["/es/", PROGRAMME, "/pt/palestrantes/", "/programme.ics", "/schedule.json"]
MACHINES = ["one", "other"]
ALLOWED = 6  # from one network in an hour


@pytest.fixture(autouse=True)
def frozen_clock():
    """Leave the real clock: the site is another process, and a form knows when it was opened."""


@pytest.fixture(autouse=True)
def meeting(transactional_db):
    opens = factories.moment("09:00").replace(year=2020)
    days = {"first_day": DAY, "last_day": DAY}
    return factories.meeting(registration_opens_at=opens, registration_closes_at=None, **days)


@pytest.fixture
def folders(tmp_path):
    folders = [tmp_path / name for name in MACHINES]
    for folder in folders:
        folder.mkdir()
    return folders


@pytest.fixture
def ports(folders):
    with ExitStack() as stack:
        yield [stack.enter_context(web(folder)) for folder in folders]


def tags(ports):
    """Return what each machine says of the version of each page."""
    return [[ask(port, "GET", path)[1]["ETag"] for path in PAGES] for port in ports]


def test_both_have_the_same_pages_and_show_a_change_within_two_seconds(ports):
    before = tags(ports)
    factories.session(title_en="Weaving at dusk", day=DAY, starts_at=None)
    bump_version()
    time.sleep(TWO_SECONDS)
    shown, after = show(ports, "Weaving at dusk"), tags(ports)

    assert shown == [True, True]
    assert None not in before[0] + after[0]
    assert (before[0], after[0]) == (before[1], after[1])
    assert before[0] != after[0]


def test_both_count_one_network_together_and_send_each_mail_once(folders, inbox):
    limits = {"SIGNUPS_PER_NETWORK": str(ALLOWED), "MAILS_PER_MINUTE": "100000", "CLOCK": ""}
    limits |= {"TRUSTED_PROXY_COUNT": "1"}
    with ExitStack() as stack:
        sites = []
        for folder in folders:
            port = {"PORT": str(mail_server.free_port())}
            variables = environment(inbox, folder, **limits, **port)
            sites.append(stack.enter_context(running(variables, folder)))
        visitors = [Visitors(site.port) for site in sites]
        answers = [visitors[n % 2].sign_up(1, email=address_of(n))[0] for n in range(2 * ALLOWED)]
        wait_until_all_are_sent()

    assert answers == [302] * ALLOWED + [429] * ALLOWED
    assert Registration.objects.count() == ALLOWED
    assert len(inbox.message_ids) == ALLOWED
    assert set(inbox.message_ids) == set(Message.objects.values_list("message_id", flat=True))


def wait_until_all_are_sent():
    end = time.monotonic() + PATIENCE
    while Message.objects.exclude(state=Message.State.SENT).exists():
        assert time.monotonic() < end
        time.sleep(0.1)
