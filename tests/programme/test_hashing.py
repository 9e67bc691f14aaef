"""Hashes of networks."""

import pytest

from eim.lib.hashing import hashed_network

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
    assert (hashed_network(one).own == hashed_network(other).own) == is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (V4, "192.0.2.255", True),
        (V4, "192.0.3.7", False),
        (V4, "::ffff:192.0.2.8", True),
        (V6, "2001:db8:1:ffff::1", True),
        (V6, "2001:db8:2:2::7", False),
        ("", "no address", True),
        (V4, "", False),
    ],
)
def test_networks_of_one_block_have_one_hash_of_it(one, other, is_same):
    assert (hashed_network(one).block == hashed_network(other).block) == is_same


@pytest.mark.parametrize("address", [V4, V6, ""])
def test_hashes_do_not_contain_the_address_and_differ_by_what_they_are_of(address):
    network, question = hashed_network(address), hashed_network(address, "question")
    hashes = {network.own, network.block, question.own, question.block}

    assert [len(each) for each in hashes] == [64] * 4
    assert not address or not any(address in each for each in hashes)
