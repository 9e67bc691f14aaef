"""Log entries are one line of JSON each, and contain no token of a link."""

import json
import logging
import sys
from urllib.parse import quote

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from eim.lib.logs import JsonLine
from registration import tokens
from tests import factories


def line_of(message, *args, exc_info=None):
    record = logging.LogRecord("eim", logging.ERROR, __file__, 1, message, args, exc_info)
    return json.loads(JsonLine().format(record))


def messages_of(caplog):
    return [json.loads(JsonLine().format(record))["message"] for record in caplog.records]


SIGNED = [
    signing.Signer(salt="x").sign_object([1, 2]),
    signing.dumps([1, 2], salt="x"),
    signing.Signer(salt="x").sign_object(["a" * 500], compress=True),
]


@pytest.mark.parametrize("token", SIGNED, ids=["signed", "with its moment", "compressed"])
def test_log_hides_tokens_in_message_and_trace(token):
    try:
        raise ValueError(f"No page for '{token}'.")
    except ValueError:
        trace = sys.exc_info()

    line = line_of("Not Found: %s", f"/es/inscripcion/mia/{token}/calendar.ics", exc_info=trace)
    quoted = line_of("Not Found: %s", f"/es/inscripcion/mia/{quote(token)}/")

    assert line["message"] == "Not Found: /es/inscripcion/mia/…/calendar.ics"
    assert line["trace"].endswith("ValueError: No page for '…'.")
    assert quoted["message"] == "Not Found: /es/inscripcion/mia/…/"


@pytest.mark.parametrize(
    "message",
    [
        "Not Found: /es/programa/la-memoria-de-los-objetos/",
        "Connection to 127.0.0.1:5432 failed at 10:15:00.",
        "https://museums.example:8000/es/inscripcion/",
    ],
)
def test_log_does_not_change_other_text(message):
    assert line_of(message)["message"] == message


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ('550 <"ana.lopez"@museo.example> unknown', "550 <…> unknown"),
        ('to "ana \\"x\\" lopez"@museo.example.', "to …."),
        (r"{\"to\": \"ana@museo.example\"}", r"{\"to\": \"…\"}"),
        ("Not Found: /ana%40museo.example", "Not Found: …"),
        ("?next=ana.lopez%2540museo.example", "?next=…"),
        ("o'brien@museo.example is unknown", "… is unknown"),
        ("'ana@museo.example', 'd'arcy@museo.example'", "'…', '…'"),
        ('said "no" to "eva"@museo.example', 'said "no" to …'),
        ("ana@museo.example,luis@museo.example", "…,…"),
    ],
)
def test_log_hides_addresses_whole(message, masked):
    assert line_of(message)["message"] == masked


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("Not Found: /p/a7k2", "Not Found: /p/…"),
        ("Not Found: /P/A7K2", "Not Found: /P/…"),
        ("see https://museums.example/P/A7K2.", "see https://museums.example/P/…"),
        ("Not Found: /es/P/A7K2", "Not Found: /es/P/A7K2"),
    ],
)
def test_log_hides_references_of_badges_in_small_letters_and_capitals(message, masked):
    assert line_of(message)["message"] == masked


def test_log_entry_with_line_breaks_is_one_line():
    record = logging.LogRecord("eim", logging.INFO, __file__, 1, "a\n{}\r\nb", (), None)

    assert len(JsonLine().format(record).splitlines()) == 1


def test_refused_requests_are_logged_without_their_token(meeting, caplog):
    token = tokens.own_token(factories.registration())
    own, cancel = (reverse(f"registration:{name}", args=[token]) for name in ("own", "cancel"))

    Client(enforce_csrf_checks=True).post(cancel)
    Client().get(f"{own}nada/")

    assert messages_of(caplog) == [
        f"Forbidden (CSRF cookie not set.): {cancel.replace(token, '…')}",
        f"Not Found: {own.replace(token, '…')}nada/",
    ]
