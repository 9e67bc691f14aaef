"""A request's address is found behind proxies, and wrong passwords lock it out."""

import pytest
from django.conf import settings as site_settings

from eim.middleware.addresses import visitor_address

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("count", "forwarded", "address"),
    [
        (0, None, PROXY),
        (0, "192.0.2.7", PROXY),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "203.0.113.9, 192.0.2.7", "192.0.2.7"),
        (1, " 192.0.2.7 ", "192.0.2.7"),
        (1, "2001:DB8:0::7", "2001:db8::7"),
        (1, "203.0.113.9, unknown", PROXY),
        (1, "192.0.2.7:80", PROXY),
        (1, "192.0.2.7,", PROXY),
        (2, None, PROXY),
        (2, "192.0.2.7", PROXY),
        (2, "192.0.2.7, 198.51.100.1", "192.0.2.7"),
        (2, "203.0.113.9, 192.0.2.7, 198.51.100.1", "192.0.2.7"),
        (2, "<script>, 198.51.100.1", PROXY),
    ],
)
def test_client_address_is_the_one_that_our_proxies_added(rf, settings, count, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = count
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}

    request = rf.get("/", headers=headers, REMOTE_ADDR=PROXY)

    assert visitor_address(request) == address


# Locking out after wrong passwords


def guess(client, *, forwarded="", remote=PROXY):
    form = {"username": "rosa", "password": "otra cosa"}
    headers = {"x-forwarded-for": forwarded}
    return client.post("/admin/login/", form, headers=headers, REMOTE_ADDR=remote).status_code


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ("203.0.113.9", 200),
        ("2001:db8:2:2::1", 200),
        ("2001:db8:1:3::1", 429),
        ("2001:db8:1:2::99", 429),
        ("2001:db8:1:2::1", 429),
    ],
)
def test_wrong_passwords_lock_out_one_network_only(client, db, settings, other, status):
    settings.TRUSTED_PROXY_COUNT = 1
    for _n in range(site_settings.AXES_FAILURE_LIMIT):
        last = guess(client, forwarded="2001:db8:1:2::1")

    assert (last, guess(client, forwarded=other)) == (429, status)


def test_wrong_passwords_without_an_address_lock_out_too(client, db):
    for _n in range(site_settings.AXES_FAILURE_LIMIT):
        last = guess(client, remote="")

    assert last == 429
