"""The doctor opens real connections to mail servers, right and wrong ones, and sends a letter."""

import pytest

from eim.environment import mailer
from eim.monitoring.doctor import relay as relay_module
from eim.monitoring.doctor.findings import Level
from eim.monitoring.doctor.relay import relay
from tests.registration import mail_server

ADDRESS = "ana@museo.example"


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch, in_english):
    monkeypatch.setattr(relay_module, "PATIENCE_OF_ANSWER", 0.3)


def found(settings, url, letter_to=""):
    settings.MAILERS = {"default": mailer(url)}
    return list(relay(letter_to))


def test_letter_is_sent_and_its_message_id_told(settings):
    with mail_server.inbox() as inbox:
        findings = found(settings, inbox.url, ADDRESS)

    assert [finding.level for finding in findings] == [Level.WELL, Level.WELL]
    (letter,) = inbox.mails
    assert letter["To"] == ADDRESS
    assert letter["From"] == settings.DEFAULT_FROM_EMAIL
    assert letter["Message-ID"] in findings[1].words


def test_without_an_address_no_letter_is_sent(settings):
    with mail_server.inbox() as inbox:
        (finding,) = found(settings, inbox.url)

    assert finding.level == Level.WELL
    assert inbox.mails == []


def test_refusal_of_the_letter_is_told_in_the_servers_words(settings):
    with mail_server.inbox() as inbox:
        inbox.answers["RCPT"] = "550 5.7.1 relaying denied"
        _answers, refused = found(settings, inbox.url, ADDRESS)

    assert refused.level == Level.BROKEN
    assert "550 5.7.1 relaying denied" in refused.words
    assert "may send for this sender" in refused.words


@pytest.mark.parametrize(
    ("options", "query", "words"),
    [
        ({"greeting": mail_server.silence}, "", "did not answer in time"),
        ({"greeting": mail_server.death}, "", "broke off the connection"),
        ({"greeting": "421 4.7.0 too many connections"}, "", "421 4.7.0 too many connections"),
        ({}, "?tls=1", "No encrypted connection"),
    ],
)
def test_server_that_cannot_be_used_is_named(settings, options, query, words):
    with mail_server.rogue(**options) as url:
        (finding,) = found(settings, url + query, ADDRESS)

    assert finding.level == Level.BROKEN
    assert words in finding.words


def test_refused_login_is_told_without_the_password(settings):
    steps = {"EHLO": "250-ok\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 wrong password"}
    with mail_server.rogue(**steps) as url:
        (finding,) = found(settings, url.replace("//", "//ana:verysecret@"))

    assert finding.level == Level.BROKEN
    assert "look at the user and the password in MAIL_URL" in finding.words
    assert "verysecret" not in finding.words


def test_closed_port_cannot_be_reached(settings):
    (finding,) = found(settings, f"smtp://127.0.0.1:{mail_server.free_port()}")

    assert finding.level == Level.BROKEN
    assert "cannot be reached" in finding.words


def test_console_is_asked_for_nothing(settings):
    assert found(settings, "console:") == []
