"""`check --deploy` says what is unsafe or unfinished in the settings, each with a hint."""

import pytest

from eim.environment import mailer
from eim.monitoring.deploy_checks import safe_settings


@pytest.fixture
def complete(settings):
    settings.SITE_URL = "https://museums.test"
    settings.ALLOWED_HOSTS = ["museums.test"]
    settings.TRUSTED_PROXY_COUNT = 1
    settings.MAILERS = {"default": mailer("smtp://ana:secret@mail.test:587?tls=1")}
    settings.DEFAULT_FROM_EMAIL = "EIM <eim@museums.test>"
    settings.ADMINS = ["ana@museums.test"]
    settings.ARE_BACKUPS_EXPECTED = True
    return settings


def ids():
    messages = safe_settings()
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_complete_settings_have_no_message(complete):
    assert ids() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SITE_URL": "http://museums.test"}, "eim.W001"),
        ({"ALLOWED_HOSTS": ["www.museums.test"]}, "eim.E001"),
        ({"ALLOWED_HOSTS": ["*"]}, "eim.W002"),
        ({"SITE_URL": "https://museums.example", "ALLOWED_HOSTS": [".example"]}, "eim.W003"),
        ({"TRUSTED_PROXY_COUNT": 0}, "eim.E002"),
        ({"DEMO": True}, "eim.W004"),
        ({"CLOCK": "2026-11-18T10:15-03:00"}, "eim.W004"),
        ({"REHEARSAL": True}, "eim.W004"),
        ({"SECRET_KEY_FALLBACKS": ["old"]}, "eim.W005"),
        ({"ARE_BACKUPS_EXPECTED": False}, "eim.W006"),
        ({"MAILERS": {"default": mailer("smtp://ana:secret@mail.test")}}, "eim.W007"),
        ({"MAILERS": {"default": mailer("console:")}}, "eim.E003"),
        ({"DEFAULT_FROM_EMAIL": "EIM <eim@museums.example>"}, "eim.W008"),
        ({"ADMINS": []}, "eim.W009"),
    ],
)
def test_each_fault_has_its_message(complete, changes, expected):
    for name, value in changes.items():
        setattr(complete, name, value)

    assert ids() == [expected]
