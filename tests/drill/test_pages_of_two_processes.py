"""Two web processes with a page cache each: both show a change within two seconds."""

import os
import time
from contextlib import ExitStack, contextmanager
from datetime import date

import pytest

from programme.actions import bump_version
from programme.models import Meeting, Session
from registration.models import Quota
from tests import factories
from tests.registration import mail_server
from tests.registration.site import PATIENCE, database_url, running
from tests.registration.visitors import NO_ANSWER, ask

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMME = "/en/programme/"
TWO_SECONDS = 2
DAY = date(2100, 11, 18)


@pytest.fixture
def ports(meeting, tmp_path):
    """Start two web processes on one database; return their ports."""
    # The processes run by the real clock: the meeting is yet to come.
    days = {"first_day": DAY, "last_day": DAY}
    Meeting.objects.update(registration_closes_at=None, **days)
    with ExitStack() as stack:
        yield [stack.enter_context(web(tmp_path)) for _process in range(2)]


@contextmanager
def web(folder):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings_cached",
        "DATABASE_URL": database_url(),
        "TEST_DATA_DIR": str(folder),
        "PORT": str(mail_server.free_port()),
        "WEB_CONCURRENCY": "1",
    }
    with running(environment, folder, ["web"]) as site:
        wait_for(site.port)
        yield site.port


def wait_for(port):
    for _attempt in range(PATIENCE * 20):
        try:
            return ask(port, "GET", PROGRAMME)
        except NO_ANSWER:
            time.sleep(0.05)
    raise TimeoutError("The site does not answer.")


def show(ports, sentence):
    return [sentence in ask(port, "GET", PROGRAMME)[2] for port in ports]


def test_change_shows_within_two_seconds_on_every_process(ports):
    draft = factories.session(title_en="Weaving at dusk", day=DAY, starts_at=None, state="draft")
    workshop = factories.workshop(starts_at=None, day=DAY)
    quota = factories.quota(session=workshop, size=1)
    time.sleep(TWO_SECONDS)
    before = [show(ports, sentence) for sentence in ("Weaving at dusk", "Full")]

    Session.objects.filter(pk=draft.pk).update(state="published")
    bump_version()
    time.sleep(TWO_SECONDS)
    published = show(ports, "Weaving at dusk")
    Quota.objects.filter(pk=quota.pk).update(taken=1)
    time.sleep(TWO_SECONDS)

    assert before == [[False, False], [False, False]]
    assert (published, show(ports, "Full")) == ([True, True], [True, True])
