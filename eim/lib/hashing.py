"""How an address or a network is remembered without being written down."""

import ipaddress

from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, value: str) -> str:
    # Rows are found by it again: with other words here, none of those kept already would be.
    return salted_hmac(f"registration.{purpose}", value, algorithm="sha256").hexdigest()


def network_hash(address: str, purpose: str = "network") -> str:
    """By another purpose another hash: what was done for the two cannot be joined."""
    return keyed_hash(purpose, network_of(address) or "unknown")


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 that one household or museum gets of IPv6; else nothing."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 4:
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(ip), 64), strict=False).network_address)
