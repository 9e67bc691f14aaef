"""Complete web addresses as people write them: www.example.org."""

import re

# A host with an ending, perhaps with a port and a path: no scheme, no e-mail address.
BARE = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def with_scheme(address: str) -> str:
    """Return the address with https:// before it, if only that is missing."""
    return f"https://{address}" if BARE.fullmatch(address) else address
