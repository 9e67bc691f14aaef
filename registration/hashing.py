"""How an address or a network is remembered without being written down."""

import ipaddress

from django.utils.crypto import salted_hmac


def keyed_hash(purpose: str, value: str) -> str:
    return salted_hmac(f"registration.{purpose}", value, algorithm="sha256").hexdigest()


def network_hash(address: str) -> str:
    """Of an IPv4 address, or of the /64 that one household or museum gets of IPv6."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return keyed_hash("network", "unknown")
    if ip.version == 6:
        ip = ipaddress.ip_network((ip, 64), strict=False).network_address
    return keyed_hash("network", str(ip))
