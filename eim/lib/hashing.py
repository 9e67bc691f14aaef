"""Hash addresses and networks with a key, so that they can be looked up but not read."""

import ipaddress

from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, value: str) -> str:
    # Never change this salt: stored hashes (throttles, suppressions) are looked up by it.
    return salted_hmac(f"registration.{purpose}", value, algorithm="sha256").hexdigest()


def network_hash(address: str, purpose: str = "network") -> str:
    """Hash the network of an address; hashes of two purposes cannot be linked to each other."""
    return keyed_hash(purpose, network_of(address) or "unknown")


def network_of(address: str) -> str:
    """Return an IPv4 address, or the /64 of an IPv6 address, which one site gets; else ""."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(ip), 64), strict=False).network_address)
