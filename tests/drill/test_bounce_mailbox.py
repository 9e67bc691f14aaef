"""The worker reads a real mailbox of bounces by IMAP: a thousand at once, killed, refused, away."""

import subprocess
import sys
import time

import pytest

from registration.actions import suppressions
from registration.models import Bounce, BounceMailbox, Message
from registration.outbox.bounces import mailbox as imap
from registration.outbox.bounces.rounds import MOST_AT_ONCE, read_bounces
from tests import dovecot, factories
from tests.registration import mail_server
from tests.registration.reports import FULL_ID, UNKNOWN_ID, report
from tests.registration.site import MANAGE, PATIENCE, environment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(dovecot.DOVECOT is None, reason=dovecot.MISSING),
]
NAMES = ["gmail", "exchange", "postfix", "postfix-delayed", "yahoo", "exim", "qmail", "complaint"]


@pytest.fixture(autouse=True)
def meeting(transactional_db):
    return factories.meeting()


@pytest.fixture
def server(settings, monkeypatch, running_clock):
    with dovecot.dovecot() as running:
        settings.BOUNCE_MAILBOX = running.address
        monkeypatch.setenv("SSL_CERT_FILE", str(running.folder / "certificate.pem"))
        yield running


def e_mails(count):
    """Write e-mails that were sent, each to a mailbox of its own; return their Message-IDs."""
    ids = [f"<{n:032x}@museums.example>" for n in range(1, count + 1)]
    for message_id in ids:
        person = factories.registration()
        hashed = suppressions.mailbox_hash(person.email_key)
        facts = {"sent_to": hashed, "message_id": message_id, "state": Message.State.SENT}
        factories.message(registration=person, **facts)
    return ids


def read_all():
    """Read until nothing is left; return the number of rounds."""
    rounds = 1
    while read_bounces():
        rounds += 1
    return rounds


def test_thousand_reports_at_once_are_noted_in_rounds(server):
    for n, message_id in enumerate(e_mails(1000)):
        server.deliver(report(NAMES[n % len(NAMES)], message_id))

    rounds = read_all()

    assert rounds >= 1000 // MOST_AT_ONCE
    assert Bounce.objects.count() == 1000
    assert server.counts() == (1000, 0, 0)
    assert read_all() == 1


def test_what_no_program_understands_is_flagged_counted_and_stays(server):
    (message_id,) = e_mails(1)
    huge = report("gmail", message_id) + b"x" * 76 * 140_000
    left = [report("person", message_id), report("gmail", UNKNOWN_ID), b"", b"\xff" * 4000]
    for raw in [huge, *left, report("vacation", message_id)]:
        server.deliver(raw)

    read_all()

    assert len(huge) > 10_000_000
    assert [bounce.message.message_id for bounce in Bounce.objects.all()] == [message_id]
    assert server.counts() == (2, 4, 0)
    assert BounceMailbox.objects.get().not_understood == 4
    read_all()
    assert BounceMailbox.objects.get().not_understood == 4


def test_challenge_is_noted_and_left_to_a_person(server):
    (message_id,) = e_mails(1)
    server.deliver(report("challenge", message_id))

    read_all()

    assert Bounce.objects.get().kind == "challenge"
    assert server.counts() == (0, 1, 0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"password": "wrong"}, "login"),
        ({"folder": "Nowhere"}, "refusing"),
        ({"host": "localhost.localdomain"}, "unreachable"),
    ],
)
def test_refusal_of_the_mailbox_is_told(server, settings, change, fault):
    settings.BOUNCE_MAILBOX = server.address | change

    with pytest.raises((*imap.FAULTS, imap.NoLogin)):
        read_bounces()

    assert BounceMailbox.objects.get().fault == fault


def test_certificate_of_nobody_known_is_refused(server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(OSError, match="certificate"):
        read_bounces()

    assert BounceMailbox.objects.get().fault == "encryption"


def start_worker(inbox, tmp_path, url, folder):
    trusting = {"SSL_CERT_FILE": str(folder / "certificate.pem")}
    variables = environment(inbox, tmp_path, BOUNCE_URL=url) | trusting
    return subprocess.Popen([sys.executable, MANAGE, "worker", "--once"], env=variables)


def test_worker_killed_again_and_again_notes_each_report_once(server, inbox, tmp_path):
    for n, message_id in enumerate(e_mails(300)):
        server.deliver(report(NAMES[n % len(NAMES)], message_id))

    for _kill in range(4):
        worker = start_worker(inbox, tmp_path, server.url, server.folder)
        before = Bounce.objects.count()
        until = time.monotonic() + PATIENCE
        while Bounce.objects.count() < before + 20 and time.monotonic() < until:
            time.sleep(0.01)
        worker.kill()
        worker.wait()
    while server.counts()[2]:
        assert start_worker(inbox, tmp_path, server.url, server.folder).wait(PATIENCE * 4) == 0

    assert Bounce.objects.count() == 300
    assert server.counts() == (300, 0, 0)


def test_worker_sends_on_while_the_mailbox_hangs(server, inbox, tmp_path):
    message = factories.message()
    with mail_server.rogue(greeting=mail_server.standstill) as silent:
        url = f"imaps://user:secret@127.0.0.1:{silent.rpartition(':')[2]}/INBOX"
        worker = start_worker(inbox, tmp_path, url, server.folder)
        assert worker.wait(PATIENCE + 20) == 0

    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert BounceMailbox.objects.get().fault == "slow"
    assert FULL_ID not in inbox.message_ids
