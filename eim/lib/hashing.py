"""Hash addresses and networks with a key, so that they can be looked up but not read."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat

from django.conf import settings
from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, value: str) -> str:
    """Return the hash to store: that of the present key."""
    return keyed_hashes(purpose, value)[0]


def keyed_hashes(purpose: str, value: str) -> list[str]:
    """Return the hashes to look up: that of the present key, then those of the keys before it."""
    return hashes_by_key(purpose, repeat(value))


def hashes_by_key(purpose: str, values: Iterable[str]) -> list[str]:
    """Hash each value with one key: the first with the present one, and so on.

    What holds hashes is hashed again, and was stored, with the key that they were made with.
    """
    listed = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.RETIRED_SECRET_KEYS]
    # After a rollback a key may be in two of them: a limit would count its rows twice.
    keys = list(dict.fromkeys(listed))
    # Never change this salt: stored hashes (throttles, suppressions) are looked up by it.
    salt = f"registration.{purpose}"
    pairs = zip(values, keys, strict=False)
    return [salted_hmac(salt, value, key, algorithm="sha256").hexdigest() for value, key in pairs]


@dataclass(frozen=True)
class Network:
    """Keyed hashes of the network that a request comes from, and of the block around it.

    A block is what one customer of a provider may have whole: a limit that counted networks alone
    would allow them 65,536 times as much.
    """

    own: str
    block: str
    # Both under the keys before the present one, for looking them up.
    older_own: tuple[str, ...] = ()
    older_blocks: tuple[str, ...] = ()

    @property
    def own_hashes(self) -> list[str]:
        return [self.own, *self.older_own]

    @property
    def block_hashes(self) -> list[str]:
        return [self.block, *self.older_blocks]


def hashed_network(address: str, purpose: str = "network") -> Network:
    """Hash the network of an address; hashes of two purposes cannot be linked to each other."""
    own, *older_own = keyed_hashes(purpose, network_of(address) or "unknown")
    block, *older_blocks = keyed_hashes(purpose, block_of(address) or "unknown block")
    return Network(own, block, tuple(older_own), tuple(older_blocks))


def network_of(address: str) -> str:
    """Return an IPv4 address, or the /64 of an IPv6 address, which one site gets; else ""."""
    ip = ip_of(address)
    if ip is None or ip.version == 4:
        return str(ip or "")
    return str(ipaddress.ip_network((int(ip), 64), strict=False).network_address)


def staff_network_of(address: str) -> str:
    """Return an IPv4 address, or the /48 of an IPv6 address: no neighbour shares it; else ""."""
    ip = ip_of(address)
    return block_of(address) if ip and ip.version == 6 else str(ip or "")


def block_of(address: str) -> str:
    """Return the /24 of an IPv4 address, or the /48 of an IPv6 address; else ""."""
    ip = ip_of(address)
    if ip is None:
        return ""
    length = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network((ip.packed, length), strict=False))


def ip_of(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Parse an address; one of IPv4 that is written as IPv6 is one of IPv4."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip
