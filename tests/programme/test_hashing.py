"""Hashes of networks."""

import pytest

from eim.lib.hashing import network_hash

V4, V6 = "192.0.2.7", "2001:db8:1:2::7"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (V4, "192.0.2.7", True),
        (V4, "192.0.2.8", False),
        (V4, "::ffff:192.0.2.7", True),
        (V4, "::ffff:c000:207", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        (V6, "2001:0DB8:1:2::7", True),
        (V6, "2001:db8:1:2:ffff::8", True),
        (V6, "2001:db8:1:3::7", False),
        ("fe80::7%eth0", "fe80::8%eth1", True),
        (V4, V6, False),
        ("", "no address", True),
        ("", "192.0.2.7:80", True),
        ("", "192.0.2.999", True),
        (V4, "", False),
    ],
)
def test_addresses_of_one_network_have_one_hash(one, other, is_same):
    assert (network_hash(one) == network_hash(other)) == is_same


def test_hash_does_not_contain_the_address():
    assert V4 not in network_hash(V4)
    assert len(network_hash(V4)) == len(network_hash("")) == 64
