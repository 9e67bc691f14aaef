"""The site tells how a request arrived to the doctor alone, and for a minute."""

import pytest
from django.test import Client

from eim.monitoring.arrivals import HEADER, proxies_behind, question

PLAIN = (200, b"ok")


def answer(headers):
    response = Client().get("/healthz", headers=headers)
    return response.status_code, response.content


def test_doctor_learns_how_its_request_arrived(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    headers = question("192.0.2.7") | {"X-Forwarded-For": "192.0.2.7, 203.0.113.9"}
    headers["Host"] = "testserver"

    told = Client().get("/healthz", headers=headers).json()

    assert told["proxies"] == told["trusted"] == 1
    assert told["host"] == "testserver"
    assert told["is_host_allowed"] is True
    assert told["is_secure"] is False


def test_nobody_else_learns_anything(time_machine):
    asked = question("192.0.2.7")

    assert answer({}) == PLAIN
    assert answer({HEADER: "192.0.2.7"}) == PLAIN
    assert answer({HEADER: asked[HEADER] + "x"}) == PLAIN
    assert answer(asked) != PLAIN
    time_machine.shift(61)
    assert answer(asked) == PLAIN


def test_question_that_another_key_signed_is_nobodys(settings):
    asked = question("192.0.2.7")
    settings.SECRET_KEY = "another-" + "x" * 50

    assert answer(asked) == PLAIN


@pytest.mark.parametrize(
    ("forwarded", "proxies"),
    [
        ("", 0),
        ("192.0.2.7", 0),
        ("192.0.2.7, 203.0.113.9", 1),
        ("192.0.2.7,203.0.113.9,10.0.0.1", 2),
        # A proxy has thrown away what it did not write itself.
        ("203.0.113.9", 1),
        ("203.0.113.9, 10.0.0.1", 2),
    ],
)
def test_proxies_are_counted_behind_the_invented_address(forwarded, proxies):
    assert proxies_behind("192.0.2.7", forwarded) == proxies
