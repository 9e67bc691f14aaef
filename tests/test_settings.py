"""The site does not start with incomplete or wrong variables, and says what to set."""

import ast
import string
import subprocess
import sys
from pathlib import Path

import pytest

from eim.environment import pg_options, pg_timeouts

HOUSE = Path(__file__).resolve().parent.parent

COMPLETE = {
    "SECRET_KEY": "s" * 60,
    "ALLOWED_HOSTS": "museums.example",
    "SITE_URL": "https://museums.example",
    "MAIL_URL": "smtp://relay.example:25",
    "DEFAULT_FROM_EMAIL": "EIM <eim@museums.example>",
    "DATABASE_URL": "",
    "CLOCK": "",
    "REHEARSAL": "",
    "DEBUG": "",
    "DEMO": "",
    "TRUSTED_PROXY_COUNT": "",
}


# With what would end a part of an address, or begin a variable.
EVERY_CHARACTER = string.punctuation + string.ascii_letters + string.digits + " ñ"


@pytest.fixture
def settings_say(tmp_path):
    """Return a function that evaluates an expression on the settings in a new process."""

    def say(expression, **variables):
        env = COMPLETE | {"DATA_DIR": str(tmp_path)} | variables
        code = f"from eim import settings as s; print({expression})"
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=HOUSE, env=env, capture_output=True, text=True
        )
        return (run.stdout or run.stderr).strip()

    return say


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "SECRET_KEY",
            "SECRET_KEY is not set: write at least 50 random characters, and keep them. "
            "See .env.example.",
        ),
        (
            "ALLOWED_HOSTS",
            "ALLOWED_HOSTS is not set: write the host names of the site, separated by commas. "
            "See .env.example.",
        ),
        (
            "SITE_URL",
            "SITE_URL is not set: write the address of the site as people type it, for example "
            "https://museums.example. See .env.example.",
        ),
        (
            "MAIL_URL",
            "MAIL_URL is not set: write the mail server as smtp://user:password@host:port?tls=1. "
            "See .env.example.",
        ),
        (
            "DEFAULT_FROM_EMAIL",
            "DEFAULT_FROM_EMAIL is not set: write the sender of the e-mails, for example "
            "“EIM <eim@museums.example>”. See .env.example.",
        ),
    ],
)
def test_missing_variable_stops_the_start(settings_say, name, sentence):
    assert settings_say("'started'", **{name: ""}) == sentence


def test_reports_go_to_addresses_alone(settings_say):
    asked = {"ADMINS": "ana@museums.example, luis"}
    sentence = "ADMINS has “luis”: write e-mail addresses, separated by commas."
    assert settings_say("'started'", **asked) == sentence

    two = {"ADMINS": " ana@museums.example ,luis@museums.example,"}
    assert settings_say("s.ADMINS", **two) == "['ana@museums.example', 'luis@museums.example']"


def test_complete_environment_starts(settings_say):
    assert settings_say("'started'") == "started"


def test_debug_needs_no_variable(settings_say):
    nothing = dict.fromkeys(COMPLETE, "")

    assert settings_say("'started'", **nothing | {"DEBUG": "1"}) == "started"


def test_clock_without_rehearsal_stops_the_start(settings_say):
    said = settings_say("'started'", CLOCK="2026-11-18T10:15-03:00")

    assert said == (
        "CLOCK is set, but REHEARSAL is not 1: a site in use must not run on another clock."
    )


def test_clock_of_a_rehearsal_is_accepted(settings_say):
    said = settings_say("s.CLOCK", CLOCK="2026-11-18T10:15-03:00", REHEARSAL="1")

    assert said == "2026-11-18T10:15-03:00"


@pytest.mark.parametrize("clock", ["tomorrow", "2026-11-18T10:15"])
def test_clock_without_date_or_zone_stops_the_start(settings_say, clock):
    said = settings_say("'started'", CLOCK=clock, REHEARSAL="1")

    assert said == f"CLOCK is “{clock}”: write an instant such as 2024-11-26T10:15-05:00."


@pytest.mark.parametrize(
    ("site_url", "hosts"),
    [
        ("https://museums.example", "museums.example"),
        ("http://museums.example", "localhost"),
        ("http://192.0.2.7:8000", "localhost"),
        ("http://localhost:8000", "localhost,museums.example"),
        ("http://localhost:8000", "*"),
        ("http://localhost.museums.example", "localhost"),
    ],
)
def test_demo_that_others_can_reach_does_not_start(settings_say, site_url, hosts):
    said = settings_say("'started'", DEMO="1", SITE_URL=site_url, ALLOWED_HOSTS=hosts)

    assert said == (
        "DEMO is 1, but SITE_URL or ALLOWED_HOSTS is not localhost: a site that others can reach "
        "must not let everybody into its back office."
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "eim.localhost"])
def test_demo_on_this_machine_starts(settings_say, host):
    said = settings_say("s.DEMO", DEMO="1", SITE_URL=f"http://{host}:8000", ALLOWED_HOSTS=host)

    assert said == "True"


@pytest.mark.parametrize(("length", "starts"), [(1, False), (49, False), (50, True)])
def test_short_secret_key_stops_the_start(settings_say, length, starts):
    sentence = f"SECRET_KEY has {length} characters: write at least 50 random ones."

    said = settings_say("'started'", SECRET_KEY="s" * length)

    assert said == ("started" if starts else f"{sentence} See .env.example.")


@pytest.mark.parametrize("name", ["SECRET_KEY_FALLBACKS", "RETIRED_SECRET_KEYS"])
def test_keys_of_before_are_a_list_of_long_ones(settings_say, name):
    one, other = "a" * 50, "b" * 60

    assert settings_say(f"s.{name}", **{name: f"{one}, {other},"}) == str([one, other])
    assert settings_say("'started'", **{name: f"{one},short"}) == (
        f"A key of {name} has 5 characters: write at least 50 random ones. See .env.example."
    )


def test_site_url_without_scheme_stops_the_start(settings_say):
    said = settings_say("'started'", SITE_URL="museums.example")

    assert said == (
        "SITE_URL is “museums.example”: it starts with https:// (or http:// for a trial)."
    )


def test_variable_that_is_no_number_stops_the_start(settings_say):
    said = settings_say("'started'", MAILS_PER_MINUTE="many")

    assert said == "MAILS_PER_MINUTE is “many”: write a whole number. See .env.example."


def test_unknown_mail_url_stops_the_start(settings_say):
    said = settings_say("'started'", MAIL_URL="imap://mail.example")

    assert said == (
        "MAIL_URL is not smtp://user:password@host:port?tls=1, console: or file:DIRECTORY."
    )


SAFETY = (
    "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_SECURE,"
    "s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
    "s.SECURE_CSP['upgrade-insecure-requests']"
)


def test_https_site_url_turns_on_secure_settings(settings_say):
    said = settings_say(SAFETY)

    assert said == "True 31536000 True True __Host-sessionid __Host-csrftoken True"


@pytest.mark.parametrize(("said", "holds"), [("", "True"), ("0", "False")])
def test_subdomains_may_be_left_out_of_hsts(settings_say, said, holds):
    assert settings_say("s.SECURE_HSTS_INCLUDE_SUBDOMAINS", HSTS_SUBDOMAINS=said) == holds


def test_http_site_url_turns_off_secure_settings(settings_say):
    said = settings_say(SAFETY, SITE_URL="http://museums.example")

    assert said == "False 0 False False sessionid csrftoken False"


PROXY = "getattr(s, 'SECURE_PROXY_SSL_HEADER', None)"


@pytest.mark.parametrize(
    ("count", "header"), [("0", "None"), ("1", "('HTTP_X_FORWARDED_PROTO', 'https')")]
)
def test_proxy_header_is_trusted_only_with_a_proxy(settings_say, count, header):
    assert settings_say(PROXY, TRUSTED_PROXY_COUNT=count) == header


def test_hosts_may_have_spaces_between_them(settings_say):
    said = settings_say("s.ALLOWED_HOSTS", ALLOWED_HOSTS="museums.example, www.museums.example,")

    assert said == "['museums.example', 'www.museums.example']"


def test_mail_server_with_login_and_tls(settings_say):
    said = settings_say(
        "s.MAILERS['default']['OPTIONS']", MAIL_URL="smtp://a%40b:c%2Fd@m:465?tls=1"
    )

    assert said == (
        "{'host': 'm', 'port': 465, 'use_tls': False, 'use_ssl': True, 'timeout': 10, "
        "'username': 'a@b', 'password': 'c/d'}"
    )


def test_database_options_come_from_its_url(settings_say):
    said = settings_say(
        "[s.DATABASE['OPTIONS'].get(n) for n in ('sslmode', 'pool', 'connect_timeout', 'options')]",
        DATABASE_URL="postgresql://eim:secret@db.example/eim?sslmode=require&options=-c+jit%3Doff",
    )

    limits = "lock_timeout=1500 -c statement_timeout=10000"
    limits += " -c idle_in_transaction_session_timeout=30000"
    pool = {"min_size": 1, "max_size": 8, "reconnect_timeout": 0, "timeout": 1.5}
    assert said == str(["require", pool, 2, f"-c jit=off -c {limits}"])


def test_command_waits_a_minute_for_a_lock_and_has_no_limit_for_a_statement(monkeypatch):
    monkeypatch.setattr("eim.environment.IS_COMMAND", True)

    options = pg_options({}, pg_timeouts(""))["options"]

    limits = "lock_timeout=60000 -c statement_timeout=0"
    assert options == f"-c {limits} -c idle_in_transaction_session_timeout=600000"


def test_server_has_no_timeouts_behind_a_pooler(settings_say):
    said = settings_say(
        "'options' in s.DATABASE['OPTIONS']",
        DATABASE_URL="postgresql://eim:secret@db.example/eim",
        PG_TIMEOUTS="none",
    )

    assert said == "False"


PARTS = ("HOST", "USER", "PASSWORD", "NAME")


@pytest.mark.parametrize("password", ["$" + EVERY_CHARACTER, "%2F"])
def test_password_of_the_database_may_hold_any_character(settings_say, password):
    parts = {"POSTGRES_HOST": "database", "POSTGRES_USER": "e@m", "POSTGRES_DB": "e/m"}

    said = settings_say(f"[s.DATABASE[n] for n in {PARTS}]", POSTGRES_PASSWORD=password, **parts)

    assert said == str(["database", "e@m", password, "e/m"])


def test_address_of_the_database_wins_over_its_parts(settings_say):
    asked = {"DATABASE_URL": "postgresql://eim:secret@db.example/eim", "POSTGRES_HOST": "database"}

    assert settings_say("s.DATABASE['HOST']", **asked) == "db.example"


def test_database_without_url_is_a_file(settings_say, tmp_path):
    assert settings_say("s.DATABASE['NAME']") == str(tmp_path / "eim.sqlite3")


def test_unknown_database_url_stops_the_start(settings_say):
    said = settings_say("'started'", DATABASE_URL="museums")

    assert said == (
        "DATABASE_URL is not postgresql://user:password@host:port/name or sqlite:///FILE. "
        "See .env.example."
    )


def test_every_setting_is_assigned_once():
    module = ast.parse((HOUSE / "eim" / "settings.py").read_text())
    named = [
        target.id
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert [name for name in sorted(set(named)) if named.count(name) > 1] == []
