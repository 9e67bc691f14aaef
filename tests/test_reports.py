"""Reports of errors to ADMINS, by a mail server on loopback."""

import logging
import time
from datetime import timedelta

import pytest

from eim.environment import mailer
from eim.lib.logs.reports import AdminReports, noted
from eim.lib.logs.request_ids import request_id
from tests.registration import mail_server

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.ADMINS = ["ana@museums.example", "luis@museums.example"]


@pytest.fixture
def inbox(settings):
    with mail_server.inbox() as server:
        settings.MAILERS = {"default": mailer(server.url)}
        yield server


class Process:
    """A process of the site, as far as its reports go."""

    def __init__(self):
        self.handler = AdminReports()
        self.logger = logging.Logger("eim.of.a.process")
        self.logger.addHandler(self.handler)

    def log(self, words="It broke", *, after=0, **facts):
        """Log an error so many seconds after the last one, and wait for its report."""
        self.handler.next_try -= after
        self.logger.error(words, **facts)
        self.handler.close()


def bodies(inbox):
    return [mail.get_content() for mail in inbox.mails]


def test_error_is_mailed_with_its_place_and_without_what_may_be_personal(inbox):
    try:
        raise ValueError("Key (email)=(rosa@museo.example) exists")
    except ValueError as error:
        Process().log("Not for rosa@museo.example", exc_info=error)

    [mail] = inbox.mails
    body = mail.get_content().replace("\r\n", "\n")
    assert mail["To"] == "ana@museums.example, luis@museums.example"
    assert mail["Subject"] == "[testserver] Not for …"
    assert "2026-09-01T12:00:00+00:00 ERROR eim.of.a.process\nNot for …\n" in body
    assert f"{__file__}:" in body
    assert "in test_error_is_mailed_with_its_place" in body
    assert "builtins.ValueError\n" in body
    assert "rosa" not in mail.as_string()


def test_one_report_an_hour_is_mailed_by_all_processes_together(inbox, time_machine):
    one, other = Process(), Process()
    one.log("First")
    one.log("Second", after=61)
    other.log("Third")
    time_machine.shift(HOUR - timedelta(seconds=1))
    other.log("Fourth", after=61)
    assert len(inbox.mails) == 1
    time_machine.shift(timedelta(seconds=1))

    other.log("Fifth", after=61)

    assert ["First" in bodies(inbox)[0], "Fifth" in bodies(inbox)[1]] == [True, True]
    assert len(inbox.mails) == 2


def test_errors_in_a_row_are_tried_once_a_minute(inbox):
    process = Process()
    process.log("First")
    noted().unlink()
    process.log("Second")
    assert len(inbox.mails) == 1

    process.log("Third", after=61)

    assert len(inbox.mails) == 2


def test_report_that_cannot_be_mailed_is_logged_and_does_not_use_up_the_hour(
    settings, inbox, caplog
):
    process = Process()
    settings.MAILERS = {"default": mailer(f"smtp://127.0.0.1:{mail_server.free_port()}")}
    process.log("First")
    assert [(r.levelname, r.getMessage()) for r in caplog.records if "report" in r.name] == [
        ("WARNING", "A report could not be mailed: ConnectionRefusedError")
    ]
    settings.MAILERS = {"default": mailer(inbox.url)}

    process.log("Second", after=61)

    assert ["Second" in body for body in bodies(inbox)] == [True]


def test_whoever_logs_an_error_does_not_wait_for_the_mail(settings, inbox):
    inbox.may_answer.clear()
    process = Process()

    process.logger.error("It broke")

    assert inbox.mails == []
    inbox.may_answer.set()
    process.handler.close()
    assert len(inbox.mails) == 1


@pytest.mark.parametrize(
    ("name", "level", "facts", "is_mailed"),
    [
        ("eim", logging.WARNING, {}, False),
        ("eim", logging.INFO, {"is_report": True}, True),
        ("eim", logging.INFO, {"is_report": False}, False),
        ("django.request", logging.ERROR, {}, True),
        # Anybody can ask for another host.
        ("django.security.DisallowedHost", logging.ERROR, {}, False),
    ],
)
def test_errors_and_what_asks_for_it_are_mailed(inbox, name, level, facts, is_mailed):
    process = Process()
    process.logger.name = name

    process.logger.log(level, "Something", extra=facts)

    process.handler.close()
    assert len(inbox.mails) == is_mailed


def test_nobody_is_mailed_without_admins(settings, inbox):
    settings.ADMINS = []

    Process().log()

    assert (inbox.mails, noted().exists()) == ([], False)


def test_error_of_a_request_is_reported_without_the_token_of_its_address(inbox, monkeypatch):
    logger = logging.getLogger("django")
    [handler] = [one for one in logger.handlers if isinstance(one, AdminReports)]
    monkeypatch.setattr(handler, "next_try", 0)
    token = "WzEsMV0:" + "a" * 43

    logging.getLogger("django.request").error("Internal Server Error: /es/mia/%s/", token)

    handler.close()
    [body] = bodies(inbox)
    assert "Internal Server Error: /es/mia/…/" in body
    assert time.monotonic() < handler.next_try


def test_report_names_the_request_in_whose_log_lines_more_is_found(inbox):
    before = request_id.set("f8d3df622ce9a423")

    Process().log()
    request_id.reset(before)

    assert "ERROR eim.of.a.process, request f8d3df622ce9a423" in bodies(inbox)[0]
