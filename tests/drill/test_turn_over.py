"""`turn_over` as an operator runs it: killed at any moment, all of one meeting is there."""

import time

import pytest
from django.core.management import call_command

from eim.editions.archive import folder_of
from eim.editions.bags import check
from programme.models import Meeting, Session
from registration.models import ConsentCount, Registration, Throttle
from tests import factories
from tests.drill.backing_up import Operator, sums_now
from tests.editions import hand_on
from tests.registration import mail_server
from tests.registration.site import database_url, environment, running
from tests.registration.visitors import Visitors

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20_000
# Of the time that a whole run takes.
FRACTIONS = (0.5, 0.7, 0.8, 0.9, 0.95)


@pytest.fixture
def operator(inbox, tmp_path, settings, time_machine):
    """Have an 11th that is over, with people whose data are erased, and frozen."""
    time_machine.move_to(hand_on.LATER, tick=True)
    settings.DATA_DIR = tmp_path
    hand_on.load_11()
    people = [factories.registration() for _n in range(100)]
    for person in people:
        factories.consent(registration=person)
    call_command("purge_personal_data", verbosity=0)
    windows = [Throttle(key=f"{n:064}", window_at=hand_on.LATER) for n in range(MANY)]
    Throttle.objects.bulk_create(windows)
    call_command("freeze", str(folder_of(11)), verbosity=0)
    return Operator(inbox, tmp_path)


def wait_until(is_true):
    """Return what is true at last."""
    deadline = time.monotonic() + 30
    while not (found := is_true()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def next_home(visitors):
    """Return the home page if it is the next meeting's: another process may be a second behind."""
    home = visitors.get(1, "/es/")[2]
    return home if "Aguas que cuentan" in home else ""


def test_killed_half_way_nothing_is_lost(operator):
    before, version = sums_now(), Meeting.objects.get().version
    command = ("turn_over", hand_on.FILE_13)
    began = time.monotonic()
    operator.manage(database_url(), *command, "--dry-run")
    seconds = time.monotonic() - began

    states = []
    for fraction in FRACTIONS:
        process = operator.start(database_url(), *command)
        time.sleep(seconds * fraction)
        process.kill()
        process.communicate()
        meeting = Meeting.objects.get()
        states.append(meeting.number)
        if meeting.number == 13:
            break
        assert (sums_now(), meeting.version) == (before, version)
    if 13 not in states:
        operator.manage(database_url(), *command)

    assert states[0] == 11
    assert Meeting.objects.get().version > version
    assert (Session.objects.count(), Registration.objects.count()) == (2, 0)
    assert (Throttle.objects.count(), ConsentCount.objects.get().agreed) == (0, 100)
    check(folder_of(11))


def test_site_that_runs_shows_the_next_meeting_and_the_copy_of_the_last(operator, inbox, tmp_path):
    variables = environment(
        inbox,
        tmp_path,
        DJANGO_SETTINGS_MODULE="tests.settings_cached",
        TEST_DATA_DIR=str(tmp_path),
        DEBUG="",
        PORT=str(mail_server.free_port()),
    )
    with running(variables, tmp_path, ["web"]) as site:
        visitors = Visitors(site.port)
        before = visitors.get(1, "/es/programa/talleres/")

        operator.manage(database_url(), "turn_over", hand_on.FILE_13)

        # Each process looks once a second whether something has changed.
        wait_until(lambda: visitors.get(1, "/es/programa/talleres/")[0] == 302)
        home = wait_until(lambda: next_home(visitors))
        copy = visitors.get(1, "/11/es/programa/talleres/")
    operator.manage(database_url(), "freeze", folder_of(13))
    frozen = (folder_of(13) / "data/site/es/index.html").read_text()
    assert (before[0], copy[0]) == (200, 200)
    # A copy leads to no other one.
    assert ("La de 2024:" in home, "La de 2024:" in frozen) == (True, False)
    assert "Copia archivada" in copy[2]
